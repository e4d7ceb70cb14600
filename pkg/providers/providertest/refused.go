package providertest

import (
	"testing"

	"github.com/google/uuid"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// refusedCreate: a creation whose values are refused. Where the vendor also
// answers so after it has carried the creation out, that stays in doubt, and
// nothing that is there is told as refused.
func refusedCreate(t *testing.T, k *kit, commit bool) {
	if commit && (k.d.Key == providers.ByHeader || k.q.Refuses) {
		t.Skip("its documents say that a refused creation has made nothing")
	}
	k.srv.Inject(sandbox.Fault{Vendor: k.d.Name, Route: "character.create", Kind: sandbox.FaultRefused, Commit: commit})
	key := uuid.NewString()
	body, _ := k.d.Fields.Creating(k.want(t, full(k.d)))
	_, err := k.p.Create(ctxOf(t), key, k.scope, body)
	want := k.refusedCreation()
	expect(t, "create", err, want)
	there := 0
	if commit {
		there = 1
	}
	if n := k.count(t); n != there {
		t.Fatalf("%d characters", n)
	}
	if s, ok := k.p.(providers.Settler); ok && want == providers.Lost {
		id, err := s.Settle(ctxOf(t), key, k.scope, body)
		if err != nil || (id != "") != commit {
			t.Errorf("settled on %q: %v", id, err)
		}
	}
}

// refusedCreation is what a refused creation is told as.
func (k *kit) refusedCreation() providers.ErrorKind {
	if k.d.Key == providers.ByHeader || k.q.Refuses {
		return providers.Rejected
	}
	return providers.Lost
}

// refusedUpdate: an update is no creation. It is told as refused, and read
// back by whoever sent it.
func refusedUpdate(t *testing.T, k *kit, commit bool) {
	id := k.create(t, k.want(t, full(k.d)))
	live, err := k.p.Get(ctxOf(t), id)
	if err != nil {
		t.Fatal(err)
	}
	body, err := k.d.Fields.Updating(diff.Doc{"name": "Miriam"}, live, k.d.Manner)
	if err != nil {
		t.Fatal(err)
	}
	k.srv.Inject(sandbox.Fault{Vendor: k.d.Name, Route: "character.update", Kind: sandbox.FaultRefused, Commit: commit})
	expect(t, "update", k.p.Update(ctxOf(t), id, body), providers.Rejected)
}
