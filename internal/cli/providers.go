package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

func (a *app) providersCommand() *cobra.Command {
	var format, out string
	cmd := manual{
		use:   "providers",
		short: "What each provider can do",
		long: `Prints the capability table: for every field, how each provider takes it.
It comes from the very data that charsync runs on.`,
		examples: []string{
			"charsync providers",
			"charsync providers fields convai",
			"charsync providers values convai voiceType",
		},
		exit: []code{exitDone, exitError},
	}.command(knownCommand, func(*cobra.Command, []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		return a.result(out, func(w io.Writer) error {
			if format == formatJSON {
				return view.JSON(w, driverFacts())
			}
			return a.writeMatrix(w)
		})
	})
	formatFlag(cmd, &format, formatText, formatJSON)
	outFlag(cmd, &out)
	cmd.AddCommand(a.providersFieldsCommand(), a.providersValuesCommand())
	return cmd
}

// driverFact is a driver as --format json prints it.
type driverFact struct {
	Name        string     `json:"name"`
	Title       string     `json:"title"`
	Docs        string     `json:"docs"`
	Credentials [][]string `json:"credentials"` // groups of variables, any of which will do
	BaseURLEnv  string     `json:"base_url_env"`
	Updating    string     `json:"updating"` // keeps or forgets what an update leaves out
	Removal     string     `json:"removal"`
	PerSecond   float64    `json:"requests_per_second,omitempty"`
	Concurrency int        `json:"concurrency,omitempty"`
	SerialWrite bool       `json:"serial_writes,omitempty"`
	Required    []string   `json:"required_for_creation,omitempty"`
	Fields      []rowFact  `json:"fields"`
}

func driverFacts() []driverFact {
	var facts []driverFact
	for _, d := range all.Drivers() {
		f := driverFact{
			Name: d.Name, Title: d.Title, Docs: d.Docs, BaseURLEnv: d.BaseURLEnv, Updating: string(d.Manner),
			Removal: d.Removal.Verb, PerSecond: d.Pace.PerSecond, Concurrency: d.Pace.Concurrency,
			SerialWrite: d.Pace.SerialWrite, Fields: rowFacts(d),
		}
		for _, group := range d.Env {
			f.Credentials = append(f.Credentials, group)
		}
		for _, p := range d.Required {
			f.Required = append(f.Required, string(p))
		}
		facts = append(facts, f)
	}
	return facts
}

// writeMatrix prints a line per field and a column per provider.
func (a *app) writeMatrix(w io.Writer) error {
	drivers := all.Drivers()
	header, removal := []string{"FIELD"}, []string{"(removal)"}
	var paths []spec.Path
	for _, d := range drivers {
		header, removal = append(header, d.Title), append(removal, d.Removal.Verb)
		for _, f := range d.Fields {
			if !f.ReadOnly() && !slices.Contains(paths, f.Path) {
				paths = append(paths, f.Path)
			}
		}
	}
	slices.Sort(paths)
	var rows [][]string
	for _, p := range paths {
		row := []string{string(p)}
		for _, d := range drivers {
			row = append(row, abilityAt(d, p))
		}
		rows = append(rows, row)
	}
	if err := view.Table(w, header, append(rows, removal), a.tableStyle()); err != nil {
		return err
	}
	_, err := fmt.Fprint(w, `
yes          set at creation, updated, read back
fixed        set at creation only: a change replaces the character
write-only   sent, but never returned: drift can't be seen
folded       becomes part of another field there
-            the provider has no such field
`)
	return err
}

// abilityAt is what a provider does with a field, in a word or two.
func abilityAt(d *providers.Driver, p spec.Path) string {
	f, ok := d.Fields.Field(p)
	switch {
	case ok && !f.ReadOnly():
		return ability(f)
	case folds(d, p):
		return "folded"
	}
	return "-"
}

func folds(d *providers.Driver, p spec.Path) bool {
	for _, parts := range d.Compose {
		if slices.Contains(parts, p) {
			return true
		}
	}
	return false
}

func ability(f providers.Field) string {
	var words []string
	if f.Write == providers.Never {
		words = append(words, "fixed")
	}
	if !f.Readable() {
		words = append(words, "write-only")
	}
	if len(words) == 0 {
		return "yes"
	}
	return strings.Join(words, ", ")
}

// driverFor finds the driver behind a word: an instance of the project, or
// the name of a provider.
func (a *app) driverFor(word string) (*providers.Driver, error) {
	if p, _ := a.quietly(); p != nil {
		if in, ok := p.Instances[word]; ok {
			word = in.Type
		}
	}
	d, ok := all.Driver(word)
	if !ok {
		return nil, oneOf("target", word, a.completeTargets(""))
	}
	return d, nil
}
