package cli

import (
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/charsync/charsync/internal/view"
)

// timings add up where the time of a run goes. Spans of one name are counted
// once while they overlap; those of different names may overlap, since
// accounts are worked on side by side.
type timings struct {
	now     func() time.Time
	started time.Time

	mu    sync.Mutex
	order []string
	spans map[string]*span
}

// span is one phase: how often it was entered and not left yet, since when,
// and the time that was spent in it before.
type span struct {
	open  int
	since time.Time
	spent time.Duration
}

func newTimings(now func() time.Time) *timings {
	if now == nil { // there is no clock: no time goes by
		now = func() time.Time { return time.Time{} }
	}
	return &timings{now: now, started: now(), spans: map[string]*span{}}
}

// begin enters a phase and returns what leaves it.
func (t *timings) begin(name string) (end func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.spans[name]
	if s == nil {
		s = &span{}
		t.spans[name] = s
		t.order = append(t.order, name)
	}
	if s.open++; s.open == 1 {
		s.since = t.now()
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if s.open--; s.open == 0 {
			s.spent += t.now().Sub(s.since)
		}
	}
}

// phase is one line of the timings.
type phase struct {
	Phase   string  `json:"phase"`
	Seconds float64 `json:"seconds"`
}

func (t *timings) phases() []phase {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]phase, 0, len(t.order)+1)
	for _, name := range t.order {
		s := t.spans[name]
		spent := s.spent
		if s.open > 0 { // the run ended in the middle of it
			spent += t.now().Sub(s.since)
		}
		out = append(out, phase{name, spent.Seconds()})
	}
	return append(out, phase{"total", t.now().Sub(t.started).Seconds()})
}

// writeTimings prints the phases in the order in which they began.
func writeTimings(w io.Writer, phases []phase, format string) error {
	if format == formatJSON {
		return view.JSON(w, map[string][]phase{"timings": phases})
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, p := range phases {
		fmt.Fprintf(table, "%s\t%.3f s\t\n", view.SanitizeLine(p.Phase), p.Seconds)
	}
	return table.Flush()
}

// measured runs a command with what --timings and --cpuprofile ask for.
func (a *app) measured(run func() error) error {
	err := run()
	if a.profile != nil {
		pprof.StopCPUProfile()
		if closed := a.profile.Close(); closed != nil && err == nil {
			err = failed("name another file with --cpuprofile", "write the profile: %w", closed)
		}
	}
	if a.flags.timings {
		if wrong := writeTimings(a.err, a.timings.phases(), a.flags.logFormat); wrong != nil && err == nil {
			err = wrong
		}
	}
	return err
}

// startProfile begins what --cpuprofile asks for.
func (a *app) startProfile() error {
	if a.flags.cpuProfile == "" {
		return nil
	}
	file, err := os.Create(a.path(a.flags.cpuProfile))
	if err == nil {
		a.profile, err = file, pprof.StartCPUProfile(file)
	}
	if err != nil {
		return failed("name another file with --cpuprofile", "write the profile: %w", err)
	}
	return nil
}
