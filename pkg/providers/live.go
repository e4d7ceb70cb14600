package providers

import (
	"encoding/json"
	"fmt"
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
		if ok {
			doc[f.Path] = f.live(v)
		}
	}
	return doc
}

// live gives a vendor's value in the form in which it is compared and shown.
func (f Field) live(v any) any {
	v = f.typed(Plain(v))
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
			if n, err := strconv.ParseFloat(s, 64); err == nil {
				return n
			}
		}
	case diff.Enum:
		if n, ok := v.(float64); ok {
			return strconv.FormatFloat(n, 'f', -1, 64)
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
		case nil, "":
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
	for _, p := range f.Parts {
		if p.Name == part {
			return p.Hidden
		}
	}
	return false
}

// Shape reports a document whose values are not of the kinds that the table
// says. What is missing or null is no fault. The error names the first
// offending key, never its value.
func (t Table) Shape(get, list Body) error {
	for _, f := range t {
		if f.ReadOnly() {
			continue
		}
		for _, at := range []struct {
			body    Body
			pointer string
		}{{get, f.reads()}, {list, f.lists()}} {
			v, ok := pick(at.body, at.pointer)
			if !ok || v == nil {
				continue
			}
			if !f.fits(f.typed(Plain(v))) {
				return fmt.Errorf("%s is %s, where %s was expected", at.pointer, jsonType(v), f.Kind)
			}
		}
	}
	return nil
}

// fits reports whether a value is of the row's kind, or of its second one.
func (f Field) fits(v any) bool { return isKind(f.Kind, v) || f.Also != "" && isKind(f.Also, v) }

func isKind(k diff.Kind, v any) bool {
	switch k {
	case diff.Text, diff.Enum:
		_, ok := v.(string)
		return ok
	case diff.Number:
		_, ok := v.(float64)
		return ok
	case diff.Bool:
		_, ok := v.(bool)
		return ok
	case diff.Object:
		_, ok := v.(map[string]any)
		return ok
	case diff.List, diff.Set:
		return allElements(v, func(e any) bool { _, ok := e.(string); return ok })
	case diff.Objects:
		return allElements(v, func(e any) bool { _, ok := e.(map[string]any); return ok })
	}
	return false
}

func allElements(v any, fits func(any) bool) bool {
	list, ok := v.([]any)
	if !ok {
		return false
	}
	for _, e := range list {
		if !fits(e) {
			return false
		}
	}
	return true
}

// Plain gives a JSON value without json.Number, as a Doc holds it.
func Plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		n, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return n
	case int:
		return float64(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = Plain(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = Plain(e)
		}
		return out
	}
	return v
}

func jsonType(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case json.Number, float64, int:
		return "a number"
	case []any:
		return "an array"
	case map[string]any, Body:
		return "an object"
	}
	return "something else"
}

// Rules are what the comparison must know of the table: a rule for every
// field that a manifest can set, in the order of the rows.
func (t Table) Rules() []diff.Rule {
	rules := make([]diff.Rule, 0, len(t))
	for _, f := range t {
		if !f.ReadOnly() {
			rules = append(rules, f.Rule())
		}
	}
	return rules
}

// Rule is the comparison of one field. Words of an enum are compared without
// regard to case, since vendors answer them in either.
func (f Field) Rule() diff.Rule {
	canon := f.Canon
	if len(f.Enum) > 0 {
		canon = func(v any) any {
			if f.Canon != nil {
				v = f.Canon(v)
			}
			s, ok := v.(string)
			if !ok {
				return v
			}
			for _, vendor := range f.Enum {
				if strings.EqualFold(vendor, s) {
					return vendor
				}
			}
			return s
		}
	}
	return diff.Rule{Path: f.Path, Kind: f.Kind, Fixed: f.Fixed(), Canon: canon}
}

// Listed reports whether a page of the list shows all of these fields that
// can be read at all, so that no read per character is needed.
func (t Table) Listed(paths []spec.Path) bool {
	for _, p := range paths {
		if f, ok := t.Field(p); ok && f.Readable() && f.lists() == Never {
			return false
		}
	}
	return true
}

// Gotten reports whether one read shows all of these fields that can be read
// at all, so that the list is not needed.
func (t Table) Gotten(paths []spec.Path) bool {
	for _, p := range paths {
		if f, ok := t.Field(p); ok && f.Readable() && f.reads() == Never {
			return false
		}
	}
	return true
}
