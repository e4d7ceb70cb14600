package providers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Live picks up what a vendor holds: the values of the readable rows, from
// one read and from the list, either of which may be nil. Where both show a
// field the read counts. A missing key means unknown; nil means empty.
func (t Table) Live(get, list Body) diff.Doc {
	doc := diff.Doc{}
	for _, f := range t {
		if f.ReadOnly() {
			continue
		}
		v, ok := pick(get, f.reads())
		if !ok {
			v, ok = pick(list, f.lists())
		}
		if ok || f.leftOut(get, list) {
			doc[f.Path] = f.live(v)
		}
	}
	return doc
}

// leftOut reports a field that a document would show if it held something.
func (f Field) leftOut(get, list Body) bool {
	return f.Omits && (get != nil && f.reads() != Never && !ambiguous(get, f.reads()) ||
		get == nil && list != nil && f.lists() != Never && !ambiguous(list, f.lists()))
}

// Shows reports whether a read shows anything of a character. Where fields
// that hold nothing are left out, what only the vendor sets counts as well.
func (t Table) Shows(get Body) bool {
	sparse := slices.ContainsFunc(t, func(f Field) bool { return f.Omits })
	return slices.ContainsFunc(t, func(f Field) bool {
		_, shown := pick(get, f.reads())
		if f.ReadOnly() {
			_, shown = pick(get, f.Read)
		}
		return shown && (sparse || !f.ReadOnly())
	})
}

// live gives a vendor's value in the form in which it is compared and shown.
func (f Field) live(v any) any {
	v = f.typed(spec.Numbers(v))
	if f.Clear.Read != nil && v == f.Clear.Read {
		return nil
	}
	switch f.Kind {
	case diff.Object:
		return f.known(v)
	case diff.Objects:
		list, ok := v.([]any)
		if !ok {
			return v
		}
		out := make([]any, len(list))
		for i, e := range list {
			out[i] = f.known(e)
		}
		return out
	}
	if s, ok := v.(string); ok && s == "" {
		return nil
	}
	return v
}

// typed mends the spellings of a type that vendors are known to mix: a bool
// as a word, a number as a text, an identifier as a number.
func (f Field) typed(v any) any {
	switch f.Kind {
	case diff.Bool:
		if s, ok := v.(string); ok {
			if b, err := strconv.ParseBool(strings.ToLower(s)); err == nil {
				return b
			}
		}
	case diff.Number:
		if s, ok := v.(string); ok {
			if n, ok := spec.Number(s); ok {
				return n
			}
		}
	case diff.Enum:
		if spec.IsNumber(v) {
			return spec.Figure(v)
		}
	}
	return v
}

// known keeps the keys of a mapping that the row lists and that hold
// something. A row without parts keeps everything.
func (f Field) known(v any) any {
	m, ok := v.(map[string]any)
	if !ok || len(f.Parts) == 0 {
		return v
	}
	out := make(map[string]any, len(m))
	for _, p := range f.Parts {
		switch e := m[p.Name]; e {
		case nil, "", p.Default:
		default:
			out[p.Name] = e
		}
	}
	return out
}

// Shown is what a faithful vendor answers after v was sent: parts that it
// never returns are left out. The difference is no reason to send again.
func (f Field) Shown(v any) any {
	strip := func(e any) any {
		m, ok := e.(map[string]any)
		if !ok {
			return e
		}
		out := make(map[string]any, len(m))
		for k, inner := range m {
			if !f.hides(k) {
				out[k] = inner
			}
		}
		return out
	}
	switch v := v.(type) {
	case map[string]any:
		return strip(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = strip(e)
		}
		return out
	}
	return v
}

func (f Field) hides(part string) bool {
	return slices.ContainsFunc(f.Parts, func(p Part) bool { return p.Name == part && p.Hidden })
}
