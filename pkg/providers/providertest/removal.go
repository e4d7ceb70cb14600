package providertest

import (
	"slices"
	"testing"

	"github.com/charsync/charsync/pkg/providers"
)

// deleteTwice: what removal does is what the driver says it does, and doing
// it twice does no harm.
func deleteTwice(t *testing.T, k *kit) {
	id := k.create(t, k.want(t, full(k.d)))
	other := k.create(t, k.want(t, full(k.d)))
	before, untouched := k.stored(t, id), k.stored(t, other)
	if err := k.p.Delete(ctxOf(t), id); err != nil {
		t.Fatal(err)
	}
	_, err := k.p.Get(ctxOf(t), id)
	listed := false
	for item, err := range k.p.List(ctxOf(t), k.scope) {
		if err != nil {
			t.Fatal(err)
		}
		listed = listed || item.ID == id
	}
	switch k.d.Removal.Verb {
	case "delete", "archive":
		if providers.KindOf(err) != providers.NotFound || listed {
			t.Errorf("after removal: read %v, listed %v", err, listed)
		}
	case "set private":
		if err != nil || !listed || k.live(t, id)["visibility"] != "private" {
			t.Errorf("after removal: read %v, listed %v", err, listed)
		}
	default:
		t.Errorf("unknown removal %q", k.d.Removal.Verb)
	}
	if k.d.Removal.Verb != "delete" {
		moved := slices.DeleteFunc(movedKeys(before, k.stored(t, id)), func(key string) bool { return key == "archived" || key == "visibility" })
		if k.d.Manner == providers.Keeps && len(moved) > 0 {
			t.Errorf("removal also moved %v", moved)
		}
	}
	if err := k.p.Delete(ctxOf(t), id); err != nil && providers.KindOf(err) != providers.NotFound {
		t.Errorf("removing twice: %v", err)
	}
	if moved := movedKeys(untouched, k.stored(t, other)); len(moved) > 0 {
		t.Errorf("another character lost %v", moved)
	}
}
