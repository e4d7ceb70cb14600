package state

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// line is a line of the file. The lines behind an empty one are what a run
// has appended since the file was written: each counts for more than those
// before it. All others are side by side, and a merge may have brought any of
// them.
type line struct {
	entry  Entry
	gone   bool
	logged bool
	number int
}

// take resolves what the lines say. Removals come first, since a merge can
// put them anywhere; what a run appended comes last.
func (l *Lock) take(lines []line, file string) (spec.Diagnostic, bool) {
	at := make(map[diff.Address]int, len(lines))
	for _, n := range lines {
		l.newest = max(l.newest, n.entry.Revision)
		if n.gone && !n.logged {
			l.graves.add(n.entry)
		}
	}
	for _, n := range lines {
		switch {
		case n.logged:
			l.replay(n)
		case n.gone:
		case l.graves.hold(n.entry):
			l.untidy = true
		default:
			if d, bad := l.join(n, at, file); bad {
				return d, true
			}
		}
	}
	return spec.Diagnostic{}, false
}

// replay takes a line in that a run has appended.
func (l *Lock) replay(n line) {
	old := l.entries[n.entry.Address]
	switch {
	case n.gone:
		if n.entry.ID == "" {
			n.entry.ID, n.entry.Provider = old.ID, old.Provider
		}
		l.graves.add(n.entry)
		l.discard(n.entry.Address)
		delete(l.rivals, n.entry.Address)
		return
	case old.ID != n.entry.ID:
		l.graves.add(buried(old, n.entry.Revision, n.entry.Run))
	}
	if n.entry.Pending == nil {
		delete(l.rivals, n.entry.Address)
	}
	l.graves.open(n.entry)
	l.store(n.entry)
}

// join takes in a line that stands beside others. Of two for one character
// the one that a later run changed counts, and the other stays as its rival;
// two characters for one pair are refused.
func (l *Lock) join(n line, at map[diff.Address]int, file string) (spec.Diagnostic, bool) {
	e := n.entry
	other, repeated := l.entries[e.Address]
	switch {
	case !repeated:
	case e.ID != "" && other.ID != "" && e.ID != other.ID && !sameRun(e, other):
		return twoIDs(spec.Pos{File: file, Line: n.number}, at[e.Address], other, e), true
	default:
		l.untidy = true
		if !l.supersedes(e, other) {
			e, other = other, e
		}
		if e.ID == other.ID && !sameRun(e, other) && !maps.Equal(e.Fields, other.Fields) {
			l.rivals[e.Address] = append(l.rivals[e.Address], other)
		}
	}
	at[e.Address] = n.number
	l.store(e)
	return spec.Diagnostic{}, false
}

// supersedes reports whether a line counts for more than one before it. A
// character that is bound counts for more than one whose creation is in doubt.
func (l *Lock) supersedes(e, other Entry) bool {
	if (e.ID == "") != (other.ID == "") && !sameRun(e, other) {
		return other.ID == ""
	}
	return Compare(e, other) >= 0
}

func twoIDs(pos spec.Pos, before int, other, e Entry) spec.Diagnostic {
	return spec.Diagnostic{
		Pos: pos, Severity: spec.Error, Code: CodeTwoIDs, Character: e.Name, Target: e.Target,
		Message: fmt.Sprintf("%s is bound to two characters: %s on line %d and %s on line %d", e.Address, other.ID, before, e.ID, pos.Line),
		Hint: "two branches each created it: delete the line of the one that you don't want from the lock, " +
			"and that character at the provider",
	}
}

// Rivals are what other branches say of a pair that was merged, where its
// fields differ: all are of the same live character, the latest first. They
// stay until a run has settled the pair.
func (l *Lock) Rivals(a diff.Address) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.Clone(l.rivals[a])
	slices.SortStableFunc(out, func(a, b Entry) int { return Compare(b, a) })
	return out
}

// lines are those of the compacted file: by address, each with its removals
// and rivals before it.
func (l *Lock) lines() []line {
	out := make([]line, 0, len(l.entries))
	for a, e := range l.entries {
		for i, r := range l.rivals[a] {
			out = append(out, line{entry: r, number: 1 + i})
		}
		out = append(out, line{entry: e, number: 1 + len(l.rivals[a])})
	}
	for _, ids := range l.graves {
		for id, g := range ids {
			if id != "" {
				out = append(out, line{entry: g, gone: true})
			}
		}
	}
	slices.SortFunc(out, func(a, b line) int {
		if c := a.entry.Compare(b.entry.Address); c != 0 {
			return c
		}
		if a.number != b.number {
			return a.number - b.number
		}
		return strings.Compare(a.entry.ID, b.entry.ID)
	})
	return out
}

// highest is the highest revision that any line has.
func (l *Lock) highest() int {
	most := l.newest
	for _, e := range l.entries {
		most = max(most, e.Revision)
	}
	for _, ids := range l.graves {
		for _, g := range ids {
			most = max(most, g.Revision)
		}
	}
	return most
}
