package diff

import (
	"maps"
	"slices"
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
			parts = append(parts, Part{Shape: Untouched, From: i, To: -1, ValueDiff: ValueDiff{Before: v, After: v}})
		case left[key] == 0:
			parts = append(parts, Part{Shape: Removed, From: i, To: -1, ValueDiff: ValueDiff{Before: v}})
		}
	}
	for j, v := range after {
		key := Digest(v)
		if !kept[key] {
			kept[key] = true
			parts = append(parts, Part{Shape: Added, From: -1, To: j, ValueDiff: ValueDiff{After: v}})
		}
	}
	return parts
}

// ListDiff compares two lists whose order counts. Equal elements keep their
// place or were moved; a mapping is recognised by its id or name, a text by
// its words; what is left was added or removed.
func ListDiff(before, after []any) []Part {
	b, a := make([]int32, len(before)), make([]int32, len(after))
	ids := map[string]int32{}
	number := func(v any) int32 {
		key := Digest(v)
		if _, ok := ids[key]; !ok {
			ids[key] = int32(len(ids))
		}
		return ids[key]
	}
	for i, v := range before {
		b[i] = number(v)
	}
	for j, v := range after {
		a[j] = number(v)
	}
	from := make([]int, len(after)) // the element before that became this one
	for j := range from {
		from[j] = -1
	}
	used := make([]bool, len(before))
	shapes := make([]Shape, len(after))
	take := func(i, j int, shape Shape) { from[j], used[i], shapes[j] = i, true, shape }
	for _, m := range align(b, a) {
		take(m.before, m.after, Untouched)
	}
	pairElements(before, after, from, used, func(i, j int) bool { return b[i] == a[j] },
		func(i, j int) { take(i, j, Moved) })
	pairElements(before, after, from, used, func(i, j int) bool { return sameElement(before[i], after[j]) },
		func(i, j int) { take(i, j, Changed) })
	return listParts(before, after, from, used, shapes)
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
		w := weaver{}
		bags, _ := w.bags([]string{b, a})
		return bags[0].like(bags[0].common(bags[1]), bags[1]) >= likeEnough
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
func listParts(before, after []any, from []int, used []bool, shapes []Shape) []Part {
	var parts []Part
	next := 0
	removedUpTo := func(i int) {
		for ; next < i; next++ {
			if !used[next] {
				parts = append(parts, Part{Shape: Removed, From: next, To: -1, ValueDiff: ValueDiff{Before: before[next]}})
			}
		}
	}
	for j, v := range after {
		p := Part{Shape: shapes[j], From: from[j], To: j}
		switch p.Shape {
		case Untouched, Moved:
			p.ValueDiff = ValueDiff{Before: before[p.From], After: v}
		case Changed:
			p.ValueDiff = explainValue("", before[p.From], v)
		default:
			p.Shape = Added
			p.After = v
		}
		if p.Shape == Untouched {
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
			p.Shape = Added
		case !has:
			p.Shape = Removed
		case Digest(b) == Digest(a):
			p.Shape = Untouched
		default:
			p.Shape = Changed
			p.ValueDiff = explainValue("", b, a)
		}
		parts = append(parts, p)
	}
	return parts
}
