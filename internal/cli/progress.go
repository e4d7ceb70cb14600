package cli

import (
	"cmp"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/charsync/charsync/internal/view"
)

// Nothing is shown for what takes less than quietFor. Off a terminal each
// stage gets a line every lineEvery at most, so that a log stays short.
const (
	quietFor  = time.Second
	lineEvery = 10 * time.Second
)

// progress tells on stderr how far a long run is: bars on a terminal, a line
// now and then elsewhere. Several stages run side by side, an account each.
type progress struct {
	now      func() time.Time
	patience time.Duration
	w        io.Writer
	terminal bool
	width    int
	off      bool

	mu      sync.Mutex
	started time.Time
	stages  map[string]*stage
	bars    *mpb.Progress
}

// stage is one row of the progress.
type stage struct {
	told time.Time // when its last line was printed
	bar  *mpb.Bar
}

func (a *app) newProgress() *progress {
	p := &progress{
		now: a.env.Now, patience: cmp.Or(a.env.Patience, quietFor), w: a.err, off: a.flags.quiet,
		terminal: a.env.ErrTerminal && a.env.lookup("TERM") != "dumb",
		width:    a.env.Width,
		started:  a.env.Now(),
		stages:   map[string]*stage{},
	}
	a.progress.Store(p)
	return p
}

// step says that done of total are through in a stage. A total of 0 says
// nothing: it is not known.
func (p *progress) step(name string, done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.off || total <= 0 || now.Sub(p.started) < p.patience {
		return
	}
	s := p.stages[name]
	if s == nil {
		s = &stage{}
		p.stages[name] = s
	}
	if p.terminal {
		p.draw(s, name, done, total)
		return
	}
	begun := !s.told.IsZero()
	if done >= total && !begun || done < total && begun && now.Sub(s.told) < lineEvery {
		return // over before anyone waited, or told of a moment ago
	}
	s.told = now
	fmt.Fprintf(p.w, "%s %d/%d\n", name, done, total)
}

// wait tells at once what a run waits for, where that takes a second or more.
// A stage that goes on waiting says so every lineEvery.
func (p *progress) wait(who, why string, length time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.off || length < p.patience {
		return
	}
	name := "wait " + who
	s := p.stages[name]
	if s == nil {
		s = &stage{}
		p.stages[name] = s
	}
	if !s.told.IsZero() && now.Sub(s.told) < lineEvery {
		return
	}
	s.told = now
	line := fmt.Sprintf("%s: waiting %v %s\n", view.SanitizeLine(who), length.Round(time.Second), view.SanitizeLine(why))
	if p.bars != nil {
		_, _ = p.bars.Write([]byte(line)) // above the bars
		return
	}
	_, _ = io.WriteString(p.w, line)
}

func (p *progress) draw(s *stage, name string, done, total int) {
	if p.bars == nil {
		width := plainWidth
		if p.width > 0 {
			width = min(p.width, plainWidth)
		}
		p.bars = mpb.New(mpb.WithOutput(fromMargin{p.w}), mpb.WithAutoRefresh(), mpb.WithWidth(width))
	}
	if s.bar == nil {
		s.bar = p.bars.AddBar(int64(total), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR)),
			mpb.AppendDecorators(decor.CountersNoUnit("%d/%d", decor.WCSyncSpace)))
	}
	s.bar.SetCurrent(int64(done))
}

// fromMargin begins what is drawn at the left margin. A terminal shows ^C where
// the cursor stands, and bars that are drawn over from there would be garbled.
type fromMargin struct{ w io.Writer }

func (f fromMargin) Write(p []byte) (int, error) {
	if _, err := f.w.Write(append([]byte{'\r'}, p...)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// stop takes the bars off the screen; what is printed next starts on a clean
// line, and nothing of the progress follows it. It may be called more than
// once, and at the same time as step.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.off = true
	for _, s := range p.stages {
		if s.bar != nil {
			s.bar.Abort(true)
		}
	}
	if p.bars != nil {
		p.bars.Wait()
		p.bars = nil
	}
}
