package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/charsync/charsync/internal/sandbox"
)

func printRequests(ts *testscript.TestScript, _ bool, args []string) {
	out := ts.Stdout() // asked for at once, so that what was printed before is gone even when nothing follows
	var only, shape string
	var wanted []string
	for _, arg := range args {
		switch arg {
		case "-writes", "-reads":
			only = arg
		case "-bodies", "-count", "-clear":
			shape = arg
		default:
			wanted = append(wanted, arg)
		}
	}
	if shape == "-clear" {
		remember(ts)
		served(ts).ResetRequests()
		return
	}
	names := idNames(ts)
	var lines []string
	for _, vendor := range sandbox.Vendors() {
		if len(wanted) > 0 && !slices.Contains(wanted, vendor) {
			continue
		}
		for _, r := range served(ts).Requests(vendor) {
			if only == "-writes" && !r.Write || only == "-reads" && r.Write {
				continue
			}
			lines = append(lines, requestLine(r, shape, names))
		}
	}
	if shape == "-count" {
		lines = counted(lines)
	}
	for _, line := range lines {
		fmt.Fprintln(out, line)
	}
}

// requestLine is a request as golden files have it: no id, no time, keys in
// order.
func requestLine(r sandbox.Request, shape string, names *strings.Replacer) string {
	route := r.Route
	if route == "" {
		route = "(unknown)"
	}
	line := fmt.Sprintf("%s %s", r.Vendor, route)
	if shape == "-count" {
		return line
	}
	line = fmt.Sprintf("%s %s %s %d", r.Vendor, r.Method, names.Replace(r.Path), r.Status)
	if r.Query != "" {
		line += " ?" + r.Query
	}
	if r.Fault != "" {
		line += " !" + r.Fault
	}
	var body map[string]any
	if len(r.Body) == 0 || decode(string(r.Body), &body) != nil || len(body) == 0 {
		return line
	}
	if shape == "-bodies" {
		return line + " " + stable(names.Replace(compact(body)))
	}
	return line + " {" + strings.Join(slices.Sorted(maps.Keys(body)), " ") + "}"
}

// stable takes out what no two runs share: idempotency keys, times, run ids,
// commits and who ran it where.
func stable(s string) string {
	s = regexp.MustCompile(`( by )\S+@\S+(, run )`).ReplaceAllString(s, "${1}<who>${2}")
	s = regexp.MustCompile(`("who": ")[^"]+`).ReplaceAllString(s, "${1}<who>")
	s = regexp.MustCompile(`("commit": ")[0-9a-f]{40}`).ReplaceAllString(s, "${1}<commit>")
	s = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`).ReplaceAllString(s, "<time>")
	s = regexp.MustCompile(`id:[0-9a-f]{8}-[0-9a-f-]{27}`).ReplaceAllString(s, "id:<key>")
	return regexp.MustCompile(`[0-9]{8}T?-?[0-9]{6}Z?-[0-9a-z]{4,}`).ReplaceAllString(s, "<run>")
}

func printNamed(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: named FILE")
	}
	text := ts.ReadFile(args[0])
	_, _ = io.WriteString(ts.Stdout(), stable(idNames(ts).Replace(text)))
}

func counted(lines []string) []string {
	counts := map[string]int{}
	for _, line := range lines {
		counts[line]++
	}
	var out []string
	for _, line := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, fmt.Sprintf("%s %d", line, counts[line]))
	}
	return out
}

func compact(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// idNames replaces the ids of characters that are or were stored by their
// names.
func idNames(ts *testscript.TestScript) *strings.Replacer {
	v := ts.Value(vendorsKey{}).(*vendors)
	if v.server == nil {
		return strings.NewReplacer() // nobody has an id
	}
	remember(ts)
	var pairs []string
	for _, id := range slices.Sorted(maps.Keys(v.names)) {
		pairs = append(pairs, id, "<"+v.names[id]+">")
	}
	return strings.NewReplacer(pairs...)
}

func remember(ts *testscript.TestScript) {
	v := ts.Value(vendorsKey{}).(*vendors)
	for _, vendor := range sandbox.Vendors() {
		all, err := served(ts).Characters(vendor)
		ts.Check(err)
		for _, c := range all {
			if _, known := v.names[c.ID]; !known {
				v.names[c.ID] = nameOf(c)
			}
		}
	}
}
