package npcbuilder

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/providers"
)

func TestGather(t *testing.T) {
	who := func(id string) map[string]any { return map[string]any{"id": id} }
	world := map[string]any{
		"characters": []any{who("a"), who("b"), who("c"), who("d")},
		"locations":  []any{map[string]any{"id": "yard", "characters": []any{who("b")}}},
		"regions": []any{
			map[string]any{"id": "inn", "characters": []any{who("c"), who("d")}, "locations": []any{
				map[string]any{"id": "cellar", "characters": []any{who("d")}},
			}},
			map[string]any{"id": "empty", "characters": nil},
		},
	}
	found := map[string]providers.Body{}
	if err := gather(world, place{}, func(item providers.Body) {
		id := item["id"].(string)
		found[id] = deeper(found[id], item)
	}); err != nil {
		t.Fatal(err)
	}
	got := map[string]place{}
	for id, item := range found {
		got[id] = where(item)
	}
	want := map[string]place{"a": {}, "b": {location: "yard"}, "c": {region: "inn"}, "d": {"inn", "cellar"}}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(place{})); d != "" {
		t.Error(d)
	}
	for _, bad := range []map[string]any{
		{"characters": map[string]any{}}, {"characters": []any{"a"}}, {"regions": []any{map[string]any{"characters": []any{}}}}, {"locations": "yard"},
	} {
		if err := gather(bad, place{}, func(providers.Body) {}); err == nil {
			t.Errorf("%v passed", bad)
		}
	}
}

// TestClientPair: the second credential that NPCBuilder takes.
func TestClientPair(t *testing.T) {
	srv, err := sandbox.Open(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	if err := srv.Listen(""); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		credentials map[string]providers.Secret
		kind        providers.ErrorKind
	}{
		{map[string]providers.Secret{"NPCBUILDER_CLIENT_ID": providers.NewSecret("sandbox-client"), "NPCBUILDER_CLIENT_SECRET": providers.NewSecret("sandbox-secret")}, ""},
		{map[string]providers.Secret{"NPCBUILDER_CLIENT_ID": providers.NewSecret("sandbox-client"), "NPCBUILDER_CLIENT_SECRET": providers.NewSecret("wrong")}, providers.Unauthorized},
	} {
		p, err := open(providers.Config{Instance: "npcbuilder", BaseURL: srv.URL("npcbuilder"), Credentials: c.credentials})
		if err != nil {
			t.Fatal(err)
		}
		var got error
		for _, err := range p.List(t.Context(), "game123/world456") {
			got = err
		}
		if providers.KindOf(got) != c.kind {
			t.Errorf("%v, want %q", got, c.kind)
		}
	}
	if _, err := open(providers.Config{Credentials: map[string]providers.Secret{"NPCBUILDER_CLIENT_ID": providers.NewSecret("x")}}); err == nil {
		t.Error("half a pair was taken")
	}
}

// TestNoSession: session_id is a player's view, and never sent.
func TestNoSession(t *testing.T) {
	srv, err := sandbox.Open(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	if err := srv.Listen(""); err != nil {
		t.Fatal(err)
	}
	p, err := open(providers.Config{
		Instance: "npcbuilder", BaseURL: srv.URL("npcbuilder"),
		Credentials: map[string]providers.Secret{"NPCBUILDER_TOKEN": providers.NewSecret(srv.Environ()["NPCBUILDER_TOKEN"])},
	})
	if err != nil {
		t.Fatal(err)
	}
	id, err := p.Create(t.Context(), "", "game123/world456", providers.Body{"name": "Mira", "?region_id": "region1"})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = p.Get(t.Context(), id)
	_ = p.Update(t.Context(), id, providers.Body{"name": "Miriam"})
	_ = p.Delete(t.Context(), id)
	for _, r := range srv.Requests("npcbuilder") {
		if r.Query != "" && r.Query != "region_id=region1" {
			t.Errorf("%s %s?%s", r.Method, r.Path, r.Query)
		}
	}
}
