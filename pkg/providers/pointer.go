package providers

import "strings"

// A pointer names a place in a vendor's document. Three forms exist:
// "/a/b" walks keys, where "*" plucks from each element of a list and
// "[role=system]" is the one element whose role is "system";
// "?key" is a query parameter and "{key}" a part of the id, both of which
// stand in a Body under exactly that text.

// Gone stands in Clear.Send where clearing takes the key out of the object
// around it, or the element out of its list.
type Gone struct{}

func isGone(v any) bool { _, is := v.(Gone); return is }

// pick finds what stands at a pointer. A missing key is reported as false; a
// null that is there is nil and true. An element that is not in its list is
// nil and true as well: the list shows that there is none. Where two elements
// fit, nobody knows which is meant, and the result is false.
func pick(b Body, pointer string) (any, bool) {
	if b == nil || pointer == Never || pointer == "" {
		return nil, false
	}
	if pointer[0] != '/' {
		v, ok := b[pointer]
		return v, ok
	}
	return walk(map[string]any(b), segments(pointer))
}

func walk(v any, path []string) (any, bool) {
	if len(path) == 0 {
		return v, true
	}
	if path[0] == "*" {
		return pluck(v, path[1:])
	}
	if key, word, ok := selector(path[0]); ok {
		return choose(v, key, word, path[1:])
	}
	m, ok := object(v)
	if !ok {
		return nil, false
	}
	inner, ok := m[path[0]]
	if !ok {
		return nil, false
	}
	if inner == nil && len(path) > 1 {
		// What would hold the value is null: the value is empty, not unknown.
		return nil, true
	}
	return walk(inner, path[1:])
}

// selector reads a segment such as "[role=system]".
func selector(segment string) (key, word string, ok bool) {
	inner, opened := strings.CutPrefix(segment, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	key, word, ok = strings.Cut(inner, "=")
	return key, word, opened && closed && ok
}

// choose walks on in the one element of a list that has the word at the key.
func choose(v any, key, word string, path []string) (any, bool) {
	if v == nil {
		return nil, true
	}
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	at := fitting(list, key, word)
	switch len(at) {
	case 0:
		return nil, true
	case 1:
		return walk(list[at[0]], path)
	}
	return nil, false
}

// fitting are the places of the elements that have the word at the key.
func fitting(list []any, key, word string) []int {
	var at []int
	for i, e := range list {
		if m, ok := object(e); ok && m[key] == word {
			at = append(at, i)
		}
	}
	return at
}

// ambiguous reports that a pointer selects one element of a list and that the
// document has several of them.
func ambiguous(b Body, pointer string) bool {
	before, _, ok := strings.Cut(pointer, "/[")
	if !ok || pointer[0] != '/' {
		return false
	}
	v, _ := pick(b, before)
	list, _ := v.([]any)
	key, word, _ := selector(segments(pointer)[strings.Count(before, "/")])
	return len(fitting(list, key, word)) > 1
}

// pluck collects the value at path from each element. An element that is a
// string stands for itself: some vendors answer either form.
func pluck(v any, path []string) (any, bool) {
	if v == nil {
		return nil, true
	}
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]any, 0, len(list))
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
			continue
		}
		inner, ok := walk(e, path)
		if !ok {
			return nil, false
		}
		out = append(out, inner)
	}
	return out, true
}

// put writes a value at a pointer, making the mappings and the elements on the
// way. It never changes a mapping or a list that it did not make: those on the
// way are copied. Gone takes out what is there.
func put(b Body, pointer string, v any) {
	if pointer[0] != '/' {
		b[pointer] = v
		return
	}
	path := segments(pointer)
	if isGone(v) && len(path) == 1 {
		delete(b, path[0])
		return
	}
	if len(path) == 1 {
		b[path[0]] = v
		return
	}
	if _, there := b[path[0]]; there || !isGone(v) {
		b[path[0]] = placed(b[path[0]], path[1:], v)
	}
}

// placed is a copy of what stands somewhere, with a value at a path in it.
func placed(at any, path []string, v any) any {
	if len(path) == 0 {
		return v
	}
	if path[0] == "*" {
		return spread(path[1:], v)
	}
	if key, word, ok := selector(path[0]); ok {
		list, _ := at.([]any)
		return placedIn(list, key, word, path[1:], v)
	}
	m, is := object(at)
	if isGone(v) && !is {
		return at
	}
	fresh := make(map[string]any, len(m)+1)
	for k, e := range m {
		fresh[k] = e
	}
	inner, there := fresh[path[0]]
	switch {
	case !isGone(v):
		fresh[path[0]] = placed(inner, path[1:], v)
	case len(path) == 1:
		delete(fresh, path[0])
	case there:
		fresh[path[0]] = placed(inner, path[1:], v)
	}
	return fresh
}

// placedIn is placed for the one element of a list that has the word at the
// key. A new element is the first, so that it comes before what it governs.
// Gone takes the whole element out.
func placedIn(list []any, key, word string, path []string, v any) any {
	out := append([]any(nil), list...)
	at := fitting(list, key, word)
	switch {
	case isGone(v) && len(at) > 0:
		return append(out[:at[0]], out[at[0]+1:]...)
	case isGone(v) && list == nil:
		return nil
	case isGone(v):
	case len(at) == 0:
		return append([]any{placed(map[string]any{key: word}, path, v)}, out...)
	default:
		out[at[0]] = placed(out[at[0]], path, v)
	}
	return out
}

// spread makes an element of each value of a list, with the value at the path.
func spread(path []string, v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = placed(nil, path, e)
	}
	return out
}

// root is the top-level key under which a pointer's value stands.
func root(pointer string) string {
	if pointer == "" || pointer == Never {
		return ""
	}
	if pointer[0] != '/' {
		return pointer
	}
	return segments(pointer)[0]
}

// above is the pointer of what holds a pointer's value; "" at the top.
func above(pointer string) string { return pointer[:max(0, strings.LastIndex(pointer, "/"))] }

func segments(pointer string) []string { return strings.Split(pointer[1:], "/") }

func object(v any) (map[string]any, bool) {
	switch v := v.(type) {
	case map[string]any:
		return v, true
	case Body:
		return v, true
	}
	return nil, false
}

// Pick finds what stands at a pointer of a document; see Field for the forms.
func (b Body) Pick(pointer string) (any, bool) { return pick(b, pointer) }

// Put writes a value at a pointer of a document.
func (b Body) Put(pointer string, v any) { put(b, pointer, v) }
