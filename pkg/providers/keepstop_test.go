package providers_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// unions is a table of a vendor that replaces every object that it is sent.
func unions() providers.Table {
	gone := providers.Clear{Can: true, Send: providers.Gone{}}
	return providers.Table{
		{Path: "name", Kind: diff.Text, Write: "/name", Omits: true, Clear: providers.Clear{Can: true}},
		{Path: "prompt", Kind: diff.Text, Write: "/model/messages/[role=system]/content", Omits: true, Clear: gone},
		{Path: "model_provider", Kind: diff.Enum, Write: "/model/provider", Omits: true, Union: []string{"messages", "temperature"}, With: []spec.Path{"model"}, Alone: []string{"vapi"}},
		{Path: "model", Kind: diff.Enum, Write: "/model/model", Omits: true, With: []spec.Path{"model_provider"}},
		{Path: "temperature", Kind: diff.Number, Write: "/model/temperature", Omits: true, Clear: gone},
		{
			Path: "procedures", Kind: diff.Object, Write: providers.Never, Create: providers.Never, Read: "/procedures", Along: "/procedures",
			Parts: []providers.Part{{Name: "id", Required: true}, {Name: "version", Required: true}},
		},
		{Path: "id", Kind: diff.Text, Write: providers.Never, Create: providers.Never, Read: "/id"},
		{Path: "model_id", Kind: diff.Text, Write: providers.Never, Create: providers.Never, Read: "/model/id"},
	}
}

func liveUnion() providers.Body {
	return providers.Body{
		"id": "1", "name": "Mira", "server": map[string]any{"url": "https://example.org"},
		"model": map[string]any{
			"provider": "openai", "model": "gpt-4.1", "id": "m1", "temperature": nil, "reasoningEffort": "low", "tools": []any{"t"},
			"messages": []any{map[string]any{"role": "user", "content": "Hello"}, map[string]any{"role": "system", "content": "Old."}},
		},
	}
}

// An update holds the changed objects whole, as they were read, and nothing of
// the others.
func TestUpdatingKeepsTop(t *testing.T) {
	user := map[string]any{"role": "user", "content": "Hello"}
	system := func(s string) map[string]any { return map[string]any{"role": "system", "content": s} }
	for _, c := range []struct {
		name    string
		changes diff.Doc
		want    providers.Body
	}{
		{"a field at the top", diff.Doc{"name": "Miriam"}, providers.Body{"name": "Miriam"}},
		{"emptied at the top", diff.Doc{"name": nil}, providers.Body{"name": nil}},
		{"a field inside", diff.Doc{"temperature": 0.4}, providers.Body{"model": map[string]any{
			"provider": "openai", "model": "gpt-4.1", "temperature": 0.4, "reasoningEffort": "low", "tools": []any{"t"}, "messages": []any{user, system("Old.")},
		}}},
		{"an element, in its place", diff.Doc{"prompt": "New."}, providers.Body{"model": map[string]any{
			"provider": "openai", "model": "gpt-4.1", "reasoningEffort": "low", "tools": []any{"t"}, "messages": []any{user, system("New.")},
		}}},
		{"an element, taken out", diff.Doc{"prompt": nil}, providers.Body{"model": map[string]any{
			"provider": "openai", "model": "gpt-4.1", "reasoningEffort": "low", "tools": []any{"t"}, "messages": []any{user},
		}}},
		{"another kind of object", diff.Doc{"model_provider": "anthropic", "model": "claude"}, providers.Body{"model": map[string]any{
			"provider": "anthropic", "model": "claude", "messages": []any{user, system("Old.")},
		}}},
		{"the same kind of object", diff.Doc{"model_provider": "openai", "model": "gpt-5"}, providers.Body{"model": map[string]any{
			"provider": "openai", "model": "gpt-5", "reasoningEffort": "low", "tools": []any{"t"}, "messages": []any{user, system("Old.")},
		}}},
	} {
		live := liveUnion()
		got, err := unions().Updating(c.changes, live, providers.KeepsTop)
		if d := cmp.Diff(c.want, got); d != "" || err != nil {
			t.Errorf("%s: %v %s", c.name, err, d)
		}
		if d := cmp.Diff(liveUnion(), live); d != "" {
			t.Errorf("%s: what was read was written into: %s", c.name, d)
		}
	}
	if got, err := unions().Updating(diff.Doc{"prompt": "New."}, providers.Body{"id": "1"}, providers.KeepsTop); err != nil ||
		!cmp.Equal(got, providers.Body{"model": map[string]any{"messages": []any{system("New.")}}}) {
		t.Errorf("without a model there: %v %v", got, err)
	}
	if _, err := unions().Updating(diff.Doc{"prompt": "New."}, nil, providers.KeepsTop); err == nil || !strings.Contains(err.Error(), "model was not read") {
		t.Errorf("unread: %v", err)
	}
}

// Of two elements that fit, nobody knows which one the manifest means: the
// field is unknown, and an update of it is refused.
func TestTwoElementsThatFit(t *testing.T) {
	live := liveUnion()
	model := live["model"].(map[string]any)
	model["messages"] = append(model["messages"].([]any), map[string]any{"role": "system", "content": "And be kind."})
	doc := unions().Live(live, nil)
	if v, known := doc["prompt"]; known {
		t.Errorf("the prompt is %v", v)
	}
	if _, err := unions().Updating(diff.Doc{"prompt": "New."}, live, providers.KeepsTop); err == nil || !strings.Contains(err.Error(), "more than one element") {
		t.Errorf("it was written: %v", err)
	}
	if got, err := unions().Updating(diff.Doc{"temperature": 1.0}, live, providers.KeepsTop); err != nil || len(got["model"].(map[string]any)["messages"].([]any)) != 3 {
		t.Errorf("another field: %v %v", got, err)
	}
}

// What a vendor leaves out while it is empty is empty; what one read never
// shows is not.
func TestLeftOutIsEmpty(t *testing.T) {
	doc := unions().Live(providers.Body{"id": "1"}, nil)
	if v, known := doc["prompt"]; !known || v != nil {
		t.Errorf("%v %v", v, known)
	}
	if doc := unions().Live(nil, providers.Body{"id": "1"}); len(doc) != 0 {
		t.Errorf("from a list that does not show them: %v", doc)
	}
	for _, c := range []struct {
		body  providers.Body
		shows bool
	}{{providers.Body{"id": "1"}, true}, {providers.Body{"name": "x"}, true}, {providers.Body{"ok": true}, false}, {providers.Body{}, false}, {nil, false}} {
		if got := unions().Shows(c.body); got != c.shows {
			t.Errorf("%v shows something: %v", c.body, got)
		}
	}
}

// What would be taken for a wish when it is missing goes back, and what
// only the vendor sets of it does not.
func TestUpdatingSendsAlong(t *testing.T) {
	live := providers.Body{"id": "1", "procedures": map[string]any{
		"p1": map[string]any{"id": "p1", "version": "v3", "name": "Greet"}, "p2": map[string]any{"id": "p2", "version": "v1", "name": "Part"},
	}}
	got, err := unions().Updating(diff.Doc{"name": "Miriam"}, live, providers.Keeps)
	want := providers.Body{"name": "Miriam", "procedures": map[string]any{
		"p1": map[string]any{"id": "p1", "version": "v3"}, "p2": map[string]any{"id": "p2", "version": "v1"},
	}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(err, d)
	}
	for _, procedures := range []any{nil, map[string]any{}, map[string]any{"p1": map[string]any{"id": "p1", "version": nil}}} {
		got, err := unions().Updating(diff.Doc{"name": "Miriam"}, providers.Body{"id": "1", "procedures": procedures}, providers.Keeps)
		if _, sent := got["procedures"]; sent || err != nil {
			t.Errorf("%v: %v %v", procedures, got, err)
		}
	}
}

// What the manifest manages and keeps of an object goes along when the kind of
// that object changes, and what nobody manages does not.
func TestBesideAUnion(t *testing.T) {
	live := diff.Doc{"name": "Mira", "prompt": "Old.", "model_provider": "openai", "model": "gpt-4.1", "temperature": 0.4}
	managed := func(p spec.Path) bool { return p != "temperature" }
	for name, c := range map[string]struct{ changes, want diff.Doc }{
		"another kind": {
			diff.Doc{"model_provider": "anthropic", "model": "claude"},
			diff.Doc{"model_provider": "anthropic", "model": "claude", "prompt": "Old."},
		},
		"the kind alone": {diff.Doc{"model_provider": "anthropic"}, diff.Doc{"model_provider": "anthropic", "model": "gpt-4.1", "prompt": "Old."}},
		"the same kind":  {diff.Doc{"prompt": "New."}, diff.Doc{"prompt": "New."}},
		"outside":        {diff.Doc{"name": "Miriam"}, diff.Doc{"name": "Miriam"}},
	} {
		before := len(c.changes)
		if d := cmp.Diff(c.want, unions().Beside(c.changes, live, managed)); d != "" || len(c.changes) != before {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestCreatableWithAnother(t *testing.T) {
	d := &providers.Driver{Title: "Unions", Fields: unions()}
	target := &spec.Target{Instance: "unions"}
	lacks := func(doc diff.Doc) int {
		return len(d.Creatable(&spec.Character{Name: "x"}, target, providers.Desired{Doc: doc}))
	}
	for name, c := range map[string]struct {
		doc  diff.Doc
		want int
	}{
		"neither": {diff.Doc{"name": "x"}, 0}, "both": {diff.Doc{"model": "gpt-5", "model_provider": "openai"}, 0},
		"one": {diff.Doc{"model": "gpt-5"}, 1}, "the other": {diff.Doc{"model_provider": "openai"}, 1},
		"one that may be alone": {diff.Doc{"model_provider": "vapi"}, 0}, "emptied": {diff.Doc{"model": nil}, 0},
	} {
		if got := lacks(c.doc); got != c.want {
			t.Errorf("%s: %d are missing", name, got)
		}
	}
}

func TestWritable(t *testing.T) {
	d := &providers.Driver{Shared: &providers.Shared{Role: "/access/role", Own: []string{"admin", "editor"}}}
	for role, want := range map[string]bool{"admin": true, "editor": true, "viewer": false, "": false} {
		if got := d.Writable(providers.Body{"access": map[string]any{"role": role}}); got != want {
			t.Errorf("%q: %v", role, got)
		}
	}
	if !d.Writable(providers.Body{}) || !(&providers.Driver{}).Writable(providers.Body{}) {
		t.Error("what does not tell may be written")
	}
}

// A record without credentials keeps everything else, and the document that it
// was made of stays whole.
func TestWithout(t *testing.T) {
	body := providers.Body{
		"name": "Mira", "token": nil,
		"server": map[string]any{"url": "u", "headers": map[string]any{"authorization": "canary"}},
		"hooks":  []any{map[string]any{"token": "canary"}, "token"},
	}
	want := providers.Body{
		"name": "Mira", "token": nil,
		"server": map[string]any{"url": "u", "headers": "[secret]"},
		"hooks":  []any{map[string]any{"token": "[secret]"}, "token"},
	}
	if d := cmp.Diff(want, body.Without([]string{"headers", "token"})); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff("canary", body["hooks"].([]any)[0].(map[string]any)["token"]); d != "" {
		t.Error(d)
	}
	if got := providers.Body(nil).Without([]string{"x"}); got != nil {
		t.Error(got)
	}
}

// What a manifest may say stays in records, whatever it is called.
func TestRecorded(t *testing.T) {
	d := &providers.Driver{Private: []string{"token"}, Fields: providers.Table{{Path: "metadata", Kind: diff.Object, Write: "/metadata"}}}
	body := providers.Body{"token": "canary", "metadata": map[string]any{"token": "of the guild"}}
	if df := cmp.Diff(providers.Body{"token": "[secret]", "metadata": map[string]any{"token": "of the guild"}}, d.Recorded(body)); df != "" {
		t.Error(df)
	}
	if d.Recorded(nil) != nil {
		t.Error("nothing became something")
	}
}
