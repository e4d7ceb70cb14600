package cli

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/spec"
)

// world is the project as a watch knows it: everything that a run would have
// to read, kept from run to run. A run takes in what changed.
type world struct {
	session  *session // its project and where its lock and its credentials are
	follower *spec.Follower
	accounts map[string]*apply.Account
	verdicts *verdicts
	lockFile os.FileInfo     // of the lock as it was read; nil when there was none
	named    map[string]bool // the characters that the arguments mean; nil for all
	behind   bool            // no plan of everything was made yet

	plans map[string]*planned // by character: what the last plan of it came to
	shown bool                // the preview has all of it
}

// newWorld reads charsync.yaml and the manifests. While charsync.yaml is wrong
// there is none, and its findings are returned.
func (l *lookout) newWorld(ctx context.Context) (*world, []spec.Diagnostic, error) {
	file, dir, err := l.locate()
	if err != nil {
		return nil, nil, err
	}
	if dir != l.dir {
		return nil, nil, failed("put it back, or start charsync watch again", "charsync.yaml is gone from %s", l.dir)
	}
	p := spec.DefaultProject(dir)
	if file != "" {
		read, found := l.readProject(file)
		if read == nil || hasErrors(found) {
			return nil, found, end(exitInvalid)
		}
		p = read
	}
	s, err := l.newSession(p)
	if err != nil {
		return nil, nil, err
	}
	if err := l.turnToSandbox(s); err != nil {
		return nil, nil, err
	}
	w := &world{session: s, verdicts: newVerdicts(), behind: true, plans: map[string]*planned{}}
	if w.follower, err = spec.Follow(ctx, s.project, spec.LoadOptions{Parallelism: l.app.flags.parallelism, Env: l.flags.env}); err != nil {
		if errors.Is(err, context.Canceled) {
			return nil, nil, err
		}
		return nil, nil, failed("check the project folder and its permissions", "read the manifests: %w", err)
	}
	access := reading
	if l.flags.apply {
		access = writing
	}
	w.accounts = s.accounts(access)
	return w, nil, nil
}

// turnToSandbox serves the project's sandbox for the length of the watch.
func (l *lookout) turnToSandbox(s *session) error {
	if !l.app.flags.sandbox {
		return nil
	}
	if l.sandbox == nil {
		server, err := s.openSandbox()
		if err != nil {
			return err
		}
		l.sandbox = server
	}
	s.useSandbox(l.sandbox)
	return nil
}

// takeIn brings the world up to date with a batch, or makes it anew.
func (r *watchRun) takeIn(ctx context.Context) (spec.Update, []spec.Diagnostic, error) {
	if r.world == nil || slices.Contains(r.batch.Files, configName(r.world.session.project)) {
		return r.makeAnew(ctx)
	}
	u, err := r.world.follower.Update(ctx, r.batch.Files)
	if err != nil {
		return u, nil, err
	}
	refs := r.world.follower.References(u.Read...)
	more, err := r.watcher.Include(refs)
	if err != nil || !more {
		return u, nil, err
	}
	late, err := r.world.follower.Update(ctx, refs) // they may have changed before they were watched
	return merged(u, late), nil, err
}

func (r *watchRun) makeAnew(ctx context.Context) (spec.Update, []spec.Diagnostic, error) {
	r.world = nil
	for {
		w, found, err := r.newWorld(ctx)
		if err != nil {
			return spec.Update{}, found, err
		}
		more, err := r.watcher.Cover(watchScope(w.session.project, nil))
		if err != nil {
			return spec.Update{}, nil, err
		}
		others, err := r.watcher.Include(w.follower.References())
		if err != nil {
			return spec.Update{}, nil, err
		}
		if !more && !others {
			r.world = w
			return spec.Update{Changed: w.follower.Names()}, nil, nil
		}
	}
}

func merged(a, b spec.Update) spec.Update {
	both := func(x, y []string) []string { return slices.Compact(slices.Sorted(slices.Values(slices.Concat(x, y)))) }
	return spec.Update{Changed: both(a.Changed, b.Changed), Gone: both(a.Gone, b.Gone), Moved: both(a.Moved, b.Moved), Read: both(a.Read, b.Read)}
}

// visit is a session for one run: it closes what the run opened and nothing
// else.
func (w *world) visit() *session {
	s := *w.session
	s.closers, s.progress = nil, s.newProgress()
	return &s
}

// readLock reads the lock where it changed since.
func (w *world) readLock(s *session) error {
	ctx := context.Background() // a backend's calls are bounded
	if _, err := w.session.backend(ctx); err != nil {
		return err
	}
	s.remote = w.session.remote
	info, err := os.Stat(s.lockPath)
	if err != nil {
		info = nil // opening it says what is wrong
	}
	if s.lock != nil && !s.shared() && sameFile(info, w.lockFile) {
		return nil
	}
	if err := s.openLock(ctx); err != nil {
		return err
	}
	w.session.lock, w.lockFile = s.lock, info
	return nil
}

// wroteLock keeps the lock in memory after a run that wrote it itself.
func (w *world) wroteLock(err error) {
	w.lockFile = nil
	if codeOf(err) != exitDone {
		w.session.lock = nil // what stands in the file is read again
		return
	}
	if info, err := os.Stat(w.session.lockPath); err == nil {
		w.lockFile = info
	}
}

func sameFile(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// bindings are the entries of the lock that some names have.
func (w *world) bindings(name string) []apply.Entry {
	if w.session.lock == nil {
		return nil
	}
	return w.session.lock.Show(name)
}
