package cli

import (
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/charsync/charsync/internal/review"
	"github.com/charsync/charsync/internal/revision"
	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// maxBaseLock bounds the lock of a Git revision, in bytes.
const maxBaseLock = 256 << 20

// edits notes in the comparison what the change does beside its manifests.
func (s *session) edits(tree *revision.Tree, then *spec.Project, access access) {
	s.settingsEdits(tree)
	if s.flags.sandbox {
		return // its lock is not the project's
	}
	before, err := baseLock(tree, then)
	if err != nil {
		s.doubt("the lock can't be read at %s, so what it binds otherwise is not known: %v", tree.Ref, err)
		return
	}
	edits, found := review.Bindings(before.Entries(), s.lock.Entries())
	s.against.Bindings = edits
	s.against.Diagnostics = append(s.against.Diagnostics, found...)
	if access == writing {
		return
	}
	for _, was := range before.Entries() { // protected is what either side protects
		if is, ok := s.lock.Entry(was.Address); ok && was.Protect && !is.Protect {
			is.Protect = true
			if err := s.lock.Put(is); err != nil {
				s.log.Debug("protection of the base", "error", err)
			}
		}
	}
}

func (s *session) doubt(format string, args ...any) {
	s.against.Diagnostics = append(s.against.Diagnostics, spec.Diagnostic{
		Severity: spec.Warning, Code: apply.CodeUnclearBase, Message: fmt.Sprintf(format, args...),
		Hint: "read the difference with git diff",
	})
}

func (s *session) settingsEdits(tree *revision.Tree) {
	then, err := spec.Settings(tree, configFile(s.project))
	if err != nil {
		s.doubt("charsync.yaml can't be read at %s, so what it sets otherwise is not known: %v", tree.Ref, err)
		return
	}
	root, err := os.OpenRoot(s.project.Dir)
	if err != nil {
		s.doubt("charsync.yaml can't be compared: %v", err)
		return
	}
	defer root.Close()
	now, err := spec.Settings(root.FS(), configFile(s.project))
	if err != nil {
		s.doubt("charsync.yaml can't be compared: %v", err)
		return
	}
	s.against.Settings = review.Settings(then, now, map[string]string{
		"policy.drift": spec.DriftEnforce, "policy.conflict": spec.ConflictFail, "policy.maxChanges": "30%", "policy.maxDeletes": "10%",
	})
}

// baseLock is the lock as it stands in a revision.
func baseLock(tree *revision.Tree, p *spec.Project) (*state.Lock, error) {
	info, err := fs.Stat(tree, p.State.Path)
	if err != nil {
		return state.Empty(), nil //nolint:nilerr // there was none
	}
	if info.Size() > maxBaseLock {
		return nil, fmt.Errorf("it is larger than %d bytes", maxBaseLock)
	}
	data, err := fs.ReadFile(tree, p.State.Path)
	if err != nil {
		return nil, err
	}
	lock, found := state.Parse(p.State.Path, data)
	if errs := only(found, spec.Error); len(errs) > 0 {
		return nil, errs[0]
	}
	return lock, nil
}

// takenBindings are the errors of a lock that gives one character's live
// character to another.
func takenBindings(plan *diff.Plan) []spec.Diagnostic {
	return slices.DeleteFunc(slices.Clone(plan.Diagnostics), func(d spec.Diagnostic) bool { return d.Code != review.CodeTaken })
}

// reviewFails reports whether a review has edits that fail-on names.
func reviewFails(plan *diff.Plan, what string) bool {
	switch what {
	case failBindings:
		return len(plan.Bindings) > 0
	case failSettings:
		return len(plan.Settings) > 0
	}
	return false
}
