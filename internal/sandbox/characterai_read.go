package sandbox

import (
	"maps"
	"net/http"
	"strings"
	"time"
)

// caiDetail is the whole character: avatar_rel_path reads as avatar_file_name, name also as participant__name, category
// names as objects (public docs).
func caiDetail(c *call, rec *record, d doc) doc {
	out := doc{}
	for _, l := range caiLimits() {
		switch l.kind {
		case "text":
			out[l.field] = text(d, l.field)
		case "bool":
			out[l.field] = truth(d, l.field)
		}
	}
	for k, v := range d { // fields that nobody here knows read as they were written
		if _, known := out[k]; !known {
			out[k] = v
		}
	}
	delete(out, "avatar_rel_path")
	delete(out, "number")
	maps.Copy(out, doc{
		"external_id": rec.id, "id": d["number"], "participant__name": text(d, "name"), "participant__num_interactions": 0,
		"participant__user__username": text(d, "name"), "sanitized_definition": text(d, "definition"),
		"avatar_file_name": text(d, "avatar_rel_path"), "categories": caiCategoryViews(c, textsOf(d["categories"])),
		"img_prompt_regex": "", "img_gen_guidance_scale": 5, "safety": "SAFE", "is_persona": truth(d, "is_persona"),
		"translations": nil, "starter_prompts": d["starter_prompts"], "comments_enabled": true, "songs": []any{}, "upvotes": 0,
		"usage": "default", "user__username": rec.Owner, "user_id": caiUserID(rec.Owner),
		"updated": time.Unix(0, rec.updated).UTC().Format("2006-01-02T15:04:05.000000"), "model_variant": "sandbox-1",
	})
	if v, sent := d["comments_enabled"]; sent {
		out["comments_enabled"] = v
	}
	if c.is("nulls", "some") {
		out["songs"] = nil
		if rec.seq%2 == 1 {
			out["comments_enabled"] = nil
		}
		if text(d, "voice_id") == "" {
			out["voice_id"] = nil
		}
		if !truth(d, "archived") {
			out["archived"] = nil
		}
	}
	return out
}

// caiSees tells whether the caller may read a character at all, and whether its definition too.
func caiSees(c *call, rec *record, d doc) (character, definition bool) {
	own := rec.Owner == c.who.owner
	return own || text(d, "visibility") != "PRIVATE", own || truth(d, "copyable") && text(d, "visibility") != "PRIVATE"
}

// caiOwnerView has definition and categories. To others a hidden definition is a sentence beside an empty character, with
// status 200 (public docs).
func caiOwnerView(c *call) reply {
	if c.is("owner-view", "403") {
		return htmlPage(http.StatusForbidden, "Forbidden", "You do not have access to this resource.")
	}
	rec, d, ok := caiFind(c, text(c.body, "external_id"))
	if !ok {
		return caiFailed(c, "Character not found.")
	}
	if _, definition := caiSees(c, rec, d); !definition {
		return answer(http.StatusOK, doc{"status": "You do not have permission to view this character's definition.", "character": doc{}})
	}
	return caiOK(caiDetail(c, rec, d))
}

// caiPublicView never has the definition.
func caiPublicView(c *call) reply {
	rec, d, ok := caiFind(c, text(c.body, "external_id"))
	if !ok {
		return caiFailed(c, "Character not found.")
	}
	if character, _ := caiSees(c, rec, d); !character {
		return answer(http.StatusOK, doc{"status": "You do not have permission to view this character.", "character": doc{}})
	}
	out := caiDetail(c, rec, d)
	for _, hidden := range []string{"definition", "sanitized_definition", "categories", "default_voice_id"} {
		delete(out, hidden)
	}
	return caiOK(out)
}

// caiNeoView has the definition only for those who may see it.
func caiNeoView(c *call) reply {
	rec, d, ok := caiFind(c, text(c.body, "external_id"))
	if !ok {
		return caiFailed(c, "character not found")
	}
	character, definition := caiSees(c, rec, d)
	if !character {
		return caiFailed(c, "permission denied")
	}
	out := caiDetail(c, rec, d)
	if !definition {
		delete(out, "definition")
		delete(out, "sanitized_definition")
	}
	return caiOK(out)
}

// caiDead has answered like this since 2023 (public docs).
func caiDead(*call) reply {
	return htmlPage(http.StatusInternalServerError, "Server Error (500)", "")
}

// caiShort is a list item: no definition, no categories, the name as participant__name only.
func caiShort(c *call, rec *record, d doc) doc {
	out := doc{
		"external_id": rec.id, "title": text(d, "title"), "greeting": text(d, "greeting"), "description": text(d, "description"),
		"avatar_file_name": text(d, "avatar_rel_path"), "visibility": text(d, "visibility"), "copyable": truth(d, "copyable"),
		"participant__name": text(d, "name"), "participant__num_interactions": 0, "user__id": caiUserID(rec.Owner),
		"user__username": rec.Owner, "img_gen_enabled": truth(d, "img_gen_enabled"), "default_voice_id": text(d, "default_voice_id"),
		"priority": 0, "upvotes": 0, "is_licensed_professional": false,
	}
	if c.is("copyable-type", "string") {
		out["copyable"] = map[bool]string{true: "True", false: "False"}[truth(d, "copyable")]
	}
	if c.is("list-identifier", "show") {
		out["identifier"] = text(d, "identifier")
	}
	return out
}

// caiShorts gives the list items of the records that fit, oldest first.
func caiShorts(c *call, fits func(*record) bool) []rawJSON {
	age := c.srv.switches.age()
	lag := time.Duration(c.limit("list-lag")) * time.Millisecond
	out := []rawJSON{}
	for rec := range c.tx.all(charactersCol) {
		if !fits(rec) || rec.Hidden && !c.is("archived", "list") || lag > 0 && c.tx.now.Sub(time.Unix(0, rec.created)) < lag {
			continue
		}
		out = append(out, c.projected(rec, "short", age, func(rec *record, d doc) any { return caiShort(c, rec, d) }))
	}
	return out
}

// caiList gives all of the caller's own at once (assumed: no client pages). The plus host wants scope=user.
func caiList(c *call) reply {
	if !caiNeo(c) && c.query.Get("scope") != "user" {
		return answer(http.StatusOK, doc{"characters": []any{}})
	}
	return answer(http.StatusOK, doc{"characters": caiShorts(c, func(rec *record) bool { return rec.Owner == c.who.owner && rec.Role == "" })})
}

func caiPersonas(c *call) reply {
	return answer(http.StatusOK, doc{"personas": caiShorts(c, func(rec *record) bool { return rec.Owner == c.who.owner && rec.Role == "persona" })})
}

func caiSearch(c *call) reply {
	query := strings.ToLower(c.query.Get("query"))
	return answer(http.StatusOK, doc{"characters": caiShorts(c, func(rec *record) bool {
		return rec.Role == "" && strings.Contains(strings.ToLower(rec.Name), query) && text(c.tx.doc(rec), "visibility") == "PUBLIC"
	})})
}

func caiCurated(c *call) reply {
	by := map[string][]rawJSON{}
	for _, k := range caiCategories() {
		by[k.name] = caiShorts(c, func(rec *record) bool {
			d := c.tx.doc(rec)
			return text(d, "visibility") == "PUBLIC" && strings.Contains(","+strings.Join(textsOf(d["categories"]), ",")+",", ","+k.name+",")
		})
	}
	return answer(http.StatusOK, doc{"characters_by_curated_category": by})
}
