package rest

import (
	"net/url"
	"strings"
)

// Describe says which request a writing call will send: "create", with the
// place as id, "update" or "delete". Parts that are not known yet stay in
// braces. A vendor without a deletion does it by an update.
func (a *Account) Describe(op, id string) (method, path string) {
	r := a.api.Update
	switch {
	case op == "create":
		r = a.api.Create
	case op == "delete" && a.api.Delete.Path != "":
		r = a.api.Delete
	}
	scope, own := a.api.Driver.SplitID(id)
	if op == "create" {
		scope, own = id, ""
	}
	return r.Method, a.fill(r.Path, scope, own)
}

// fill puts what is known into a path.
func (a *Account) fill(path, scope, id string) string {
	parts := map[string]string{"{id}": id}
	if names := a.api.Driver.Scope; len(names) > 0 && scope != "" {
		for i, v := range strings.SplitN(scope, "/", len(names)) {
			parts["{"+string(names[i])+"}"] = v
		}
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if v := parts[s]; v != "" {
			segments[i] = url.PathEscape(v)
		}
	}
	return strings.Join(segments, "/")
}
