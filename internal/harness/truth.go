package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/sandbox"
)

// said is what a command claims: from its own output, and from the record of
// its run, which must agree. It is nil for a command that claims nothing.
func (w *world) said(s *situation, v invocation) *result {
	name := newRecord(w.dir, s.records)
	var recorded *result
	if name != "" {
		for _, l := range readRecord(w.dir, name) {
			if l.Kind == "end" {
				recorded = l.Result
			}
		}
		if recorded == nil {
			w.find("run %d: its record has no end", s.number)
		}
	}
	r := v.result
	switch {
	case r == nil:
		r = recorded
		if r != nil && v.counts != r.line() {
			w.find("run %d: it printed %q, and recorded %q", s.number, v.counts, r.line())
		}
	case recorded != nil && (r.line() != recorded.line() || len(r.Outcomes) != len(recorded.Outcomes)):
		w.find("run %d: it printed %q, and recorded %q", s.number, r.line(), recorded.line())
	}
	return r
}

func (r *result) line() string {
	return fmt.Sprintf("Applied: %d created, %d updated, %d deleted, %d failed, %d skipped.",
		r.Created, r.Updated, r.Deleted, r.Failed, r.Skipped)
}

// figures reads the last line of a command that printed text and kept no
// record, having had nothing to do.
func (v invocation) figures() *result {
	var r result
	_, _ = fmt.Sscanf(v.counts, "Applied: %d created, %d updated, %d deleted, %d failed, %d skipped.",
		&r.Created, &r.Updated, &r.Deleted, &r.Failed, &r.Skipped) // none is no figure
	return &r
}

// judgeCounts adds the outcomes up.
func (w *world) judgeCounts(s *situation, r *result) {
	var sum result
	seen := map[address]bool{}
	for _, o := range r.Outcomes {
		if seen[o.address()] {
			w.find("run %d: %s is told twice", s.number, o.address())
		}
		seen[o.address()] = true
		switch {
		case o.Status == "failed":
			sum.Failed++
		case o.Status == "skipped":
			sum.Skipped++
		case o.Action == "create":
			sum.Created++
		case o.Action == "update":
			sum.Updated++
		case o.Action == "delete":
			sum.Deleted++
		case o.Action == "replace":
			sum.Created++
			sum.Deleted++
		}
		if o.Status == "done" && o.Removed != "" {
			sum.Deleted++
		}
	}
	if sum.line() != r.line() {
		w.find("run %d: the outcomes add up to %q, and it says %q", s.number, sum.line(), r.line())
	}
	if r.Summary != "" && r.Summary != r.line() {
		w.find("run %d: the summary is %q, and the figures are %q", s.number, r.Summary, r.line())
	}
}

// judgeOutcomes holds each outcome against what the store saw.
func (w *world) judgeOutcomes(s *situation, r *result, deeds []deed) {
	done := map[address]map[string]int{}
	for _, d := range deeds {
		if d.kind == "nothing" {
			continue
		}
		doc := d.after
		if doc == nil {
			doc = d.before
		}
		a, ok := owner(d.vendor, doc)
		if !ok {
			continue // found already
		}
		if done[a] == nil {
			done[a] = map[string]int{}
		}
		kind := d.kind
		if kind == "update" && isRemoval(d) {
			kind = "remove"
		}
		done[a][kind]++
	}
	told := map[address][]outcome{}
	for _, o := range r.Outcomes {
		a := o.address().origin()
		told[a] = append(told[a], o)
		w.judgeOutcome(s, o, done[a])
	}
	for a, kinds := range done {
		wrong := "nothing is said of it"
		for _, o := range told[a] { // a renamed one may be told under both names
			if wrong = mistold(o, kinds); wrong == "" {
				break
			}
		}
		if wrong != "" {
			w.find("run %d: %s was written to %v, and %s", s.number, a, kinds, wrong)
		}
	}
}

// mistold says in what an outcome disagrees with what was done to its pair.
func mistold(o outcome, kinds map[string]int) string {
	switch {
	case o.Status == "skipped":
		return fmt.Sprintf("is told as skipped (%s)", o.Reason)
	case o.Status == "done" && kinds["create"] > 0 && o.Action != "create" && o.Action != "replace",
		o.Status == "done" && kinds["remove"] > 0 && o.Action != "delete" && o.Action != "replace" && o.Removed == "",
		o.Status == "done" && kinds["update"] > 0 && o.Action == "record":
		return "is told as " + o.Action
	}
	return ""
}

func (w *world) judgeOutcome(s *situation, o outcome, kinds map[string]int) {
	if o.Status != "done" {
		return
	}
	a := o.address()
	id := bare(o.Target, o.ID)
	// Some services say success when there was nothing to delete any more.
	lenient := w.switches[o.Target+".delete-twice"] == "200"
	if o.Removed != "" && kinds["remove"] == 0 && !lenient {
		w.find("run %d: %s is told to have removed %s, and nothing was removed", s.number, a, o.Removed)
	}
	switch o.Action {
	case "create", "replace":
		key := o.Target + " " + id
		if w.told[key] && !(w.apart && kinds["create"] == 0 && o.Target == alakazam) {
			w.find("run %d: the creation of %s as %s is told a second time", s.number, a, id)
		}
		w.told[key] = true
		if !w.created(o.Target, id) {
			w.find("run %d: %s is told as created as %q, which was never created", s.number, a, id)
		}
		if o.Action == "replace" && kinds["remove"] == 0 && !s.meddled {
			w.find("run %d: %s is told as replaced, and nothing was removed", s.number, a)
		}
	case "update":
		if kinds["update"] == 0 {
			w.find("run %d: %s is told as updated, and nothing was written", s.number, a)
		}
	case "delete":
		switch stored, err := w.gate.sandbox.Character(o.Target, id); {
		case kinds["remove"] > 0:
		case w.outside[o.Target+" "+id] && lenient:
		case o.Target == alakazam && err == nil && stored.Doc["visibility"] == "private":
			w.retired[o.Target+" "+id] = true // it was private already, and the answer was lost
		default:
			w.find("run %d: %s is told as deleted, and nothing was removed", s.number, a)
		}
	}
}

// disturbed reports that a fault has hit a request of this step: then a plan
// may be incomplete although no pair of it has failed.
func (w *world) disturbed() bool {
	return slices.ContainsFunc(w.gate.sandbox.Requests(""), func(r sandbox.Request) bool { return r.Fault != "" })
}

// created reports whether a request of charsync made the character.
func (w *world) created(vendor, id string) bool {
	for _, d := range w.gate.journal.all() {
		if d.kind == "create" && d.vendor == vendor && d.id == id {
			return true
		}
	}
	return false
}

// judgeCode holds the exit code against what happened.
func (w *world) judgeCode(s *situation, v invocation, r *result, deeds []deed) {
	wrote := 0
	for _, d := range deeds {
		if d.kind != "nothing" {
			wrote++
		}
	}
	wrong := func(why string) {
		w.find("run %d: exit %d, but %s\n%s%s", s.number, v.code, why, v.out, v.err)
	}
	if strings.Contains(v.err, "panic:") || strings.Contains(v.err, "goroutine ") {
		wrong("it panicked")
		return
	}
	if r == nil {
		r = v.figures()
		if wrote > 0 {
			wrong("it wrote and said nothing of it")
		}
	}
	did := r.Created + r.Updated + r.Deleted
	switch v.code {
	case 0:
		if r.Failed > 0 || r.Skipped > 0 || r.Interrupted {
			wrong("something failed or was skipped")
		}
	case 1:
		if did > 0 {
			wrong("something was applied")
		}
	case 4:
		if r.Failed > 0 || r.Skipped == 0 && !s.reading {
			wrong("nothing was stale or in conflict, or something failed")
		}
	case 5:
		if wrote > 0 || r.Failed > 0 {
			wrong("something was written or failed")
		}
	case 6:
		if did == 0 {
			wrong("nothing was applied")
		}
	case 130:
		if !s.interrupted {
			wrong("nobody interrupted it")
		}
	default:
		wrong("that is no code of a command with valid manifests")
	}
	if (v.code == 1 || v.code == 6) && r.Failed == 0 && v.result != nil && !w.disturbed() {
		wrong("nothing has failed, and nothing could have")
	}
	if r.Failed > 0 && v.code != 1 && v.code != 6 && v.code != 130 {
		wrong("something failed")
	}
	if r.Interrupted != (v.code == 130) && v.result != nil {
		wrong("interrupted and the code disagree")
	}
}
