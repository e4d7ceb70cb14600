package providertest

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// refusals sends, past our own check, what a vendor must refuse: at creation
// and as an update. Nothing may be made or changed. Validation must refuse
// the same.
func refusals(t *testing.T, k *kit) {
	id := k.create(t, k.want(t, full(k.d)))
	for _, f := range settable(k.d) {
		for _, c := range rejected(f) {
			t.Run(string(f.Path)+"/"+c.name, func(t *testing.T) {
				got := k.d.Desired(&spec.Character{Name: "x"}, target(k.d.Name, map[spec.Path]any{f.Path: c.value}), k.in)
				if !slices.ContainsFunc(got.Diagnostics, func(d spec.Diagnostic) bool { return d.Severity == spec.Error }) {
					t.Errorf("validation lets it pass")
				}
				count, before := k.count(t), k.stored(t, id)
				if f.Create != providers.Never {
					k.refusedAtCreation(t, f, c.value)
				}
				if !f.Fixed() {
					if err := k.send(t, id, diff.Doc{f.Path: c.value}); err == nil {
						t.Errorf("the update was accepted")
					} else if kind := providers.KindOf(err); kind != providers.Rejected {
						t.Errorf("update: kind %q: %v", kind, err)
					}
				}
				if n := k.count(t); n != count {
					t.Errorf("%d characters, %d before", n, count)
				}
				if moved := movedKeys(before, k.stored(t, id)); len(moved) > 0 {
					t.Errorf("moved all the same: %v", moved)
				}
			})
		}
	}
}

func (k *kit) refusedAtCreation(t *testing.T, f providers.Field, v any) {
	t.Helper()
	want := k.want(t, with(minimal(k.d), k.q.With[f.Path]))
	want[f.Path] = v
	body, _ := k.d.Fields.Creating(want)
	_, err := k.p.Create(ctxOf(t), uuid.NewString(), k.scope, body)
	if err == nil {
		t.Errorf("the creation was accepted")
	} else if kind := providers.KindOf(err); kind != k.refusedCreation() {
		t.Errorf("create: kind %q: %v", kind, err)
	}
}
