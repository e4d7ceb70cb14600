package providertest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// fieldCase is one value for one field, spelled as a manifest does.
type fieldCase struct {
	name  string
	value any
}

// settable lists the rows that a manifest can set, apart from the place,
// which every character of the suite shares.
func settable(d *providers.Driver) []providers.Field {
	var out []providers.Field
	for _, f := range d.Fields {
		if !f.ReadOnly() && !slices.Contains(d.Scope, f.Path) {
			out = append(out, f)
		}
	}
	return out
}

// accepted are the values that a vendor must take and keep.
func accepted(f providers.Field, q Quirks) []fieldCase {
	var cases []fieldCase
	if word, _ := f.Example.(string); !slices.Contains(q.Apart[f.Path], word) {
		cases = append(cases, fieldCase{"example", f.Example})
	}
	for i, v := range q.Samples[f.Path] {
		cases = append(cases, fieldCase{fmt.Sprintf("sample %d", i+1), v})
	}
	switch f.Kind {
	case diff.Text:
		cases = append(cases, texts()...)
	case diff.Enum:
		for _, word := range sortedWords(f.Enum) {
			if !slices.Contains(q.Apart[f.Path], word) {
				cases = append(cases, fieldCase{word, word})
			}
		}
	case diff.Number:
		switch least := least(f); {
		case len(q.Samples[f.Path]) > 0:
		case f.Whole:
			cases = append(cases, fieldCase{"whole", max(42, least)})
		default:
			cases = append(cases, fieldCase{"fraction", max(0.42, least+0.02)})
		}
		if f.Min != nil {
			cases = append(cases, fieldCase{"least", *f.Min})
		}
		if f.Max != nil {
			cases = append(cases, fieldCase{"most", *f.Max})
		}
	case diff.Bool:
		cases = append(cases, fieldCase{"true", true}, fieldCase{"false", false})
	case diff.List, diff.Set:
		if len(q.Samples[f.Path]) == 0 {
			cases = append(cases, fieldCase{"two", []any{"one", "two"}}, fieldCase{"unicode", []any{"Zoë 龙", "👩‍🚀"}})
		}
	}
	for _, l := range f.Limit {
		if v, ok := sized(f, l, l.Max); ok && !l.Effective {
			cases = append(cases, fieldCase{"exactly the limit" + of(l), v})
		}
		if v, ok := sized(f, l, l.Min); ok && !l.Effective {
			cases = append(cases, fieldCase{"exactly the least" + of(l), v})
		}
	}
	if f.Clear.Can {
		cases = append(cases, fieldCase{"empty", nil})
	}
	return cases
}

func least(f providers.Field) float64 {
	if f.Min == nil {
		return 0
	}
	return *f.Min
}

// texts are what prose is made of. CRLF and trailing line ends may be
// rewritten by a vendor without being a change.
func texts() []fieldCase {
	return []fieldCase{
		{"unicode", "Zoë 龙 👩‍🚀 ñ שלום"},
		{"two lines", "one\ntwo"},
		{"CRLF", "one\r\ntwo"},
		{"quotes", `"a" \ <b> & {c}`},
	}
}

// rejected are the values that a vendor must refuse, and validation before it.
func rejected(f providers.Field) []fieldCase {
	var cases []fieldCase
	for _, l := range f.Limit {
		if l.Effective {
			continue
		}
		if v, ok := sized(f, l, l.Max+1); ok && l.Max > 0 {
			cases = append(cases, fieldCase{"one past the limit" + of(l), v})
		}
		if v, ok := sized(f, l, l.Min-1); ok && l.Min > 1 {
			cases = append(cases, fieldCase{"one short of the least" + of(l), v})
		}
	}
	if len(f.Enum) > 0 {
		cases = append(cases, fieldCase{"unknown word", "no-such-word"})
	}
	step := 0.5
	if f.Whole {
		step = 1
		cases = append(cases, fieldCase{"fraction", 42.5})
	}
	if f.Max != nil {
		cases = append(cases, fieldCase{"past the most", *f.Max + step})
	}
	if f.Min != nil {
		cases = append(cases, fieldCase{"below the least", *f.Min - step})
	}
	return cases
}

// sized makes a value of a length in a limit's unit, all in ASCII, where the
// units agree.
func sized(f providers.Field, l providers.Limit, n int) (any, bool) {
	if n <= 0 {
		return nil, false
	}
	word := strings.Repeat("a", n)
	if l.Unit == providers.Words {
		word = strings.TrimSpace(strings.Repeat("a ", n))
	}
	switch {
	case l.Unit == providers.Items:
		return repeated(f, n)
	case l.Of == "":
		return word, true
	}
	list, ok := f.Example.([]any)
	if !ok || len(list) == 0 {
		return nil, false
	}
	first, ok := list[0].(map[string]any)
	if !ok {
		return nil, false
	}
	element := map[string]any{}
	for k, v := range first {
		element[k] = v
	}
	element[l.Of] = word
	return []any{element}, true
}

// repeated makes a list of n elements, unlike each other.
func repeated(f providers.Field, n int) (any, bool) {
	list, ok := f.Example.([]any)
	if !ok || len(list) == 0 {
		return nil, false
	}
	out := make([]any, n)
	for i := range out {
		switch e := list[0].(type) {
		case map[string]any:
			element := map[string]any{}
			for k, v := range e {
				element[k] = v
			}
			if i > 0 { // the first is the example's own: some lists are merged by key
				element[f.Key] = fmt.Sprintf("%v-%d", e[f.Key], i)
			}
			out[i] = element
		default:
			out[i] = languages()[i%len(languages())]
		}
	}
	return out, true
}

// languages are codes that exist wherever lists of words are counted.
func languages() []string { return []string{"en-US", "de-DE", "fr-FR", "es-ES", "ja-JP", "it-IT"} }

func of(l providers.Limit) string {
	if l.Of == "" {
		return ""
	}
	return " of " + l.Of
}

func sortedWords(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for w := range m {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}

// minimal is the least that a character is created with.
func minimal(d *providers.Driver) map[spec.Path]any {
	out := map[spec.Path]any{}
	for _, p := range append(slices.Clone(d.Required), "name") {
		if f, ok := d.Fields.Field(p); ok {
			out[p] = f.Example
		}
	}
	return out
}

// full is a character with everything that can be changed.
func full(d *providers.Driver) map[spec.Path]any {
	out := minimal(d)
	for _, f := range settable(d) {
		if !f.Fixed() {
			out[f.Path] = f.Example
		}
	}
	return out
}

func with(values map[spec.Path]any, more map[spec.Path]any) map[spec.Path]any {
	out := map[spec.Path]any{}
	for p, v := range values {
		out[p] = v
	}
	for p, v := range more {
		out[p] = v
	}
	return out
}
