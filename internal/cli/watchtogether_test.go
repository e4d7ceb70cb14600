package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWatchNewProse: prose that a manifest begins to refer to is watched from
// then on, wherever it lies, also when it is not there yet.
func TestWatchNewProse(t *testing.T) {
	t.Parallel()
	w := watchProject(t, map[string]string{"characters/mira.yaml": mira, "elsewhere/there.md": "From elsewhere.\n"}, "--sandbox")
	w.until("Plan: 2 to create")
	refer := func(file string) string {
		return strings.Replace(mira, "greeting: Come in.", "greeting: {file: ../elsewhere/"+file+"}", 1)
	}
	w.save("characters/mira.yaml", refer("there.md"))
	if got := w.until("Plan: 2 to create"); !strings.Contains(got, "From elsewhere.") {
		t.Errorf("referred to: %s", got)
	}
	w.save("elsewhere/there.md", "From elsewhere, again.\n")
	if got := w.until("Plan: 2 to create"); !strings.Contains(got, "From elsewhere, again.") || !strings.Contains(got, "elsewhere/there.md\n") {
		t.Errorf("edited: %s", got)
	}
	w.save("characters/mira.yaml", refer("late.md"))
	w.until("Not valid: 1 error.")
	w.save("elsewhere/late.md", "Late, but here.\n")
	if got := w.until("Plan: 2 to create"); !strings.Contains(got, "Late, but here.") {
		t.Errorf("came late: %s", got)
	}
	w.stop()
}

// TestWatchTwins: two manifests that name one live character are judged
// together, whichever of them changes, and so are two of one name.
func TestWatchTwins(t *testing.T) {
	t.Parallel()
	adopting := func(text, id string) string {
		return strings.Replace(text, "alakazam: {}", "alakazam: {id: "+id+"}", 1)
	}
	w := watchProject(t, map[string]string{"characters/mira.yaml": adopting(mira, "one"), "characters/tom.yaml": adopting(tom, "two")}, "--target", "alakazam")
	w.until("Valid: 2 characters.\n")
	w.save("characters/tom.yaml", adopting(tom, "one"))
	w.until("Not valid: 1 error.")
	if errs := w.errs.String(); !strings.Contains(errs, "are both bound to the live character one") {
		t.Errorf("found: %s", errs)
	}
	w.save("characters/mira.yaml", adopting(mira, "three"))
	w.until("Valid: 2 characters.\n")

	w.save("characters/second.yaml", adopting(mira, "four"))
	w.until("Not valid: 1 error.")
	if errs := w.errs.String(); !strings.Contains(errs, `characters/second.yaml:3:18: error: a second character is named "mira"`) {
		t.Errorf("found: %s", errs)
	}
	if err := os.Remove(filepath.Join(w.dir, "characters/second.yaml")); err != nil {
		t.Fatal(err)
	}
	w.until("Valid: 2 characters.\n")
	w.stop()
}

// TestWatchAsksLittle: a save asks about the one character, with the fewest
// requests.
func TestWatchAsksLittle(t *testing.T) {
	t.Parallel()
	files := map[string]string{"characters/mira.yaml": mira, "characters/tom.yaml": tom}
	for _, name := range []string{"ann", "bob", "cas", "dov"} {
		files["characters/"+name+".yaml"] = strings.NewReplacer("mira", name, "Mira", strings.ToUpper(name)).Replace(mira)
	}
	dir := project(t, files)
	if got := run(t, dir, nil, "apply", "--sandbox", "--yes"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	w := watchDir(t, dir, "--sandbox")
	w.until("Plan: 0 to create, 0 to update")
	before := run(t, dir, nil, "sandbox", "requests").out
	w.save("characters/mira.yaml", strings.Replace(mira, "Come in.", "Come in, quick.", 1))
	if got := w.until("Plan: 0 to create, 1 to update"); strings.Contains(got, "tom") {
		t.Errorf("planned: %s", got)
	}
	w.stop()
	after := run(t, dir, nil, "sandbox", "requests").out
	if n := strings.Count(after, "\n") - strings.Count(before, "\n"); n != 2 { // one at each target
		t.Errorf("it asked %d times:\n%s\nand before:\n%s", n, after, before)
	}
}
