package providertest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

func ctxOf(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// want takes values through the crossing that manifests take.
func (k *kit) want(t *testing.T, values map[spec.Path]any) diff.Doc {
	t.Helper()
	got := k.d.Desired(&spec.Character{Name: "x"}, target(k.d.Name, values), k.in)
	for _, ds := range got.Diagnostics {
		if ds.Severity == spec.Error {
			t.Fatalf("%s refused: %v", ds.Path, ds)
		}
	}
	return got.Doc
}

// create makes a character as applying does: what creation takes, then the
// rest.
func (k *kit) create(t *testing.T, want diff.Doc) string {
	t.Helper()
	body, late := k.d.Fields.Creating(want)
	id, err := k.p.Create(ctxOf(t), uuid.NewString(), k.scope, body)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	t.Cleanup(func() { k.remove(id) })
	if len(late) == 0 {
		return id
	}
	changes := diff.Doc{}
	for _, p := range late {
		changes[p] = want[p]
	}
	k.update(t, id, changes)
	return id
}

// remove tidies up at a real account.
func (k *kit) remove(id string) {
	if k.srv == nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = k.p.Delete(ctx, id)
	}
}

func (k *kit) update(t *testing.T, id string, changes diff.Doc) {
	t.Helper()
	if err := k.send(t, id, changes); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func (k *kit) send(t *testing.T, id string, changes diff.Doc) error {
	t.Helper()
	live, err := k.p.Get(ctxOf(t), id)
	if err != nil {
		t.Fatalf("get before update: %v", err)
	}
	body, err := k.d.Fields.Updating(changes, live, k.d.Manner)
	if err != nil {
		return err
	}
	return k.p.Update(ctxOf(t), id, body)
}

// live reads everything that the vendor shows of a character, by one read and
// from the list.
func (k *kit) live(t *testing.T, id string) diff.Doc {
	t.Helper()
	get, err := k.p.Get(ctxOf(t), id)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return k.d.Fields.Live(get, k.listed(t, id))
}

func (k *kit) listed(t *testing.T, id string) providers.Body {
	t.Helper()
	for item, err := range k.p.List(ctxOf(t), k.scope) {
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		if item.ID == id {
			return item.Body
		}
	}
	t.Fatalf("the list lacks %s", id)
	return nil
}

// stored is what the sandbox keeps: an account of the truth that no table of
// ours has a part in. It is nil for a real account.
func (k *kit) stored(t *testing.T, id string) map[string]any {
	t.Helper()
	if k.srv == nil {
		return nil
	}
	_, own := k.d.SplitID(id)
	s, err := k.srv.Character(k.d.Name, own)
	if err != nil {
		t.Fatal(err)
	}
	return s.Doc
}

func (k *kit) count(t *testing.T) int {
	t.Helper()
	all, err := k.srv.Characters(k.d.Name)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// writes are the writing requests since the log was last emptied.
func (k *kit) writes() []sandbox.Request {
	var out []sandbox.Request
	for _, r := range k.srv.Requests(k.d.Name) {
		if r.Write {
			out = append(out, r)
		}
	}
	return out
}

// target makes a target that sets fields at their dotted paths.
func target(instance string, values map[spec.Path]any) *spec.Target {
	t := &spec.Target{Instance: instance, Fields: spec.Fields{}}
	for p, v := range values {
		fields := t.Fields
		segments := p.Segments()
		for _, s := range segments[:len(segments)-1] {
			if fields[s].Inner == nil {
				fields[s] = spec.Field{Value: spec.Value{Set: true, V: map[string]any{}}, Inner: spec.Fields{}}
			}
			fields = fields[s].Inner
		}
		fields[segments[len(segments)-1]] = spec.Field{Value: spec.Value{V: empty(spec.Numbers(v)), Set: true}}
	}
	return t
}

// empty is what manifests make of empty values.
func empty(v any) any {
	switch e := v.(type) {
	case string:
		if e == "" {
			return nil
		}
	case []any:
		if len(e) == 0 {
			return nil
		}
	}
	return v
}

// same compares JSON values whatever Go types they are made of.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// canary is a value that must turn up nowhere.
func canary() string { return "canary-" + rand.Text() }
