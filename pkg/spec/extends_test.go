package spec

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// fieldsOf draws mappings of two levels over few keys.
func fieldsOf(file string) *rapid.Generator[Fields] {
	return rapid.Custom(func(t *rapid.T) Fields {
		out := Fields{}
		for _, key := range []string{"a", "b", "c"} {
			f := Field{Value: Value{Set: true, Pos: Pos{File: file, Line: 1}}}
			switch rapid.IntRange(0, 3).Draw(t, key) {
			case 0:
				continue
			case 1:
				f.V = rapid.SampledFrom([]any{nil, "x", 1.0}).Draw(t, "value")
			default:
				f.Inner = Fields{}
				v := map[string]any{}
				for _, inner := range []string{"p", "q"} {
					if rapid.Bool().Draw(t, inner) {
						f.Inner[inner] = Field{Value: Value{V: file + inner, Set: true, Pos: f.Pos}}
						v[inner] = file + inner
					}
				}
				f.V = v
			}
			out[key] = f
		}
		return out
	})
}

// What is put under another keeps what the other says, adds what it does not,
// and changes neither; values of mappings are what their entries are.
func TestUnder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, own := fieldsOf("base").Draw(t, "base"), fieldsOf("own").Draw(t, "own")
		saved, kept := base.under(Fields{}), own.under(Fields{})
		both := base.under(own)
		if d := cmp.Diff(saved, base) + cmp.Diff(kept, own); d != "" {
			t.Fatalf("changed: %s", d)
		}
		for _, key := range []string{"a", "b", "c"} {
			b, o, got := base[key], own[key], both[key]
			mappings := b.Inner != nil && o.Inner != nil
			switch {
			case mappings:
			case o.Set && cmp.Diff(o, got) != "", !o.Set && cmp.Diff(b, got) != "":
				t.Fatalf("%s: %+v over %+v is %+v", key, o, b, got)
			}
			if got.Inner == nil {
				continue
			}
			for _, inner := range []string{"p", "q"} {
				want := o.Inner[inner]
				if !want.Set && mappings || !o.Set {
					want = b.Inner[inner]
				}
				value, there := got.V.(map[string]any)[inner]
				if cmp.Diff(want, got.Inner[inner]) != "" || there != want.Set || there && value != want.V {
					t.Fatalf("%s.%s: %+v over %+v is %+v", key, inner, o, b, got)
				}
			}
		}
	})
}

// TestManyExtendOne: many manifests are read side by side, and what is wrong
// with what their base extends is said once, with its line. The race detector
// sees to the rest.
func TestManyExtendOne(t *testing.T) {
	project := DefaultProject(t.TempDir())
	tree := fstest.MapFS{"bases/one.yaml": {Data: []byte(
		"# A comment.\n\n\napiVersion: charsync.dev/v1\nkind: Base\nmetadata: {name: one}\nspec: {extends: gone.yaml, lore: x}\n",
	)}}
	for i := range 200 {
		name := fmt.Sprintf("npc-%d", i)
		tree["characters/"+name+".yaml"] = &fstest.MapFile{Data: []byte(character(name, "Hi, extends: ../bases/one.yaml"))}
	}
	set, err := LoadTree(context.Background(), project, tree, LoadOptions{Parallelism: 8})
	if err != nil {
		t.Fatal(err)
	}
	if found := set.Diagnostics; len(found) != 1 || found[0].Source != "spec: {extends: gone.yaml, lore: x}" {
		t.Errorf("%d findings: %+v", len(found), found[:min(len(found), 2)])
	}
}
