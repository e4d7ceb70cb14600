package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Nothing is shown for what takes less than quietFor. Off a terminal a line
// follows every lineEvery at most, so that a log stays short.
const (
	quietFor  = time.Second
	lineEvery = 10 * time.Second
)

// progress tells on stderr how far a long run is: a bar on a terminal, a line
// now and then elsewhere.
type progress struct {
	now      func() time.Time
	w        io.Writer
	terminal bool
	width    int
	off      bool

	mu      sync.Mutex
	started time.Time
	told    time.Time
	stage   string
	bars    *mpb.Progress
	bar     *mpb.Bar
}

func (a *app) newProgress() *progress {
	return &progress{
		now: a.env.Now, w: a.err, off: a.flags.quiet,
		terminal: a.env.ErrTerminal && a.env.lookup("TERM") != "dumb",
		width:    a.env.Width,
		started:  a.env.Now(),
	}
}

// step says that done of total are through in a stage, with what is under way.
func (p *progress) step(stage string, done, total int, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.off || now.Sub(p.started) < quietFor {
		return
	}
	if p.terminal {
		p.draw(stage, done, total)
		return
	}
	wait := lineEvery
	if total > 0 && done == total {
		wait = 0 // the end of a stage is worth a line of its own
	}
	if stage == p.stage && now.Sub(p.told) < wait {
		return
	}
	p.stage, p.told = stage, now
	if text != "" {
		text = " " + text
	}
	count := ""
	if total > 0 {
		count = fmt.Sprintf(" %d/%d", done, total)
	}
	fmt.Fprintf(p.w, "%s%s%s\n", stage, count, text)
}

func (p *progress) draw(stage string, done, total int) {
	if p.bars == nil {
		options := []mpb.ContainerOption{mpb.WithOutput(p.w), mpb.WithAutoRefresh()}
		if p.width > 0 {
			options = append(options, mpb.WithWidth(min(p.width, plainWidth)))
		}
		p.bars = mpb.New(options...)
	}
	if stage != p.stage {
		p.drop()
		p.stage = stage
		p.bar = p.bars.AddBar(int64(total), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name(stage+" ")),
			mpb.AppendDecorators(decor.CountersNoUnit("%d/%d")))
	}
	if p.bar != nil {
		p.bar.SetTotal(int64(total), false)
		p.bar.SetCurrent(int64(done))
	}
}

func (p *progress) drop() {
	if p.bar != nil {
		p.bar.Abort(true)
		p.bar = nil
	}
}

// stop takes the bar off the screen; what is printed next starts on a clean
// line. It may be called more than once.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.off = true
	p.drop()
	if p.bars != nil {
		p.bars.Wait()
		p.bars = nil
	}
}
