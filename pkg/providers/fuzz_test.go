package providers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// FuzzLive: whatever a vendor answers, picking it up ends, every value is one
// that a Doc may hold, and what passed Shape compares equal to itself.
func FuzzLive(f *testing.F) {
	for _, seed := range []string{
		`{"name":"Mira","categories":[{"name":"Books"},"Fantasy"]}`, `{"character_name":"NULL","memory_settings":null}`,
		`{"items":[{"itemName":"x","uid":1e400}],"traits":["b","a"]}`, `{"stances":[{"id":{}}],"intro":{"title":[]}}`,
		`{"personalised_prompt_config":{"TEMPERATURE":"0.42","MODEL":[]}}`, `{"voice_id":22,"copyable":"True"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		var body providers.Body
		if dec.Decode(&body) != nil {
			return
		}
		for _, d := range all.Drivers() {
			shaped := d.Fields.Shape(body, body) == nil
			doc := d.Fields.Live(body, body)
			d.Fields.Manifest(doc)
			_, _ = d.Fields.Updating(diff.Doc{"name": "Mira"}, body, d.Manner)
			for _, r := range d.Fields.Rules() {
				v, known := doc[r.Path]
				if !known || !shaped {
					continue
				}
				if !r.Equal(v, v) || r.Digest(v) == "invalid" {
					t.Errorf("%s %s: %#v is no value of a document", d.Name, r.Path, v)
				}
			}
			odd := spec.Value{V: spec.Numbers(map[string]any(body)), Set: true}
			d.Desired(&spec.Character{Name: "x"}, &spec.Target{Fields: spec.Fields{"items": {Value: odd}}}, spec.Instance{})
		}
	})
}
