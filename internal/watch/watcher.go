package watch

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// The waits that are used where none is given.
const (
	DefaultQuiet = 150 * time.Millisecond
	DefaultLimit = 2 * time.Second
)

// patience is how many quiet times a file that was just emptied is given to
// be written.
const patience = 3

// Options say what to watch and how long to wait.
type Options struct {
	Dir   string // the project, absolute
	Scope Scope
	Quiet time.Duration // without an event, until a batch is over; 0 is DefaultQuiet
	Limit time.Duration // from the first event of a batch until it is over anyway; 0 is DefaultLimit, or ten quiet times

	// Poll is the time between two looks at all files, for file systems that
	// tell of nothing; 0 lets the system tell. Then Now is the clock that
	// files are dated by.
	Poll time.Duration
	Now  func() time.Time
}

// Batch is what changed between two runs.
type Batch struct {
	First bool     // the run at the start; Files is empty
	Files []string // changed, new or gone; by name, relative to the project, with slashes
}

// source tells of what happens in folders.
type source struct {
	events <-chan fsnotify.Event
	errors <-chan error
	add    func(folder string) error
	remove func(folder string) error
	close  func() error
	// pending reports events that are on their way; nil where nobody knows.
	pending func() bool
}

// Watcher follows a project's folders. Its index belongs to the goroutine of
// Run; others ask there.
type Watcher struct {
	options Options // its Scope is that of the start
	source  source
	index   *index
	dirty   map[string]bool // where to look; a folder stands for all below it
	asks    chan func()
	ended   chan struct{}
}

// Open starts to watch. The state of the files at that time is what later
// changes are told against. The caller closes the watcher.
func Open(o Options) (*Watcher, error) {
	s, err := sourceFor(o)
	if err != nil {
		return nil, fmt.Errorf("watch files: %w", limited(err))
	}
	w, err := open(o, s)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return w, nil
}

func sourceFor(o Options) (source, error) {
	if o.Poll > 0 {
		return poll(o.Poll, o.Now).source(), nil
	}
	n, err := fsnotify.NewWatcher()
	if err != nil {
		return source{}, err
	}
	return source{events: n.Events, errors: n.Errors, add: n.Add, remove: n.Remove, close: n.Close}, nil
}

func open(o Options, s source) (*Watcher, error) {
	if o.Quiet <= 0 {
		o.Quiet = DefaultQuiet
	}
	if o.Limit <= 0 {
		o.Limit = max(DefaultLimit, 10*o.Quiet)
	}
	w := &Watcher{
		options: o, source: s, dirty: map[string]bool{},
		asks: make(chan func()), ended: make(chan struct{}),
	}
	w.index = &index{
		dir: o.Dir, area: newArea(o.Scope), folders: map[string]bool{}, digests: map[string]digest{},
		left:   map[string]bool{},
		add:    func(folder string) error { return s.add(filepath.Join(o.Dir, filepath.FromSlash(folder))) },
		remove: func(folder string) error { return s.remove(filepath.Join(o.Dir, filepath.FromSlash(folder))) },
	}
	changed, err := w.index.compare(map[string]bool{".": true})
	if err != nil {
		return nil, err
	}
	w.index.take(changed)
	return w, nil
}

// Close stops watching. It is called after Run has returned.
func (w *Watcher) Close() error { return w.source.close() }

// errEnded is returned by Cover when Run is over.
var errEnded = errors.New("watching has ended")

// Cover changes what matters, from within a run. It reports whether a file
// has come in that was not watched until now: then what was read before the
// call may be older than what will be told of, and has to be read again.
func (w *Watcher) Cover(s Scope) (more bool, err error) {
	return w.ask(func() (bool, error) {
		if s.equal(w.index.area.scope) {
			return false, nil
		}
		return w.index.cover(newArea(s))
	})
}

// Include adds files to what matters, from within a run, and reports what
// Cover does. What it costs depends on these files alone.
func (w *Watcher) Include(files []string) (more bool, err error) {
	if len(files) == 0 {
		return false, nil
	}
	return w.ask(func() (bool, error) { return w.index.include(files) })
}

func (w *Watcher) ask(question func() (bool, error)) (answer bool, err error) {
	done := make(chan struct{})
	select {
	case w.asks <- func() {
		defer close(done)
		answer, err = question()
	}:
		<-done
		return answer, err
	case <-w.ended:
		return false, errEnded
	}
}

// note takes an event in. Folders that have appeared are watched at once, and
// looked through when the batch is over.
func (w *Watcher) note(e fsnotify.Event) (dirty bool, err error) {
	rel, err := filepath.Rel(w.options.Dir, e.Name)
	if err != nil || !filepath.IsLocal(rel) {
		return false, nil //nolint:nilerr // of the project's folder itself, or of nothing we asked for
	}
	rel = filepath.ToSlash(rel)
	if !w.index.area.file(rel) && !w.index.area.folder(rel) {
		return false, nil
	}
	if e.Op&^(fsnotify.Write|fsnotify.Chmod) == 0 && w.index.folders[rel] {
		return false, nil // what happened in that folder is told by itself
	}
	if rel != "." && e.Op&(fsnotify.Remove|fsnotify.Rename) != 0 {
		w.index.forget(rel)
	}
	if e.Has(fsnotify.Create) {
		if err := w.index.follow(rel); err != nil {
			return false, err
		}
	}
	w.dirty[rel] = true
	return true, nil
}
