package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// rendered is the provider document that a manifest becomes: the requests
// that would create it, and where each value in them stands.
type rendered struct {
	Name     string              `json:"name"`
	Target   string              `json:"target"`
	Provider string              `json:"provider"`
	Requests []recorded          `json:"requests"`
	From     map[string][]origin `json:"from"` // manifest path to where its value stands
}

// origin is where a value stands.
type origin struct {
	Path spec.Path `json:"path"`
	Pos  spec.Pos  `json:"pos"`
	File string    `json:"file,omitempty"` // of a {file: path}
}

func (a *app) renderCommand() *cobra.Command {
	var f runFlags
	var format, out string
	cmd := manual{
		use:   "render [NAME or PATH...] [flags]",
		short: "Print what manifests come to",
		long: `Prints the manifests with what they extend and every file reference resolved; with --target, the
document that each becomes at that provider when it is created, and where every
value in it stands. It opens no connection.`,
		examples: []string{
			"charsync render mira-innkeeper",
			"charsync render mira-innkeeper --target convai",
			"charsync render mira-innkeeper --origins",
			"charsync render --select game=tavern --format json",
		},
		exit: []code{exitDone, exitError, exitInvalid},
	}.command(nil, func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		return a.render(cmd.Context(), &f, args, format, out)
	})
	cmd.ValidArgsFunction = a.completeNames
	f.registerSelection(a, cmd)
	f.registerBase(cmd)
	cmd.Flags().BoolVar(&f.origins, "origins", false, "print where each value is said in place of the values")
	formatFlag(cmd, &format, formatText, formatJSON)
	outFlag(cmd, &out)
	return cmd
}

func (a *app) render(ctx context.Context, f *runFlags, args []string, format, out string) error {
	if err := f.check(); err != nil {
		return err
	}
	if err := a.startAt(args); err != nil {
		return err
	}
	s, err := a.localSession()
	if err != nil {
		return err
	}
	defer s.close()
	if _, err := s.ready(ctx, f, args, offline); err != nil {
		return err
	}
	chosen := s.chosen()
	if f.origins {
		return a.result(out, func(w io.Writer) error { return writeOrigins(w, chosen, format, a.tableStyle()) })
	}
	if len(f.targets) == 0 {
		return a.result(out, func(w io.Writer) error { return writeResolved(w, chosen, format) })
	}
	documents, err := s.documents(ctx, chosen, f)
	if err != nil {
		return err
	}
	if len(chosen) > 0 && len(documents) == 0 {
		s.note("None of the selected characters has a target %s.", strings.Join(f.targets, " or "))
	}
	return a.result(out, func(w io.Writer) error {
		if format == formatJSON {
			return view.JSON(w, documents)
		}
		for _, d := range documents {
			if err := writeDocument(w, d); err != nil {
				return err
			}
		}
		return nil
	})
}

// chosen are the selected characters.
func (s *session) chosen() []*spec.Character {
	var out []*spec.Character
	for _, c := range s.set.Characters {
		if len(s.selection.Names) > 0 && !slices.Contains(s.selection.Names, c.Name) {
			continue
		}
		if s.selection.Changed != nil && !s.selection.Changed[c.Name] {
			continue
		}
		if slices.ContainsFunc(s.selection.Selectors, func(x spec.Selector) bool { return !x.Matches(c.Labels) }) {
			continue
		}
		out = append(out, c)
	}
	return out
}

// documents renders every pair of a selected character and target.
func (s *session) documents(ctx context.Context, chosen []*spec.Character, f *runFlags) ([]rendered, error) {
	documents := []rendered{}
	for _, c := range chosen {
		for i := range c.Targets {
			t := &c.Targets[i]
			in, ok := s.project.Route(f.env, t.Instance)
			if !ok || !slices.Contains(f.targets, t.Instance) && !slices.Contains(f.targets, in.Name) {
				continue
			}
			driver, ok := all.Driver(in.Type)
			if !ok {
				continue // said by validation
			}
			d, err := render(ctx, c, t, in, driver)
			if err != nil {
				return nil, err
			}
			documents = append(documents, d)
		}
	}
	return documents, nil
}

func render(ctx context.Context, c *spec.Character, t *spec.Target, in spec.Instance, d *providers.Driver) (rendered, error) {
	r := rendered{Name: c.Name, Target: in.Name, Provider: d.Name, From: map[string][]origin{}}
	desired := d.Desired(c, t, in)
	requests, err := creating(ctx, t, in, d, desired)
	if err != nil {
		return r, failed("charsync validate says what is wrong with a manifest", "render %s at %s: %w", c.Name, in.Name, err)
	}
	r.Requests = requests
	for path := range desired.Doc {
		for _, part := range d.Origin(c, t, in, path) {
			r.From[string(path)] = append(r.From[string(path)], origin{Path: part.Path, Pos: part.Value.Pos, File: filesOf(part.Value)})
		}
	}
	return r, nil
}

func writeDocument(w io.Writer, d rendered) error {
	fmt.Fprintf(w, "# %s at %s\n", view.SanitizeLine(d.Name), view.SanitizeLine(d.Target))
	for _, r := range d.Requests {
		fmt.Fprintf(w, "# %s %s\n", r.Method, view.SanitizeLine(r.Path))
		if err := view.JSON(w, r.Body); err != nil {
			return err
		}
	}
	fmt.Fprintln(w, "# from")
	paths := slices.Sorted(maps.Keys(d.From))
	width := 0
	for _, path := range paths {
		width = max(width, len(path))
	}
	for _, path := range paths {
		for _, o := range d.From[path] {
			place := o.Pos.String()
			if string(o.Path) != path {
				place += " " + string(o.Path)
			}
			if o.File != "" {
				place += " (" + o.File + ")"
			}
			fmt.Fprintf(w, "#   %-*s  %s\n", width, path, view.SanitizeLine(place))
		}
	}
	return nil
}
