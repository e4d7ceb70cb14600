package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// rowFact is a row of a field table as --format json prints it.
type rowFact struct {
	Path     string   `json:"path"`
	Kind     string   `json:"kind"`
	Doc      string   `json:"doc"`
	Create   string   `json:"create,omitempty"`    // the vendor's key; absent: not at creation
	Update   string   `json:"update,omitempty"`    // absent: a change replaces the character
	Read     string   `json:"read,omitempty"`      // absent: drift can't be seen
	ReadOnly bool     `json:"read_only,omitempty"` // the vendor's own: no manifest sets it
	Listed   bool     `json:"listed,omitempty"`    // a list shows it: no request of its own
	Accepts  []string `json:"accepts,omitempty"`
	Limits   []string `json:"limits,omitempty"`
	Clear    bool     `json:"clear"` // it can be emptied
	WhyNot   string   `json:"why_not_clear,omitempty"`
	Sureness string   `json:"sureness"`
	Source   string   `json:"source,omitempty"`
}

func rowFacts(d *providers.Driver) []rowFact {
	var rows []rowFact
	for _, f := range d.Fields {
		r := rowFact{
			Path: string(f.Path), Kind: kindOf(f), Doc: f.Doc,
			Create: pointer(f.Create, f.Write), Update: pointer(f.Write, ""), Read: pointer(f.Read, f.Write),
			ReadOnly: f.ReadOnly(), Listed: pointer(f.List, providers.Never) != "", Accepts: slices.Sorted(maps.Keys(f.Enum)),
			Clear: f.Clear.Can, WhyNot: f.Clear.Why, Sureness: string(f.Source.Sure), Source: f.Source.Note,
		}
		for _, l := range f.Limit {
			r.Limits = append(r.Limits, limitText(l))
		}
		if f.Min != nil || f.Max != nil {
			r.Limits = append(r.Limits, rangeText(f.Min, f.Max))
		}
		rows = append(rows, r)
	}
	return rows
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

func limitText(l providers.Limit) string {
	unit := l.Unit
	if unit == providers.Runes {
		unit = "characters"
	}
	s := ""
	switch {
	case l.Min > 0 && l.Max > 0:
		s = fmt.Sprintf("%d to %d %s", l.Min, l.Max, unit)
	case l.Min > 0:
		s = fmt.Sprintf("at least %d %s", l.Min, unit)
	default:
		s = fmt.Sprintf("at most %d %s", l.Max, unit)
	}
	if l.Of != "" {
		s = l.Of + " " + s
	}
	if l.Effective {
		s += " (the rest is ignored)"
	}
	return s
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

func (a *app) providersFieldsCommand() *cobra.Command {
	var format string
	cmd := manual{
		use:      "fields TARGET",
		short:    "The fields of a provider",
		long:     "Prints a provider's field table: what each field accepts, its limits, whether it can be updated, read back and cleared, and how surely that is known.",
		examples: []string{"charsync providers fields convai", "charsync providers fields npcbuilder --format json"},
		exit:     []code{exitDone, exitError},
	}.command(wantArgs(1, 1), func(_ *cobra.Command, args []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		d, err := a.driverFor(args[0])
		if err != nil {
			return err
		}
		rows := rowFacts(d)
		return a.result("", func(w io.Writer) error {
			if format == formatJSON {
				return writeJSON(w, rows)
			}
			return a.writeRows(w, rows)
		})
	})
	cmd.ValidArgsFunction = func(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(given) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return a.completeTargets(""), cobra.ShellCompDirectiveNoFileComp
	}
	formatFlag(cmd, &format, formatText, formatJSON)
	return cmd
}

func (a *app) writeRows(w io.Writer, rows []rowFact) error {
	var cells [][]string
	for _, r := range rows {
		if r.ReadOnly {
			continue // no manifest sets it; --format json has it
		}
		update, read := "replaces", "no"
		if r.Update != "" {
			update = "yes"
		}
		switch {
		case r.Listed:
			read = "in lists"
		case r.Read != "":
			read = "yes"
		}
		cells = append(cells, []string{r.Path, r.Kind, update, read, yesNo(r.Clear), accepts(r), r.Sureness})
	}
	header := []string{"FIELD", "KIND", "UPDATE", "READ BACK", "CLEAR", "ACCEPTS", "KNOWN"}
	return view.Table(w, header, cells, a.tableStyle())
}

// accepts keeps a cell short; --format json has everything.
func accepts(r rowFact) string {
	const few = 4
	words := slices.Clone(r.Limits)
	if n := len(r.Accepts); n > few {
		words = append(words, strings.Join(r.Accepts[:few], ", ")+fmt.Sprintf(", and %d more", n-few))
	} else if n > 0 {
		words = append(words, strings.Join(r.Accepts, ", "))
	}
	return strings.Join(words, "; ")
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
