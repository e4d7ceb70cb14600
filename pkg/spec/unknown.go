package spec

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/charsync/charsync/pkg/visible"
)

// isText reports a schema of a text field: one that takes a text or a
// reference to a file.
func isText(schema map[string]any) bool {
	types := list(schema["type"])
	return slices.Contains(types, any("string")) && slices.Contains(types, any("object"))
}

func (j *judge) unknown(f failure, pointer []string, it *item) {
	names := accepted(f.schema)
	if isText(f.schema) {
		if near := j.near(it, names); near == "" {
			j.report(CodeWrongType, it.node, pointer, "expected a text or {file: path}, found a mapping", "write the text itself, or {file: path} for a text in a file of its own")
			return
		}
	}
	for _, k := range it.keys {
		if slices.Contains(names, k.Value) {
			continue
		}
		hint := ""
		if j.misplaced != nil {
			hint = j.misplaced(pointer, k.Value)
		}
		if near := DidYouMean(k.Value, names); near != "" && hint == "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		if same, changed := visible.Skeleton(k.Value); changed && slices.Contains(names, same) {
			hint = fmt.Sprintf("it looks like %s and is spelled %+q: write it in Latin letters", same, k.Value)
		}
		if hint == "" {
			hint = "accepted here: " + strings.Join(names, ", ")
		}
		j.report(CodeUnknownField, k, append(slices.Clone(pointer), k.Value), fmt.Sprintf("unknown field %q", k.Value), hint)
	}
}

// near returns the accepted name that one of the item's unknown keys is
// probably meant to be.
func (j *judge) near(it *item, names []string) string {
	for _, k := range it.keys {
		if near := DidYouMean(k.Value, names); near != "" && near != k.Value {
			return near
		}
	}
	return ""
}

func (j *judge) missing(f failure, pointer []string, it *item, key *yaml.Node, all []failure) {
	if isText(f.schema) {
		if len(it.keys) == 0 {
			j.report(CodeWrongType, it.node, pointer, "expected a text or {file: path}, found an empty mapping", "write the text itself; \"\" empties the field")
		}
		return // else said as an unknown key or a wrong type
	}
	at := it.node
	if key != nil && len(pointer) > 0 {
		at = key
	}
	extra := []string{}
	for _, other := range all {
		if other.keyword == "additionalProperties" && other.at == f.at {
			names := accepted(other.schema)
			for _, k := range it.keys {
				if !slices.Contains(names, k.Value) {
					extra = append(extra, DidYouMean(k.Value, names))
				}
			}
		}
	}
	for _, name := range list(f.schema["required"]) {
		name, _ := name.(string)
		if it.child(name) != nil || slices.Contains(extra, name) {
			continue
		}
		properties, _ := f.schema["properties"].(map[string]any)
		property, _ := properties[name].(map[string]any)
		j.report(CodeMissing, at, append(slices.Clone(pointer), name), fmt.Sprintf("%q is missing", name), "add it: "+example(name, property))
	}
}
