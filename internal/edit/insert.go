package edit

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// ordered are the keys of a mapping in their usual order.
func ordered(m map[string]any) []string {
	keys := slices.Sorted(maps.Keys(m))
	slices.SortStableFunc(keys, spec.CompareKeys)
	return keys
}

// insert offers a new entry in its usual place: behind the last one that
// comes before it, else in front of all.
func (e *editor) insert(n *node, key string, value any, inside bool) error {
	if !n.mapping() {
		return refuse("", "there is no mapping for %s", key)
	}
	before := -1
	for i, entry := range n.list {
		if spec.CompareKeys(entry.key.yaml.Value, key) <= 0 {
			before = i
		}
	}
	if inside {
		return e.insertFlow(n, key, value, before)
	}
	lines, err := spec.EmitEntry(n.col, key, value)
	if err != nil {
		return refuse("", "%v", err)
	}
	lines = e.lines(lines)
	src := e.file.src
	switch first := n.list[0].key.start; {
	case before < 0 && lineStart(src, first)+n.col == first && strings.TrimSpace(string(src[lineStart(src, first):first])) == "":
		at := lineStart(src, first)
		for at > 0 { // above the comments of the first key
			previous := lineStart(src, at-1)
			if text := strings.TrimSpace(string(src[previous:at])); !strings.HasPrefix(text, "#") {
				break
			}
			at = previous
		}
		e.offer(at, at, lines)
	case before < 0:
		before = 0
		fallthrough
	default:
		at := after(src, n.list[before].end())
		if at == len(src) && at > 0 && src[at-1] != '\n' {
			lines = e.eol + strings.TrimSuffix(lines, e.eol)
		}
		e.offer(at, at, lines)
	}
	return nil
}

func (e *editor) insertFlow(n *node, key string, value any, before int) error {
	flow, err := spec.EmitFlow(map[string]any{key: value}, true)
	if err != nil {
		return refuse("", "%v", err)
	}
	text := strings.TrimSuffix(strings.TrimPrefix(flow, "{"), "}")
	switch {
	case e.file.src[n.value] != '{':
		return refuse("put it between braces", "a pair in a list has no room for %s", key)
	case len(n.list) == 0:
		e.offer(n.value+1, n.value+1, text)
	case before < 0:
		at := n.list[0].key.start
		e.offer(at, at, text+", ")
	default:
		at := n.list[before].end()
		e.offer(at, at, ", "+text)
	}
	return nil
}

// fill offers an empty mapping with its first entry: in its braces when that
// is short, else below the key.
func (e *editor) fill(n *node, entry entry, path []string, value any) error {
	for i := len(path) - 1; i > 0; i-- {
		value = map[string]any{path[i]: value}
	}
	v := entry.value
	src := e.file.src
	flow, err := spec.EmitFlow(map[string]any{path[0]: value}, true)
	if err != nil {
		return refuse("", "%v", err)
	}
	start := lineStart(src, v.value)
	long := v.value-start+len(flow) > 100
	if s, ok := value.(string); ok && (spec.Prose(s) || long) && v.start == v.value && lineStart(src, entry.colon) == start && n.mapping() {
		lines, err := spec.EmitEntry(n.col+step, path[0], value)
		if err != nil {
			return refuse("", "%v", err)
		}
		rest := strings.TrimRight(string(src[v.end:nextLine(src, v.end)]), "\r\n")
		to := v.end + len(rest)
		e.offer(entry.colon, to, strings.TrimRight(rest, " \t")+e.eol+e.lines(strings.TrimSuffix(lines, "\n")))
	}
	e.offer(v.value, v.end, flow)
	return nil
}

// spliceElements offers a list in which the elements before and behind the
// change stay as they are.
func (e *editor) spliceElements(n *node, have, want []any, at spot) {
	if len(have) != len(n.list) || len(have) == 0 || len(want) == 0 {
		return
	}
	head := 0
	for head < len(have) && head < len(want) && reflect.DeepEqual(have[head], want[head]) {
		head++
	}
	tail := 0
	for tail < len(have)-head && tail < len(want)-head && reflect.DeepEqual(have[len(have)-1-tail], want[len(want)-1-tail]) {
		tail++
	}
	fresh := want[head : len(want)-tail]
	gone := n.list[head : len(have)-tail]
	if n.flow() || at.flow {
		e.spliceFlow(n, head, gone, fresh)
		return
	}
	var b strings.Builder
	for _, v := range fresh {
		s, err := spec.EmitElement(n.col, v)
		if err != nil {
			return
		}
		b.WriteString(s)
	}
	src := e.file.src
	from := n.value
	if head > 0 {
		from = after(src, n.list[head-1].end())
	}
	to := from
	if len(gone) > 0 {
		from = lineStart(src, gone[0].dash)
		to = after(src, gone[len(gone)-1].end())
	}
	text := e.lines(b.String())
	if head == 0 {
		if strings.TrimSpace(string(src[lineStart(src, n.value):n.value])) != "" {
			return // on the line of another dash
		}
		if len(gone) == 0 {
			from = lineStart(src, n.value)
			to = from
		}
	}
	if from == len(src) && from > 0 && src[from-1] != '\n' {
		text = e.eol + strings.TrimSuffix(text, e.eol)
	}
	e.offer(from, to, text)
}

func (e *editor) spliceFlow(n *node, head int, gone []entry, fresh []any) {
	texts := make([]string, len(fresh))
	for i, v := range fresh {
		s, err := spec.EmitFlow(v, true)
		if err != nil {
			return
		}
		texts[i] = s
	}
	text := strings.Join(texts, ", ")
	switch {
	case len(gone) > 0 && len(fresh) > 0:
		e.offer(gone[0].value.start, gone[len(gone)-1].value.end, text)
	case len(fresh) > 0 && head > 0:
		at := n.list[head-1].value.end
		e.offer(at, at, ", "+text)
	case len(fresh) > 0:
		at := n.list[0].value.start
		e.offer(at, at, text+", ")
	case head > 0:
		e.offer(n.list[head-1].value.end, gone[len(gone)-1].value.end, "")
	default:
		e.offer(gone[0].value.start, n.list[len(gone)].value.start, "")
	}
}
