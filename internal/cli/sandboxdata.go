package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/internal/view"
)

// requestFlags select and shape the request log.
type requestFlags struct {
	format string
	vendor string
	writes bool
	count  bool
	clear  bool
}

func (a *app) sandboxRequestsCommand(f *sandboxFlags) *cobra.Command {
	var r requestFlags
	cmd := manual{
		use:   "requests [flags]",
		short: "What was asked of the sandbox",
		long: `Prints the sandbox's request log from its data folder, provider by provider and
in order: the operation, the status of the answer, and the keys of the body.`,
		examples: []string{
			"charsync sandbox requests --writes",
			"charsync sandbox requests --count",
			"charsync sandbox requests --clear",
		},
		exit: []code{exitDone, exitError},
	}.command(noArgs, func(*cobra.Command, []string) error { return a.sandboxRequests(f.data, r) })
	cmd.Flags().StringVar(&r.vendor, "vendor", "", "only those of one `VENDOR`")
	cmd.Flags().BoolVar(&r.writes, "writes", false, "only those that may change something")
	cmd.Flags().BoolVar(&r.count, "count", false, "how many there were of each operation")
	cmd.Flags().BoolVar(&r.clear, "clear", false, "empty the log instead of printing it")
	formatFlag(cmd, &r.format, formatText, formatJSON)
	complete(cmd, "vendor", func(string) []string { return sandbox.Vendors() })
	return cmd
}

func (a *app) sandboxRequests(data string, f requestFlags) error {
	if err := checkFormat(f.format, formatText, formatJSON); err != nil {
		return err
	}
	dir, err := a.sandboxData(data)
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "requests.jsonl")
	if f.clear {
		if err := os.Truncate(file, 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return failed("stop the sandbox that has it open, and try again", "empty the request log: %w", err)
		}
		return nil
	}
	requests, err := readRequests(file)
	if err != nil {
		return failed("charsync sandbox requests --clear starts it anew", "the request log: %w", err)
	}
	requests = slices.DeleteFunc(requests, func(r sandbox.Request) bool {
		return f.writes && !r.Write || f.vendor != "" && r.Vendor != f.vendor
	})
	slices.SortStableFunc(requests, func(a, b sandbox.Request) int { return strings.Compare(a.Vendor, b.Vendor) })
	return a.result("", func(w io.Writer) error {
		switch {
		case f.count:
			return writeCounts(w, requests)
		case f.format == formatJSON:
			return writeJSON(w, requests)
		}
		for _, r := range requests {
			if _, err := fmt.Fprintln(w, requestLine(r)); err != nil {
				return err
			}
		}
		return nil
	})
}

// requestLineLimit bounds one line of the log; a longer one is a defect of it.
const requestLineLimit = 64 << 20

func readRequests(file string) ([]sandbox.Request, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return []sandbox.Request{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	requests := []sandbox.Request{}
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 64<<10), requestLineLimit)
	for lines.Scan() {
		var r sandbox.Request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, err
		}
		requests = append(requests, r)
	}
	return requests, lines.Err()
}

// requestLine is a request without what differs from run to run: no id, no
// time. Its keys are in order.
func requestLine(r sandbox.Request) string {
	route := r.Route
	if route == "" {
		route = view.SanitizeLine(r.Path)
	}
	line := fmt.Sprintf("%-11s %-6s %-22s %d", r.Vendor, r.Method, route, r.Status)
	if r.Fault != "" {
		line += " !" + r.Fault
	}
	var body map[string]json.RawMessage
	if len(r.Body) > 0 && json.Unmarshal(r.Body, &body) == nil && len(body) > 0 {
		line += " {" + view.SanitizeLine(strings.Join(slices.Sorted(maps.Keys(body)), " ")) + "}"
	}
	return line
}

func writeCounts(w io.Writer, requests []sandbox.Request) error {
	counts := map[string]int{}
	for _, r := range requests {
		counts[fmt.Sprintf("%-11s %-22s", r.Vendor, r.Route)]++
	}
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		if _, err := fmt.Fprintf(w, "%s %d\n", key, counts[key]); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) sandboxCharactersCommand(f *sandboxFlags) *cobra.Command {
	var format string
	cmd := manual{
		use:      "characters [VENDOR]",
		short:    "What the sandbox holds",
		long:     "Prints the characters in the sandbox's data folder: provider, id and name, or with --format json all that is stored.",
		examples: []string{"charsync sandbox characters", "charsync sandbox characters convai --format json"},
		exit:     []code{exitDone, exitError},
	}.command(wantArgs(0, 1), func(_ *cobra.Command, args []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		return a.sandboxCharacters(f.data, args, format)
	})
	cmd.ValidArgs = sandbox.Vendors()
	formatFlag(cmd, &format, formatText, formatJSON)
	return cmd
}

func (a *app) sandboxCharacters(data string, vendors []string, format string) error {
	server, err := a.openSandbox(sandboxFlags{data: data})
	if err != nil {
		return err
	}
	defer server.Close()
	if len(vendors) == 0 {
		vendors = sandbox.Vendors()
	}
	all := map[string][]sandbox.Stored{}
	for _, v := range vendors {
		if all[v], err = server.Characters(v); err != nil {
			return failed("", "%w", err)
		}
	}
	return a.result("", func(w io.Writer) error {
		if format == formatJSON {
			return writeJSON(w, all)
		}
		for _, v := range vendors {
			for _, c := range all[v] {
				name := c.Doc["name"]
				if name == nil {
					name = c.Doc["charName"]
				}
				if _, err := fmt.Fprintf(w, "%-11s %-44s %s\n", v, view.SanitizeLine(c.ID), view.SanitizeLine(fmt.Sprint(name))); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (a *app) sandboxEditCommand(f *sandboxFlags) *cobra.Command {
	return manual{
		use:   "edit VENDOR ID KEY=VALUE...",
		short: "Change a character in the sandbox, as in the provider's own console",
		long: `Changes a stored character behind the back of every client. Keys are the
provider's own; KEY=VALUE sets a text, KEY:=JSON any value, KEY= empties it.
An id that begins with "-" goes behind "--".`,
		examples: []string{
			"charsync sandbox edit alakazam 7f3c greeting='Come in.'",
			"charsync sandbox edit npcbuilder -- 9b1d 'traits:=[\"brave\"]'",
		},
		exit: []code{exitDone, exitError},
	}.command(wantArgs(3, -1), func(_ *cobra.Command, args []string) error {
		patch, err := parsePatch(args[2:])
		if err != nil {
			return err
		}
		server, err := a.openSandbox(sandboxFlags{data: f.data})
		if err != nil {
			return err
		}
		defer server.Close()
		if err := server.Edit(args[0], args[1], patch); err != nil {
			return failed("charsync sandbox characters lists them", "%w", err)
		}
		return nil
	})
}

func parsePatch(assignments []string) (map[string]any, error) {
	patch := map[string]any{}
	for _, s := range assignments {
		key, value, ok := strings.Cut(s, "=")
		if !ok || key == "" || key == ":" {
			return nil, failed("write KEY=VALUE, or KEY:=JSON", "edit: %q sets nothing", s)
		}
		if key, ok = strings.CutSuffix(key, ":"); !ok {
			patch[key] = value
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(value), &v); err != nil {
			return nil, failed("quote it for your shell, for instance 'traits:=[\"brave\"]'", "edit: %s is not JSON: %w", key, err)
		}
		patch[key] = v
	}
	return patch, nil
}

func (a *app) sandboxSwitchesCommand() *cobra.Command {
	var format string
	cmd := manual{
		use:   "switches",
		short: "The switches of the sandbox",
		long: `Lists what can be turned with charsync sandbox --switch NAME=VALUE: mostly facts
about a provider that nobody has settled, so that both readings can be tried.`,
		examples: []string{"charsync sandbox switches"},
		exit:     []code{exitDone, exitError},
	}.command(noArgs, func(*cobra.Command, []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		return a.result("", func(w io.Writer) error {
			if format == formatJSON {
				return writeJSON(w, sandbox.Switches())
			}
			for _, s := range sandbox.Switches() {
				_, err := fmt.Fprintf(w, "%s=%s\n    %s (%s)\n    accepts: %s\n", s.Name, s.Default, s.Doc, s.Source, s.Accepts())
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
	formatFlag(cmd, &format, formatText, formatJSON)
	return cmd
}
