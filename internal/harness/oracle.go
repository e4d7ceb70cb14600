package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/sandbox"
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

// intended checks, right before a write is carried out, that what is about to
// happen is on disk already.
func (w *world) intended(x *exchange, s situation) string {
	name := newRecord(w.dir, s.records)
	if name == "" {
		return fmt.Sprintf("%s was sent before a run record was begun", x)
	}
	lines := readRecord(w.dir, name)
	if x.create {
		return w.intendedCreate(x, lines)
	}
	x.lets = w.lettingGo(x)
	for _, l := range lines {
		if l.Kind == "intent" && l.Action != "create" && bare(x.vendor, l.ID) == x.id && l.Target == x.vendor {
			return ""
		}
	}
	return fmt.Sprintf("%s was sent and is not in the run record", x)
}

// lettingGo reports a write to a character that the lock is about to forget.
func (w *world) lettingGo(x *exchange) bool {
	lock, err := readLock(w.dir)
	if err != nil {
		return false // found elsewhere
	}
	for a, b := range lock {
		if a.target != x.vendor {
			continue
		}
		if bare(x.vendor, b.Old) == x.id || bare(x.vendor, b.ID) == x.id && b.Pending != nil && b.Pending.Action == "delete" {
			return true
		}
	}
	return false
}

func (w *world) intendedCreate(x *exchange, lines []logLine) string {
	if x.source {
		return w.intendedClone(x, lines)
	}
	a, ok := owner(x.vendor, object(x.body))
	if !ok {
		return fmt.Sprintf("%s creates nobody's character", x)
	}
	lock, err := readLock(w.dir)
	if err != nil {
		return fmt.Sprintf("the lock can't be read in the middle of a run: %v", err)
	}
	b := lock[a]
	if b.Pending == nil || b.Pending.Action != "create" {
		return fmt.Sprintf("%s for %s was sent, and the lock holds no intent", x, a)
	}
	sent := ""
	switch x.vendor {
	case alakazam:
		sent = x.header.Get("Idempotency-Key")
	case characterai:
		id, _ := object(x.body)["identifier"].(string)
		sent = strings.TrimPrefix(id, "id:")
	default:
		sent = b.Pending.Key
	}
	if sent != b.Pending.Key {
		return fmt.Sprintf("%s for %s has the key %q, and the lock holds %q", x, a, sent, b.Pending.Key)
	}
	for _, l := range lines {
		if l.Kind == "intent" && l.Action == "create" && l.Key == sent && l.Name == a.name && l.Target == a.target {
			return ""
		}
	}
	return fmt.Sprintf("%s for %s was sent and is not in the run record", x, a)
}

// intendedClone is intendedCreate for a character that is made of another
// one: its request says of which, and nothing else.
func (w *world) intendedClone(x *exchange, lines []logLine) string {
	from, _ := object(x.body)["charID"].(string)
	if x.vendor == alakazam {
		from = strings.TrimSuffix(strings.TrimPrefix(x.path, "/v1/worlds/"), "/forks")
	}
	lock, err := readLock(w.dir)
	if err != nil {
		return fmt.Sprintf("the lock can't be read in the middle of a run: %v", err)
	}
	for _, l := range lines {
		if l.Kind != "intent" || l.Clone != from {
			continue
		}
		if b := lock[address{l.Target, l.Name}]; b.Pending != nil && b.Pending.Action == "create" && b.Pending.Key == l.Key {
			return ""
		}
	}
	return fmt.Sprintf("%s was sent, and is not on disk", x)
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
		return // it said nothing
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
	case s.prune && !wanted, s.destroyed[a], w.replaced[a], s.undo:
		return true
	}
	w.find("removed %s, which nobody asked for: %s", a, d)
	return false
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
		if !sameAt(key, want, s.Doc[key]) {
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
