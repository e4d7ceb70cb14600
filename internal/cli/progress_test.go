package cli

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestProgressLines: off a terminal nothing is said of what is quick, and a
// line every ten seconds of what is not.
func TestProgressLines(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(1000, 0)
	p := &progress{now: func() time.Time { return now }, w: &out, started: now}
	step := func(after time.Duration, stage string, done, total int) {
		now = now.Add(after)
		p.step(stage, done, total, "convai/mira")
	}
	step(0, "observe convai", 1, 400)
	step(900*time.Millisecond, "observe convai", 2, 400)
	step(200*time.Millisecond, "observe convai", 3, 400)
	for i := range 100 {
		step(100*time.Millisecond, "observe convai", 4+i, 400)
	}
	step(100*time.Millisecond, "observe convai", 400, 400)
	step(0, "write convai", 0, 0)
	step(time.Second, "write convai", 0, 0)
	p.stop()
	step(time.Hour, "write convai", 9, 10)
	want := `observe convai 3/400 convai/mira
observe convai 103/400 convai/mira
observe convai 400/400 convai/mira
write convai convai/mira
`
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Error(d)
	}
}

// TestProgressQuiet: -q says nothing, however long it takes.
func TestProgressQuiet(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(1000, 0)
	p := &progress{now: func() time.Time { return now }, w: &out, started: now, off: true}
	now = now.Add(time.Hour)
	p.step("observe", 1, 2, "x")
	p.stop()
	if out.Len() > 0 {
		t.Errorf("printed %q", &out)
	}
}

// TestProgressBar: on a terminal a bar is drawn, and nothing of it is left.
func TestProgressBar(t *testing.T) {
	var out lockedBuffer
	now := time.Unix(1000, 0)
	p := &progress{now: func() time.Time { return now }, w: &out, started: now, terminal: true, width: 60}
	now = now.Add(2 * time.Second)
	for i := range 10 {
		p.step("observe convai", i, 10, "x")
	}
	p.step("write convai", 1, 2, "x")
	p.stop()
	p.stop()
}
