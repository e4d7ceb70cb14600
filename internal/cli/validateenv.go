package cli

import (
	"context"
	"maps"
	"path/filepath"
	"slices"

	"github.com/charsync/charsync/pkg/spec"
)

// validation is what validate found so far.
type validation struct {
	*session
	paths []string
	found []spec.Diagnostic
	names map[string]bool // of the characters it is about
}

// everywhere validates the manifests as they are in the environment that was
// asked for; without one also, in each environment, the characters that say
// something else there.
func (v *validation) everywhere(ctx context.Context, f *runFlags) error {
	if err := v.in(ctx, f, nil); err != nil || f.env != "" {
		return err
	}
	overlaid := v.set.Overlaid()
	for _, env := range slices.Sorted(maps.Keys(overlaid)) {
		there := *f
		there.env = env
		before := v.found
		v.found = nil
		if err := v.in(ctx, &there, overlaid[env]); err != nil {
			return err
		}
		v.found = append(before, addedIn(env, before, v.found)...)
		spec.SortDiagnostics(v.found)
	}
	return nil
}

// wantFound refuses a validation that was about nothing, unless that is meant
// or something is wrong with what it would have been about.
func (v *validation) wantFound(f *runFlags, args []string) error {
	if f.empty || len(v.names) > 0 || hasErrors(v.found) || f.base != "" {
		return nil
	}
	for _, arg := range args {
		if v.isConfig(arg) {
			return nil
		}
	}
	if err := v.wantSelected(f); err != nil || len(args) == 0 {
		return err
	}
	return noManifests(args[0])
}

// isConfig reports whether a path of the command line is the project's own
// file.
func (v *validation) isConfig(arg string) bool {
	below, ok := v.project.Relative(v.path(arg))
	return ok && v.project.File != "" && below == filepath.Base(v.project.File)
}

// in validates the manifests as they are in one environment; names, unless
// nil, are the only characters that count.
func (v *validation) in(ctx context.Context, f *runFlags, names []string) error {
	if err := v.useEnv(f.env); err != nil {
		return err
	}
	var err error
	if v.selection, err = v.choose(nil, f); err != nil {
		return err
	}
	engine := v.engine(f, offline)
	keep := engine.Judge
	if f.base != "" {
		keep = nil // what changed is found by the texts
	}
	if err := v.loadSome(ctx, v.paths, keep); err != nil {
		return err
	}
	if err := v.narrow(ctx, f, offline); err != nil {
		return err
	}
	v.selection.Names = names
	engine.Set, engine.Options.Selection = v.set, v.selection
	v.found = append(v.found, v.set.Diagnostics...)
	v.found = append(v.found, v.faults(engine)...)
	for _, c := range v.chosen() {
		v.names[c.Name] = true
	}
	return nil
}

// addedIn are the findings that were not there before, with the environment
// in which they hold.
func addedIn(env string, before, now []spec.Diagnostic) []spec.Diagnostic {
	type finding struct {
		at            spec.Pos
		code, message string
	}
	known := map[finding]bool{}
	for _, d := range before {
		known[finding{d.Pos, d.Code, d.Message}] = true
	}
	var out []spec.Diagnostic
	for _, d := range now {
		if !known[finding{d.Pos, d.Code, d.Message}] {
			d.Message += " (in environment " + env + ")"
			out = append(out, d)
		}
	}
	return out
}
