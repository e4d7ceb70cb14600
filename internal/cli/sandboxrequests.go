package cli

import (
	"bufio"
	"context"
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
	"time"

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
			return view.JSON(w, requests)
		}
		w = view.Commandless(w)
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

// followRequests prints requests as they come, until ctx ends. The log is
// looked at a few times a second: nobody waits for it.
func (a *app) followRequests(ctx context.Context, server *sandbox.Server) {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	seen := int64(0)
	for {
		for _, r := range server.Requests("") {
			if r.Seq > seen {
				seen = r.Seq
				fmt.Fprintln(a.err, requestLine(r))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
