package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/credential"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// askForProject fills in what the flags leave open. Only what nobody but the
// user can know is asked, and only on a terminal; the services whose
// credentials are in the environment are proposed.
func (a *app) askForProject(ctx context.Context, root *os.Root, f *initFlags) error {
	asks := a.env.InTerminal && !f.yes
	if !missing(a.path("charsync.yaml")) { // it says which services there are
		f.providers = driverNames()
		return nil
	}
	ready := a.withCredentials()
	if f.providers == nil {
		f.providers = append(slices.Clone(ready), f.from...)
		if len(f.providers) == 0 {
			f.providers = driverNames()
		}
		if asks {
			if err := a.askProviders(ctx, f); err != nil {
				return err
			}
		}
	}
	f.providers = append(f.providers, f.from...)
	slices.Sort(f.providers)
	f.providers = slices.Compact(f.providers)
	if !asks || len(f.from)+len(f.cards) > 0 || hasManifests(root) {
		return nil
	}
	return a.askFrom(ctx, f, ready)
}

// withCredentials lists the services whose credentials are in the
// environment.
func (a *app) withCredentials() []string {
	var out []string
	for _, d := range all.Drivers() {
		if _, err := new(credential.Policy).Find(spec.Instance{Name: d.Name}, d, a.env.lookup); err == nil {
			out = append(out, d.Name)
		}
	}
	return out
}

func (a *app) askProviders(ctx context.Context, f *initFlags) error {
	for {
		otherwise := strings.Join(f.providers, ", ")
		if slices.Equal(f.providers, driverNames()) {
			otherwise = "all"
		}
		line, err := a.ask(ctx, fmt.Sprintf("Where do your characters live? Any of %s [%s]: ", strings.Join(driverNames(), ", "), otherwise))
		if err != nil || line == "" {
			return err
		}
		if line == "all" {
			f.providers = driverNames()
			return nil
		}
		names := strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		wrong := slices.IndexFunc(names, func(name string) bool { return !slices.Contains(driverNames(), name) })
		if wrong < 0 {
			f.providers = names
			return nil
		}
		hint := ""
		if near := spec.DidYouMean(names[wrong], driverNames()); near != "" {
			hint = ": did you mean " + near + "?"
		}
		fmt.Fprintf(a.err, "There is no %q%s\n", names[wrong], hint)
	}
}

// askFrom asks whether to begin with what is live, where that can be read.
func (a *app) askFrom(ctx context.Context, f *initFlags, ready []string) error {
	for _, name := range f.providers {
		d, _ := all.Driver(name)
		if !slices.Contains(ready, name) {
			continue
		}
		line, err := a.ask(ctx, fmt.Sprintf("There are credentials for %s. Make manifests of what is live there? [y/N]: ", d.Title))
		if err != nil {
			return err
		}
		if line = strings.ToLower(line); line != "y" && line != "yes" {
			continue
		}
		if err := a.askPlace(ctx, f, d); err != nil {
			return err
		}
		f.from = append(f.from, name)
	}
	return nil
}

// askPlace asks where on a service, at those that have places.
func (a *app) askPlace(ctx context.Context, f *initFlags, d *providers.Driver) error {
	if len(d.Scope) == 0 || f.scope != "" {
		return nil
	}
	words := make([]string, len(d.Scope))
	for i, p := range d.Scope {
		words[i] = string(p)
	}
	scope, err := a.ask(ctx, fmt.Sprintf("Where on %s? %s: ", d.Title, strings.Join(words, "/")))
	if err != nil {
		return err
	}
	if parts := strings.Split(scope, "/"); len(parts) != len(words) || slices.Contains(parts, "") {
		return failed("nothing was written; run init again, or charsync import "+d.Name+" later", "init: %q is no place of %s", scope, d.Title)
	}
	f.scope = scope
	return nil
}
