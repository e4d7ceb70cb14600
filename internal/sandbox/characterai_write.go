package sandbox

import (
	"encoding/base64"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// caiLimit is a field's kind and length. Figures are those of published clients; the switches <field>-max change them.
type caiLimit struct {
	field    string
	kind     string // text, bool, texts
	min, max int
	needed   bool // must be there and not empty
	persona  int  // the maximum for personas, where it differs
}

// caiLimits lists the writable fields (seed for the first nine, public docs).
func caiLimits() []caiLimit {
	return []caiLimit{
		{field: "name", kind: "text", min: 3, max: 20, needed: true},
		{field: "greeting", kind: "text", min: 3, max: 4096, needed: true},
		{field: "title", kind: "text", min: 3, max: 50},
		{field: "description", kind: "text", max: 500},
		{field: "definition", kind: "text", max: 32000, persona: 728},
		{field: "base_img_prompt", kind: "text", max: 100},
		{field: "copyable", kind: "bool"},
		{field: "img_gen_enabled", kind: "bool"},
		{field: "categories", kind: "texts"},
		{field: "strip_img_prompt_from_msg", kind: "bool"},
		{field: "archived", kind: "bool"},
		{field: "avatar_rel_path", kind: "text"},
		{field: "voice_id", kind: "text"},
		{field: "default_voice_id", kind: "text"},
		{field: "identifier", kind: "text"},
		{field: "visibility", kind: "text"},
		{field: "dynamic_greeting_enabled", kind: "bool"},
		{field: "allow_dynamic_greeting", kind: "bool"},
		{field: "tags", kind: "texts"},
		{field: "greetings", kind: "texts"},
		{field: "additional_greetings", kind: "texts"},
	}
}

func (l caiLimit) figure() string { return strconv.Itoa(l.max) }

// caiReadOnly are keys of a read that a write ignores.
func caiReadOnly() []string {
	return []string{
		"external_id", "id", "short_hash", "participant__name", "participant__num_interactions",
		"participant__user__username", "sanitized_definition", "avatar_file_name", "img_prompt_regex", "img_gen_guidance_scale",
		"safety", "is_persona", "translations", "comments_enabled", "songs", "upvotes", "usage", "user__username", "user_id",
		"updated", "override", "lang",
	}
}

func caiCreatePersona(c *call) reply {
	c.body["is_persona"] = true
	return caiCreate(c)
}

func caiCreate(c *call) reply {
	d := doc{"is_persona": truth(c.body, "is_persona")}
	if no := caiMerge(c, d, doc{}, c.body); no != "" {
		return caiFailed(c, no)
	}
	if handle := text(d, "identifier"); handle != "" && c.is("identifier-unique", "on") {
		for rec := range c.tx.all(charactersCol) {
			if text(c.tx.doc(rec), "identifier") == handle {
				return caiFailed(c, "A character with this identifier exists.")
			}
		}
	}
	id := caiID(c.tx, d)
	c.save(id, c.who.owner, d)
	full := caiDetail(c, c.tx.pending(id, c.who.owner), d)
	for _, late := range []string{"songs", "participant__user__username", "voice_id"} {
		delete(full, late) // (public docs) a create's answer lacks these three
	}
	return caiOK(full)
}

// caiID makes an external_id of 43 URL-safe characters, every fourth beginning with "-" as real ones can, and fills in
// what the service itself gives a character.
func caiID(t *tx, d doc) string {
	b := t.random(40)
	d["short_hash"] = base64.RawURLEncoding.EncodeToString(b[32:38])
	d["number"] = 100_000 + t.next()
	id := base64.RawURLEncoding.EncodeToString(b[:32])
	if t.next()%4 == 2 {
		id = "-" + id[1:]
	}
	return id
}

func caiSeed(t *tx, in doc) (string, doc, error) {
	d := doc{"visibility": "PRIVATE"}
	for k, v := range in {
		d[k] = v
	}
	return caiID(t, d), d, nil
}

// caiUpdate replaces the whole character: what is not sent is emptied, except for the three keys that published clients
// leave out without harm (assumed; switch characterai.absent).
func caiUpdate(c *call) reply {
	rec, old, ok := caiFind(c, text(c.body, "external_id"))
	switch {
	case !ok:
		return caiFailed(c, "Character not found.")
	case rec.Owner != c.who.owner:
		return caiFailed(c, "You do not have permission to update this character.")
	}
	d := doc{}
	kept := []string{"is_persona", "short_hash", "number"}
	if c.is("absent", "replace") {
		kept = append(kept, "avatar_rel_path", "default_voice_id", "identifier")
	}
	for k, v := range old {
		if c.is("absent", "merge") || slices.Contains(kept, k) {
			d[k] = v
		}
	}
	if no := caiMerge(c, d, old, c.body); no != "" {
		return caiFailed(c, no)
	}
	c.save(rec.id, rec.Owner, d)
	return caiOK(caiDetail(c, rec, d))
}

// caiMerge puts what was sent into d, fields that nobody here knows as well, and says what is wrong with it.
func caiMerge(c *call, d, old, sent doc) string {
	limits := caiLimits()
	keys := make([]string, 0, len(sent))
	for k := range sent {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		v := sent[k]
		if slices.Contains(caiReadOnly(), k) {
			continue
		}
		at := slices.IndexFunc(limits, func(l caiLimit) bool { return l.field == k })
		switch {
		case at < 0:
			d[k] = v
		case v == nil && c.is("null", "reject"):
			return k + ": null is not a value."
		case v == nil && c.is("null", "keep"), v == "" && c.is("empty", "keep") && text(old, k) != "":
			if was, ok := old[k]; ok {
				d[k] = was
			}
		case v == nil:
			delete(d, k)
		default:
			value, no := limits[at].take(c, v)
			if no != "" {
				return no
			}
			d[k] = value
		}
	}
	return caiWhole(c, d)
}

// take reads one sent value.
func (l caiLimit) take(c *call, v any) (any, string) {
	wrong := l.field + ": invalid value."
	switch l.kind {
	case "bool":
		if _, ok := v.(bool); !ok {
			return nil, wrong
		}
	case "texts":
		sent, isList := v.([]any)
		texts := textsOf(v)
		if !isList || len(texts) != len(sent) {
			return nil, wrong
		}
		if l.field == "categories" {
			return caiKnownCategories(c, texts)
		}
	case "text":
		s, ok := v.(string)
		if !ok {
			return nil, wrong
		}
		if c.is("normalise", "trim") {
			s = strings.TrimSpace(s)
		}
		if strings.Contains(s, "[unsafe]") {
			switch c.sw("moderation") {
			case "refuse":
				return nil, l.field + ": this text does not meet the community guidelines."
			case "rewrite":
				s = strings.ReplaceAll(s, "[unsafe]", "[removed]")
			}
		}
		return s, ""
	}
	return v, ""
}

func caiKnownCategories(c *call, names []string) (any, string) {
	kept := []any{}
	for _, name := range names {
		known := slices.ContainsFunc(caiCategories(), func(k caiCategoryOffer) bool { return k.name == name })
		if !known && c.is("unknown-category", "reject") {
			return nil, fmt.Sprintf("categories: %q is not a category.", name)
		}
		if known || c.is("unknown-category", "accept") {
			kept = append(kept, name)
		}
	}
	return kept, ""
}

// caiWhole checks the character as it would be, and fills in what the service decides.
func caiWhole(c *call, d doc) string {
	unit := c.sw("length-unit")
	for _, l := range caiLimits() {
		if l.kind != "text" {
			continue
		}
		s := text(d, l.field)
		size, most := sizeIn(unit, s), l.max
		if most > 0 {
			most = c.limit(l.field + "-max")
		}
		if l.persona > 0 && truth(d, "is_persona") {
			most = l.persona
		}
		switch {
		case s == "" && l.needed:
			return l.field + " is required."
		case s != "" && size < l.min:
			return fmt.Sprintf("%s must have at least %d characters.", l.field, l.min)
		case most > 0 && size > most:
			return fmt.Sprintf("%s must have at most %d characters.", l.field, most)
		}
	}
	if c.is("name-charset", "strict") && strings.ContainsFunc(text(d, "name"), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" _-", r)
	}) {
		return "name may only have letters, digits, spaces, _ and -."
	}
	if text(d, "visibility") == "" {
		d["visibility"] = c.sw("default-visibility")
	}
	if !slices.Contains([]string{"PUBLIC", "UNLISTED", "PRIVATE"}, text(d, "visibility")) {
		return "visibility must be PUBLIC, UNLISTED or PRIVATE."
	}
	if text(d, "visibility") == "PRIVATE" && c.is("copyable-private", "false") {
		d["copyable"] = false
	}
	return ""
}
