package providers

import "strings"

// A pointer names a place in a vendor's document. Three forms exist:
// "/a/b" walks keys, where "*" plucks from each element of a list;
// "?key" is a query parameter and "{key}" a part of the id, both of which
// stand in a Body under exactly that text.

// pick finds what stands at a pointer. A missing key is reported as false; a
// null that is there is nil and true.
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

// put writes a value at a pointer, making the mappings on the way. It never
// changes a mapping that it did not make: those on the way are copied.
func put(b Body, pointer string, v any) {
	if pointer[0] != '/' {
		b[pointer] = v
		return
	}
	path := segments(pointer)
	m := map[string]any(b)
	for _, key := range path[:len(path)-1] {
		inner, _ := object(m[key])
		fresh := make(map[string]any, len(inner)+1)
		for k, e := range inner {
			fresh[k] = e
		}
		m[key] = fresh
		m = fresh
	}
	m[path[len(path)-1]] = v
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
