package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

// TestColour: a terminal gets colour, unless anything says no.
func TestColour(t *testing.T) {
	dir := project(t, map[string]string{"characters/mira.yaml": strings.Replace(mira, "greeting", "greting", 1)})
	for _, test := range []struct {
		name     string
		terminal bool
		environ  []string
		args     []string
		want     bool
	}{
		{"a terminal", true, nil, nil, true},
		{"an empty NO_COLOR counts as absent", true, []string{"NO_COLOR="}, nil, true},
		{"off a terminal", false, nil, nil, false},
		{"NO_COLOR", true, []string{"NO_COLOR=1"}, nil, false},
		{"TERM=dumb", true, []string{"TERM=dumb"}, nil, false},
		{"--no-color", true, nil, []string{"--no-color"}, false},
		{"CHARSYNC_NO_COLOR", true, []string{"CHARSYNC_NO_COLOR=true"}, nil, false},
		{"--no-color=false over the variable", true, []string{"CHARSYNC_NO_COLOR=true"}, []string{"--no-color=false"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := Main(context.Background(), Env{
				Args: append([]string{"validate"}, test.args...), Out: &out, Err: &errs, Environ: test.environ,
				Now: time.Now, Dir: dir, OutTerminal: test.terminal, ErrTerminal: test.terminal, Width: 80,
			})
			if code != 3 || errs.Len() > 0 {
				t.Fatalf("exit %d: %s", code, &errs)
			}
			if got := strings.Contains(out.String(), "\x1b["); got != test.want {
				t.Errorf("colour %v, want %v:\n%q", got, test.want, &out)
			}
		})
	}
}

// TestPlainLocale: where the locale is C, marks are ASCII.
func TestPlainLocale(t *testing.T) {
	dir := project(t, map[string]string{"characters/mira.yaml": mira})
	if got := run(t, dir, []string{"LC_ALL=C"}, "plan", "--sandbox"); got.code != 0 || strings.IndexFunc(got.out, func(r rune) bool { return r > 126 }) >= 0 {
		t.Errorf("%+v", got)
	}
}
