package providertest

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// compare holds live values against wanted ones, by the one comparison.
// Fields that can't be read are left to the caller.
func (k *kit) compare(t *testing.T, want, live diff.Doc) {
	t.Helper()
	for _, f := range settable(k.d) {
		w, managed := want[f.Path]
		got, known := live[f.Path]
		switch {
		case !managed:
		case !f.Readable():
			if known {
				t.Errorf("%s: can be read, the table says not", f.Path)
			}
		case !known:
			if !f.Optional || w != nil {
				t.Errorf("%s: was not shown, want %v", f.Path, w)
			}
		case f.Rewrites && k.srv == nil:
		case !f.Rule().Equal(f.Shown(w), got):
			t.Errorf("%s (-want +live):\n%s", f.Path, cmp.Diff(f.Rule().Canonical(f.Shown(w)), f.Rule().Canonical(got)))
		case textDiffers(f, w, got):
			t.Errorf("%s: prose was changed on the way: %q, want %q", f.Path, got, w)
		}
	}
	for _, p := range k.d.Scope {
		if got := live[p]; got != k.q.Settings[string(p)] {
			t.Errorf("%s: %v, want %v", p, got, k.q.Settings[string(p)])
		}
	}
}

// textDiffers compares prose to the byte: between us and the service nothing
// rewrites it.
func textDiffers(f providers.Field, want, got any) bool {
	w, ok := want.(string)
	g, _ := got.(string)
	return ok && f.Kind == diff.Text && w != g
}

// movedKeys are the top-level keys that differ.
func movedKeys(before, after map[string]any) []string {
	var moved []string
	for key, v := range after {
		if was, there := before[key]; !there || !same(was, v) {
			moved = append(moved, key)
		}
	}
	for key := range before {
		if _, there := after[key]; !there {
			moved = append(moved, key)
		}
	}
	slices.Sort(moved)
	return moved
}

// holds looks for a value anywhere in a document; a list is held when each of
// its elements is.
func holds(doc any, want any) bool {
	if same(doc, want) {
		return true
	}
	if list, ok := want.([]any); ok && len(list) > 0 {
		return !slices.ContainsFunc(list, func(e any) bool { return !holds(doc, e) })
	}
	switch doc := doc.(type) {
	case map[string]any:
		for _, v := range doc {
			if holds(v, want) {
				return true
			}
		}
	case []any:
		for _, v := range doc {
			if holds(v, want) {
				return true
			}
		}
	}
	return false
}

func sentSomewhere(k *kit, want any) bool {
	for _, w := range k.writes() {
		var body any
		if json.Unmarshal(w.Body, &body) == nil && holds(body, want) {
			return true
		}
	}
	return false
}

func pretty(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return reflect.TypeOf(v).String()
	}
	return string(b)
}
