package apply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// warnOfHalfRenamed says where a rename is followed at some targets and not
// at others, because the manifest says something else there than the lock
// remembers: a second character would be created beside the live one.
func (e *Engine) warnOfHalfRenamed(plan *diff.Plan) {
	old := map[string]string{} // by the new name
	for i := range plan.Changes {
		if c := &plan.Changes[i]; c.RenamedFrom != "" {
			old[c.Name] = c.RenamedFrom
		}
	}
	type rename struct{ from, to string }
	lost := map[rename][]diff.Change{}
	for _, c := range plan.Changes {
		from := old[c.Name]
		if from == "" || c.Action != diff.Create {
			continue
		}
		was := diff.Address{Name: from, Target: c.Target}
		if entry, bound := e.Lock.Entry(was); bound && entry.ID != "" && !e.wanted(was) {
			lost[rename{from, c.Name}] = append(lost[rename{from, c.Name}], c)
		}
	}
	var found []spec.Diagnostic
	for r, changes := range lost {
		var targets []string
		for _, c := range changes {
			targets = append(targets, c.Target)
		}
		slices.Sort(targets)
		at := strings.Join(targets, ", ")
		found = append(found, spec.Diagnostic{
			Pos: changes[0].Source, Severity: spec.Warning, Code: codeOrphan, Character: r.to,
			Message: fmt.Sprintf("%s was renamed to %s and changed as well at %s: a new character would be created there, beside the live one", r.from, r.to, at),
			Hint:    fmt.Sprintf("charsync state mv %s %s keeps the live one, and the change is an update; then plan again", r.from, r.to),
		})
	}
	spec.SortDiagnostics(found)
	plan.Diagnostics = append(plan.Diagnostics, found...)
}
