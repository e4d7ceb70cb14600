package harness

import (
	"fmt"
	"slices"
	"time"

	"github.com/charsync/charsync/internal/sandbox"
)

// randomFault draws a fault and names it.
//
// Left out are answers that lie about having done nothing: a 429, a 503 with
// Retry-After or a 401 after the character was created all the same, and at
// Alakazam a 422, which its documents call atomic. Such a refusal has to be
// believed, or nothing could ever be repeated. What the other three answer
// when they refuse values is in, as are lost answers, 500, 502, web pages and
// broken JSON after the write.
func (w *world) randomFault() (sandbox.Fault, string) {
	d := w.dice
	kinds := []struct {
		weight int
		name   string
		fault  sandbox.Fault
	}{
		{8, "429", sandbox.Fault{Kind: sandbox.FaultRateLimit}},
		{8, "429 with Retry-After", sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: "0.01"}},
		{2, "429 for an hour", sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: "3600"}},
		{8, "500", sandbox.Fault{Kind: sandbox.FaultServerError}},
		{8, "500 after the commit", sandbox.Fault{Kind: sandbox.FaultServerError, Commit: true}},
		{7, "502 HTML", sandbox.Fault{Kind: sandbox.FaultBadGateway}},
		{6, "502 HTML after the commit", sandbox.Fault{Kind: sandbox.FaultBadGateway, Commit: true}},
		{7, "503", sandbox.Fault{Kind: sandbox.FaultUnavailable}},
		{4, "503 with Retry-After", sandbox.Fault{Kind: sandbox.FaultUnavailable, RetryAfter: "0.01"}},
		{5, "503 after the commit", sandbox.Fault{Kind: sandbox.FaultUnavailable, Commit: true}},
		{14, "reset before the commit", sandbox.Fault{Kind: sandbox.FaultResetBefore}},
		{18, "reset after the commit", sandbox.Fault{Kind: sandbox.FaultResetAfter}},
		{9, "truncated JSON", sandbox.Fault{Kind: sandbox.FaultTruncated}},
		{7, "cut connection", sandbox.Fault{Kind: sandbox.FaultCut}},
		{9, "wrong types", sandbox.Fault{Kind: sandbox.FaultWrongTypes}},
		{6, "empty answer", sandbox.Fault{Kind: sandbox.FaultEmpty}},
		{4, "web page with 200", sandbox.Fault{Kind: sandbox.FaultHTML}},
		{3, "web page with 200 after the commit", sandbox.Fault{Kind: sandbox.FaultHTML, Commit: true}},
		{3, "challenge page", sandbox.Fault{Kind: sandbox.FaultChallenge}},
		{3, "redirect", sandbox.Fault{Kind: sandbox.FaultRedirect}},
		{5, "slow", sandbox.Fault{Kind: sandbox.FaultSlow, Delay: time.Millisecond}},
		{3, "latency", sandbox.Fault{Kind: sandbox.FaultLatency, Delay: 5 * time.Millisecond}},
		{2, "endless answer", sandbox.Fault{Kind: sandbox.FaultEndless}},
		{5, "refused", sandbox.Fault{Kind: sandbox.FaultRefused}},
		{8, "refused after the commit", sandbox.Fault{Kind: sandbox.FaultRefused, Commit: true}},
		{6, "expired key", sandbox.Fault{Kind: sandbox.FaultExpiredKey}},
	}
	var drawn []int // each kind as often as it weighs
	for i, k := range kinds {
		drawn = append(drawn, slices.Repeat([]int{i}, k.weight)...)
	}
	k := kinds[pick(d, drawn)]
	return w.aimed(k.fault), k.name
}

// aimed gives a fault a vendor, a route and a moment.
func (w *world) aimed(f sandbox.Fault) sandbox.Fault {
	d := w.dice
	f.Vendor = pick(d, w.project.vendors)
	f.Route = pick(d, []string{"", "read", "write", "write", "character.create", "character.create", "character.update", "character.get", "character.list"})
	if f.Vendor == npcbuilder && f.Route == "character.list" {
		f.Route = "world.get"
	}
	if f.Kind == sandbox.FaultRefused && f.Vendor == alakazam {
		f.Commit = false
	}
	f.Skip = d.IntN(6)
	switch n := d.IntN(100); {
	case n < 60 || f.Kind == sandbox.FaultEndless:
		f.Times = 1
	case n < 95:
		f.Times = 2 + d.IntN(6)
	default:
		f.Times = -1
	}
	return f
}

// oneAfterAnother arms two faults that hit the same write: its answer is lost,
// and when it is repeated it is refused.
func (w *world) oneAfterAnother() {
	d := w.dice
	first := w.aimed(sandbox.Fault{Kind: pick(d, []sandbox.FaultKind{sandbox.FaultResetAfter, sandbox.FaultBadGateway}), Commit: true})
	first.Route, first.Times = pick(d, []string{"character.create", "character.create", "write"}), 1
	second := first
	second.Kind, second.Commit, second.Times = pick(d, []sandbox.FaultKind{
		sandbox.FaultRateLimit, sandbox.FaultExpiredKey, sandbox.FaultUnavailable, sandbox.FaultResetBefore,
	}), false, 6
	w.gate.sandbox.Inject(first)
	w.gate.sandbox.Inject(second)
	w.step("fault: %s and then %s at %s %q, after %d", first.Kind, second.Kind, first.Vendor, first.Route, first.Skip)
}

// inject arms some faults for the next command.
func (w *world) inject() {
	if w.dice.chance(12) {
		w.oneAfterAnother()
	}
	w.lateness()
	if w.dice.chance(15) {
		w.storm()
	}
	for range pick(w.dice, []int{0, 1, 1, 2, 2, 3, 5}) {
		f, name := w.randomFault()
		w.gate.sandbox.Inject(f)
		w.step("fault: %s at %s %q, after %d, %d times", name, f.Vendor, f.Route, f.Skip, f.Times)
	}
}

// lateness draws how late the services show what is written: never, or after
// so many reads as fit into the time that the drivers' tables give them.
func (w *world) lateness() {
	late, where := 0, []string{"everywhere", "lists"}[w.seed%2] // the same for a whole history: what a read has shown stays shown
	if w.dice.chance(30) {
		late = 1 + w.dice.IntN(5)
		w.step("late: writes show after %d reads, %s", late, where)
		w.faults["late services"]++
	}
	w.turn("late-reads", fmt.Sprint(late))
	w.turn("late-where", where)
}

func (w *world) turn(name, value string) {
	if err := w.gate.sandbox.Set(name, value); err != nil {
		panic(err) // the switches are the sandbox's own
	}
}

// storm arms a service that answers nothing but 503 for a while, and cuts the
// lists that it shows after that.
func (w *world) storm() {
	vendor, n := pick(w.dice, w.project.vendors), 5+w.dice.IntN(30)
	w.gate.sandbox.Inject(sandbox.Fault{Vendor: vendor, Kind: sandbox.FaultUnavailable, Skip: w.dice.IntN(10), Times: n})
	w.gate.sandbox.Inject(sandbox.Fault{Vendor: vendor, Route: "read", Kind: sandbox.FaultCut, Skip: w.dice.IntN(4), Times: 1 + w.dice.IntN(6)})
	w.step("storm: %d times 503 at %s, and cut reads", n, vendor)
}

// countFaults adds the faults that hit since the last look to the table.
func (w *world) countFaults() {
	for _, r := range w.gate.sandbox.Requests("") {
		w.requests++
		if r.Fault == "" {
			continue
		}
		name := r.Fault
		switch {
		case (name == "500" || name == "502" || name == "503" || name == "html-200" || name == "refused") && r.Committed:
			name += " after the commit"
		}
		w.faults[name]++
	}
	w.gate.sandbox.ResetRequests()
}
