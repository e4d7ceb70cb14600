package providertest

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/providers"
)

// calls holds the methods of a provider to their contract.
func calls(t *testing.T, d *providers.Driver, q Quirks) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *kit)
	}{
		{"paging", paging},
		{"delete twice", deleteTwice},
		{"removal taken back", takenBack},
		{"unknown id", unknownID},
		{"hostile id", hostileID},
		{"bystander", bystander},
		{"read only", readOnly},
		{"many at once", manyAtOnce},
		{"requests are counted", counts},
		{"clone", clone},
		{"values", values},
		{"quotas", quotas},
		{"settle", settle},
		{"stranger", strangers},
	} {
		t.Run(c.name, func(t *testing.T) { t.Parallel(); c.test(t, sandboxKit(t, d, q)) })
	}
}

// seed puts a character into the sandbox without a request.
func (k *kit) seed(t *testing.T, name string) string {
	t.Helper()
	f, _ := k.d.Fields.Field("name")
	doc := map[string]any{strings.TrimPrefix(f.Write, "/"): name, "greeting": "Good day."}
	for _, p := range k.d.Scope {
		doc[string(p)] = k.q.Settings[string(p)]
	}
	id, err := k.srv.Put(k.d.Name, doc)
	if err != nil {
		t.Fatal(err)
	}
	return k.d.JoinID(k.scope, id)
}

// paging: every character is listed exactly once, at every number around the
// size of a page.
func paging(t *testing.T, k *kit) {
	page := k.d.ListPage
	steps := []int{0, 1, 2, 25}
	if page > 0 {
		steps = []int{0, 1, page - 1, page, page + 1, 2*page + 1}
	}
	want := map[string]string{}
	for _, n := range steps {
		for len(want) < n {
			name := fmt.Sprintf("Number %d", len(want))
			want[k.seed(t, name)] = name
		}
		k.srv.ResetRequests()
		got := map[string]string{}
		for item, err := range k.p.List(ctxOf(t), k.scope) {
			if err != nil {
				t.Fatal(err)
			}
			if _, twice := got[item.ID]; twice {
				t.Errorf("%s is listed twice", item.ID)
			}
			got[item.ID] = item.Name
		}
		if !same(got, want) {
			t.Errorf("%d characters: listed %d, or under other names", n, len(got))
		}
		least := 1
		if page > 0 {
			least = max(1, (n+page-1)/page)
			if k.q.Blind && n > 0 && n%page == 0 {
				least++
			}
		}
		if made := len(k.srv.Requests(k.d.Name)); made != least {
			t.Errorf("%d characters took %d requests, want %d", n, made, least)
		}
	}
}

func unknownID(t *testing.T, k *kit) {
	id := k.d.JoinID(k.scope, uuid.NewString())
	if _, err := k.p.Get(ctxOf(t), id); providers.KindOf(err) != providers.NotFound {
		t.Errorf("get: %v", err)
	}
	if err := k.p.Update(ctxOf(t), id, providers.Body{}); providers.KindOf(err) != providers.NotFound {
		t.Errorf("update: %v", err)
	}
	if err := k.p.Delete(ctxOf(t), id); err != nil && providers.KindOf(err) != providers.NotFound {
		t.Errorf("delete: %v", err)
	}
}

// hostileID: an id that looks like a path reaches no other route.
func hostileID(t *testing.T, k *kit) {
	seeded := k.seed(t, "Mira")
	for _, id := range []string{"../../v1/usage", "..", ".", "a/b", "a?limit=1", "a#b", "a%2fb", "", "a\nb"} {
		full := k.d.JoinID(k.scope, id)
		if _, err := k.p.Get(ctxOf(t), full); err == nil {
			t.Errorf("%q was read", id)
		}
		if err := k.p.Update(ctxOf(t), full, providers.Body{}); err == nil {
			t.Errorf("%q was updated", id)
		}
	}
	for _, r := range k.srv.Requests(k.d.Name) {
		if r.Route != "character.get" && r.Route != "character.update" && r.Route != "character.list" && r.Route != "world.get" && r.Route != "" {
			t.Errorf("reached %s by %s", r.Route, r.Path)
		}
	}
	_ = k.stored(t, seeded)
}

// readOnly: dry-run-writes. A reading account sends no writing request,
// whatever is asked of it.
func readOnly(t *testing.T, k *kit) {
	id := k.create(t, k.want(t, full(k.d)))
	p := k.open(t, func(c *providers.Config) { c.ReadOnly = true })
	k.srv.ResetRequests()
	if _, err := p.Get(ctxOf(t), id); err != nil {
		t.Errorf("get: %v", err)
	}
	for _, err := range p.List(ctxOf(t), k.scope) {
		if err != nil {
			t.Errorf("list: %v", err)
		}
	}
	body, _ := k.d.Fields.Creating(k.want(t, minimal(k.d)))
	_, created := p.Create(ctxOf(t), uuid.NewString(), k.scope, body)
	for name, err := range map[string]error{
		"create": created, "update": p.Update(ctxOf(t), id, body), "delete": p.Delete(ctxOf(t), id),
	} {
		if providers.KindOf(err) != providers.ReadOnly {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, ok := p.(providers.Cloner); ok {
		if _, err := c.Clone(ctxOf(t), "", id, false); providers.KindOf(err) != providers.ReadOnly {
			t.Errorf("clone: %v", err)
		}
	}
	if w := k.writes(); len(w) > 0 {
		t.Errorf("sent %v", w)
	}
}

func manyAtOnce(t *testing.T, k *kit) {
	id := k.create(t, k.want(t, full(k.d)))
	var wg sync.WaitGroup
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := k.p.Get(ctxOf(t), id); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
}

// counts: each request is reported once, as the service saw it.
func counts(t *testing.T, k *kit) {
	var mu sync.Mutex
	var reported []providers.Request
	k.p = k.open(t, func(c *providers.Config) {
		c.OnRequest = func(r providers.Request) { mu.Lock(); reported = append(reported, r); mu.Unlock() }
	})
	k.srv.Inject(sandbox.Fault{Vendor: k.d.Name, Route: "read", Kind: sandbox.FaultUnavailable})
	id := k.create(t, k.want(t, full(k.d)))
	_ = k.live(t, id)
	seen := k.srv.Requests(k.d.Name)
	if len(seen) != len(reported) {
		t.Fatalf("%d reported, %d seen", len(reported), len(seen))
	}
	for i, r := range reported {
		s := seen[i]
		if r.Method != s.Method || r.Write != s.Write || r.Status != s.Status || !strings.HasSuffix(r.Path, s.Path) {
			t.Errorf("reported %+v, seen %s %s %d", r, s.Method, s.Path, s.Status)
		}
	}
}

// strangers: another account's character can't be changed.
func strangers(t *testing.T, k *kit) {
	f, _ := k.d.Fields.Field("name")
	doc := map[string]any{strings.TrimPrefix(f.Write, "/"): "Theirs", "greeting": "Good day.", "owner": "stranger"}
	for _, p := range k.d.Scope {
		doc[string(p)] = k.q.Settings[string(p)]
	}
	if len(k.d.Scope) > 0 {
		t.Skip("places are shared")
	}
	id, err := k.srv.Put(k.d.Name, doc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.p.Get(ctxOf(t), id); err == nil {
		t.Error("it was read")
	}
	if err := k.p.Update(ctxOf(t), id, providers.Body{}); err == nil {
		t.Error("it was updated")
	}
	for item, err := range k.p.List(ctxOf(t), k.scope) {
		if err != nil || item.ID == id {
			t.Errorf("listed: %v %v", item.ID, err)
		}
	}
}
