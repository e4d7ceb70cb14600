package cli

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

func (a *app) providersValuesCommand() *cobra.Command {
	var format string
	cmd := manual{
		use:   "values TARGET FIELD",
		short: "What a service offers for a field",
		long: `Asks the service behind a target what it offers for a field: voices, languages,
models, categories. Where there is no such list, the words that the field accepts
are printed, if they are known.`,
		examples: []string{"charsync providers values convai voiceType", "charsync providers values npcbuilder role"},
		exit:     []code{exitDone, exitError, exitInvalid},
	}.command(wantArgs(2, 2), func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		choices, err := a.fieldValues(cmd.Context(), args[0], spec.Path(args[1]))
		if err != nil {
			return err
		}
		return a.result("", func(w io.Writer) error {
			if format == formatJSON {
				return view.JSON(w, choices)
			}
			var rows [][]string
			for _, c := range choices {
				rows = append(rows, []string{c.Value, c.Label})
			}
			return view.Table(w, nil, rows, a.tableStyle())
		})
	})
	cmd.ValidArgsFunction = a.completeField
	formatFlag(cmd, &format, formatText, formatJSON)
	return cmd
}

func (a *app) fieldValues(ctx context.Context, target string, path spec.Path) ([]providers.Choice, error) {
	s, err := a.openSession()
	if err != nil {
		return nil, err
	}
	defer s.close()
	in, ok := s.project.Instances[target]
	if !ok {
		return nil, oneOf("target", target, s.instanceNames())
	}
	driver, ok := all.Driver(in.Type)
	if !ok {
		return nil, oneOf("provider type", in.Type, s.instanceNames())
	}
	field, ok := driver.Fields.Field(path)
	if !ok {
		return nil, oneOf("field", string(path), fieldNames(driver))
	}
	if field.ReadOnly() {
		return nil, failed("charsync providers fields "+target+" lists what a manifest can say", "%s is only shown by %s: no manifest sets it, so there is nothing to choose", path, driver.Title)
	}
	known := knownWords(field)
	account := openAccount(in, accountOptions{access: reading, lookup: s.lookup, policy: s.policy(s.project), parallelism: 1, log: s.log, userAgent: s.userAgent(), now: s.env.Now, secrets: secretsOf(s.project, s.lookup)})
	if account.Err != nil {
		if len(known) > 0 {
			return known, nil
		}
		return nil, failed(hintFor(account.Err), "%w", account.Err)
	}
	valuer, ok := account.Provider.(providers.Valuer)
	if ok {
		choices, err := valuer.Values(ctx, string(path))
		if err == nil {
			return choices, nil
		}
		if providers.KindOf(err) != providers.Unsupported {
			return nil, err
		}
	}
	if len(known) == 0 {
		return nil, failed("see charsync providers fields "+target, "%s offers no list for %s", target, path)
	}
	return known, nil
}

func knownWords(f providers.Field) []providers.Choice {
	choices := []providers.Choice{}
	for word := range f.Enum {
		choices = append(choices, providers.Choice{Value: word})
	}
	slices.SortFunc(choices, func(a, b providers.Choice) int { return strings.Compare(a.Value, b.Value) })
	return choices
}

// fieldNames are the fields that a manifest can set.
func fieldNames(d *providers.Driver) []string {
	var names []string
	for _, f := range d.Fields {
		if !f.ReadOnly() {
			names = append(names, string(f.Path))
		}
	}
	slices.Sort(names)
	return names
}

func (a *app) completeField(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	switch len(given) {
	case 0:
		return a.completeTargets(""), cobra.ShellCompDirectiveNoFileComp
	case 1:
		if d, err := a.driverFor(given[0]); err == nil {
			return fieldNames(d), cobra.ShellCompDirectiveNoFileComp
		}
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}
