package providertest

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/charsync/charsync/pkg/providers"
)

func clone(t *testing.T, k *kit) {
	c, ok := k.p.(providers.Cloner)
	if !ok {
		t.Skip("this vendor can't clone")
	}
	id := k.create(t, k.want(t, full(k.d)))
	copied, err := c.Clone(ctxOf(t), uuid.NewString(), id, false)
	if err != nil || copied == id {
		t.Fatalf("cloned %q: %v", copied, err)
	}
	want := k.want(t, full(k.d))
	delete(want, "visibility") // a copy starts as the vendor likes
	k.compare(t, want, k.live(t, copied))
	nothing := providers.NotFound
	if k.d.Key == providers.ByContent {
		nothing = providers.Lost // in the same words as troubles of its own
	}
	if _, err := c.Clone(ctxOf(t), uuid.NewString(), uuid.NewString(), false); providers.KindOf(err) != nothing {
		t.Errorf("cloning nothing: %v", err)
	}
}

// values: what a vendor offers for a field is what its rows accept.
func values(t *testing.T, k *kit) {
	v, ok := k.p.(providers.Valuer)
	if !ok {
		t.Skip("this vendor offers no lists")
	}
	offered := 0
	for _, f := range settable(k.d) {
		list, err := v.Values(ctxOf(t), string(f.Path))
		if providers.KindOf(err) == providers.Unsupported {
			continue
		}
		if err != nil || len(list) == 0 {
			t.Errorf("%s: %d values, %v", f.Path, len(list), err)
			continue
		}
		offered++
		for _, c := range list {
			if c.Value == "" {
				t.Errorf("%s: an empty value", f.Path)
			}
		}
	}
	if offered == 0 {
		t.Error("nothing is offered for any field")
	}
}

func quotas(t *testing.T, k *kit) {
	q, ok := k.p.(providers.Quotas)
	if !ok {
		t.Skip("this vendor says nothing of quotas")
	}
	before, err := q.Quotas(ctxOf(t))
	if err != nil || len(before) == 0 {
		t.Fatalf("%v %v", before, err)
	}
	k.create(t, k.want(t, full(k.d)))
	after, err := q.Quotas(ctxOf(t))
	if err != nil {
		t.Fatal(err)
	}
	if same(before, after) || after[0].Left() >= before[0].Left() {
		t.Errorf("a creation cost nothing: %v, then %v", before, after)
	}
}

// settle: what became of a lost creation is found, without making another.
func settle(t *testing.T, k *kit) {
	s, ok := k.p.(providers.Settler)
	if !ok {
		if k.d.Key != providers.ByContent {
			t.Errorf("the driver says %q, and can't settle", k.d.Key)
		}
		t.Skip("this vendor has no key")
	}
	k.seed(t, "Mira")
	body, _ := k.d.Fields.Creating(k.want(t, full(k.d)))
	key := uuid.NewString()
	id, err := k.p.Create(ctxOf(t), key, k.scope, body)
	if err != nil {
		t.Fatal(err)
	}
	k.seed(t, fmt.Sprint(full(k.d)["name"]))
	n := k.count(t)
	if got, err := s.Settle(ctxOf(t), key, k.scope, body); got != id || err != nil {
		t.Errorf("settled on %q, want %q: %v", got, id, err)
	}
	if k.count(t) != n {
		t.Error("settling made a character")
	}
	got, err := s.Settle(ctxOf(t), uuid.NewString(), k.scope, body)
	switch {
	case err != nil:
		t.Error(err)
	case k.d.Key == providers.ByField && got != "":
		t.Errorf("an unused key settled on %q", got)
	case k.d.Key == providers.ByHeader && (got == "" || got == id):
		t.Errorf("a repeated request that was never carried out gave %q", got)
	}
}
