package cli

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/charsync/charsync/internal/revision"
	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/spec"
)

// The codes of what Git does with the lock. A lock that is not carried on is
// one that the next clone does without.
const (
	codeLockIgnored = "CS523"
	codeLockMerged  = "CS524"
)

// gitPatience bounds what is asked of Git on the way.
const gitPatience = 30 * time.Second

func gitCodes() []spec.CodeInfo {
	return []spec.CodeInfo{
		{Code: codeLockIgnored, Severity: spec.Warning, Meaning: "Git ignores the lock: a fresh clone would create everything again."},
		{Code: codeLockMerged, Severity: spec.Warning, Meaning: "Git merges the lock in another way than by keeping the lines of both branches."},
	}
}

// inGit reports whether the project's own lock is in use, inside of a working
// tree.
func (s *session) inGit() bool {
	return !s.flags.sandbox && !s.shared() && state.InsideGit(filepath.Dir(s.lockPath))
}

// lockInGit says what Git does with the lock, where that is wrong. Where Git
// can't be asked, nothing is known.
func (s *session) lockInGit(ctx context.Context) []spec.Diagnostic {
	if !s.inGit() {
		return nil
	}
	dir, name := filepath.Dir(s.lockPath), filepath.Base(s.lockPath)
	kept, err := revision.Look(ctx, revision.Options{Dir: dir, Environ: s.env.Environ}, name)
	if err != nil {
		s.log.Debug("asking Git about the lock", "error", err)
		return nil
	}
	pos := spec.Pos{File: s.project.State.Path}
	var found []spec.Diagnostic
	if kept.Ignored != "" {
		found = append(found, spec.Diagnostic{
			Pos: pos, Severity: spec.Warning, Code: codeLockIgnored,
			Message: fmt.Sprintf("Git ignores %s (%s): a fresh clone would not know what is bound, and create everything again", name, kept.Ignored),
			Hint:    fmt.Sprintf("add the line !%s to the end of the .gitignore beside it, and commit both", name),
		})
	}
	if kept.Merge != "union" && (kept.Merge != "unspecified" || !missing(s.lockPath)) {
		how := fmt.Sprintf("Git merges %s by the attribute merge=%s", name, kept.Merge)
		if kept.Merge == "unspecified" {
			how = "nothing tells Git how to merge " + name
		}
		found = append(found, spec.Diagnostic{
			Pos: pos, Severity: spec.Warning, Code: codeLockMerged,
			Message: how + ": branches that touch neighbouring lines of it conflict",
			Hint:    fmt.Sprintf("add the line %s merge=union to the end of the .gitattributes beside it, and commit it", name),
		})
	}
	return found
}

// tendLock looks at what Git does with the lock before a command that writes
// it: a missing attribute is written, everything else is said.
func (s *session) tendLock(ctx context.Context) error {
	found := s.lockInGit(ctx)
	for i, d := range found {
		if d.Code != codeLockMerged {
			continue
		}
		added, err := state.DeclareMerge(s.lockPath)
		if err != nil {
			s.log.Debug("declaring how Git merges the lock", "error", err)
		}
		if added {
			s.note("Added %s merge=union to .gitattributes, so that Git keeps the lines of both branches: commit it.", filepath.Base(s.lockPath))
			found = append(found[:i:i], found[i+1:]...)
			break
		}
	}
	return s.diagnose(found)
}

// hideRecords keeps the folder of run records and sandbox data out of Git,
// also in projects that no init has made.
func (s *session) hideRecords() {
	root, err := os.OpenRoot(s.project.Dir)
	if err == nil {
		defer root.Close()
		_, err = writeNew(root, starter{path: ".charsync/.gitignore", data: "*\n"})
	}
	if err != nil {
		s.log.Debug("hiding the run records from Git", "error", err)
	}
}

// lookAtLock says what Git would do with the lock of a new project.
func (a *app) lookAtLock(ctx context.Context) error {
	s, err := a.localSession()
	if err != nil {
		return err
	}
	defer s.close()
	return s.diagnose(s.lockInGit(ctx))
}

// absentManifests says which manifests Git tracks that the working tree does
// not have though nobody removed them. Where Git is there and can't be asked,
// nothing is known, and that is said.
func (s *session) absentManifests() string {
	if !state.InsideGit(s.project.Dir) {
		return ""
	}
	ctx, done := context.WithTimeout(context.Background(), gitPatience)
	defer done()
	found, err := revision.Absences(ctx, revision.Options{Dir: s.project.Dir, Environ: s.env.Environ})
	if err != nil {
		return "Git can't be asked whether all manifests are checked out: " + err.Error()
	}
	found = slices.DeleteFunc(found, func(a revision.Absence) bool {
		return a.Reason == revision.SparseCheckout && !slices.Contains([]string{".yaml", ".yml"}, path.Ext(a.Path))
	})
	if len(found) == 0 {
		return ""
	}
	first := found[0]
	others := ""
	if n := len(found) - 1; n > 0 {
		others = " and " + counted(n, "other")
	}
	return fmt.Sprintf("Git tracks %s%s, which this working tree does not have: %s", first.Path, others, first.Reason)
}

// cloned reports a project without a lock in a repository that has commits: it
// may be a clone that the lock did not come along with.
func (s *session) cloned(ctx context.Context) bool {
	return s.inGit() && missing(s.lockPath) && revision.Committed(ctx, revision.Options{Dir: filepath.Dir(s.lockPath), Environ: s.env.Environ})
}

// versionsMost bounds how many commits of the lock are looked through.
const versionsMost = 50

// onceHeld names the live characters that an earlier commit of the lock bound.
func (s *session) onceHeld(ctx context.Context, engine *apply.Engine) []spec.Diagnostic {
	if !s.inGit() {
		return nil
	}
	o := revision.Options{Dir: filepath.Dir(s.lockPath), Environ: s.env.Environ}
	versions, err := revision.Versions(ctx, o, filepath.Base(s.lockPath), versionsMost)
	if err != nil {
		s.log.Debug("asking Git about earlier locks", "error", err)
		return nil
	}
	return engine.OnceHeld(ctx, versions)
}

// otherBranches are the locks of this clone's other branches. Where Git can't
// be asked, none is known.
func (s *session) otherBranches() []apply.BranchLock {
	if !s.inGit() {
		return nil
	}
	ctx, done := context.WithTimeout(context.Background(), gitPatience)
	defer done()
	o := revision.Options{Dir: filepath.Dir(s.lockPath), Environ: s.env.Environ}
	found, err := revision.Branches(ctx, o, filepath.Base(s.lockPath), versionsMost)
	if err != nil {
		s.log.Debug("asking Git about other branches", "error", err)
	}
	var locks []apply.BranchLock
	for _, b := range found {
		locks = append(locks, apply.BranchLock{Branch: b.Branch, Data: b.Data})
	}
	return locks
}
