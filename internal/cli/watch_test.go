package cli

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// watching is a watch under way in a project.
type watching struct {
	t          *testing.T
	dir        string
	out, errs  lockedBuffer
	interrupts chan os.Signal
	ended      chan int
	seen       int // bytes of out that were awaited before
}

func watchProject(t *testing.T, files map[string]string, args ...string) *watching {
	t.Helper()
	return watchDir(t, project(t, files), args...)
}

func watchDir(t *testing.T, dir string, args ...string) *watching {
	t.Helper()
	w := &watching{t: t, dir: dir, interrupts: make(chan os.Signal, 1), ended: make(chan int, 1)}
	go func() {
		w.ended <- Main(context.Background(), Env{
			Args: append([]string{"watch"}, args...), In: strings.NewReader(""), Out: &w.out, Err: &w.errs, Now: time.Now, Dir: w.dir,
			Environ: []string{"PATH=" + os.Getenv("PATH")}, Interrupts: w.interrupts, Stop: func(int) {},
		})
	}()
	return w
}

// until waits for a text in what is printed after all that was awaited before.
func (w *watching) until(text string) string {
	w.t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		fresh := w.out.String()[w.seen:]
		if i := strings.Index(fresh, text); i >= 0 {
			w.seen += i + len(text)
			return fresh[:i+len(text)]
		}
		select {
		case code := <-w.ended:
			w.t.Fatalf("it ended with %d: %s%s", code, w.out.String(), w.errs.String())
		case <-deadline:
			w.t.Fatalf("no %q came: %s%s", text, w.out.String(), w.errs.String())
		case <-tick.C:
		}
	}
}

func (w *watching) save(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *watching) stop() {
	w.t.Helper()
	w.interrupts <- os.Interrupt
	if code := <-w.ended; code != 0 {
		w.t.Errorf("exit %d: %s", code, w.errs.String())
	}
}

var (
	withProse = strings.Replace(mira, "greeting: Come in.", "greeting: {file: ../texts/mira.md}", 1)
	tom       = strings.NewReplacer("mira", "tom", "Mira", "Tom").Replace(mira)
)

// TestWatchPlans: only what changed is planned, errors are named at their
// place and keep nothing from being mended, and nothing is written.
func TestWatchPlans(t *testing.T) {
	w := watchProject(t, map[string]string{"characters/mira.yaml": withProse, "texts/mira.md": "Come in.\n", "characters/tom.yaml": tom}, "--sandbox")
	if got := w.until("Plan: 4 to create, 0 to update"); !regexp.MustCompile(`^\d\d:\d\d:\d\d start\n`).MatchString(got) {
		t.Errorf("the start: %s", got)
	}
	w.save("texts/mira.md", "Come in, friend.\n")
	got := w.until("Plan: 2 to create")
	if !regexp.MustCompile(`\n\d\d:\d\d:\d\d texts/mira.md\n`).MatchString(got) || !strings.Contains(got, "Come in, friend.") || strings.Contains(got, "Tom") {
		t.Errorf("after a save of prose: %s", got)
	}
	w.save("characters/mira.yaml", strings.Replace(withProse, "greeting", "greting", 1))
	w.until("Not valid: 1 error. What is named there is left as it was last.\nNothing else has changed.\n")
	if errs := w.errs.String(); !strings.Contains(errs, "characters/mira.yaml:6:3: error: unknown field") {
		t.Errorf("the finding: %s", errs)
	}
	w.save("characters/tom.yaml", strings.Replace(tom, "Come in.", "Aye.", 1))
	if got := w.until("Plan: 2 to create"); !strings.Contains(got, "Aye.") || !strings.Contains(got, "Not valid: 1 error.") || strings.Contains(got, "Mira") {
		t.Errorf("another one while there is an error: %s", got)
	}
	w.save("characters/mira.yaml", withProse)
	if got := w.until("Plan: 2 to create"); !strings.Contains(got, "Come in, friend.") || strings.Contains(got, "Not valid") {
		t.Errorf("mended: %s", got)
	}
	w.save("characters/mira.yaml", withProse) // the same bytes
	w.save("characters/notes.txt", "nobody refers to it")
	w.save("charsync.yaml", "apiVersion: charsync.dev/v2\n")
	w.until("Not valid: ")
	w.save("charsync.yaml", "apiVersion: charsync.dev/v1\nkind: Project\nmetadata: {name: inn}\nspec: {manifests: [characters/tom.yaml]}\n")
	if got := w.until("Plan: 2 to create"); !strings.Contains(got, "Tom") || strings.Contains(got, "Mira") || strings.Contains(got, "notes.txt") {
		t.Errorf("another charsync.yaml: %s", got)
	}
	w.stop()
	if rest := w.out.String()[w.seen:]; strings.Count(rest, "\n") != 1 {
		t.Errorf("and then: %s", rest)
	}
	if got := run(t, w.dir, nil, "sandbox", "requests", "--writes"); got.out != "" {
		t.Errorf("it wrote: %s", got.out)
	}
}

// TestWatchApplies: --apply says where to, and carries out what changed.
func TestWatchApplies(t *testing.T) {
	w := watchProject(t, map[string]string{"characters/mira.yaml": mira, "characters/tom.yaml": tom}, "--sandbox", "--apply")
	w.until("Applied: 4 created, 0 updated, 0 deleted, 0 failed, 0 skipped.\n")
	if errs := w.errs.String(); !strings.Contains(errs, "each save is applied to the sandbox") {
		t.Errorf("the start line: %s", errs)
	}
	w.save("characters/tom.yaml", strings.Replace(tom, "Come in.", "Aye.", 1))
	if got := w.until("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.\n"); strings.Contains(got, "mira") {
		t.Errorf("more than what changed: %s", got)
	}
	if err := os.Remove(filepath.Join(w.dir, "characters/tom.yaml")); err != nil {
		t.Fatal(err)
	}
	if got := w.until("Applied: 0 created, 0 updated, 0 deleted"); !strings.Contains(got, "tom on alakazam") {
		t.Errorf("a manifest that is gone: %s", got)
	}
	w.stop()
	if got := run(t, w.dir, nil, "plan", "--sandbox", "mira", "--detailed-exitcode"); got.code != 0 {
		t.Errorf("afterwards: %+v", got)
	}
}

// TestWatchTells: without a credential it validates, and --exec has the event.
func TestWatchTells(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs the program cat, which Windows has not")
	}
	w := watchProject(t, map[string]string{"characters/mira.yaml": mira}, "--exec", "cat; echo told; exit 7", "--target", "convai")
	w.until("Valid: 1 character.\n")
	w.until("told\n")
	w.save("characters/mira.yaml", strings.Replace(mira, "greeting", "greting", 1))
	got := w.until("told\n")
	var event watchEvent
	if err := json.Unmarshal([]byte(got[strings.Index(got, "{"):strings.LastIndex(got, "told")]), &event); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	if event.Valid || event.Code != 3 || event.Errors != 1 || event.Plan != nil || len(event.Files) != 1 || event.Files[0] != "characters/mira.yaml" || event.Diagnostics[0].Pos.Line != 6 {
		t.Errorf("the event: %+v", event)
	}
	await(t, func() bool { return strings.Count(w.errs.String(), "error: --exec: exit status 7") == 2 })
	w.stop()
	if errs := w.errs.String(); strings.Count(errs, "convai is not asked") != 1 || strings.Contains(errs, "alakazam is not asked") {
		t.Errorf("said: %s", errs)
	}
}

// TestWatchInterrupted: an interrupt that cuts a run short ends with 130.
func TestWatchInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs the program sleep, which Windows has not")
	}
	w := watchProject(t, map[string]string{"characters/mira.yaml": mira}, "--exec", "echo here; exec sleep 60")
	w.until("here\n")
	w.interrupts <- os.Interrupt
	if code := <-w.ended; code != 130 {
		t.Errorf("exit %d: %s", code, w.errs.String())
	}
}
