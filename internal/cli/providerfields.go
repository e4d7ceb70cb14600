package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
)

func (a *app) providersFieldsCommand() *cobra.Command {
	var format, out string
	cmd := manual{
		use:   "fields TARGET",
		short: "The fields of a provider",
		long: `Prints a provider's field table: what becomes of each field (native, mapped,
folded, dropped, create-only, write-only), what it accepts, its limits with
where they are known from, and whether it can be updated, read back and cleared.
Past a hard limit the provider refuses; past an effective one it ignores the
rest. Fields that are only shown are in --format json and markdown.`,
		examples: []string{"charsync providers fields convai", "charsync providers fields npcbuilder --format json"},
		exit:     []code{exitDone, exitError},
	}.command(wantArgs(1, 1), func(_ *cobra.Command, args []string) error {
		if err := checkFormat(format, formatText, formatJSON, formatMarkdown); err != nil {
			return err
		}
		d, err := a.driverFor(args[0])
		if err != nil {
			return err
		}
		rows := rowFacts(d)
		return a.result(out, func(w io.Writer) error {
			switch format {
			case formatJSON:
				return view.JSON(w, rows)
			case formatMarkdown:
				return writeRowsMarkdown(w, d.Title, rows)
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
	formatFlag(cmd, &format, formatText, formatJSON, formatMarkdown)
	outFlag(cmd, &out)
	return cmd
}

// writeRows prints the table, then where the limits are known from.
func (a *app) writeRows(w io.Writer, rows []rowFact) error {
	var cells, sources [][]string
	for _, r := range rows {
		if r.ReadOnly {
			continue // no manifest sets it; --format json has it
		}
		cells = append(cells, []string{
			r.Path, r.class(), r.Kind, r.updates(), r.readBack(), r.clears(), r.Sureness, joinWords("; ", r.limits(), r.words(4)),
		})
		for _, l := range r.Limits {
			sources = append(sources, []string{r.Path, l.Kind, l.String(), l.known()})
		}
	}
	header := []string{"FIELD", "CLASS", "KIND", "UPDATE", "READ BACK", "CLEAR", "KNOWN", "ACCEPTS"}
	if err := view.Table(w, header, cells, a.tableStyle()); err != nil || len(sources) == 0 {
		return err
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	return view.Table(w, []string{"LIMIT OF", "LIMIT", "IS", "KNOWN FROM"}, sources, a.tableStyle())
}

// words are the accepted words, the first few of them; 0 is all.
func (r rowFact) words(few int) string {
	if n := len(r.Accepts); few > 0 && n > few {
		return strings.Join(r.Accepts[:few], ", ") + fmt.Sprintf(", and %d more", n-few)
	}
	return strings.Join(r.Accepts, ", ")
}

func joinWords(between string, words ...string) string {
	var set []string
	for _, w := range words {
		if w != "" {
			set = append(set, w)
		}
	}
	return strings.Join(set, between)
}

func writeRowsMarkdown(w io.Writer, title string, rows []rowFact) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", title)
	b.WriteString("| field | class | kind | update | read back | clear | hard limit | effective limit | accepts | default | known |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, r := range rows {
		var hard, effective []string
		for _, l := range r.Limits {
			said := l.String() + " (" + l.known() + ")"
			if l.Kind == "hard" {
				hard = append(hard, said)
			} else {
				effective = append(effective, said)
			}
		}
		if r.Range != "" {
			hard = append(hard, r.Range)
		}
		cells := []string{
			"`" + r.Path + "`", r.class(), r.Kind, r.updates(), r.readBack(), r.clears(), strings.Join(hard, "; "), strings.Join(effective, "; "),
			r.words(0), r.fallback(), joinWords(": ", r.Sureness, r.Source),
		}
		for i, c := range cells {
			if cells[i] = strings.ReplaceAll(c, "|", `\|`); c == "" {
				cells[i] = "–"
			}
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
