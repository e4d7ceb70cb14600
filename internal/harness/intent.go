package harness

import (
	"fmt"
	"strings"
)

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
	b := creating(lock, a)
	if b.Pending == nil {
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
		if l.Kind == "intent" && l.Action == "create" && l.Key == sent && (address{l.Target, l.Name}).origin() == a {
			return ""
		}
	}
	return fmt.Sprintf("%s for %s was sent and is not in the run record", x, a)
}

// creating is the line of a pair whose creation is in doubt, by whatever name
// the manifest has.
func creating(lock map[address]binding, a address) binding {
	for at, b := range lock {
		if at.origin() == a && b.Pending != nil && b.Pending.Action == "create" {
			return b
		}
	}
	return binding{}
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
