package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/edit"
	"github.com/charsync/charsync/pkg/spec"
)

// TestInitAsks: what init asks, and what it makes of the answers. Each
// answer is a line; the project it leaves is valid and in the usual layout.
func TestInitAsks(t *testing.T) {
	const where, live = "Where do your characters live?", "There are credentials for"
	every := strings.Join(driverNames(), " ")
	for name, c := range map[string]struct {
		args     []string
		environ  []string
		answers  string
		tty      bool
		asked    []string
		unasked  []string
		services string // in charsync.yaml
		code     int
	}{
		"nobody there":               {services: every, unasked: []string{where}},
		"nobody there, credentials":  {environ: []string{"CONVAI_API_KEY=k"}, services: "convai", unasked: []string{where, live}},
		"enter":                      {tty: true, answers: "\n", asked: []string{where + " Any of " + strings.Join(driverNames(), ", ") + " [all]: "}, unasked: []string{live}, services: every},
		"all":                        {tty: true, environ: []string{"CONVAI_API_KEY=k"}, answers: "all\n\n", asked: []string{"[convai]"}, services: every},
		"some":                       {tty: true, answers: "npcbuilder, convai\n", asked: []string{where}, services: "convai npcbuilder"},
		"a slip":                     {tty: true, answers: "convia\nconvai\n", asked: []string{"did you mean convai?"}, services: "convai"},
		"credentials, not the live":  {tty: true, environ: []string{"CONVAI_API_KEY=k"}, answers: "\n\n", asked: []string{"[convai]", live + " Convai. Make manifests of what is live there? [y/N]: "}, services: "convai"},
		"another, without an answer": {tty: true, environ: []string{"CONVAI_API_KEY=k"}, answers: "alakazam\n", unasked: []string{live}, services: "alakazam"},
		"a flag asks nothing":        {tty: true, args: []string{"--provider", "alakazam"}, unasked: []string{where, live}, services: "alakazam"},
		"yes asks nothing":           {tty: true, args: []string{"--yes"}, environ: []string{"CONVAI_API_KEY=k"}, unasked: []string{where, live}, services: "convai"},
		"nothing is answered":        {tty: true, code: 1, asked: []string{"there was no answer"}},
		"no such service":            {args: []string{"--provider", "convia"}, code: 1, asked: []string{"did you mean convai"}},
		"no such place":              {tty: true, environ: []string{"NPCBUILDER_TOKEN=k"}, answers: "\ny\ntavern\n", code: 1, asked: []string{"Where on NPCBuilder? game_id/world_id: ", `"tavern" is no place`}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var out, errs bytes.Buffer
			code := Main(context.Background(), Env{
				Args: append([]string{"init"}, c.args...), In: strings.NewReader(c.answers), Out: &out, Err: &errs,
				Environ: c.environ, Now: func() time.Time { return time.Unix(0, 0) }, Dir: dir, InTerminal: c.tty, ErrTerminal: c.tty,
			})
			if code != c.code {
				t.Fatalf("exit %d: %s", code, &errs)
			}
			for _, s := range c.asked {
				if !strings.Contains(errs.String(), s) {
					t.Errorf("%q was not asked:\n%s", s, &errs)
				}
			}
			for _, s := range c.unasked {
				if strings.Contains(errs.String(), s) {
					t.Errorf("%q was asked:\n%s", s, &errs)
				}
			}
			if c.code != 0 {
				if _, err := os.Stat(filepath.Join(dir, "charsync.yaml")); err == nil {
					t.Error("files were written all the same")
				}
				return
			}
			checkProject(t, dir, c.services)
		})
	}
}

// checkProject wants a project of these services that loads without a word
// and that fmt would leave alone.
func checkProject(t *testing.T, dir, services string) {
	t.Helper()
	p, found := spec.LoadProject(filepath.Join(dir, "charsync.yaml"))
	if len(found) > 0 {
		t.Fatal(found)
	}
	text, err := os.ReadFile(filepath.Join(dir, "charsync.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range driverNames() {
		if strings.Contains(string(text), "\n    "+name+": {}\n") {
			names = append(names, name)
		}
	}
	if got := strings.Join(names, " "); got != services {
		t.Errorf("services %s, want %s", got, services)
	}
	set, err := spec.Load(context.Background(), p, spec.LoadOptions{})
	if err != nil || len(set.Diagnostics) > 0 || len(set.Characters) != 1 {
		t.Fatalf("%v %+v", err, set)
	}
	if n := len(set.Characters[0].Targets); n != len(names) {
		t.Errorf("the example has %d targets", n)
	}
	for _, file := range []string{"charsync.yaml", "characters/mira.yaml"} {
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if out, _, err := edit.Format(file, data); err != nil || !bytes.Equal(out, data) {
			t.Errorf("%s is not in the usual layout: %v\n%s", file, err, out)
		}
	}
}
