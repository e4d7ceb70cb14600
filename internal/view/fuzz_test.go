package view

import (
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/spec"
	"github.com/charsync/charsync/pkg/visible"
)

// FuzzWorkflowCommand: a finding is one workflow command, whatever it holds,
// and everything in it is seen.
func FuzzWorkflowCommand(f *testing.F) {
	f.Add("a.yaml", "message", "hint")
	f.Add("a::b,c=d%0A", "x\n::error::y\r##[group]", "%25\u2028::stop-commands::z")
	f.Add("\U000E0041", "\x1b[31m", "☺\ufe0f\ufe0f")
	f.Fuzz(func(t *testing.T, file, message, hint string) {
		d := spec.Diagnostic{Pos: spec.Pos{File: file, Line: 3, Col: 2}, Severity: spec.Error, Code: "CS101", Message: message, Hint: hint}
		out := annotation(d, Repository{Prefix: "sub"}, message)
		line, ended := strings.CutSuffix(out, "\n")
		if !ended || strings.ContainsAny(line, "\n\r") || !strings.HasPrefix(line, "::error ") {
			t.Fatalf("not one command: %q", out)
		}
		properties, _, found := strings.Cut(line[len("::error "):], "::")
		if !found {
			t.Fatalf("no message: %q", out)
		}
		for _, p := range strings.Split(properties, ",") {
			key, value, _ := strings.Cut(p, "=")
			if !strings.Contains(" file line endLine col endColumn title ", " "+key+" ") || strings.ContainsAny(value, ":,") {
				t.Fatalf("property %q in %q", p, out)
			}
		}
		for h := range visible.Hidden(line) {
			t.Fatalf("a %s in %q", h.Kind, out)
		}
		var plain strings.Builder
		var rest []spec.Diagnostic
		for range annotationsShown + 1 {
			rest = append(rest, d)
		}
		if err := Annotations(&plain, rest, Repository{}, nil); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(plain.String(), "\n"), "\n")
		if len(lines) != annotationsShown+3 || obeyed(strings.Join(lines[annotationsShown:], "\n")) != "" {
			t.Fatalf("%d lines: %q", len(lines), lines[annotationsShown:])
		}
	})
}
