package edit

import (
	"bytes"
	"reflect"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/charsync/charsync/pkg/spec"
)

// replace offers ways to put a value in the place of a node, the ones that
// change least first.
func (e *editor) replace(n *node, value any, at spot) error {
	if anchor := n.yaml.Anchor; anchor != "" && n.yaml.Kind != yaml.AliasNode && e.file.aliased(func(name string) bool { return name == anchor }) {
		return refuse("write the value out where *"+n.yaml.Anchor+" stands", "it has the anchor &%s, by which others use it", n.yaml.Anchor)
	}
	switch v := value.(type) {
	case string:
		e.text(n, v, at)
	case []any:
		if n.sequence() {
			e.elements(n, v, at)
		}
		e.whole(n, value, at)
	case map[string]any:
		if n.mapping() {
			e.members(n, v, at)
		}
		e.whole(n, value, at)
	default:
		e.whole(n, value, at)
	}
	return nil
}

// aliased reports whether an alias names an anchor of some kind.
func (f *file) aliased(fits func(anchor string) bool) bool {
	aliased := false
	for _, root := range f.roots {
		namesBelow(root.yaml, func(name string, definition bool) {
			aliased = aliased || !definition && fits(name)
		})
	}
	return aliased
}

// end is where the text of a node ends that is to be replaced: the line end
// behind a block is not part of it.
func (e *editor) end(n *node) int {
	end := n.end
	if (n.prose() || n.block()) && end > n.value && e.file.src[end-1] == '\n' {
		if end--; end > n.value && e.file.src[end-1] == '\r' {
			end--
		}
	}
	return end
}

// put offers a text of one or more lines in the place of a node. A comment
// behind the header of a block stays on its line.
func (e *editor) put(n *node, text string, at spot) {
	if at.lead {
		text = " " + text
		e.offer(at.colon, at.colon, text)
		return
	}
	if n.value == n.end { // an anchor without a value
		text = " " + text
	}
	if n.prose() {
		line := e.file.src[n.value:nextLine(e.file.src, n.value)]
		if i := bytes.IndexByte(line, '#'); i >= 0 {
			first, rest, more := strings.Cut(text, "\n")
			text = strings.TrimSuffix(first, "\r") + " " + string(bytes.TrimRight(line[i:], "\r\n"))
			if more {
				text += e.eol + rest
			}
		}
	}
	e.offer(n.value, e.end(n), text)
	if n.block() { // a single value goes to the line of the key
		e.offer(len(bytes.TrimRight(e.file.src[:n.value], " \t\r\n")), e.end(n), " "+text)
	}
}

// lines gives a text of several lines the line ends of the file.
func (e *editor) lines(s string) string {
	if e.eol == "\n" {
		return s
	}
	return strings.ReplaceAll(s, "\n", e.eol)
}

// whole offers a value in one piece: on one line, or as block lines.
func (e *editor) whole(n *node, value any, at spot) {
	flow, err := spec.EmitFlow(value, at.flow)
	if err != nil {
		return
	}
	long := len(flow)+at.col > 100
	if n.block() && !at.flow || long && !at.flow && !n.flow() {
		if block, ok := e.blockLines(n, value); ok {
			e.offer(n.value, e.end(n), block)
		}
	}
	e.put(n, flow, at)
}

// blockLines are the lines of a collection at the column of the one that it
// takes the place of, without the first indentation and the last line end.
func (e *editor) blockLines(n *node, value any) (string, bool) {
	var b strings.Builder
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			s, err := spec.EmitElement(n.col, element)
			if err != nil {
				return "", false
			}
			b.WriteString(s)
		}
	case map[string]any:
		for _, k := range ordered(v) {
			s, err := spec.EmitEntry(n.col, k, v[k])
			if err != nil {
				return "", false
			}
			b.WriteString(s)
		}
	}
	if b.Len() == 0 || !n.block() {
		return "", false
	}
	return e.lines(strings.TrimSuffix(strings.TrimPrefix(b.String(), strings.Repeat(" ", n.col)), "\n")), true
}

// elements offers a list of which only some elements change: those that
// differ when the number is the same.
func (e *editor) elements(n *node, want []any, at spot) {
	have, ok := e.value(n).([]any)
	if !ok || len(have) != len(want) || len(n.list) != len(want) {
		e.spliceElements(n, have, want, at)
		return
	}
	var parts splices
	for i := range want {
		if reflect.DeepEqual(have[i], want[i]) {
			continue
		}
		inner := &editor{file: e.file, eol: e.eol}
		if err := inner.descend(n, n.list[i], []string{strconv.Itoa(i)}, want[i], at.flow || n.flow()); err != nil || len(inner.candidates) == 0 {
			return
		}
		parts = append(parts, e.best(inner, want[i])...)
	}
	e.candidates = append(e.candidates, parts)
}

// members offers a mapping of which only some entries change.
func (e *editor) members(n *node, want map[string]any, at spot) {
	have, ok := e.value(n).(map[string]any)
	if !ok || len(have) != len(want) {
		return
	}
	var parts splices
	for _, entry := range n.list {
		key := entry.key.yaml.Value
		v, there := want[key]
		if !there {
			return
		}
		if reflect.DeepEqual(have[key], v) {
			continue
		}
		inner := &editor{file: e.file, eol: e.eol}
		if err := inner.descend(n, entry, []string{key}, v, at.flow || n.flow()); err != nil || len(inner.candidates) == 0 {
			return
		}
		parts = append(parts, e.best(inner, v)...)
	}
	e.candidates = append(e.candidates, parts)
}

// best is the first of some candidates that reads as it should by itself.
func (e *editor) best(inner *editor, want any) splices {
	for _, candidate := range inner.candidates {
		after, found := spec.Values("", splice(e.file.src, candidate))
		if len(found) == 0 && !reflect.DeepEqual(e.file.values, after) && contains(after, want) {
			return candidate
		}
	}
	return inner.candidates[len(inner.candidates)-1]
}

// contains reports whether a value stands anywhere inside another.
func contains(in, v any) bool {
	if reflect.DeepEqual(in, v) {
		return true
	}
	switch in := in.(type) {
	case []any:
		for _, e := range in {
			if contains(e, v) {
				return true
			}
		}
	case map[string]any:
		for _, e := range in {
			if contains(e, v) {
				return true
			}
		}
	}
	return false
}

// value is what a node says.
func (e *editor) value(n *node) any {
	return spec.ValueOf(n.yaml)
}
