package providers

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Creatable says what creating needs and the manifest lacks. It is for
// targets that are not bound yet and are not clones.
func (d *Driver) Creatable(c *spec.Character, t *spec.Target, want Desired) []spec.Diagnostic {
	var ds []spec.Diagnostic
	lack := func(code, message, hint string) {
		ds = append(ds, spec.Diagnostic{
			Pos: t.Pos, Severity: spec.Error, Code: code, Message: message, Hint: hint, Character: c.Name, Target: t.Instance,
		})
	}
	if len(d.Scope) > 0 && want.Scope == "" {
		lack(CodePlace, d.Title+" needs "+joinPaths(d.Scope, " and ")+" to create a character",
			"set them in this target, or as defaults of "+t.Instance+" in charsync.yaml")
	}
	if want.NoCreate != "" {
		lack(CodePlace, want.NoCreate, "create it through an instance that does not set it, or adopt a live character with id")
	}
	for _, p := range d.Required {
		if want.Doc[p] == nil && !refused(want.Diagnostics, p) {
			lack(CodeMissing, d.Title+" needs "+string(p)+" to create a character", "set "+d.where(p)+", or adopt a live character with id")
		}
	}
	for _, f := range d.Fields {
		word, _ := want.Doc[f.Path].(string)
		if want.Doc[f.Path] == nil || slices.Contains(f.Alone, word) {
			continue
		}
		for _, p := range f.With {
			if want.Doc[p] == nil && !refused(want.Diagnostics, p) {
				lack(CodeMissing, d.Title+" takes "+string(f.Path)+" only with "+string(p), "set "+d.where(p)+", or adopt a live character with id")
			}
		}
	}
	if len(d.Needs) > 0 && !slices.ContainsFunc(d.Needs, func(group []spec.Path) bool { return complete(want.Doc, group) }) {
		groups := make([]string, len(d.Needs))
		for i, g := range d.Needs {
			groups[i] = joinPaths(g, " with ")
		}
		lack(CodeMissing, d.Title+" needs "+strings.Join(groups, ", or ")+" to create a character",
			"set one of them, or adopt a live character with id")
	}
	return ds
}

// refused reports whether the field is missing only because its value is
// wrong, which has been said already.
func refused(ds []spec.Diagnostic, p spec.Path) bool {
	return slices.ContainsFunc(ds, func(d spec.Diagnostic) bool { return d.Path == p && d.Severity == spec.Error })
}

func complete(doc diff.Doc, group []spec.Path) bool {
	for _, p := range group {
		if v := doc[p]; v == nil || v == false {
			return false
		}
	}
	return true
}

// where says where in a manifest a field is set.
func (d *Driver) where(p spec.Path) string {
	if parts, ok := d.Compose[p]; ok {
		return joinPaths(parts, " or ") + ", or " + string(p) + " in this target"
	}
	if slices.Contains(Common(), p) {
		return "spec." + string(p)
	}
	return string(p) + " in this target"
}

func joinPaths(paths []spec.Path, sep string) string {
	words := make([]string, len(paths))
	for i, p := range paths {
		words[i] = string(p)
	}
	return strings.Join(words, sep)
}
