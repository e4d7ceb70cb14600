package cli

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/spec"
)

// loadForImport loads the manifests that are there, for the names that are
// taken. An empty project is what import is often for: only errors count. With
// one, not all names are known, and nothing is imported.
func (s *session) loadForImport(ctx context.Context) error {
	if err := s.load(ctx, nil); err != nil {
		return err
	}
	wrong := only(s.set.Diagnostics, spec.Error)
	if len(wrong) == 0 {
		return nil
	}
	if err := s.diagnose(wrong); err != nil {
		return err
	}
	s.note("Nothing was imported: mend these manifests first, and import again.")
	return end(exitInvalid)
}

// importScopes are the places to look in: the one that is named, the default
// of the instance, or all that are known.
func (s *session) importScopes(account *apply.Account, f importFlags) ([]string, error) {
	d, in := account.Driver, account.Instance
	if len(d.Scope) == 0 {
		if f.scope != "" {
			return nil, failed("leave it out", "--scope: %s has no places", d.Title)
		}
		return []string{""}, nil
	}
	want := len(d.Scope)
	if f.scope != "" {
		if parts := strings.Split(f.scope, "/"); len(parts) != want || slices.Contains(parts, "") {
			return nil, failed("write "+pathList(d.Scope)+", joined by /", "--scope: %q is not a place of %s", f.scope, d.Title)
		}
		return []string{f.scope}, nil
	}
	if !slices.ContainsFunc(d.Scope, func(p spec.Path) bool { return in.Settings[string(p)] == "" }) {
		return []string{""}, nil // the engine knows the instance's default
	}
	if !slices.ContainsFunc(f.ids, func(id string) bool { scope, _ := d.SplitID(id); return scope == "" }) && len(f.ids) > 0 {
		return []string{""}, nil // every id says where it is
	}
	known, _ := s.uses(in, d)
	switch {
	case len(known) == 0:
		return nil, failed("give --scope, or set "+pathList(d.Scope)+" for "+in.Name+" in charsync.yaml", "import: where does %s keep them?", d.Title)
	case len(known) > 1 && len(f.ids) > 0:
		return nil, failed("give --scope, one of "+strings.Join(known, ", "), "import: these ids could be in several places")
	}
	return known, nil
}

// findByName is the id of the one live character with a name.
func findByName(ctx context.Context, account *apply.Account, scope, name string) (string, error) {
	if scope == "" {
		var parts []string
		for _, p := range account.Driver.Scope {
			parts = append(parts, account.Instance.Settings[string(p)])
		}
		scope = strings.Join(parts, "/")
	}
	ids := map[string]bool{}
	names := map[string]bool{}
	for r, err := range account.Provider.List(ctx, scope) {
		if err != nil {
			return "", failed(hintFor(err), "list %s: %w", account.Instance.Name, err)
		}
		names[r.Name] = true
		if r.Name == name {
			ids[r.ID] = true
		}
	}
	found := slices.Sorted(maps.Keys(ids))
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		hint := meantName(name, slices.Sorted(maps.Keys(names)), "charsync import "+account.Instance.Name+" --all imports every one")
		return "", failed(hint, "%s has no character called %q", account.Instance.Name, name)
	}
	return "", failed("import it by its id: "+strings.Join(found, ", "), "%s has %d characters called %q", account.Instance.Name, len(found), name)
}
