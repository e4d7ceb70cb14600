package providers

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/spec"
)

func TestPick(t *testing.T) {
	body := Body{
		"a": "x", "none": nil, "o": map[string]any{"in": "y", "none": nil},
		"list": []any{map[string]any{"name": "one"}, map[string]any{"name": "two"}}, "words": []any{"one", "two"},
		"?q": "query", "{game_id}": "g1", "empty": []any{},
		"said": []any{
			map[string]any{"role": "user", "content": "Hello"},
			"odd",
			map[string]any{"role": "system", "content": "Be brief."},
			map[string]any{"role": "tool", "content": "1"},
			map[string]any{"role": "tool", "content": "2"},
		},
	}
	for _, c := range []struct {
		pointer string
		want    any
		ok      bool
	}{
		{"/a", "x", true},
		{"/none", nil, true},
		{"/missing", nil, false},
		{"/o/in", "y", true},
		{"/o/none", nil, true},
		{"/o/missing", nil, false},
		{"/none/deeper", nil, true}, // what would hold it is null: empty, not unknown
		{"/a/deeper", nil, false},
		{"/list/*/name", []any{"one", "two"}, true},
		{"/words/*/name", []any{"one", "two"}, true}, // some vendors answer plain words
		{"/list/*/missing", nil, false},
		{"/empty/*/name", []any{}, true},
		{"/none/*/name", nil, true},
		{"/a/*/name", nil, false},
		{"/said/[role=system]/content", "Be brief.", true},
		{"/said/[role=system]/missing", nil, false},
		{"/said/[role=assistant]/content", nil, true}, // the list shows that there is none
		{"/said/[role=tool]/content", nil, false},     // which of the two?
		{"/none/[role=system]/content", nil, true},
		{"/missing/[role=system]/content", nil, false},
		{"/o/[role=system]/content", nil, false},
		{"?q", "query", true},
		{"?other", nil, false},
		{"{game_id}", "g1", true},
		{"-", nil, false},
		{"", nil, false},
	} {
		got, ok := body.Pick(c.pointer)
		if ok != c.ok || !cmp.Equal(got, c.want) {
			t.Errorf("%s: %v %v, want %v %v", c.pointer, got, ok, c.want, c.ok)
		}
	}
	if _, ok := Body(nil).Pick("/a"); ok {
		t.Error("a nil body has nothing")
	}
}

// TestPutThenPick: what is put is picked, and what else was there stays.
func TestPutThenPick(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringMatching(`[a-d]`)
		pointer := "/" + strings.Join(rapid.SliceOfN(key, 1, 3).Draw(t, "path"), "/")
		other := "/" + strings.Join(rapid.SliceOfN(key, 1, 3).Draw(t, "other"), "/")
		body := Body{}
		body.Put(other, "other")
		body.Put(pointer, "value")
		if got, ok := body.Pick(pointer); !ok || got != "value" {
			t.Fatalf("%s: %v %v", pointer, got, ok)
		}
		related := strings.HasPrefix(pointer+"/", other+"/") || strings.HasPrefix(other+"/", pointer+"/")
		if got, _ := body.Pick(other); !related && got != "other" {
			t.Fatalf("%s was lost to %s: %v", other, pointer, body)
		}
	})
}

// TestPutChangesNothingShared: a mapping that was in the body before is
// copied, not written into: it may be somebody else's.
func TestPutChangesNothingShared(t *testing.T) {
	shared := map[string]any{"enabled": true}
	body := Body{"memorySettings": shared}
	body.Put("/memorySettings/enabled", false)
	if shared["enabled"] != true {
		t.Error("the shared mapping was changed")
	}
}

// TestPutOneElement: the element is changed where it stands, or made the
// first, or taken out whole, and its neighbours stay.
func TestPutOneElement(t *testing.T) {
	const prompt = "/model/messages/[role=system]/content"
	user := map[string]any{"role": "user", "content": "Hello"}
	system := map[string]any{"role": "system", "content": "Old.", "name": "kept"}
	for _, c := range []struct {
		name string
		was  Body
		put  any
		want Body
	}{
		{"nothing there", Body{}, "New.", Body{"model": map[string]any{"messages": []any{map[string]any{"role": "system", "content": "New."}}}}},
		{
			"none of that role",
			Body{"model": map[string]any{"messages": []any{user}}},
			"New.",
			Body{"model": map[string]any{"messages": []any{map[string]any{"role": "system", "content": "New."}, user}}},
		},
		{
			"in its place",
			Body{"model": map[string]any{"x": 1, "messages": []any{user, system}}},
			"New.",
			Body{"model": map[string]any{"x": 1, "messages": []any{user, map[string]any{"role": "system", "content": "New.", "name": "kept"}}}},
		},
		{"taken out", Body{"model": map[string]any{"messages": []any{user, system}}}, Gone{}, Body{"model": map[string]any{"messages": []any{user}}}},
		{"taken out where there is none", Body{"model": map[string]any{"messages": []any{user}}}, Gone{}, Body{"model": map[string]any{"messages": []any{user}}}},
		{"taken out of nothing", Body{}, Gone{}, Body{}},
		{"taken out of an object without a list", Body{"model": map[string]any{"x": 1}}, Gone{}, Body{"model": map[string]any{"x": 1}}},
	} {
		before, _ := json.Marshal(c.was)
		got := Body{}
		for k, v := range c.was {
			got[k] = v
		}
		got.Put(prompt, c.put)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		if after, _ := json.Marshal(c.was); string(after) != string(before) {
			t.Errorf("%s: what was read was written into: %s", c.name, after)
		}
	}
}

func TestPutSpreads(t *testing.T) {
	body := Body{}
	body.Put("/auth/hosts/*/name", []any{"a", "b"})
	want := Body{"auth": map[string]any{"hosts": []any{map[string]any{"name": "a"}, map[string]any{"name": "b"}}}}
	if d := cmp.Diff(want, body); d != "" {
		t.Error(d)
	}
	if got, ok := body.Pick("/auth/hosts/*/name"); !ok || !cmp.Equal(got, []any{"a", "b"}) {
		t.Errorf("%v %v", got, ok)
	}
	body.Put("/auth/hosts/*/name", []any{})
	if d := cmp.Diff(Body{"auth": map[string]any{"hosts": []any{}}}, body); d != "" {
		t.Error(d)
	}
}

func TestIDs(t *testing.T) {
	place := &Driver{Scope: []spec.Path{"game_id", "world_id"}}
	for _, id := range []string{"game/world/uuid", "game/world/with/slash"} {
		scope, own := place.SplitID(id)
		if scope != "game/world" || place.JoinID(scope, own) != id {
			t.Errorf("%s: %q %q", id, scope, own)
		}
	}
	if scope, own := place.SplitID("uuid"); scope != "" || own != "uuid" {
		t.Errorf("an id without a place: %q %q", scope, own)
	}
	flat := &Driver{}
	if scope, own := flat.SplitID("a/b/c"); scope != "" || own != "a/b/c" {
		t.Errorf("a vendor without places: %q %q", scope, own)
	}
	b := Body{}
	place.Place(b, "game/world")
	if b["{game_id}"] != "game" || b["{world_id}"] != "world" {
		t.Errorf("%v", b)
	}
}
