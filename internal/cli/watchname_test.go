package cli

import (
	"strings"
	"testing"
)

// TestWatchWrongName: a name that is in no manifest ends the watch, as soon as
// no manifest could hold it.
func TestWatchWrongName(t *testing.T) {
	const nobody = `error: no character is called "miro"` + "\n  hint: did you mean mira? charsync render"
	const unread = `error: no character is called "miro" in the manifests that can be read`
	faulty := strings.Replace(tom, "greeting", "greting", 1)

	w := watchProject(t, map[string]string{"characters/mira.yaml": mira, "characters/tom.yaml": faulty}, "miro")
	if code, errs := <-w.ended, w.errs.String(); code != 1 || !strings.Contains(errs, nobody) {
		t.Errorf("with an error of somebody else: exit %d, %s", code, errs)
	}

	w = watchProject(t, map[string]string{"characters/mira.yaml": mira, "characters/tom.yaml": "apiVersion: ["}, "miro")
	w.until("Not valid: 1 error.")
	w.save("characters/tom.yaml", tom)
	if code, errs := <-w.ended, w.errs.String(); code != 1 || !strings.Contains(errs, unread) || !strings.Contains(errs, nobody) {
		t.Errorf("with a file that can't be read, and then can: exit %d, %s", code, errs)
	}

	w = watchProject(t, map[string]string{"characters/mira.yaml": mira, "characters/tom.yaml": faulty}, "tom", "--target", "alakazam")
	w.until("Not valid: 1 error.")
	w.save("characters/tom.yaml", tom)
	w.until("Valid: 2 characters.\n")
	if errs := w.errs.String(); strings.Contains(errs, "no character is called") {
		t.Errorf("with an error of its own: %s", errs)
	}
	w.stop()
}
