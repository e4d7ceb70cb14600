package providers

import "strings"

// JoinID makes the id of a character from the place where it lives and the
// vendor's own id. Vendors without places have the id alone.
func (d *Driver) JoinID(scope, id string) string {
	if len(d.Scope) == 0 || scope == "" {
		return id
	}
	return scope + "/" + id
}

// SplitID takes an id apart into the place and the vendor's own id. The place
// is "" for vendors without places, and for an id that does not have one.
func (d *Driver) SplitID(id string) (scope, rest string) {
	if len(d.Scope) == 0 {
		return "", id
	}
	parts := strings.SplitN(id, "/", len(d.Scope)+1)
	if len(parts) <= len(d.Scope) {
		return "", id
	}
	return strings.Join(parts[:len(d.Scope)], "/"), parts[len(d.Scope)]
}

// Place adds the parts of a scope to a document that was read there, under
// the names by which pointers in braces find them.
func (d *Driver) Place(b Body, scope string) {
	if scope == "" {
		return
	}
	for i, part := range strings.SplitN(scope, "/", len(d.Scope)) {
		b["{"+string(d.Scope[i])+"}"] = part
	}
}
