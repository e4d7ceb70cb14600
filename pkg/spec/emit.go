package spec

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Document is a manifest to be written.
type Document struct {
	Name    string
	Labels  map[string]string
	Fields  map[Path]any // common fields; dotted paths become nested mappings
	Protect bool
	Card    string // the card that it came from, relative to the manifest; "" is none
	Targets []DocumentTarget
	Schema  string // what the editor line names, relative to the manifest; "" writes none
}

// DocumentTarget is one target of a manifest to be written. Its fields may
// include the control keys id, cloneFrom, KB and compose.
type DocumentTarget struct {
	Instance string
	Fields   map[Path]any
}

// FileRef is the value of a text field whose text stands in a file: a path
// relative to the manifest, with slashes.
type FileRef string

// Emit writes manifests as a person would: keys in their usual order, prose
// in blocks, quotes only where YAML needs them. Loading gives back exactly
// the values that were written, but for texts that are not UTF-8, which are
// an error, and for values that mean "empty", which load as that.
//
// Values are nil, string, FileRef, bool, int, float64, json.Number, []string,
// []any and map[string]any.
func Emit(w io.Writer, documents ...Document) error {
	out := bufio.NewWriter(w)
	for i, d := range documents {
		e := &emitter{w: out}
		if i > 0 {
			e.line(0, "---")
		}
		if d.Schema != "" {
			e.line(0, "# yaml-language-server: $schema="+d.Schema)
		}
		e.document(d)
		if e.err != nil {
			return fmt.Errorf("write the manifest of %s: %w", d.Name, e.err)
		}
	}
	return out.Flush()
}

type emitter struct {
	w   *bufio.Writer
	err error
}

func (e *emitter) line(indent int, text string) {
	for range indent {
		e.w.WriteByte(' ')
	}
	e.w.WriteString(text)
	e.w.WriteByte('\n')
}

func (e *emitter) document(d Document) {
	e.line(0, "apiVersion: "+apiVersion)
	e.line(0, "kind: Character")
	e.line(0, "metadata:")
	e.entry(2, "name", d.Name)
	if len(d.Labels) > 0 {
		labels := make(map[string]any, len(d.Labels))
		for k, v := range d.Labels {
			labels[k] = v
		}
		e.entry(2, "labels", labels)
	}
	if d.Card != "" {
		e.entry(2, "card", FileRef(d.Card))
	}
	fields := nest(d.Fields)
	if d.Protect {
		fields["protect"] = true
	}
	if len(fields)+len(d.Targets) == 0 {
		e.line(0, "spec: {}")
		return
	}
	e.line(0, "spec:")
	e.entries(2, fields)
	if len(d.Targets) == 0 {
		return
	}
	e.line(2, "targets:")
	targets := slices.Clone(d.Targets)
	slices.SortFunc(targets, func(a, b DocumentTarget) int { return strings.Compare(a.Instance, b.Instance) })
	for _, t := range targets {
		fields := nest(t.Fields)
		if len(fields) == 0 {
			e.line(4, e.text(t.Instance, true)+": {}")
			continue
		}
		e.line(4, e.text(t.Instance, true)+":")
		e.entries(6, fields)
	}
}

// nest turns dotted paths into nested mappings.
func nest(fields map[Path]any) map[string]any {
	out := make(map[string]any, len(fields))
	for _, p := range sortedPaths(fields) {
		here := out
		segments := p.Segments()
		for _, s := range segments[:len(segments)-1] {
			inner, ok := here[s].(map[string]any)
			if !ok {
				inner = map[string]any{}
				here[s] = inner
			}
			here = inner
		}
		here[segments[len(segments)-1]] = fields[p]
	}
	return out
}

func sortedPaths(m map[Path]any) []Path {
	paths := make([]Path, 0, len(m))
	for p := range m {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}

// entries writes a mapping in block style.
func (e *emitter) entries(indent int, m map[string]any) {
	keys := sortedKeys(m)
	slices.SortStableFunc(keys, CompareKeys)
	for _, k := range keys {
		e.entry(indent, k, m[k])
	}
}

func (e *emitter) entry(indent int, key string, value any) {
	e.value(indent, e.text(key, true)+":", value)
}

// value writes what follows a key or the dash of a list element.
func (e *emitter) value(indent int, lead string, value any) {
	if s, ok := value.(string); ok && block(s) {
		e.line(indent, lead+" |")
		for line := range strings.SplitSeq(s, "\n") {
			if line == "" {
				e.line(0, "")
				continue
			}
			e.line(indent+2, line)
		}
		return
	}
	if s, ok := e.flow(value, indent+len(lead)+1); ok {
		e.line(indent, lead+" "+s)
		return
	}
	switch v := value.(type) {
	case []string:
		e.elements(indent, lead, anys(v))
	case []any:
		e.elements(indent, lead, v)
	case map[string]any:
		e.line(indent, lead)
		e.entries(indent+2, v)
	}
}

// elements writes a list in block style.
func (e *emitter) elements(indent int, lead string, values []any) {
	e.line(indent, lead)
	for _, v := range values {
		m, ok := v.(map[string]any)
		if _, inline := e.flow(v, indent+4); !ok || inline {
			e.value(indent+2, "-", v)
			continue
		}
		keys := sortedKeys(m)
		slices.SortStableFunc(keys, CompareKeys)
		for i, k := range keys {
			lead := "  "
			if i == 0 {
				lead = "- "
			}
			e.w.WriteString(strings.Repeat(" ", indent+2) + lead)
			inner := &emitter{w: e.w}
			inner.after(indent+4, k, m[k])
			e.err = first(e.err, inner.err)
		}
	}
}

// after writes an entry whose indentation is on the line already.
func (e *emitter) after(indent int, key string, value any) {
	var rest strings.Builder
	inner := &emitter{w: bufio.NewWriter(&rest)}
	inner.entry(indent, key, value)
	inner.w.Flush()
	e.err = first(e.err, inner.err)
	e.w.WriteString(rest.String()[indent:])
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
