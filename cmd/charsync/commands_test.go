package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/charsync/charsync/internal/sandbox"
)

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

// scriptCommands are the commands of the scripts beside testscript's own.
//
//	sandbox [NAME=VALUE…]           serve the four providers for this script, and set their variables
//	switch NAME=VALUE…              turn switches of it
//	fault KEY=VALUE…                queue a fault: kind, vendor, route, method, skip, times, delay, retry-after, status, body
//	clearfaults                     drop them
//	requests [-writes|-reads] [-bodies|-count|-clear] [VENDOR…]   what was asked of it, ids as names
//	edit VENDOR NAME KEY=VALUE…     change a character behind our back; KEY:=JSON for what is no text
//	remove VENDOR NAME              delete one behind our back
//	put VENDOR FILE                 store the JSON document, or the list of them, in FILE
//	holds VENDOR NAME KEY…          print stored fields as JSON; NAME alone prints them all
//	named FILE                      print a file, or stdout, with ids as names and without what differs from run to run
//	sandboxid VENDOR NAME           set $ID to the id in the data that --sandbox left here
//	count VENDOR N                  it holds exactly so many characters
//	exits CODE PROGRAM ARG…         run it and want exactly this exit code
//	interrupt WRITES PROGRAM ARG…   run it, interrupt it after so many writes, want exit code 130
//	killafter WRITES PROGRAM ARG…   run it, kill it after so many writes
//	sub FILE OLD NEW                replace the one occurrence of OLD in FILE
//	subenv FILE OLD NAME            replace it by the value of a variable
//	nowhere TEXT DIR                no file below DIR holds TEXT
//	samedigest PLAN PLAN            two plan documents have the same digest
//	copytree FROM TO                copy a folder
//	cutline FILE TEXT               remove the one line of FILE that holds TEXT
//	generate KIND FILE [N]          write a file too large for an archive: see generators
func scriptCommands() map[string]scriptCommand {
	return map[string]scriptCommand{
		"sandbox":     startVendors,
		"switch":      turnSwitches,
		"fault":       injectFault,
		"clearfaults": func(ts *testscript.TestScript, _ bool, _ []string) { served(ts).ClearFaults() },
		"requests":    printRequests,
		"edit":        editCharacter,
		"remove":      removeCharacter,
		"put":         putCharacters,
		"holds":       printHeld,
		"named":       printNamed,
		"sandboxid":   findStored,
		"count":       countCharacters,
		"exits":       wantExit,
		"interrupt":   func(ts *testscript.TestScript, _ bool, args []string) { cutShort(ts, args, os.Interrupt) },
		"killafter":   func(ts *testscript.TestScript, _ bool, args []string) { cutShort(ts, args, os.Kill) },
		"sub":         substitute,
		"subenv": func(ts *testscript.TestScript, neg bool, args []string) {
			substitute(ts, neg, []string{args[0], args[1], ts.Getenv(args[2])})
		},
		"nowhere":    wantNowhere,
		"samedigest": compareDigests,
		"copytree":   copyTree,
		"cutline":    cutLine,
		"generate":   generate,
	}
}

func served(ts *testscript.TestScript) *sandbox.Server {
	v := ts.Value(vendorsKey{}).(*vendors)
	if v.server == nil {
		ts.Fatalf("no sandbox is served: start with the command sandbox")
	}
	return v.server
}

func startVendors(ts *testscript.TestScript, _ bool, args []string) {
	v := ts.Value(vendorsKey{}).(*vendors)
	if v.server != nil {
		ts.Fatalf("a sandbox is served already")
	}
	server, err := sandbox.Open(sandbox.Options{Switches: assignments(ts, args), Seed: 1})
	ts.Check(err)
	ts.Defer(func() { ts.Check(server.Close()) })
	ts.Check(server.Listen(""))
	v.server = server
	for name, value := range server.Environ() {
		ts.Setenv(name, value)
	}
	ts.Setenv("SANDBOX_URL", server.URL(""))
}

func turnSwitches(ts *testscript.TestScript, _ bool, args []string) {
	for name, value := range assignments(ts, args) {
		ts.Check(served(ts).Set(name, value))
	}
}

func assignments(ts *testscript.TestScript, args []string) map[string]string {
	values := map[string]string{}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			ts.Fatalf("%q is not NAME=VALUE", arg)
		}
		values[name] = value
	}
	return values
}

func injectFault(ts *testscript.TestScript, _ bool, args []string) {
	var f sandbox.Fault
	var err error
	for name, value := range assignments(ts, args) {
		switch name {
		case "kind":
			f.Kind = sandbox.FaultKind(value)
			if !slices.Contains(sandbox.FaultKinds(), f.Kind) {
				ts.Fatalf("no fault %q; there are %v", value, sandbox.FaultKinds())
			}
		case "vendor":
			f.Vendor = value
		case "route":
			f.Route = value
		case "method":
			f.Method = value
		case "skip":
			f.Skip, err = strconv.Atoi(value)
		case "times":
			f.Times, err = strconv.Atoi(value)
		case "delay":
			f.Delay, err = time.ParseDuration(value)
		case "retry-after":
			f.RetryAfter = value
		case "status":
			f.Status, err = strconv.Atoi(value)
		case "body":
			f.Body = value
		default:
			ts.Fatalf("fault: unknown key %q", name)
		}
		ts.Check(err)
	}
	served(ts).Inject(f)
}

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
	if len(r.Body) == 0 || json.Unmarshal(r.Body, &body) != nil || len(body) == 0 {
		return line
	}
	if shape == "-bodies" {
		return line + " " + stable(names.Replace(compact(body)))
	}
	return line + " {" + strings.Join(slices.Sorted(maps.Keys(body)), " ") + "}"
}

// stable takes out what no two runs share: idempotency keys, times and run ids.
func stable(s string) string {
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

func nameOf(c sandbox.Stored) string {
	for _, key := range []string{"name", "charName"} {
		if name, ok := c.Doc[key].(string); ok {
			return name
		}
	}
	return ""
}

func find(ts *testscript.TestScript, vendor, name string) sandbox.Stored {
	all, err := served(ts).Characters(vendor)
	ts.Check(err)
	all = slices.DeleteFunc(all, func(c sandbox.Stored) bool { return nameOf(c) != name && c.ID != name })
	if len(all) != 1 {
		ts.Fatalf("%s holds %d characters called %q", vendor, len(all), name)
	}
	return all[0]
}

func editCharacter(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: edit VENDOR NAME KEY=VALUE…")
	}
	patch := map[string]any{}
	for key, value := range assignments(ts, args[2:]) {
		plain, isJSON := strings.CutSuffix(key, ":")
		if !isJSON {
			patch[key] = value
			continue
		}
		var v any
		ts.Check(json.Unmarshal([]byte(value), &v))
		patch[plain] = v
	}
	ts.Check(served(ts).Edit(args[0], find(ts, args[0], args[1]).ID, patch))
}

func removeCharacter(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: remove VENDOR NAME")
	}
	ts.Check(served(ts).Remove(args[0], find(ts, args[0], args[1]).ID))
}

func putCharacters(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: put VENDOR FILE")
	}
	text := ts.ReadFile(args[1])
	var docs []map[string]any
	if err := json.Unmarshal([]byte(text), &docs); err != nil {
		docs = make([]map[string]any, 1)
		ts.Check(json.Unmarshal([]byte(text), &docs[0]))
	}
	for _, doc := range docs {
		_, err := served(ts).Put(args[0], doc)
		ts.Check(err)
	}
}

func printHeld(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: holds VENDOR NAME KEY…")
	}
	doc := find(ts, args[0], args[1]).Doc
	keys := args[2:]
	if len(keys) == 0 {
		keys = slices.Sorted(maps.Keys(doc))
	}
	for _, key := range keys {
		fmt.Fprintf(ts.Stdout(), "%s: %s\n", key, compact(doc[key]))
	}
}

func findStored(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sandboxid VENDOR NAME")
	}
	server, err := sandbox.Open(sandbox.Options{Dir: ts.MkAbs(filepath.Join(".charsync", "sandbox"))})
	ts.Check(err)
	all, err := server.Characters(args[0])
	ts.Check(errors.Join(err, server.Close()))
	for _, c := range all {
		if nameOf(c) == args[1] {
			ts.Setenv("ID", c.ID)
			return
		}
	}
	ts.Fatalf("%s holds no %q", args[0], args[1])
}

func countCharacters(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: count VENDOR N")
	}
	all, err := served(ts).Characters(args[0])
	ts.Check(err)
	if fmt.Sprint(len(all)) != args[1] {
		ts.Fatalf("%s holds %d characters, not %s", args[0], len(all), args[1])
	}
}

func wantExit(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, not %s", got, args[0])
	}
}

// cutShort runs a program until the sandbox has carried out so many writes,
// then sends it the signal.
func cutShort(ts *testscript.TestScript, args []string, signal os.Signal) {
	if len(args) < 2 {
		ts.Fatalf("usage: interrupt|killafter WRITES PROGRAM ARG…")
	}
	writes, err := strconv.Atoi(args[0])
	ts.Check(err)
	server := served(ts)
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), environ(ts)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	before := written(server)
	deadline := time.After(30 * time.Second)
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	sent := false
	for !sent {
		select {
		case err := <-ended:
			ts.Fatalf("it ended before %d writes: %v\n%s%s", writes, err, out.String(), errs.String())
		case <-deadline:
			ts.Check(cmd.Process.Kill())
			ts.Fatalf("%d writes did not come", writes)
		case <-poll.C:
			if written(server)-before >= writes {
				ts.Check(cmd.Process.Signal(signal))
				sent = true
			}
		}
	}
	err = <-ended
	_, _ = io.WriteString(ts.Stdout(), out.String())
	_, _ = io.WriteString(ts.Stderr(), errs.String())
	if signal == os.Interrupt && cmd.ProcessState.ExitCode() != 130 {
		ts.Fatalf("interrupted, it ended with %v\n%s%s", err, out.String(), errs.String())
	}
}

func written(server *sandbox.Server) int {
	n := 0
	for _, r := range server.Requests("") {
		if r.Write {
			n++
		}
	}
	return n
}

// environ is what the script's programs see.
func environ(ts *testscript.TestScript) []string {
	env := []string{"WORK=" + ts.Getenv("WORK")}
	for _, name := range []string{"PATH", "HOME", "USERPROFILE", "LANG", "TMPDIR", "TMP", "TEMP", "SYSTEMROOT"} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	for name := range served(ts).Environ() {
		env = append(env, name+"="+ts.Getenv(name))
	}
	return env
}

func substitute(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: sub FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, args[1]); n != 1 {
		ts.Fatalf("%s holds %q %d times, not once", args[0], args[1], n)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o644))
}

func wantNowhere(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: nowhere TEXT DIR")
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(data), args[0]) {
			return fmt.Errorf("%s holds %q", path, args[0])
		}
		return err
	}))
}

func compareDigests(ts *testscript.TestScript, neg bool, args []string) {
	var digests []string
	for _, file := range args {
		var plan struct {
			Digest string `json:"digest"`
		}
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &plan))
		digests = append(digests, plan.Digest)
	}
	if len(digests) != 2 || digests[0] == "" || (digests[0] == digests[1]) == neg {
		ts.Fatalf("digests: %q", digests)
	}
}

func copyTree(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: copytree FROM TO")
	}
	to := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(to, 0o755))
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(ts.MkAbs(args[0]), path)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir() && entry.Name() == ".charsync":
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, below), 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, below), data, 0o644)
	}))
}

func cutLine(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: cutline FILE TEXT")
	}
	var kept strings.Builder
	cut := 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if strings.Contains(line, args[1]) {
			cut++
			continue
		}
		kept.WriteString(line)
	}
	if cut != 1 {
		ts.Fatalf("%s holds %d lines with %q, not one", args[0], cut, args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(kept.String()), 0o644))
}

// generators write what would be too large, or no text, in a script.
func generators() map[string]func(n int) []byte {
	return map[string]func(n int) []byte{
		"megabytes": func(n int) []byte {
			head := "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: big}\nspec:\n  persona: |\n"
			line := "    " + strings.Repeat("long ", 20) + "\n"
			return []byte(head + strings.Repeat(line, n<<20/len(line)+1))
		},
		"nested": func(n int) []byte {
			return []byte("spec: " + strings.Repeat("[", n) + strings.Repeat("]", n) + "\n")
		},
		"latin1": func(int) []byte {
			return []byte("apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: cafe}\nspec:\n  name: Caf\xe9\n")
		},
		"population": population,
		"manifests":  manifests,
		"bytes":      func(n int) []byte { return []byte(strings.Repeat("x", n)) },
	}
}

// population is a list of live characters as services hold them: names that
// repeat, prose of several paragraphs, keys that only one service knows.
func population(n int) []byte {
	docs := make([]map[string]any, n)
	for i := range docs {
		prose := fmt.Sprintf("Keeper number %d of the inn.\n\nShe asks: \"Who packed that bag?\" — 女将 🏮\n  indented: yes\n", i)
		docs[i] = map[string]any{
			"name": fmt.Sprintf("Mira %d", i%50), "charName": fmt.Sprintf("Mira %d", i%50),
			"game_id": "tavern", "world_id": "gilded-hare", "role": "innkeeper", "traits": []string{"brave", "kind"},
			"greeting": "yes", "description": fmt.Sprintf("0%d", i), "persona": prose, "definition": prose, "backstory": prose,
			"voiceType": "US FEMALE 1", "temperature": 0.42, "languageCodes": []string{"en-US"}, "categories": []string{"Books"},
			"free": i%2 == 0,
		}
		if i%3 == 0 {
			docs[i]["lore"] = "\n  \ttabs and ends \n\n"
		}
	}
	data, err := json.Marshal(docs)
	if err != nil {
		panic(err)
	}
	return data
}

// manifests is a file of n characters at four providers.
func manifests(n int) []byte {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `---
apiVersion: charsync.dev/v1
kind: Character
metadata: {name: c%d}
spec:
  name: Keeper %d
  description: Keeps inn number %d.
  greeting: Good evening, number %d.
  persona: Keeps inn number %d, and never sleeps.
  targets:
    alakazam: {}
    characterai: {categories: [Books]}
    convai: {voiceType: US FEMALE 1, languageCodes: [en-US]}
    npcbuilder: {game_id: tavern, world_id: gilded-hare}
`, i, i, i, i, i)
	}
	return []byte(strings.TrimPrefix(b.String(), "---\n"))
}

func generate(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: generate KIND FILE [N]")
	}
	n := 1
	if len(args) > 2 {
		var err error
		n, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	write, ok := generators()[args[0]]
	if !ok {
		ts.Fatalf("no generator %q", args[0])
	}
	file := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o755))
	ts.Check(os.WriteFile(file, write(n), 0o644))
}
