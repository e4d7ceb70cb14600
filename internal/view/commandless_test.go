package view

import (
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/spec"
)

func TestCommandless(t *testing.T) {
	for in, want := range map[string]string{
		"::error::x\n":               ": :error::x\n",
		"a\n  ::add-mask::x":         "a\n  : :add-mask::x",
		"a\r::x":                     "a\r: :x",
		"\u00a0\u3000\t::x":          "\u00a0\u3000\t: :x",
		":::x":                       ": ::x",
		"##[error]x and ###[b]":      "## [error]x and ### [b]",
		"std::vector : :x a::b #[x]": "std::vector : :x a::b #[x]",
		"狐::x":                       "狐::x",
		": a\n:\n:":                  ": a\n:\n:",
	} {
		for size := 1; size <= len(in); size++ {
			var out strings.Builder
			w := Commandless(&out)
			for rest := in; rest != ""; {
				n := min(size, len(rest))
				if got, err := io.WriteString(w, rest[:n]); got != n || err != nil {
					t.Fatal(got, err)
				}
				rest = rest[n:]
			}
			// A space that a write cuts in two can't be told from a letter.
			if got := out.String(); got != want && !(in == "狐::x" && size < 3 && got == "狐: :x") {
				t.Errorf("%q by %d bytes: %q, want %q", in, size, got, want)
			}
		}
	}
}

// obeyed is the first line that the runner would take for a command.
func obeyed(out string) string {
	for line := range strings.FieldsFuncSeq(out, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || olderCommand.MatchString(line) {
			return line
		}
	}
	return ""
}

// TestFindingsHoldNoCommand lets findings try to be one.
func TestFindingsHoldNoCommand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var out strings.Builder
		if err := Diagnostics(&out, hostileFindings(t), Style{Width: rapid.IntRange(20, 120).Draw(t, "width")}); err != nil {
			t.Fatal(err)
		}
		if line := obeyed(out.String()); line != "" {
			t.Fatalf("a command: %q", line)
		}
	})
}

// TestWrappedTextHoldsNoCommand: where a line ends is the printer's doing.
func TestWrappedTextHoldsNoCommand(t *testing.T) {
	var out strings.Builder
	d := spec.Diagnostic{Severity: spec.Error, Message: "x", Hint: strings.Repeat("word ", 12) + strings.Repeat("::error::owned ", 9)}
	if err := Diagnostics(&out, []spec.Diagnostic{d}, Style{Width: 40}); err != nil {
		t.Fatal(err)
	}
	if line := obeyed(out.String()); line != "" || !strings.Contains(out.String(), "\n        : :error::owned") {
		t.Errorf("%q in\n%s", line, out.String())
	}
}
