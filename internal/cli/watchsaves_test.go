package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWatchEditors: every way of saving ends in one run with the right plan.
func TestWatchEditors(t *testing.T) {
	t.Parallel()
	const file = "characters/inn/mira.yaml"
	w := watchProject(t, map[string]string{file: withProse, "characters/texts/mira.md": "Come in.\n", "characters/tom.yaml": tom},
		"--sandbox", "--quiet-time", "700ms")
	path := func(name string) string { return filepath.Join(w.dir, name) }
	must := func(errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(name, text string) { t.Helper(); must(os.WriteFile(path(name), []byte(text), 0o644)) }
	w.until("Plan: 4 to create")
	saves := []struct {
		name string
		save func(text string)
	}{
		{"vim", func(text string) {
			write("characters/inn/.mira.yaml.swp", "b0VIM 9.1")
			write("characters/inn/4913", "")
			must(os.Remove(path("characters/inn/4913")), os.Rename(path(file), path(file+"~")))
			write(file, text)
			must(os.Remove(path(file+"~")), os.Remove(path("characters/inn/.mira.yaml.swp")))
		}},
		{"vs-code", func(text string) {
			write(file+".vsctmp", text)
			must(os.Rename(path(file+".vsctmp"), path(file)))
		}},
		{"truncating", func(text string) {
			f, err := os.OpenFile(path(file), os.O_WRONLY|os.O_TRUNC, 0)
			must(err)
			for _, part := range strings.SplitAfter(text, "\n") {
				_, err := f.WriteString(part)
				must(err)
			}
			must(f.Close())
		}},
		{"sed", func(text string) {
			if _, err := exec.LookPath("sed"); err != nil {
				write(file, text)
				return
			}
			_, name, _ := strings.Cut(text, "\n  name: ")
			name, _, _ = strings.Cut(name, "\n")
			cmd := exec.Command("sed", "-i.orig", "-e", "s/^  name: .*/  name: "+name+"/", path(file))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			must(os.Remove(path(file + ".orig")))
		}},
		{"folder-move", func(text string) {
			write(file, text)
			must(os.Rename(path("characters/inn"), path("characters/tavern")), os.MkdirAll(path("characters/inn"), 0o755))
			must(os.Rename(path("characters/tavern/mira.yaml"), path(file)), os.Remove(path("characters/tavern")))
		}},
	}
	for i, s := range saves {
		title := fmt.Sprintf("Title %d by %s", i, s.name)
		s.save(strings.Replace(withProse, "  name: Mira\n", "  name: "+title+"\n", 1))
		got := w.until("Plan: 2 to create, 0 to update")
		if !strings.Contains(got, title) || strings.Contains(got, "Tom") {
			t.Errorf("%s: %s", s.name, got)
		}
	}
	w.stop()
	if n := strings.Count(w.out.String(), "Plan: "); n != 1+len(saves) {
		t.Errorf("%d runs for %d saves: %s", n-1, len(saves), w.out.String())
	}
}

// TestWatchCheckout: git checkout of 500 files ends with each of them
// validated and planned as it is now, in one run.
func TestWatchCheckout(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs the program git, which is not installed")
	}
	const number = 500
	files := map[string]string{"charsync.yaml": "apiVersion: charsync.dev/v1\nkind: Project\nmetadata: {name: inn}\n", ".gitignore": ".charsync/\n"}
	manifest := func(i int, title string) string {
		return fmt.Sprintf("apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: c-%d}\nspec: {name: Mira, greeting: %s, targets: {alakazam: {}}}\n", i, title)
	}
	for i := range number {
		files[fmt.Sprintf("characters/f%d/c-%d.yaml", i%20, i)] = manifest(i, "Old")
	}
	dir := project(t, files)
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "HOME="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	if err := os.Remove(filepath.Join(dir, ".git")); err != nil {
		t.Fatal(err)
	}
	git("init", "-q", "-b", "main")
	git("add", "-A")
	git("commit", "-qm", "old")
	git("checkout", "-qb", "new")
	for i := range number {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("characters/f%d/c-%d.yaml", i%20, i)), []byte(manifest(i, "Newer")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git("commit", "-qam", "new")
	git("checkout", "-q", "main")
	w := watchDir(t, dir, "--sandbox", "--quiet-time", "1500ms")
	w.until(fmt.Sprintf("Plan: %d to create", number))
	git("checkout", "-q", "new")
	got := w.until(fmt.Sprintf("Plan: %d to create", number))
	if n := len(regexp.MustCompile(`(?m)^ +c-\d+ +alakazam +2 +5 `).FindAllString(got, -1)); n != number || !strings.Contains(got, fmt.Sprintf(" and %d more\n", number-namedFiles)) {
		t.Errorf("%d of %d: %.400s", n, number, got)
	}
	w.stop()
}
