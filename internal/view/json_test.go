package view

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/charsync/charsync/internal/view/viewtest"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/schemas"
)

// Every plan model prints as a document that fits the published schema, and
// reads back as what it was.
func TestPlansAsJSON(t *testing.T) {
	c := jsonschema.NewCompiler()
	if err := c.AddResource("plan.schema.json", bytes.NewReader(schemas.Plan)); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("plan.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Plans(t, func(t *testing.T, name string, plan *diff.Plan) {
		var again diff.Plan
		var out strings.Builder
		if err := PlanJSON(&out, plan); err != nil {
			t.Fatal(err)
		}
		viewtest.Golden(t, filepath.Join("testdata", "json", name+".json"), out.String())
		var document any
		if err := json.Unmarshal([]byte(out.String()), &document); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("it does not fit charsync schema plan: %v", err)
		}
		decode(t, []byte(out.String()), &again)
		if d := cmp.Diff(*plan, again, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("it reads back as another one (-printed +read):\n%s", d)
		}
		if !again.Intact() {
			t.Error("its digest does not fit what was read back")
		}
	})
}
