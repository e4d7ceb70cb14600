package providertest

import (
	"slices"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// takenBack: where a removal can be taken back, the character is what it was,
// and one that was never there can't be brought back.
func takenBack(t *testing.T, k *kit) {
	restorer, ok := k.p.(providers.Restorer)
	if !ok {
		t.Skip("nothing removed can be brought back")
	}
	id := k.create(t, k.want(t, full(k.d)))
	before := k.live(t, id)
	if err := k.p.Delete(ctxOf(t), id); err != nil {
		t.Fatal(err)
	}
	body, err := restorer.Removed(ctxOf(t), id)
	if err != nil {
		t.Fatalf("what was removed can't be read: %v", err)
	}
	if moved := movedKeys(plainDoc(before), plainDoc(k.d.Fields.Live(body, nil))); len(moved) > 0 {
		t.Errorf("removal moved %v", moved)
	}
	for range 2 { // twice does no harm
		if err := restorer.Restore(ctxOf(t), id); err != nil {
			t.Fatal(err)
		}
	}
	if moved := movedKeys(plainDoc(before), plainDoc(k.live(t, id))); len(moved) > 0 {
		t.Errorf("taking the removal back moved %v", moved)
	}
	var listed []string
	for item, err := range k.p.List(ctxOf(t), k.scope) {
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, item.ID)
	}
	if !slices.Contains(listed, id) {
		t.Error("it is not in the list")
	}
	nobody := k.d.JoinID(k.scope, "nobody")
	if _, err := restorer.Removed(ctxOf(t), nobody); providers.KindOf(err) != providers.NotFound {
		t.Errorf("reading what never was: %v", err)
	}
	if err := restorer.Restore(ctxOf(t), nobody); providers.KindOf(err) != providers.NotFound {
		t.Errorf("restoring what never was: %v", err)
	}
}

func plainDoc(doc diff.Doc) map[string]any {
	out := map[string]any{}
	for path, v := range doc {
		out[string(path)] = v
	}
	return out
}
