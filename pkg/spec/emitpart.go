package spec

import (
	"bufio"
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Parts of a manifest, in the styles that Emit chooses, for those who put
// values into files that are there already.

// EmitEntry writes a key with its value as lines at an indentation.
func EmitEntry(indent int, key string, value any) (string, error) {
	return emitted(func(e *emitter) { e.entry(indent, key, value) })
}

// EmitElement writes an element of a list as lines; its dash stands at the
// indentation.
func EmitElement(indent int, value any) (string, error) {
	s, err := emitted(func(e *emitter) { e.elements(indent-2, "", []any{value}) })
	_, s, _ = strings.Cut(s, "\n") // the line of the key, which is not wanted here
	return s, err
}

func emitted(write func(*emitter)) (string, error) {
	var b strings.Builder
	e := &emitter{w: bufio.NewWriter(&b)}
	write(e)
	if err := e.w.Flush(); err != nil {
		return "", err
	}
	return b.String(), e.err
}

// EmitFlow writes a value on one line, inside brackets or not.
func EmitFlow(value any, bracketed bool) (string, error) {
	e := &emitter{}
	s := e.bracketed(value, bracketed)
	return s, e.err
}

// bracketed writes a value of any depth on one line.
func (e *emitter) bracketed(value any, inside bool) string {
	switch v := value.(type) {
	case string:
		if inside {
			return e.inFlow(v)
		}
		return e.text(v, false)
	case []any:
		parts := make([]string, len(v))
		for i, element := range v {
			parts[i] = e.bracketed(element, true)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		keys := sortedKeys(v)
		slices.SortStableFunc(keys, CompareKeys)
		for _, k := range keys {
			parts = append(parts, e.inFlow(k)+": "+e.bracketed(v[k], true))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	s, _ := e.flow(value, 0)
	return s
}

// Bare reports a text that needs no quotes, inside brackets or not.
func Bare(s string, bracketed bool) bool {
	return bare(s) && !(bracketed && strings.ContainsAny(s, ":,[]{}?"))
}

// Blockable reports a text that a block can hold at all, with an indentation
// in its header where the text begins with white space.
func Blockable(s string) bool {
	for _, r := range s {
		if r != '\n' && r != '\t' && !plainRune(r) {
			return false
		}
	}
	return utf8.ValidString(s) && strings.Trim(s, "\n") != "" && !strings.HasSuffix(s, "\n")
}

// Prose reports a text that is written as a block where nothing else is asked.
func Prose(s string) bool { return s != "" && block(s) }

// Quote puts a text between double quotes.
func Quote(s string) string { return doubleQuoted(s) }

// Values reads a file and returns what each of its documents says, without
// regard to any schema; or else what keeps it from being read. The data may
// have a byte order mark.
func Values(file string, data []byte) ([]any, []Diagnostic) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	roots, found := Documents(file, data)
	if len(found) > 0 {
		return nil, found
	}
	return ValuesOf(file, data, roots)
}

// ValuesOf is Values of a file that Documents has parsed.
func ValuesOf(file string, data []byte, roots []*yaml.Node) ([]any, []Diagnostic) {
	src := &source{file: file, data: data}
	out := make([]any, 0, len(roots))
	for _, root := range roots {
		r := &reader{src: src}
		it := r.read(root)
		if len(r.findings) > 0 || it == nil {
			return nil, r.findings
		}
		out = append(out, it.value)
	}
	return out, nil
}

// ValueOf is what a node says, as Values has it.
func ValueOf(n *yaml.Node) any {
	r := &reader{src: &source{}}
	return r.convert(n, 1, false).value
}
