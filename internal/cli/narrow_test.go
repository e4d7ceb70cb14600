package cli

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// inTerminal runs a command line in a terminal of 80 columns, without colour.
func inTerminal(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := Main(context.Background(), Env{
		Args: args, In: strings.NewReader(""), Out: &out, Err: &errs, Environ: []string{"NO_COLOR=1", "LANG=en_GB.UTF-8"},
		Now: time.Now, Dir: dir, OutTerminal: true, ErrTerminal: true, Width: 80,
		Who: func() string { return "maria.garcia@build-host-17.example" },
	})
	if code != 0 {
		t.Fatalf("%q: exit %d: %s", args, code, &errs)
	}
	return out.String()
}

// TestTablesIn80Columns: runs and state list keep to the terminal, and away
// from one every value is whole.
func TestTablesIn80Columns(t *testing.T) {
	const name = "mira-who-keeps-the-gilded-hare-below-the-pass"
	dir := project(t, map[string]string{
		"characters/mira.yaml": strings.NewReplacer("{name: mira}", "{name: "+name+"}", "alakazam: {}", "npcbuilder: {game_id: tavern, world_id: gilded-hare}").Replace(mira),
	})
	inTerminal(t, dir, "apply", "--sandbox", "--yes")
	if err := os.WriteFile(dir+"/characters/mira.yaml", []byte(strings.NewReplacer("{name: mira}", "{name: "+name+"}",
		"alakazam: {}", "npcbuilder: {game_id: tavern, world_id: gilded-hare}", "Keeps", "Kept").Replace(mira)), 0o644); err != nil {
		t.Fatal(err)
	}
	inTerminal(t, dir, "plan", "--sandbox", "--out", "the-plan-of-the-gilded-hare.plan")
	inTerminal(t, dir, "apply", "--sandbox", "the-plan-of-the-gilded-hare.plan")
	inTerminal(t, dir, "undo", "--sandbox", "--yes")
	for _, command := range [][]string{{"runs", "--sandbox"}, {"state", "list", "--sandbox"}} {
		narrow := inTerminal(t, dir, command...)
		for line := range strings.Lines(narrow) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%q: a line of %d columns: %s", command, n, line)
			}
		}
		if !strings.Contains(narrow, "…") {
			t.Errorf("%q: nothing was shortened, so that nothing is shown here:\n%s", command, narrow)
		}
		if whole := run(t, dir, nil, command...); whole.code != 0 || strings.Contains(whole.out, "…") {
			t.Errorf("%q away from a terminal: %+v", command, whole)
		}
	}
	narrow := inTerminal(t, dir, "runs", "--sandbox")
	for _, want := range []string{" +2 ", " ~1 ", "complete"} {
		if !strings.Contains(narrow, want) {
			t.Errorf("no %q in\n%s", want, narrow)
		}
	}
	for line := range strings.Lines(run(t, dir, nil, "runs", "--sandbox").out) {
		if id, _, _ := strings.Cut(line, " "); id != "ID" && !strings.Contains(narrow, id[:16]) {
			t.Errorf("the beginning of %s is not in\n%s", id, narrow)
		}
	}
}
