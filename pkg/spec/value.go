package spec

import (
	"fmt"
	"strings"
)

// Pos is a place in a source file. Line and Col count from 1; Col counts
// characters. The zero Pos is "nowhere".
type Pos struct {
	File string `json:"file,omitempty"` // relative to the project, with slashes
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
}

// String prints file:line:col, leaving out what is not known.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Path names a field of a character as a manifest spells it: "greeting",
// "voiceType", "memorySettings.enabled". Segments are joined by dots.
type Path string

// Segments splits the path at its dots.
func (p Path) Segments() []string { return strings.Split(string(p), ".") }

// Root is the first segment: the key under which the field stands.
func (p Path) Root() string {
	root, _, _ := strings.Cut(string(p), ".")
	return root
}

// Value is what a manifest says about one field. Three states are kept apart
// from end to end: !Set is "not managed", Set with a nil V is "empty it",
// anything else is the value.
//
// V is nil, string, bool, float64, json.Number (for figures that no float64
// holds), []any or map[string]any. Empty strings, lists and maps, and YAML's
// null, all arrive as nil.
type Value struct {
	V   any
	Set bool
	Pos Pos    // where the value stands (the reference, for {file: …})
	Ref string // the referenced file, relative to the project; "" for inline
	// Refs are the files of a text that is put together from several; Ref is
	// then "".
	Refs []string `json:",omitempty"`
}

// Empty reports whether the manifest asks for the field to be cleared.
func (v Value) Empty() bool { return v.Set && v.V == nil }

// Text returns the value as a string, and "" for anything that is not one.
func (v Value) Text() string {
	s, _ := v.V.(string)
	return s
}
