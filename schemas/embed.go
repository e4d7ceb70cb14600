// Package schemas holds the JSON Schemas of charsync's files, in draft-07,
// the newest that editors understand.
//
// character.schema.json is generated: character.base.json is its hand-written
// part, and the definitions named target.<driver> come from the field tables
// of the providers.
package schemas

import _ "embed" // the schemas are part of the program

// Character is the schema of a manifest.
//
//go:embed character.schema.json
var Character []byte

// CharacterBase is the hand-written part of Character: everything but the
// definitions named target.<driver>.
//
//go:embed character.base.json
var CharacterBase []byte

// Project is the schema of charsync.yaml.
//
//go:embed project.schema.json
var Project []byte

// Plan is the schema of a plan document.
//
//go:embed plan.schema.json
var Plan []byte

// Run is the schema of a run as it is shown; its definitions describe the
// files of a run record.
//
//go:embed run.schema.json
var Run []byte
