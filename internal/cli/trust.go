package cli

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/credential"
	"github.com/charsync/charsync/internal/revision"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// readProject reads charsync.yaml, and finds in it the variables and hosts
// that are not for a file of the project to choose. Under --sandbox none of
// them is used.
func (a *app) readProject(file string) (*spec.Project, []spec.Diagnostic) {
	p, found := spec.LoadProject(file)
	if p == nil || hasErrors(found) || a.flags.sandbox {
		return p, found
	}
	return p, append(found, a.policy(p).Findings(p, all.Driver, a.env.lookup)...)
}

// policy is what a project may use of the environment. Git is asked only
// where the environment does not allow everything that the project names.
func (a *app) policy(p *spec.Project) credential.Policy {
	policy := credential.NewPolicy(a.env.lookup)
	if a.before == nil {
		return policy
	}
	strict := policy.Review(nil)
	if len(strict.Findings(p, all.Driver, a.env.lookup)) == 0 {
		return strict
	}
	return policy.Review(a.before(p))
}

// reviews notes the revision that a command looks at the project against.
func (a *app) reviews(cmd *cobra.Command) {
	ref := a.env.Base
	if f := cmd.Flags().Lookup("base"); f != nil && f.Value.String() != "" {
		ref = f.Value.String()
	}
	if ref == "" {
		return
	}
	ctx := cmd.Context()
	a.before = func(p *spec.Project) *spec.Project { return a.projectAt(ctx, p, ref) }
}

// projectAt is the configuration of a project at a revision; nil where it
// can't be known.
func (a *app) projectAt(ctx context.Context, p *spec.Project, ref string) *spec.Project {
	tree, err := revision.Open(ctx, revision.Options{Dir: p.Dir, Environ: a.env.Environ}, ref)
	if err != nil {
		return nil
	}
	defer tree.Close()
	then, found := spec.LoadProjectTree(tree, configFile(p))
	if hasErrors(found) {
		return nil
	}
	return then
}

// configFile is where a project has its configuration, or would have it.
func configFile(p *spec.Project) string {
	if p.File == "" {
		return filepath.Join(p.Dir, spec.ConfigFile)
	}
	return filepath.Join(p.Dir, filepath.Base(p.File))
}
