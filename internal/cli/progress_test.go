package cli

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestProgressLines: off a terminal nothing is said of what is quick, and a
// line every ten seconds, for each stage, of what is not.
func TestProgressLines(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(1000, 0)
	p := &progress{now: func() time.Time { return now }, patience: quietFor, w: &out, started: now, stages: map[string]*stage{}}
	step := func(after time.Duration, stage string, done, total int) {
		now = now.Add(after)
		p.step(stage, done, total)
	}
	step(0, "observe convai", 1, 400)
	step(900*time.Millisecond, "observe convai", 2, 400)
	step(200*time.Millisecond, "observe convai", 3, 400)
	for i := range 100 {
		step(100*time.Millisecond, "observe convai", 4+i, 400)
		step(0, "observe alakazam", i, 400)
		step(0, "write", 0, 0)
	}
	step(100*time.Millisecond, "observe convai", 400, 400)
	step(0, "observe npcbuilder", 7, 7)
	p.stop()
	step(time.Hour, "observe alakazam", 399, 400)
	want := `observe convai 3/400
observe alakazam 0/400
observe convai 103/400
observe convai 400/400
`
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Error(d)
	}
}

// TestProgressQuiet: -q says nothing, however long it takes.
func TestProgressQuiet(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(1000, 0)
	p := &progress{now: func() time.Time { return now }, patience: quietFor, w: &out, started: now, off: true, stages: map[string]*stage{}}
	now = now.Add(time.Hour)
	p.step("observe", 1, 2)
	p.stop()
	if out.Len() > 0 {
		t.Errorf("printed %q", &out)
	}
}

// TestProgressBars: on a terminal there is a bar for each stage, with its
// figures; stopping ends the drawing.
func TestProgressBars(t *testing.T) {
	var out lockedBuffer
	now := time.Unix(1000, 0)
	p := &progress{now: func() time.Time { return now }, patience: quietFor, w: &out, started: now, terminal: true, width: 60, stages: map[string]*stage{}}
	p.step("observe convai", 1, 10)
	if out.String() != "" {
		t.Errorf("within the first second: %q", out.String())
	}
	now = now.Add(2 * time.Second)
	p.step("observe convai", 4, 10)
	p.step("observe alakazam", 2, 7)
	await(t, func() bool {
		return strings.Contains(out.String(), "4/10") && strings.Contains(out.String(), "2/7") && strings.Contains(out.String(), "observe alakazam")
	})
	p.stop()
	p.stop()
	drawn := out.String()
	// A terminal has written ^C wherever the cursor stood by then.
	if up := regexp.MustCompile(`(^|[^\r])\x1b\[\d*A`).FindString(drawn); up != "" || !strings.Contains(drawn, "\r\x1b[") {
		t.Errorf("drawn over from the middle of a line: %q", drawn)
	}
	p.step("observe convai", 5, 10)
	if out.String() != drawn {
		t.Error("it draws after it was stopped")
	}
}

// TestProgressWaits: what a run waits for is told at once, once in ten seconds,
// and not with -q or for less than a second.
func TestProgressWaits(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(1000, 0)
	p := &progress{now: func() time.Time { return now }, patience: quietFor, w: &out, started: now, stages: map[string]*stage{}}
	p.wait("convai", "since the service asks to (429)", 900*time.Millisecond)
	p.wait("convai", "since the service asks to (429)", 30*time.Second)
	p.wait("alakazam", "to keep the pace of 0.5 requests a second", 2*time.Second)
	now = now.Add(9 * time.Second)
	p.wait("convai", "since the service asks to (429)", 30*time.Second)
	now = now.Add(2 * time.Second)
	p.wait("convai", "for the service to show 1 write", 16*time.Second)
	p.stop()
	p.wait("convai", "since the service asks to (429)", time.Hour)
	want := `convai: waiting 30s since the service asks to (429)
alakazam: waiting 2s to keep the pace of 0.5 requests a second
convai: waiting 16s for the service to show 1 write
`
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Error(d)
	}
}
