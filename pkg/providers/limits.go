package providers

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// limits reports what a value is past: its limits, its range, and those of
// its elements.
func (w *wanting) limits(f Field, v spec.Value, got any) {
	if spec.IsNumber(got) {
		if f.Whole && !spec.Whole(got) {
			w.say(spec.Error, CodeShape, v, f.Path, fmt.Sprintf("%s is %v; %s takes whole numbers", f.Path, got, w.d.Title), "leave out what is behind the point")
			return
		}
		w.inRange(f, v, got)
	}
	for _, l := range f.Limit {
		if l.Of == "" {
			if w.limit(f, v, l, w.naming(f), got) {
				return // what is refused anyway needs no advice
			}
			continue
		}
		list, ok := got.([]any)
		if !ok {
			list = []any{got}
		}
		for i, e := range list {
			if l.Of == "*" {
				w.limit(f, v, l, fmt.Sprintf("%s[%d]", f.Path, i), e)
			} else if m, ok := e.(map[string]any); ok && m[l.Of] != nil {
				w.limit(f, v, l, fmt.Sprintf("%s[%d].%s", f.Path, i, l.Of), m[l.Of])
			}
		}
	}
}

// naming is the field's name in a message, with what it is folded from.
func (w *wanting) naming(f Field) string {
	parts, composed := w.compose[f.Path]
	if !composed || w.overridden(f.Path) {
		return string(f.Path)
	}
	var set []string
	for _, p := range parts {
		if v := w.c.Lookup(w.t, p); v.Set && v.V != nil {
			set = append(set, string(p))
		}
	}
	return string(f.Path) + " (" + strings.Join(set, " + ") + ")"
}

func (w *wanting) inRange(f Field, v spec.Value, n any) {
	if (f.Min == nil || spec.CompareNumbers(n, *f.Min) >= 0) && (f.Max == nil || spec.CompareNumbers(n, *f.Max) <= 0) {
		return
	}
	w.say(spec.Error, CodeRange, v, f.Path,
		fmt.Sprintf("%s is %v; %s takes %s", f.Path, n, w.d.Title, span(f.Min, f.Max)), "choose a number in that range")
}

func span(low, high *float64) string {
	switch {
	case low == nil:
		return fmt.Sprintf("at most %v", *high)
	case high == nil:
		return fmt.Sprintf("at least %v", *low)
	}
	return fmt.Sprintf("%v to %v", *low, *high)
}

// limit reports one limit, and whether the value is refused.
func (w *wanting) limit(f Field, v spec.Value, l Limit, name string, got any) (refused bool) {
	n, certain := l.measure(got)
	unit := l.Unit.Word()
	switch {
	case l.Max > 0 && n > l.Max && l.Effective:
		w.past(f, v, l, name, got)
	case l.Max > 0 && certain > l.Max:
		w.say(spec.Error, CodeTooLong, v, f.Path,
			fmt.Sprintf("%s has %s %s; %s takes at most %s", name, Figure(n), unit, w.d.Title, Figure(l.Max)),
			"shorten it by "+Figure(certain-l.Max)+w.override(f))
		return true
	case l.Max > 0 && n > l.Max:
		w.say(spec.Warning, CodePerhaps, v, f.Path,
			fmt.Sprintf("%s has %s bytes; %s takes at most %s, and does not say of what", name, Figure(n), w.d.Title, Figure(l.Max)),
			"shorten it by "+Figure(n-l.Max)+" bytes to be safe")
	case l.Min > 0 && n < l.Min && l.Effective:
		w.say(spec.Warning, CodeEffective, v, f.Path,
			fmt.Sprintf("%s has %s %s; %s advises at least %s", name, Figure(n), unit, w.d.Title, Figure(l.Min)), "make it longer")
	case l.Min > 0 && n < l.Min:
		w.say(spec.Error, CodeTooShort, v, f.Path,
			fmt.Sprintf("%s has %s %s; %s takes at least %s", name, Figure(n), unit, w.d.Title, Figure(l.Min)),
			"make it longer"+w.override(f))
		return true
	case l.Min > 0 && certain < l.Min:
		w.say(spec.Warning, CodePerhaps, v, f.Path,
			fmt.Sprintf("%s has %s %s; %s takes at least %s, and does not say of what", name, Figure(certain), unit, w.d.Title, Figure(l.Min)),
			"make it longer to be safe"+w.override(f))
	}
	return false
}

// past reports what is past an effective limit, with the first sentence that
// is lost. The finding points at that sentence.
func (w *wanting) past(f Field, v spec.Value, l Limit, name string, got any) {
	n, _ := l.measure(got)
	message := fmt.Sprintf("%s has %s %s; %s is said to heed only the first %s (%s)", name, Figure(n), l.Unit.Word(), w.d.Title, Figure(l.Max), l.Source.Note)
	text, ok := got.(string)
	if !ok {
		w.say(spec.Warning, CodeEffective, v, f.Path, message, "put what matters most first, or shorten it by "+Figure(n-l.Max))
		return
	}
	cut := w.cut(f, v, l, text)
	v.Pos = cut.Pos
	w.say(spec.Warning, CodeEffective, v, f.Path,
		fmt.Sprintf("%s: %.0f%% is heeded, and the first sentence lost is %q", message, math.Floor(100*cut.Heeded), cut.Sentence),
		"put what matters most first, or shorten it by "+Figure(n-l.Max))
	w.out.Diagnostics[len(w.out.Diagnostics)-1].Spot = cut.Spot
}

// override points out that a common field may differ at one target.
func (w *wanting) override(f Field) string {
	for _, p := range Common() {
		if p == f.Path && w.t != nil {
			return ", or set " + string(p) + " in the target " + w.t.Instance
		}
	}
	return ""
}

// measure counts a value in the limit's unit. For vendors that do not say
// what they count, n is the largest count and certain the smallest.
func (l Limit) measure(v any) (n, certain int) {
	if l.Unit == Items {
		list, _ := v.([]any)
		return len(list), len(list)
	}
	s, ok := v.(string)
	if spec.IsNumber(v) {
		s, ok = spec.Figure(v), true
	}
	if !ok {
		return 0, 0
	}
	switch l.Unit {
	case Runes:
		n = utf8.RuneCountInString(s)
	case UTF16:
		n = len(utf16.Encode([]rune(s)))
	case Bytes:
		n = len(s)
	case Words:
		n = len(strings.Fields(s))
	default:
		return len(s), utf8.RuneCountInString(s)
	}
	return n, n
}

// parts checks the keys of a mapping, or of each element of a list of them.
func (w *wanting) parts(f Field, v spec.Value, got any) bool {
	if len(f.Parts) == 0 {
		return true
	}
	if m, ok := got.(map[string]any); ok {
		return w.element(f, v, string(f.Path), m)
	}
	list, ok := got.([]any)
	if !ok {
		return true
	}
	right := true
	for i, e := range list {
		m, _ := e.(map[string]any)
		right = w.element(f, v, fmt.Sprintf("%s[%d]", f.Path, i), m) && right
	}
	return right
}

func (w *wanting) element(f Field, v spec.Value, name string, m map[string]any) bool {
	right := true
	fault := func(code, message, hint string) {
		w.say(spec.Error, code, v, f.Path, message, hint)
		right = false
	}
	names := make([]string, len(f.Parts))
	for i, p := range f.Parts {
		names[i] = p.Name
		e := m[p.Name]
		switch {
		case e == nil || e == "":
			if p.Required {
				fault(CodeShape, name+" has no "+p.Name, "add "+p.Name)
			}
		case !(Field{Kind: p.Kind}).fits(e) && p.Kind != "":
			fault(CodeShape, name+"."+p.Name+" is "+jsonType(e)+"; "+w.d.Title+" takes "+kindWords(p.Kind), "change the value's type")
		case p.Kind == "" && !scalar(e):
			fault(CodeShape, name+"."+p.Name+" is "+jsonType(e)+"; "+w.d.Title+" takes a text or a number", "change the value's type")
		case p.Enum != nil && !slices.ContainsFunc(p.Enum, func(word string) bool { return e == word }):
			s, _ := e.(string)
			w.word(f, v, name+"."+p.Name, s, p.Enum)
			right = false
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !f.hasPart(key) {
			fault(CodeNoField, name+" has no part "+quote(key)+" at "+w.d.Title, "use "+strings.Join(names, ", "))
		}
	}
	return right
}

func scalar(v any) bool {
	switch v.(type) {
	case string, bool:
		return true
	}
	return spec.IsNumber(v)
}

func kindWords(k diff.Kind, also ...diff.Kind) string {
	for _, a := range also {
		if a != "" {
			return kindWords(k) + " or " + kindWords(a)
		}
	}
	switch k {
	case diff.Text, diff.Enum:
		return "a text"
	case diff.Number:
		return "a number"
	case diff.Bool:
		return "true or false"
	case diff.List, diff.Set:
		return "a list of texts"
	case diff.Object:
		return "a mapping"
	case diff.Objects:
		return "a list of mappings"
	}
	return string(k)
}

// Figure prints a count with thousands apart: 33,120.
func Figure(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// quote shows a word of the manifest in a message, cut short.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}
