package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// rowFact is a row of a field table as --format json prints it.
type rowFact struct {
	Path     string          `json:"path"`
	Class    providers.Class `json:"class"`
	Into     string          `json:"into,omitempty"` // folded: the field that it becomes a part of
	Kind     string          `json:"kind,omitempty"`
	Doc      string          `json:"doc,omitempty"`
	Create   string          `json:"create,omitempty"`    // the vendor's key; absent: not at creation
	Update   string          `json:"update,omitempty"`    // absent: a change replaces the character
	Read     string          `json:"read,omitempty"`      // absent: drift can't be seen
	ReadOnly bool            `json:"read_only,omitempty"` // the vendor's own: no manifest sets it
	Listed   bool            `json:"listed,omitempty"`    // a list shows it: no request of its own
	Accepts  []string        `json:"accepts,omitempty"`
	Limits   []limitFact     `json:"limits,omitempty"`
	Range    string          `json:"range,omitempty"` // of a number
	Default  any             `json:"default,omitempty"`
	Clear    bool            `json:"clear"` // it can be emptied
	WhyNot   string          `json:"why_not_clear,omitempty"`
	Sureness string          `json:"sureness,omitempty"`
	Source   string          `json:"source,omitempty"`
}

// limitFact is a limit with where it is known from.
type limitFact struct {
	Kind     string `json:"kind"`         // hard: more is refused; effective: more is ignored
	Of       string `json:"of,omitempty"` // the part of each element that is meant
	Min      int    `json:"min,omitempty"`
	Max      int    `json:"max,omitempty"`
	Unit     string `json:"unit"`
	Sureness string `json:"sureness"`
	Source   string `json:"source,omitempty"`
}

// rowFacts lists the common fields that the vendor does not have, then the
// rows of its table.
func rowFacts(d *providers.Driver) []rowFact {
	var rows []rowFact
	for _, c := range d.Capabilities() {
		if c.How == providers.ClassFolded || c.How == providers.ClassDropped {
			into := strings.TrimPrefix(c.Note, "into ")
			rows = append(rows, rowFact{Path: string(c.Path), Class: c.How, Into: into})
		}
	}
	for _, f := range d.Fields {
		r := rowFact{
			Path: string(f.Path), Class: f.Class(), Kind: kindOf(f), Doc: f.Doc,
			Create: pointer(f.Create, f.Write), Update: pointer(f.Write, ""), Read: pointer(f.Read, f.Write),
			ReadOnly: f.ReadOnly(), Listed: pointer(f.List, providers.Never) != "", Accepts: slices.Sorted(maps.Keys(f.Enum)),
			Clear: f.Clear.Can, WhyNot: f.Clear.Why, Sureness: string(f.Source.Sure), Source: f.Source.Note, Default: f.Default,
		}
		for _, l := range f.Limit {
			r.Limits = append(r.Limits, newLimitFact(l))
		}
		if f.Min != nil || f.Max != nil {
			r.Range = rangeText(f.Min, f.Max)
		}
		rows = append(rows, r)
	}
	return rows
}

func newLimitFact(l providers.Limit) limitFact {
	fact := limitFact{Kind: "hard", Of: l.Of, Min: l.Min, Max: l.Max, Unit: string(l.Unit), Sureness: string(l.Source.Sure), Source: l.Source.Note}
	if l.Effective {
		fact.Kind = "effective"
	}
	return fact
}

// String puts a limit into words.
func (l limitFact) String() string {
	unit := l.Unit
	if unit == string(providers.Runes) {
		unit = "characters"
	}
	s := ""
	switch {
	case l.Min > 0 && l.Max > 0:
		s = fmt.Sprintf("%d to %d %s", l.Min, l.Max, unit)
	case l.Min > 0:
		s = fmt.Sprintf("at least %d %s", l.Min, unit)
	case l.Kind == "effective":
		s = fmt.Sprintf("heeds %d %s", l.Max, unit)
	default:
		s = fmt.Sprintf("at most %d %s", l.Max, unit)
	}
	if l.Of != "" {
		s = l.Of + " " + s
	}
	return s
}

func (l limitFact) known() string { return strings.TrimSuffix(l.Sureness+": "+l.Source, ": ") }

// limits are a row's limits in words.
func (r rowFact) limits() string {
	var words []string
	for _, l := range r.Limits {
		words = append(words, l.String())
	}
	if r.Range != "" {
		words = append(words, r.Range)
	}
	return strings.Join(words, "; ")
}

// class is a row's class in words.
func (r rowFact) class() string {
	if r.Into != "" {
		return string(r.Class) + " into " + r.Into
	}
	return string(r.Class)
}

// updates, readBack and clears are cells of the table.
func (r rowFact) updates() string {
	switch {
	case r.Kind == "":
		return ""
	case r.Update == "":
		return "replaces"
	}
	return "yes"
}

func (r rowFact) readBack() string {
	switch {
	case r.Kind == "":
		return ""
	case r.Listed:
		return "in lists"
	case r.Read != "":
		return "yes"
	}
	return "no"
}

func (r rowFact) clears() string {
	if r.Kind == "" {
		return ""
	}
	return yesNo(r.Clear)
}

func (r rowFact) fallback() string {
	if r.Default == nil {
		return ""
	}
	b, err := json.Marshal(r.Default)
	if err != nil {
		return ""
	}
	return string(b)
}

// kindOf is a field's kind in a word. A word from a set that is not known here
// is an identifier to whoever writes it.
func kindOf(f providers.Field) string {
	if f.Kind == diff.Enum && len(f.Enum) == 0 {
		return "identifier"
	}
	return string(f.Kind)
}

// pointer is the vendor's key, "" for never.
func pointer(p, otherwise string) string {
	if p == "" {
		p = otherwise
	}
	if p == providers.Never {
		return ""
	}
	return p
}

func rangeText(least, most *float64) string {
	number := func(f *float64) string { return strconv.FormatFloat(*f, 'g', -1, 64) }
	switch {
	case least == nil:
		return "at most " + number(most)
	case most == nil:
		return "at least " + number(least)
	}
	return number(least) + " to " + number(most)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
