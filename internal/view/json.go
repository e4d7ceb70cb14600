package view

import (
	"encoding/json"
	"io"

	"github.com/charsync/charsync/pkg/diff"
)

// JSON prints a document for programs: two spaces of indentation, keys in a
// stable order, prose as it is.
func JSON(w io.Writer, document any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(document)
}

// PlanJSON prints the plan document, as --out writes it.
func PlanJSON(w io.Writer, plan *diff.Plan) error { return JSON(w, plan) }
