package diff

import (
	"encoding/json"

	"github.com/charsync/charsync/pkg/spec"
)

// Decode reads a plan document into the plan, with its numbers as they are
// spelled there; see spec.Number.
func (p *Plan) Decode(dec *json.Decoder) error {
	dec.UseNumber()
	if err := dec.Decode(p); err != nil {
		return err
	}
	for i := range p.Changes {
		HoldNumbers(p.Changes[i].Fields)
	}
	return nil
}

// HoldNumbers gives the values of fields, as JSON was decoded with
// json.Number, the form in which values hold numbers.
func HoldNumbers(fields []FieldChange) {
	for i := range fields {
		fields[i].Before, fields[i].After = spec.Numbers(fields[i].Before), spec.Numbers(fields[i].After)
	}
}
