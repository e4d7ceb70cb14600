package view

import (
	"encoding/json"
	"io"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/visible"
)

// JSON prints a document for programs: two spaces of indentation, keys in a
// stable order, prose as it is but for characters that no reader sees: they are
// written as \u escapes, which mean the same.
func JSON(w io.Writer, document any) error {
	enc := json.NewEncoder(jsonWriter{w})
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(document)
}

// PlanJSON prints the plan document, as --out writes it.
func PlanJSON(w io.Writer, plan *diff.Plan) error { return JSON(w, plan) }

// jsonWriter writes the hidden characters of JSON as escapes. The encoder hands
// it whole documents.
type jsonWriter struct{ w io.Writer }

func (j jsonWriter) Write(doc []byte) (int, error) {
	if _, err := io.WriteString(j.w, visible.EscapeJSON(string(doc))); err != nil {
		return 0, err
	}
	return len(doc), nil
}
