package harness

import (
	"fmt"
	"maps"
	"slices"

	"github.com/charsync/charsync/internal/sandbox"
)

// What colleagues do in the vendors' consoles, between the runs and in the
// middle of them. Left out, because nobody could tell what is right:
//
//   - Touching a character whose creation is in doubt. At Convai and
//     NPCBuilder only its content says whose it is; once that was edited,
//     charsync stops and asks a person to adopt it by its id.
//   - Creating a character with the name or the content of one that is in
//     doubt there, for the same reason.
//   - Editing a managed field that no read shows: that drift is invisible, and
//     the field tables and the documents say so.
//   - Editing the language model at Convai in the middle of a run. The service
//     may answer another model than was sent (what a rolling name stands for),
//     so right after a write a colleague's choice looks like its answer.
//   - Editing at Character.AI in the moment between charsync's last look and
//     its write. An update there replaces the whole character, and the service
//     has no way to say "only if nothing has changed".

// boundAlive lists the bound characters of a vendor that are there.
func (w *world) boundAlive(vendor string) []string {
	lock, err := readLock(w.dir)
	if err != nil {
		w.find("the lock can't be read by others: %v", err)
		return nil
	}
	stored := w.gate.stored(vendor)
	var out []string
	for a, b := range lock {
		id := bare(vendor, b.ID)
		if s, there := stored[id]; a.target == vendor && there && w.live(vendor, s) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// bare is the vendor's own id: NPCBuilder's stands in the lock with its place.
func bare(vendor, id string) string {
	if vendor == npcbuilder {
		for i := len(id) - 1; i >= 0; i-- {
			if id[i] == '/' {
				return id[i+1:]
			}
		}
	}
	return id
}

// editOutside changes a bound character behind charsync's back. The caller
// holds the gate's carry, or knows that nothing is under way.
func (w *world) editOutside(d *dice, vendor, id string, inRun bool) {
	s, err := w.gate.sandbox.Character(vendor, id)
	if err != nil {
		return // deleted meanwhile
	}
	a, ok := owner(vendor, s.Doc)
	if !ok {
		return
	}
	key, value := w.colleague(d, vendor, a)
	if key == "" || inRun && key == "model_group_name" {
		return
	}
	if err := w.gate.sandbox.Edit(vendor, id, map[string]any{key: value}); err != nil {
		w.find("out of band: %v", err)
		return
	}
	managed := w.project.managed(a)[key]
	if managed {
		delete(w.planted, plant{vendor, id, key})
	} else {
		w.planted[plant{vendor, id, key}] = value
	}
	w.faults["out-of-band edit"]++
	w.gate.journal.add(deed{run: 0, by: "a colleague", vendor: vendor, id: id, kind: "update", keys: []string{key}, before: s.Doc})
}

// colleague chooses a field of a character and a value for it.
func (w *world) colleague(d *dice, vendor string, a address) (string, any) {
	v := vendorNamed(vendor)
	if d.chance(35) {
		return "x_note", d.prose(60) // a field that charsync has never heard of
	}
	if d.chance(40) {
		managed := slices.Sorted(maps.Keys(w.project.managed(a)))
		for _, key := range managed {
			if slices.Contains([]string{"description", "greeting", "persona", "definition", "backstory", "scene", "title"}, key) && d.chance(40) {
				return key, d.prose(40)
			}
		}
	}
	k := pick(d, v.own)
	if k.fixed || k.veiled && w.project.managed(a)[k.key] || k.key == "reasoning_effort" {
		return "", nil
	}
	return k.key, k.value(d)
}

// deleteOutside removes a bound character behind charsync's back.
func (w *world) deleteOutside(vendor, id string) {
	if err := w.gate.sandbox.Remove(vendor, id); err != nil {
		return // deleted meanwhile
	}
	w.outside[vendor+" "+id] = true
	w.faults["out-of-band delete"]++
	w.gate.journal.add(deed{run: 0, by: "a colleague", vendor: vendor, id: id, kind: "remove"})
}

// betweenRuns lets colleagues work while charsync does not.
func (w *world) betweenRuns() {
	d := w.dice
	for _, vendor := range w.project.vendors {
		ids := w.boundAlive(vendor)
		if len(ids) == 0 {
			continue
		}
		for range d.IntN(3) {
			id := pick(d, ids)
			w.editOutside(d, vendor, id, false)
			w.step("a colleague edits %s %s", vendor, id)
		}
		if d.chance(10) {
			id := pick(d, ids)
			w.deleteOutside(vendor, id)
			w.step("a colleague deletes %s %s", vendor, id)
		}
	}
}

// meddler is a hook: a colleague who works in the middle of a run.
func (w *world) meddler(vendor string, nth int, deletes bool) *hook {
	d := newDice(w.dice.Uint64())
	what := "edits"
	if deletes {
		what = "deletes"
	}
	h := &hook{what: fmt.Sprintf("before request %d to %s a colleague %s", nth, vendor, what)}
	h.when = func(x *exchange) bool { return x.vendor == vendor && x.number >= nth }
	if vendor == characterai && !deletes {
		h.when = func(x *exchange) bool { return x.vendor == vendor && x.number >= nth && !x.write && x.id != "" }
	}
	h.do = func(x *exchange) bool {
		ids := w.boundAlive(vendor)
		if vendor == characterai && !deletes {
			ids = slices.DeleteFunc(ids, func(id string) bool { return id != x.id })
		}
		if len(ids) == 0 {
			return false
		}
		id := pick(d, ids)
		if deletes {
			w.deleteOutside(vendor, id)
		} else {
			w.editOutside(d, vendor, id, true)
		}
		return false
	}
	return h
}

// bystandersMoved looks for strangers' characters that are not as they were.
func (w *world) bystandersMoved() {
	for vendor, list := range w.bystanders {
		now := w.gate.stored(vendor)
		for id, was := range list {
			if s, there := now[id]; !there || !sameStored(s, was) {
				w.find("%s %s, which belongs to somebody else, is not as it was", vendor, id)
			}
		}
	}
}

func sameStored(a, b sandbox.Stored) bool { return len(changedKeys(a.Doc, b.Doc)) == 0 }
