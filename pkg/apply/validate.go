package apply

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Validate says what is wrong with the selected pairs, offline: what their
// providers would refuse or lose, what creation lacks, and characters that
// two pairs share. The findings are in the order of their places.
func (e *Engine) Validate() []spec.Diagnostic {
	chosen := e.resolve()
	out := slices.Clone(chosen.diagnostics)
	for _, q := range chosen.list {
		if q.err != nil {
			out = append(out, diagnosticOf(q.err))
			continue
		}
		out = append(out, q.desired.Diagnostics...)
		if e.boundTo(q) == "" && !q.target.CloneFrom.Set {
			out = append(out, q.account.Driver.Creatable(q.character, q.target, q.desired)...)
		}
	}
	slices.SortStableFunc(out, func(a, b spec.Diagnostic) int {
		if c := strings.Compare(a.Pos.File, b.Pos.File); c != 0 {
			return c
		}
		if c := a.Pos.Line - b.Pos.Line; c != 0 {
			return c
		}
		return a.Pos.Col - b.Pos.Col
	})
	return out
}
