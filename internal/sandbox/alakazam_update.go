package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"sort"
	"time"

	"github.com/google/uuid"
)

// alakazamField is one writable field: its JSON kind, and where it may stand.
type alakazamField struct {
	name   string
	kind   string // text, bool, stances, intro, visibility, world
	create bool   // kept from a create
	update bool   // kept from a PATCH
}

// alakazamFields: (seed) for PATCH and the owner view, (public docs) for create. world, authored, premise, frame_*,
// subject and style are taken by a create and never read back.
func alakazamFields() []alakazamField {
	return []alakazamField{
		{"name", "text", true, true},
		{"description", "text", false, true},
		{"cover", "text", true, true},
		{"visibility", "visibility", false, true},
		{"persona", "text", true, true},
		{"scene", "text", true, true},
		{"greeting", "text", true, true},
		{"lore", "text", true, true},
		{"examples", "text", true, true},
		{"voiceId", "text", true, true},
		{"modelId", "text", true, true},
		{"free", "bool", true, true},
		{"stances", "stances", true, true},
		{"intro", "intro", true, true},
		{"subject", "text", true, false},
		{"style", "text", true, false},
		{"premise", "text", true, false},
		{"frame_b64", "text", true, false},
		{"frame_url", "text", true, false},
		{"authored", "bool", true, false},
		{"world", "world", false, false},
	}
}

func alakazamUpdate(c *call) reply {
	rec, d, no := alakazamFind(c)
	if no != nil {
		return *no
	}
	if problems := alakazamCheck(c, c.body, false); len(problems) > 0 {
		return alakazamInvalid(problems)
	}
	for _, f := range alakazamFields() {
		v, sent := c.body[f.name]
		switch {
		case !sent || !f.update:
		case (f.kind == "stances" || f.kind == "intro") && c.is("patch-stances", "ignore"):
		case v == nil && c.is("null", "ignore"):
		case v == nil, v == "" && c.is("empty", "null"):
			delete(d, f.name)
		default:
			d[f.name] = v
		}
	}
	if text(d, "visibility") == "" {
		d["visibility"] = c.sw("default-visibility")
	}
	c.save(rec.id, rec.Owner, d)
	return answer(http.StatusOK, alakazamOwnerView(c, rec, d))
}

// alakazamCheck says what is wrong with a create or PATCH body, in the order of its keys.
func alakazamCheck(c *call, in doc, creating bool) []string {
	fields := alakazamFields()
	keys := make([]string, 0, len(in))
	for k := range in {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var problems []string
	add := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, k := range keys {
		at := slices.IndexFunc(fields, func(f alakazamField) bool { return f.name == k })
		if at < 0 {
			if c.is("unknown-keys", "422") {
				add("%s: is not a known field", k)
			}
			continue
		}
		f, v := fields[at], in[k]
		switch {
		case creating && (k == "description" || k == "visibility"):
			if c.is("create-extras", "422") {
				add("%s: can't be set when creating", k)
				continue
			}
			if c.is("create-extras", "ignore") {
				continue
			}
		case !creating && !f.update:
			if c.is("unknown-keys", "422") {
				add("%s: can only be set when creating", k)
			}
			continue
		case !creating && (f.kind == "stances" || f.kind == "intro") && !c.is("patch-stances", "accept"):
			if c.is("patch-stances", "422") {
				add("%s: can't be changed", k)
			}
			continue
		}
		if v == nil && !creating && !c.is("null", "422") || v == nil && creating && k == "world" {
			continue
		}
		if v == "" && !creating && c.is("empty", "422") {
			add("%s: must not be empty", k)
			continue
		}
		problems = append(problems, f.check(v)...)
	}
	return problems
}

// check says what is wrong with one value.
func (f alakazamField) check(v any) []string {
	wrong := func(want string) []string { return []string{f.name + ": must be " + want} }
	switch f.kind {
	case "text":
		if _, ok := v.(string); !ok {
			return wrong("a string")
		}
	case "bool":
		if _, ok := v.(bool); !ok {
			return wrong("a boolean")
		}
	case "visibility":
		if s, _ := v.(string); !slices.Contains([]string{"private", "unlisted", "public"}, s) {
			return wrong("one of private, unlisted, public")
		}
	case "world":
		if _, ok := v.(map[string]any); !ok {
			return wrong("an object")
		}
	case "intro":
		return stringsIn(f.name, v, []string{"kicker", "title", "hint"})
	case "stances":
		l, ok := v.([]any)
		if !ok {
			return wrong("a list")
		}
		return checkStances(l)
	}
	return nil
}

func checkStances(stances []any) []string {
	var problems []string
	seen := map[string]bool{}
	for i, e := range stances {
		where := fmt.Sprintf("stances[%d]", i)
		if found := stringsIn(where, e, []string{"id", "label", "mood", "expression"}); len(found) > 0 {
			problems = append(problems, found...)
			continue
		}
		id := text(e.(map[string]any), "id")
		if id == "" || seen[id] {
			problems = append(problems, where+".id: must be there and unlike the others")
		}
		seen[id] = true
	}
	return problems
}

// stringsIn checks an object whose known keys are strings.
func stringsIn(where string, v any, keys []string) []string {
	o, ok := v.(map[string]any)
	if !ok {
		return []string{where + ": must be an object"}
	}
	var problems []string
	for _, k := range keys {
		if e, sent := o[k]; sent {
			if _, ok := e.(string); !ok {
				problems = append(problems, where+"."+k+": must be a string")
			}
		}
	}
	return problems
}

// alakazamFork copies a character into the caller's app. The new id is called worldId here (public docs). A public
// character of another app can be forked; what can't be read gives 403.
func alakazamFork(c *call) reply {
	rec, d, ok := c.tx.get(charactersCol, c.params["id"])
	if !ok {
		return alakazamProblem(http.StatusNotFound, "world not found")
	}
	if rec.Owner != c.who.owner && text(d, "visibility") != "public" {
		return alakazamProblem(http.StatusForbidden, "the source can't be read with this key")
	}
	id := uuid.Must(uuid.FromBytes(versioned(c.tx.random(16), 4))).String()
	d["slug"] = slug(text(d, "name")) + "-" + id[:6]
	d["visibility"] = c.sw("default-visibility")
	c.save(id, c.who.owner, d)
	return answer(c.limit("create-status"), doc{"worldId": id, "schemaVersion": "1.0"})
}

// alakazamWorld is a character's graph. The brain is not in it (public docs).
func alakazamWorld(c *call) reply {
	rec, d, no := alakazamFind(c)
	if no != nil {
		return *no
	}
	states := []any{doc{"id": "speaking", "label": "Speaking", "hidden": true}}
	for _, e := range list(d, "stances") {
		if s, ok := e.(map[string]any); ok {
			states = append(states, doc{"id": s["id"], "label": s["label"], "hidden": false})
		}
	}
	return answer(http.StatusOK, doc{
		"id": rec.id, "slug": orNull(d, "slug"), "kind": "character", "rev": 1,
		"scene": doc{"states": states, "events": []any{}}, "schemaVersion": "1.0",
	})
}

const alakazamVersionsCol = "versions"

func alakazamVersions(c *call) reply {
	rec, _, no := alakazamFind(c)
	if no != nil {
		return *no
	}
	versions := []any{}
	for v := range c.tx.all(alakazamVersionsCol) {
		if v.Place == rec.id {
			versions = append(versions, doc{"id": v.id, "createdAt": time.Unix(0, v.created).UTC().Format(time.RFC3339)})
		}
	}
	return answer(http.StatusOK, doc{"versions": versions, "schemaVersion": "1.0"})
}

// alakazamSnapshot keeps a version of the graph.
func alakazamSnapshot(c *call) reply {
	rec, d, no := alakazamFind(c)
	if no != nil {
		return *no
	}
	id := uuid.Must(uuid.FromBytes(versioned(c.tx.random(16), 4))).String()
	c.tx.put(alakazamVersionsCol, id, doc{"world": rec.id, "stances": list(d, "stances")}, index{Place: rec.id})
	return answer(http.StatusCreated, doc{"id": id, "schemaVersion": "1.0"})
}
