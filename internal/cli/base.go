package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/revision"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// registerBase adds the flag that keeps what differs from a revision of Git.
func (f *runFlags) registerBase(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.base, "base", "", "only characters whose resolved manifest differs from where this branch left the Git revision `REF`")
}

// narrow compares the manifests with those of --base, keeps what came of it,
// and lets the selection keep no more than what differs.
func (s *session) narrow(ctx context.Context, f *runFlags, access access) error {
	if f.base == "" {
		return nil
	}
	tree, err := revision.Open(ctx, revision.Options{Dir: s.project.Dir, Environ: s.env.Environ}, f.base)
	if err != nil {
		return baseError(err)
	}
	defer tree.Close()
	project, set, err := s.loadBase(ctx, tree, f.env)
	if err != nil {
		return err
	}
	now := s.engine(f, offline)
	then := &apply.Engine{
		Project: project, Set: set, Lock: apply.EmptyLock(), Accounts: openAccounts(project, accountOptions{access: offline, lookup: s.lookup}),
		Options: apply.Options{Env: f.env, Selection: apply.Selection{Targets: f.targets}, Policy: project.Policy},
	}
	s.against = now.Against(then, diff.Revision{Ref: tree.Ref, Commit: tree.Commit})
	for _, folder := range tree.Submodules {
		if s.project.MayHold(folder) {
			s.against.Diagnostics = append(s.against.Diagnostics, spec.Diagnostic{
				Severity: spec.Warning, Code: apply.CodeUnclearBase, Message: fmt.Sprintf("%s is a submodule: what it held at %s is not known here, so its characters count as new", folder, tree.Ref),
				Hint: "compare inside of the submodule, or keep the manifests in this repository",
			})
		}
	}
	s.edits(tree, project, access)
	s.selection.Changed = changedNames(s.against)
	return ctx.Err()
}

// loadBase reads the project as it stands in a revision. Faults of it stop
// nothing: they are told by the comparison.
func (s *session) loadBase(ctx context.Context, tree *revision.Tree, env string) (*spec.Project, *spec.Set, error) {
	project, found := spec.LoadProjectTree(tree, configFile(s.project))
	if project == nil || hasErrors(found) {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		// What its manifests meant can't be told without it.
		return spec.DefaultProject(s.project.Dir), &spec.Set{Diagnostics: found, Complete: false, Partial: true}, nil
	}
	set, err := spec.LoadTree(ctx, project, tree, spec.LoadOptions{Parallelism: s.flags.parallelism, Env: env})
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return nil, nil, err
		}
		return nil, nil, failed("see whether git fsck finds fault with the repository", "read the manifests of %s: %w", tree.Ref, err)
	}
	set.Diagnostics = append(found, set.Diagnostics...)
	return project, set, nil
}

func baseError(err error) error {
	var e *revision.Error
	if errors.As(err, &e) {
		return failed(e.Hint, "--base: %w", err)
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return failed("see whether git status works in the project's folder", "--base: %w", err)
}

// changedNames are the characters that a comparison is about.
func changedNames(plan *diff.Plan) map[string]bool {
	names := map[string]bool{}
	for _, c := range plan.Changes {
		names[c.Name] = true
		if c.RenamedFrom != "" {
			names[c.RenamedFrom] = true
		}
	}
	for _, o := range plan.Orphans {
		names[o.Name] = true
	}
	return names
}

// credentialed reports whether any account has a credential that the changed
// characters, or without any all characters, go to.
func (s *session) credentialed(engine *apply.Engine) bool {
	targets := map[string]bool{}
	for _, c := range s.against.Changes {
		targets[c.Target] = true
	}
	for _, o := range s.against.Orphans {
		targets[o.Target] = true
	}
	if len(targets) == 0 {
		for _, c := range s.set.Characters {
			for _, t := range c.Targets {
				if in, ok := s.project.Route(engine.Options.Env, t.Instance); ok {
					targets[in.Name] = true
				}
			}
		}
	}
	for target := range targets {
		if a := engine.Accounts[target]; a != nil && providers.KindOf(a.Err) != providers.Unauthorized {
			return true
		}
	}
	return false
}

// planned is the plan, under --base of what that has kept: of the live
// characters where a credential is, else of the manifests alone.
func (s *session) planned(ctx context.Context, f *planFlags, engine *apply.Engine) (*diff.Plan, error) {
	switch {
	case f.destroy:
		return engine.Destroy(ctx)
	case s.against == nil:
		return engine.Plan(ctx)
	}
	if f.offline || !s.credentialed(engine) {
		if !f.offline {
			s.note("No credential is set: this compares the manifests with those of %s, and reads nothing live.", f.base)
		}
		return s.against, nil
	}
	plan, err := engine.Plan(ctx)
	if err != nil {
		return nil, err
	}
	s.narrowed(plan)
	return plan, nil
}

// narrowed notes in a plan what it was narrowed by.
func (s *session) narrowed(plan *diff.Plan) {
	if s.against != nil {
		plan.Against, plan.Bindings, plan.Settings = s.against.Against, s.against.Bindings, s.against.Settings
		plan.Diagnostics = append(plan.Diagnostics, takenBindings(s.against)...)
	}
}

// checkOffline refuses --offline where nothing would be left to be told.
func (f *planFlags) checkOffline() error {
	switch {
	case f.offline && f.base == "":
		return failed("add --base REF to compare manifests with manifests, or use charsync validate", "plan --offline: without the live characters there is nothing to compare with")
	case f.offline && f.out != "":
		return failed("leave one of them out; --format json prints the comparison", "plan --offline --out: what is compared from the files alone can't be applied")
	}
	return nil
}
