package harness

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/sandbox"
)

// finalStore looks at what is left when nothing is left to do.
func (w *world) finalStore() {
	lock, err := readLock(w.dir)
	if err != nil {
		w.find("the lock can't be read: %v", err)
		return
	}
	alive := map[address][]sandbox.Stored{}
	for _, vendor := range w.project.vendors {
		for id, s := range w.gate.stored(vendor) {
			if _, strangers := w.bystanders[vendor][id]; strangers || !w.live(vendor, s) {
				continue
			}
			a, ok := owner(vendor, s.Doc)
			if !ok {
				w.find("%s %s belongs to nobody", vendor, id)
				continue
			}
			alive[a] = append(alive[a], s)
		}
	}
	for a, list := range alive {
		if _, wanted := w.project.find(a); !wanted {
			w.find("%s: no manifest wants it, and it lives %d times", a, len(list))
		}
	}
	for _, a := range w.project.wanted() {
		w.finalPair(a, alive[a], lock[a])
	}
	for a, b := range lock {
		if _, wanted := w.project.find(a); !wanted {
			w.find("the lock still binds %s to %s", a, b.ID)
		}
	}
	w.plantsStand()
	w.nothingLeft()
}

// nothingLeft looks for temporary files that a kill has left in the project.
// The record of a run that was killed stays as it is.
func (w *world) nothingLeft() {
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "runs":
			return filepath.SkipDir
		case filepath.Ext(path) == ".tmp":
			w.find("%s was left behind", path)
		}
		return nil
	})
	if err != nil {
		w.find("the project can't be looked through: %v", err)
	}
}

func (w *world) finalPair(a address, alive []sandbox.Stored, b binding) {
	if len(alive) != 1 {
		w.find("%s lives %d times: %s", a, len(alive), ids(alive))
		return
	}
	if bare(a.target, b.ID) != alive[0].ID {
		w.find("%s is bound to %q, and what lives is %s", a, b.ID, alive[0].ID)
	}
	if b.Pending != nil || b.Old != "" {
		w.find("the lock still has something in doubt about %s", a)
	}
	for _, id := range w.bound[a] {
		s, err := w.gate.sandbox.Character(a.target, id)
		if err == nil && id != alive[0].ID && w.live(a.target, s) {
			w.find("%s was bound to %s, which is still there, and is bound to %s", a, id, alive[0].ID)
		}
	}
	w.contentAsWanted(a, alive[0])
}

func ids(list []sandbox.Stored) string {
	var out []string
	for _, s := range list {
		out = append(out, s.ID)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// contentAsWanted compares what is stored with what the manifest says.
func (w *world) contentAsWanted(a address, s sandbox.Stored) {
	c, ok := w.project.find(a)
	if !ok {
		return
	}
	for key, want := range vendorNamed(a.target).expected(c) {
		if !sameAt(key, want, s.Doc[key]) && !(w.apart && vendorNamed(a.target).veils(key)) {
			w.find("%s: %s is %s, and the manifest says %s", a, key, short(s.Doc[key]), short(want))
		}
	}
}

// everythingAsWanted holds a command to its exit code 0.
func (w *world) everythingAsWanted(s *situation) {
	lock, err := readLock(w.dir)
	if err != nil {
		return // found already
	}
	for _, a := range w.project.wanted() {
		stored, err := w.gate.sandbox.Character(a.target, bare(a.target, lock[a].ID))
		if err != nil {
			w.find("run %d ended with 0, and %s is not there: %v", s.number, a, err)
			continue
		}
		w.contentAsWanted(a, stored)
	}
}

// plantsStand looks for colleagues' values that are gone.
func (w *world) plantsStand() {
	for p, value := range w.planted {
		s, err := w.gate.sandbox.Character(p.vendor, p.id)
		if err != nil || !w.live(p.vendor, s) {
			continue
		}
		if !sameAt(p.key, value, s.Doc[p.key]) {
			w.find("%s %s: a colleague wrote %s into %s, and it is %s", p.vendor, p.id, short(value), p.key, short(s.Doc[p.key]))
		}
	}
}
