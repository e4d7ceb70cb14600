package diff

import (
	"maps"
	"slices"

	"github.com/charsync/charsync/pkg/diff/prose"
)

// SetDiff compares two lists whose order does not count: what was added, what
// was removed, and what was kept, in this order of the lists themselves.
func SetDiff(before, after []any) []Part {
	var parts []Part
	left := map[string]int{}
	for _, v := range after {
		left[Digest(v)]++
	}
	kept := map[string]bool{}
	for i, v := range before {
		key := Digest(v)
		switch {
		case left[key] > 0 && !kept[key]:
			kept[key] = true
			parts = append(parts, Part{Kind: prose.Unchanged, From: i, To: -1, ValueDiff: ValueDiff{Before: v, After: v}})
		case left[key] == 0:
			parts = append(parts, Part{Kind: prose.Removed, From: i, To: -1, ValueDiff: ValueDiff{Before: v}})
		}
	}
	for j, v := range after {
		key := Digest(v)
		if !kept[key] {
			kept[key] = true
			parts = append(parts, Part{Kind: prose.Added, From: -1, To: j, ValueDiff: ValueDiff{After: v}})
		}
	}
	return parts
}

// ListDiff compares two lists whose order counts. Equal elements keep their
// place or were moved; a mapping is recognised by its id or name, a text by
// its words; what is left was added or removed.
func ListDiff(before, after []any) []Part {
	b, a := digests(before), digests(after)
	from := make([]int, len(after)) // the element before that became this one
	for j := range from {
		from[j] = -1
	}
	used := make([]bool, len(before))
	kinds := make([]prose.ChangeKind, len(after))
	take := func(i, j int, kind prose.ChangeKind) { from[j], used[i], kinds[j] = i, true, kind }
	for _, m := range prose.Align(b, a) {
		take(m.Before, m.After, prose.Unchanged)
	}
	pairElements(before, after, from, used, func(i, j int) bool { return b[i] == a[j] },
		func(i, j int) { take(i, j, prose.Moved) })
	pairElements(before, after, from, used, func(i, j int) bool { return sameElement(before[i], after[j]) },
		func(i, j int) { take(i, j, prose.Changed) })
	return listParts(before, after, from, used, kinds)
}

func digests(list []any) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = Digest(v)
	}
	return out
}

// maxPairing bounds the comparisons of elements that are not equal.
const maxPairing = 1 << 14

func pairElements(before, after []any, from []int, used []bool, alike func(i, j int) bool, take func(i, j int)) {
	tries := 0
	for j := range after {
		for i := range before {
			if from[j] >= 0 || tries > maxPairing {
				break
			}
			if used[i] {
				continue
			}
			tries++
			if alike(i, j) {
				take(i, j)
			}
		}
	}
}

// NameKeys are the keys by which a mapping in a list is recognised, the surest
// first.
func NameKeys() []string {
	return []string{"id", "identifier", "label", "name", "itemName", "eventName", "questName", "title"}
}

// sameElement reports that one element became the other: mappings with the
// same id or name, or without either and alike in half of their entries; texts
// with most words in common.
func sameElement(before, after any) bool {
	switch b := before.(type) {
	case map[string]any:
		a, ok := after.(map[string]any)
		if !ok {
			return false
		}
		for _, key := range NameKeys() {
			if id, ok := b[key].(string); ok && id != "" {
				return a[key] == id
			}
		}
		return mostlySame(b, a)
	case string:
		a, ok := after.(string)
		if !ok {
			return false
		}
		return prose.Similar(b, a)
	}
	return false
}

// mostlySame reports that at least half of the entries of two mappings are
// equal or, being texts, have most words in common.
func mostlySame(before, after map[string]any) bool {
	alike := 0
	for key, b := range before {
		a, both := after[key]
		if both && (Digest(b) == Digest(a) || sameElement(b, a)) {
			alike++
		}
	}
	return alike > 0 && 2*alike >= max(len(before), len(after))
}

// listParts puts the parts in the order of the list after, with what was
// removed at the place where it stood.
func listParts(before, after []any, from []int, used []bool, kinds []prose.ChangeKind) []Part {
	var parts []Part
	next := 0
	removedUpTo := func(i int) {
		for ; next < i; next++ {
			if !used[next] {
				parts = append(parts, Part{Kind: prose.Removed, From: next, To: -1, ValueDiff: ValueDiff{Before: before[next]}})
			}
		}
	}
	for j, v := range after {
		p := Part{Kind: kinds[j], From: from[j], To: j}
		switch p.Kind {
		case prose.Unchanged, prose.Moved:
			p.ValueDiff = ValueDiff{Before: before[p.From], After: v}
		case prose.Changed:
			p.ValueDiff = explainValue("", before[p.From], v)
		default:
			p.Kind = prose.Added
			p.After = v
		}
		if p.Kind == prose.Unchanged {
			removedUpTo(p.From)
		}
		parts = append(parts, p)
	}
	removedUpTo(len(before))
	return parts
}

// mappingDiff compares two mappings key by key, in the order of their keys.
func mappingDiff(before, after map[string]any) []Part {
	keys := maps.Clone(before)
	maps.Copy(keys, after)
	var parts []Part
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		b, had := before[key]
		a, has := after[key]
		p := Part{Key: key, From: -1, To: -1, ValueDiff: ValueDiff{Before: b, After: a}}
		switch {
		case !had:
			p.Kind = prose.Added
		case !has:
			p.Kind = prose.Removed
		case Digest(b) == Digest(a):
			p.Kind = prose.Unchanged
		default:
			p.Kind = prose.Changed
			p.ValueDiff = explainValue("", b, a)
		}
		parts = append(parts, p)
	}
	return parts
}
