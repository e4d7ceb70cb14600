package cli

import (
	"context"
	"fmt"
)

// interruptible gives a context that the first interrupt cancels: commands
// finish what is in flight, save it and say what was done. The second
// interrupt ends the process at once; what was recorded until then stays.
func (a *app) interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	release := func() {
		close(done)
		cancel()
	}
	go func() {
		select {
		case <-a.env.Interrupts:
		case <-done:
			return
		}
		if a.env.Outlive != nil {
			a.env.Outlive()
		}
		if p := a.progress.Load(); p != nil {
			p.stop()
		}
		if a.idle.Load() {
			fmt.Fprintln(a.err, "Interrupted: nothing is in flight.")
		} else {
			fmt.Fprintln(a.err, "Interrupted: finishing what is in flight. Interrupt again to stop at once.")
		}
		cancel()
		select {
		case <-a.env.Interrupts:
			fmt.Fprintln(a.err, "Stopped. What was in doubt is settled by the next run.")
			a.env.Stop(int(exitInterrupted))
		case <-done:
		}
	}()
	return ctx, release
}

// interrupted reports whether the run was asked to end.
func (a *app) interrupted() bool {
	select {
	case <-a.stopping:
		return true
	default:
		return false
	}
}
