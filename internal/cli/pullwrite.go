package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/charsync/charsync/internal/pull"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// writePulled writes all files or none, and then the lock.
func (s *session) writePulled(ctx context.Context, root *os.Root, engine *apply.Engine, r *pull.Result) error {
	files := make([]string, len(r.Files))
	for i, file := range r.Files {
		files[i] = file.Name
	}
	s.sweep(root, files)
	for n, file := range r.Files {
		if err := rewrite(root, file.Name, file.Old, file.New); err != nil {
			return failed("nothing was changed; put that right and pull again", "pull: %w", s.takeBack(root, r.Files[:n], err))
		}
	}
	marks, err := s.pulledMarks(ctx, engine, r)
	if err != nil {
		return failed("nothing was changed; please report this, with the manifest", "pull: %w", s.takeBack(root, r.Files, err))
	}
	if err := engine.Remark(marks); err != nil {
		return failed("the files are written; the next apply brings the lock up to date", "pull: the lock could not be written: %w", err)
	}
	return nil
}

// takeBack puts files back and returns the error that made that necessary.
func (s *session) takeBack(root *os.Root, files []pull.File, cause error) error {
	for _, file := range files {
		if err := rewrite(root, file.Name, file.New, file.Old); err != nil {
			return fmt.Errorf("%w; and %s could not be put back: %w", cause, file.Name, err)
		}
	}
	return cause
}

// pulledMarks loads the project again, makes sure that the manifests now ask
// for what is live, and returns the marks that say so.
func (s *session) pulledMarks(ctx context.Context, engine *apply.Engine, r *pull.Result) (map[diff.Address]map[spec.Path]diff.Mark, error) {
	before := s.set
	if err := s.load(ctx, nil); err != nil {
		return nil, err
	}
	after := s.set
	s.set = before
	marks := map[diff.Address]map[spec.Path]diff.Mark{}
	for _, i := range r.Items {
		if !i.Written() {
			continue
		}
		account := engine.Accounts[i.Target]
		row, _ := account.Driver.Fields.Field(i.Path)
		rule := row.Rule()
		mark := diff.Mark{File: rule.Digest(i.Live())}
		if i.Status == pull.Pulled {
			c := after.Find(i.Name)
			if c == nil {
				return nil, fmt.Errorf("%s could not be loaded again: %w", i.Name, firstError(after.Diagnostics, i.File))
			}
			want, ok := s.wanted(account, c, i, engine.Options.Env)
			if !ok || rule.Digest(want) != mark.File {
				return nil, fmt.Errorf("%s %s would not come out as it is live", i.Address, i.Path)
			}
		}
		if marks[i.Address] == nil {
			marks[i.Address] = map[spec.Path]diff.Mark{}
		}
		marks[i.Address][i.Path] = mark
	}
	return marks, nil
}

func (s *session) wanted(account *apply.Account, c *spec.Character, i *pull.Item, env string) (any, bool) {
	for n := range c.Targets {
		if in, ok := s.project.Route(env, c.Targets[n].Instance); ok && in.Name == i.Target {
			v, ok := account.Driver.Desired(c, &c.Targets[n], account.Instance).Doc[i.Path]
			return v, ok
		}
	}
	return nil, false
}

func firstError(found []spec.Diagnostic, file string) error {
	for _, d := range only(found, spec.Error) {
		if d.Pos.File == file {
			return d
		}
	}
	return fmt.Errorf("it is not there any more")
}
