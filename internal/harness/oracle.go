package harness

import (
	"slices"
)

// forgetManagedPlants lets go of colleagues' values in fields that a manifest
// has taken over.
func (w *world) forgetManagedPlants() {
	for p := range w.planted {
		s, err := w.gate.sandbox.Character(p.vendor, p.id)
		if err != nil {
			delete(w.planted, p)
			continue
		}
		if a, ok := owner(p.vendor, s.Doc); ok && w.project.managed(a)[p.key] {
			delete(w.planted, p)
		}
	}
}

// judge checks everything that one command did and said.
func (w *world) judge(s *situation, v invocation) {
	for _, what := range w.gate.seen() {
		w.find("run %d: %s", s.number, what)
	}
	deeds := w.gate.journal.of(s.number)
	for _, d := range deeds {
		w.judgeDeed(s, d)
	}
	w.rememberBindings()
	if s.killed {
		w.letGo(s) // it said nothing else
		return
	}
	r := w.said(s, v)
	if r == nil {
		w.judgeCode(s, v, nil, deeds)
		return
	}
	w.judgeCounts(s, r)
	w.judgeOutcomes(s, r, deeds)
	w.judgeCode(s, v, r, deeds)
	if v.code == 0 && s.everything && !s.meddled {
		w.everythingAsWanted(s)
	}
}

// letGo takes from the record of a killed run which characters at Alakazam it
// had let go and found to be private, without a write of its own: they had been
// private, and the answer was lost.
func (w *world) letGo(s *situation) {
	name := newRecord(w.dir, s.records)
	if name == "" {
		return
	}
	lock, err := readLock(w.dir)
	if err != nil {
		return // found already
	}
	for _, l := range readRecord(w.dir, name) {
		if l.Kind != "outcome" || l.Action != "delete" || l.Target != alakazam || lock[address{l.Target, l.Name}].ID == l.ID {
			continue
		}
		if c, err := w.gate.sandbox.Character(alakazam, l.ID); err == nil && c.Doc["visibility"] == "private" {
			w.retired[alakazam+" "+l.ID] = true
		}
	}
}

// judgeDeed looks at one write: may it be?
func (w *world) judgeDeed(s *situation, d deed) {
	if s.reading && d.kind != "nothing" {
		w.find("a reading command wrote: %s", d)
		return
	}
	doc := d.after
	if doc == nil {
		doc = d.before
	}
	if d.kind == "nothing" {
		return
	}
	if _, strangers := w.bystanders[d.vendor][d.id]; strangers {
		w.find("a write to somebody else's character: %s", d)
		return
	}
	a, ok := owner(d.vendor, doc)
	if !ok {
		w.find("a write to a character of unknown origin: %s", d)
		return
	}
	switch {
	case d.kind == "create":
		w.judgeCreate(s, a, d)
	case d.kind == "remove":
		w.judgeRemoval(s, a, d)
	case isRemoval(d):
		if w.judgeRemoval(s, a, d) && d.vendor == alakazam {
			w.retired[d.vendor+" "+d.id] = true
		}
	default:
		managed := w.project.managed(a)
		switch {
		case s.undo && w.madeIn(s.number, d):
			return // brought back from the record, and whole
		case s.undo:
			managed = w.project.everManaged[a]
		}
		for _, key := range d.keys {
			if restored, _ := d.before["archived"].(bool); s.undo && restored && key == "archived" {
				continue
			}
			if !managed[key] {
				w.find("a write to the unmanaged field %s of %s: %s → %s: %s", key, a, short(d.before[key]), short(d.after[key]), d)
			}
		}
	}
}

// madeIn reports a character that the run itself has created.
func (w *world) madeIn(run int, d deed) bool {
	return slices.ContainsFunc(w.gate.journal.of(run), func(o deed) bool {
		return o.kind == "create" && o.vendor == d.vendor && o.id == d.id
	})
}

// isRemoval recognises what stands for a deletion where there is none.
func isRemoval(d deed) bool {
	archived, _ := d.after["archived"].(bool)
	was, _ := d.before["archived"].(bool)
	return d.vendor == characterai && archived && !was ||
		d.vendor == alakazam && d.lets && len(d.body) == 1 && d.body["visibility"] == "private"
}

func (w *world) judgeCreate(s *situation, a address, d deed) {
	ever := w.project.everManaged[a]
	if _, wanted := w.project.find(a); !wanted && !(s.undo && ever != nil) {
		w.find("created %s, which no manifest wants: %s", a, d)
	}
	if s.undo || d.source {
		return // what another character or a record holds is brought back whole
	}
	for key, value := range d.body {
		blank := a.target == characterai && (key == "identifier" || key == "visibility" || simple(value) == nil)
		if !ever[key] && !blank {
			w.find("created %s with the unmanaged field %s", a, key)
		}
	}
}

func (w *world) judgeRemoval(s *situation, a address, d deed) bool {
	if d.vendor == characterai && !slices.Equal(d.keys, []string{"archived"}) {
		w.find("archiving %s changed more than that: %s", a, d)
	}
	_, wanted := w.project.find(a)
	switch {
	case s.prune && !wanted, s.destroyed[a], w.replaced[a], s.undo, s.prune && w.apart && (w.another(s, a, d.id) || w.changedMost(s, a, d)):
		return true
	}
	w.find("removed %s, which nobody asked for: %s", a, d)
	return false
}

// another reports that what the manifest of a pair wants was there before the
// run and is there still, as another character than the one that was removed.
// Two names that each had one may have become one manifest.
func (w *world) another(s *situation, a address, removed string) bool {
	for at, b := range s.lock {
		c, wanted := w.project.find(at)
		id := bare(at.target, b.ID)
		if at.origin() != a || !wanted || c.slug != at.name || id == removed || id == "" {
			continue
		}
		if live, err := w.gate.sandbox.Character(at.target, id); err == nil && w.live(at.target, live) {
			return true
		}
	}
	return false
}

// changedMost reports the removal of what a renamed manifest had, where that
// says another display name or mostly other things by now: such a one is
// another character.
func (w *world) changedMost(s *situation, a address, d deed) bool {
	c, _ := w.project.find(a)
	if b, bound := s.lock[address{a.target, c.slug}]; bound && bare(a.target, b.ID) == d.id {
		return false
	}
	v := vendorNamed(a.target)
	equal, all := 0, 0
	for key, want := range v.expected(c) {
		if sameAt(key, want, d.before[key]) {
			equal++
		} else if key == v.nameAt {
			return true
		}
		all++
	}
	return 2*equal <= all
}

// rememberBindings keeps every id that the lock names.
func (w *world) rememberBindings() {
	lock, err := readLock(w.dir)
	if err != nil {
		w.find("the lock can't be read: %v", err)
		return
	}
	for a, b := range lock {
		delete(w.retired, a.target+" "+bare(a.target, b.ID)) // an undo may have brought it back
		if id := bare(a.target, b.ID); id != "" && !slices.Contains(w.bound[a], id) {
			w.bound[a] = append(w.bound[a], id)
		}
	}
}
