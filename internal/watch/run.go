package watch

import (
	"context"
	"time"
)

// Run calls run at the start, and then for each batch, until the context ends
// or watching fails. It waits for the run that is under way, and returns nil
// when it was the context. Runs never overlap: whatever happens during one
// makes one batch after it.
func (w *Watcher) Run(ctx context.Context, run func(context.Context, Batch)) error {
	defer close(w.ended)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := newLoop(w, run)
	defer l.stop()
	l.begin(ctx, Batch{First: true})
	var failed error
	for {
		if ctx.Err() != nil && l.running == nil {
			return failed
		}
		if err := l.step(ctx); err != nil && failed == nil {
			failed = err
			cancel()
		}
	}
}

// loop is the state of one Run: what is due, and what runs.
type loop struct {
	*Watcher
	run     func(context.Context, Batch)
	quiet   *time.Timer
	limit   *time.Timer
	begun   bool          // a batch is being gathered
	ready   bool          // things have gone quiet, or the limit is reached
	forced  bool          // the limit is reached
	patient int           // quiet times that a file just emptied was waited for
	running chan struct{} // closed when the run is over; nil when there is none
}

func newLoop(w *Watcher, run func(context.Context, Batch)) *loop {
	l := &loop{Watcher: w, run: run, quiet: time.NewTimer(w.options.Quiet), limit: time.NewTimer(w.options.Limit)}
	l.stop()
	return l
}

func (l *loop) stop() {
	l.quiet.Stop()
	l.limit.Stop()
}

func (l *loop) begin(ctx context.Context, b Batch) {
	running := make(chan struct{})
	l.running = running
	go func() {
		defer close(running)
		l.run(ctx, b)
	}()
}

// step starts the run that is due, if there is one, and waits for one thing
// to happen.
func (l *loop) step(ctx context.Context) error {
	if l.ready && l.running == nil && ctx.Err() == nil {
		if err := l.deliver(ctx); err != nil {
			return err
		}
	}
	done := ctx.Done()
	if ctx.Err() != nil {
		done = nil // known; now for the run to end
	}
	select {
	case <-done:
	case <-l.running:
		l.running = nil
	case ask := <-l.asks:
		ask()
	case <-l.quiet.C:
		return l.hush()
	case <-l.limit.C:
		l.ready, l.forced = true, true
	case e, ok := <-l.source.events:
		if !ok {
			return errEnded
		}
		dirty, err := l.note(e)
		if dirty {
			l.postpone()
		}
		return err
	case _, ok := <-l.source.errors:
		// Events were lost, or nobody can say whether: look everywhere.
		if !ok {
			return errEnded
		}
		l.dirty["."] = true
		l.postpone()
	}
	return nil
}

// hush ends a quiet time, unless an event was waiting when it ended: a machine
// under load may deliver both at once.
func (l *loop) hush() error {
	select {
	case e, ok := <-l.source.events:
		if ok {
			l.postpone()
			_, err := l.note(e)
			return err
		}
		return errEnded
	default:
	}
	if l.source.pending != nil && l.source.pending() {
		l.postpone()
		return nil
	}
	l.ready = true
	return nil
}

// postpone begins a quiet time, and with the first event of a batch the
// longest time that it may take.
func (l *loop) postpone() {
	if !l.forced {
		l.ready = false
	}
	l.patient = 0
	l.quiet.Reset(l.options.Quiet)
	if !l.begun {
		l.begun = true
		l.limit.Reset(l.options.Limit)
	}
}

// deliver looks at what was told of, and begins a run when bytes have
// changed.
func (l *loop) deliver(ctx context.Context) error {
	changed, err := l.index.compare(l.dirty)
	if err != nil {
		return err
	}
	if !l.forced && l.patient < patience && l.index.unsettled(changed) {
		l.patient++
		l.ready = false
		l.quiet.Reset(l.options.Quiet)
		return nil
	}
	l.stop()
	clear(l.dirty)
	l.ready, l.forced, l.begun, l.patient = false, false, false, 0
	if files := l.index.take(changed); len(files) > 0 {
		l.begin(ctx, Batch{Files: files})
	}
	return nil
}
