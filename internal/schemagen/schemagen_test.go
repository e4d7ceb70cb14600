package schemagen_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/charsync/charsync/internal/schemagen"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
)

// TestUpToDate fails when a table was changed and its files were not.
func TestUpToDate(t *testing.T) {
	root := os.DirFS("../..")
	files, err := schemagen.Files(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile("../../" + name)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not up to date: run go generate ./schemas", name)
		}
	}
}

// TestExamplesPass: each row's example is accepted by the schema in a target,
// and a key with a slip in it is not.
func TestExamplesPass(t *testing.T) {
	schema := compiled(t)
	for _, d := range all.Drivers() {
		for _, f := range d.Fields {
			value := f.Example
			segments := f.Path.Segments()
			for i := len(segments) - 1; i > 0; i-- {
				value = map[string]any{segments[i]: value}
			}
			err := schema.Validate(manifest(t, d, segments[0], value))
			if f.ReadOnly() && err == nil && f.Path != "id" {
				t.Errorf("%s %s: a read-only field is accepted", d.Name, f.Path)
			}
			if !f.ReadOnly() && err != nil {
				t.Errorf("%s %s: %#v", d.Name, f.Path, err)
			}
			if schema.Validate(manifest(t, d, segments[0]+"x", value)) == nil {
				t.Errorf("%s %sx: accepted", d.Name, f.Path)
			}
		}
		for word := range map[string]bool{"id": true, "cloneFrom": true} {
			if err := schema.Validate(manifest(t, d, word, "some-id")); err != nil {
				t.Errorf("%s %s: %#v", d.Name, word, err)
			}
		}
	}
}

func manifest(t *testing.T, d *providers.Driver, key string, value any) any {
	t.Helper()
	raw, err := json.Marshal(map[string]any{
		"apiVersion": "charsync.dev/v1", "kind": "Character", "metadata": map[string]any{"name": "x"},
		"spec": map[string]any{"targets": map[string]any{d.Name: map[string]any{key: value}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	files, err := schemagen.Files(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft7
	if err := c.AddResource("character.json", bytes.NewReader(files["schemas/character.schema.json"])); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("character.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestEnumsAreExplained: editors show what each word means.
func TestEnumsAreExplained(t *testing.T) {
	for _, d := range all.Drivers() {
		for _, f := range d.Fields {
			for word := range f.Enum {
				if !strings.HasSuffix(f.Words[word], ".") {
					t.Errorf("%s %s: nothing explains %s", d.Name, f.Path, word)
				}
			}
		}
	}
}

func TestInsertedLeavesTheRestAlone(t *testing.T) {
	for _, doc := range []string{"", "no markers", "<!-- matrix:begin --> only one"} {
		if got := schemagen.Inserted([]byte(doc), all.Drivers()); string(got) != doc {
			t.Errorf("%q became %q", doc, got)
		}
	}
	doc := "a\n<!-- matrix:begin -->\nwords of before\n<!-- matrix:end -->\nz\n"
	once := schemagen.Inserted([]byte(doc), all.Drivers())
	if !strings.HasPrefix(string(once), "a\n") || !strings.HasSuffix(string(once), "\nz\n") || strings.Contains(string(once), "of before") {
		t.Errorf("got %q", once)
	}
	if twice := schemagen.Inserted(once, all.Drivers()); !bytes.Equal(once, twice) {
		t.Error("a second time changes it")
	}
}

func TestBaseMustEndInDefinitions(t *testing.T) {
	for _, base := range []string{"", "{}", "{\"definitions\": {}, \"x\": 1}"} {
		if _, err := schemagen.Schema([]byte(base), all.Drivers()); err == nil {
			t.Errorf("%q was accepted", base)
		}
	}
}
