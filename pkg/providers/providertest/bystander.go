package providertest

import (
	"slices"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// bystander: what charsync does not know survives an update, to the digit.
func bystander(t *testing.T, k *kit) {
	id := k.create(t, k.want(t, full(k.d)))
	_, own := k.d.SplitID(id)
	keep := map[string]any{"figure": "12345678901234567890.0625", "list": []any{"a", nil, true}}
	number := jsonNumber("12345678901234567890.0625")
	if err := k.srv.Edit(k.d.Name, own, map[string]any{k.q.Bystander: keep, k.q.Bystander + "_n": number}); err != nil {
		t.Fatal(err)
	}
	before := k.stored(t, id)
	f, _ := k.d.Fields.Field("name")
	k.update(t, id, diff.Doc{"name": "Miriam"})
	after := k.stored(t, id)
	for _, key := range []string{k.q.Bystander, k.q.Bystander + "_n"} {
		if !same(before[key], after[key]) {
			t.Errorf("%s: %v, was %v", key, after[key], before[key])
		}
	}
	if got, _ := providers.Body(after).Pick(f.Write); got != "Miriam" {
		t.Errorf("the name is %v", got)
	}
	for _, f := range settable(k.d) {
		if f.Kind == diff.Objects && f.Readable() && f.Key != "" {
			k.bystanderInside(t, id, f)
		}
	}
}

// bystanderInside: so does what is not known inside the elements of a list.
func (k *kit) bystanderInside(t *testing.T, id string, f providers.Field) {
	t.Helper()
	_, own := k.d.SplitID(id)
	example := spec.Numbers(f.Example).([]any)
	element := map[string]any{"x_unknown": "keep"}
	for key, v := range example[0].(map[string]any) {
		element[key] = v
	}
	top, _, _ := strings.Cut(strings.TrimPrefix(f.Write, "/"), "/")
	edited := providers.Body{top: k.stored(t, id)[top]}
	edited.Put(f.Write, []any{element})
	if err := k.srv.Edit(k.d.Name, own, edited); err != nil {
		t.Fatal(err)
	}
	get, err := k.p.Get(ctxOf(t), id)
	if err != nil {
		t.Fatal(err)
	}
	if shown, _ := get.Pick(f.Write); !holds(shown, "keep") {
		return // this vendor shows no such keys: nothing can be carried
	}
	longer := append(slices.Clone(example), map[string]any{f.Key: "another"})
	k.update(t, id, diff.Doc{f.Path: longer})
	if stored := k.stored(t, id)[top]; !holds(stored, "keep") || !holds(stored, "another") {
		t.Errorf("%s: an element's unknown key was lost: %s", f.Path, pretty(stored))
	}
}
