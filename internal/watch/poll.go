package watch

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settling is how long after its time a file may change once more without
// another time: file systems count it in steps of up to two seconds.
const settling = 2 * time.Second

// poller tells of what happens in folders by looking at them again and again,
// where the system can't: on network file systems, and past its limits.
type poller struct {
	now    func() time.Time
	events chan fsnotify.Event
	stop   context.CancelFunc
	ended  chan struct{}

	mu      sync.Mutex
	folders map[string]map[string]stamp // absolute
}

// stamp is what a folder's listing says of a file.
type stamp struct {
	size    int64
	mode    fs.FileMode
	time    time.Time
	settled bool // a change since would show
}

func poll(every time.Duration, now func() time.Time) *poller {
	ctx, stop := context.WithCancel(context.Background())
	p := &poller{
		now: now, events: make(chan fsnotify.Event), stop: stop, ended: make(chan struct{}),
		folders: map[string]map[string]stamp{},
	}
	go func() {
		defer close(p.ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				p.look(ctx)
			}
		}
	}()
	return p
}

// source is what a watcher listens to.
func (p *poller) source() source {
	return source{events: p.events, errors: make(chan error), add: p.add, remove: p.remove, close: p.close}
}

func (p *poller) add(folder string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.folders[folder] != nil {
		return nil
	}
	now, err := p.list(folder)
	if err == nil {
		p.folders[folder] = now
	}
	return err
}

func (p *poller) remove(folder string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.folders, folder)
	return nil
}

func (p *poller) close() error {
	p.stop()
	<-p.ended
	return nil
}

// list reads a folder. A link shows what it leads to.
func (p *poller) list(folder string) (map[string]stamp, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	out := make(map[string]stamp, len(entries))
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode()&fs.ModeSymlink != 0 {
			info, err = os.Stat(filepath.Join(folder, e.Name()))
		}
		if err != nil {
			out[e.Name()] = stamp{mode: fs.ModeIrregular} // gone meanwhile, or leading nowhere
			continue
		}
		s := stamp{size: info.Size(), mode: info.Mode(), time: info.ModTime(), settled: p.now().Sub(info.ModTime()) > settling}
		if info.IsDir() {
			s.size, s.time, s.settled = 0, time.Time{}, true // what is in it is told by itself
		}
		out[e.Name()] = s
	}
	return out, nil
}

// look goes through all folders once. Nobody waits for it with the lock held:
// whoever hears of a folder adds it.
func (p *poller) look(ctx context.Context) {
	p.mu.Lock()
	folders := make([]string, 0, len(p.folders))
	for folder := range p.folders {
		folders = append(folders, folder)
	}
	p.mu.Unlock()
	for _, folder := range folders {
		for _, e := range p.differences(folder) {
			select {
			case p.events <- e:
			case <-ctx.Done():
				return
			}
		}
	}
}

// differences are what has happened in a folder since it was looked at last.
func (p *poller) differences(folder string) []fsnotify.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	before, watched := p.folders[folder]
	if !watched {
		return nil
	}
	now, err := p.list(folder)
	if err != nil {
		delete(p.folders, folder)
		return []fsnotify.Event{{Name: folder, Op: fsnotify.Remove}}
	}
	var events []fsnotify.Event
	tell := func(name string, op fsnotify.Op) {
		events = append(events, fsnotify.Event{Name: filepath.Join(folder, name), Op: op})
	}
	for name := range before {
		if _, there := now[name]; !there {
			tell(name, fsnotify.Remove)
		}
	}
	for name, s := range now {
		was, known := before[name]
		switch {
		case !known:
			tell(name, fsnotify.Create)
		case was.mode.IsDir() != s.mode.IsDir():
			tell(name, fsnotify.Remove)
			tell(name, fsnotify.Create)
		case was.size != s.size || was.mode != s.mode || !was.time.Equal(s.time) || !was.settled && s.settled:
			tell(name, fsnotify.Write)
		}
	}
	p.folders[folder] = now
	return events
}
