package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/pkg/spec"
)

// Completion reads what is on the disk and nothing else. It answers with
// nothing rather than with an error: a shell has no place to show one.

// quietly loads the project and its manifests without printing anything.
func (a *app) quietly() (*spec.Project, *spec.Set) {
	file, dir, err := a.locate()
	if err != nil {
		return nil, nil
	}
	p := spec.DefaultProject(dir)
	if file != "" {
		if p, _ = spec.LoadProject(file); p == nil {
			return nil, nil
		}
	}
	set, err := spec.Load(context.Background(), p, spec.LoadOptions{})
	if err != nil {
		return p, nil
	}
	return p, set
}

func (a *app) completeNames(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	_, set := a.quietly()
	if set == nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var names []string
	for _, c := range set.Characters {
		if !slices.Contains(given, c.Name) {
			names = append(names, c.Name)
		}
	}
	return names, cobra.ShellCompDirectiveDefault
}

func (a *app) completeTargets(string) []string {
	p, _ := a.quietly()
	if p == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(p.Instances))
}

func (a *app) completeEnvironments(string) []string {
	p, _ := a.quietly()
	if p == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(p.Environments))
}

func (a *app) completeLabels(string) []string {
	_, set := a.quietly()
	if set == nil {
		return nil
	}
	labels := map[string]bool{}
	for _, c := range set.Characters {
		for key, value := range c.Labels {
			labels[key+"="+value] = true
		}
	}
	return slices.Sorted(maps.Keys(labels))
}
