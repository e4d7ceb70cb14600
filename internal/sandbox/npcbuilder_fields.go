package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// npcField is one field of a create or update: its kind, and the limit or the values it has.
type npcField struct {
	name   string
	kind   string // text, enum, filters, texts, objects
	max    int    // of a text; 0 is none
	values []string
	parts  []npcField // of an object
	needed bool       // in an object: must be there
}

// npcFields: enums and the boolean (seed); lengths and objects (public docs). An object may have further keys; they come
// back as they were sent.
func npcFields() []npcField {
	return []npcField{
		{name: "name", kind: "text", max: 25},
		{name: "description", kind: "text", max: 1400},
		{name: "age", kind: "enum", values: []string{"infant", "child", "teenager", "youngAdult", "adult", "middleAged", "elderly"}},
		{name: "gender", kind: "text"},
		{name: "model", kind: "enum", values: []string{"standard", "premium"}},
		{name: "filters", kind: "filters"},
		{name: "role", kind: "enum", values: []string{
			"noRole", "protagonist", "antagonist", "secondaryCharacter", "tertiaryCharacter", "mentor", "enemy", "villain",
			"rival", "shopkeeper", "healer", "questGiver", "innkeeper", "guard", "familyMember", "loveInterest", "scientist",
			"politician", "criminal", "explorer", "wizard", "ghost", "animalCompanion", "artificialIntelligence",
		}},
		{name: "tone", kind: "enum", values: []string{"formal", "casual", "sarcastic", "mysterious", "emotive"}},
		{name: "traits", kind: "texts"},
		{name: "items", kind: "objects", parts: []npcField{
			{name: "type", kind: "text"},
			{name: "itemName", kind: "text", max: 25, needed: true},
			{name: "description", kind: "text"},
			{name: "unit", kind: "text", max: 25},
			{name: "value", kind: "figure", max: 25},
		}},
		{name: "events", kind: "objects", parts: []npcField{
			{name: "type", kind: "text"}, {name: "eventName", kind: "text", needed: true}, {name: "description", kind: "text"},
		}},
		{name: "quests", kind: "objects", parts: []npcField{
			{name: "description", kind: "text", max: 125}, {name: "objective", kind: "text", max: 125}, {name: "reward", kind: "text", max: 125},
		}},
	}
}

// npcApply merges a body into d, or says why not; then d is not to be stored.
func npcApply(c *call, d, body doc) *reply {
	fields := npcFields()
	for key := range body {
		if c.is("unknown-keys", "reject") && !slices.ContainsFunc(fields, func(f npcField) bool { return f.name == key }) {
			no := npcViolation(c, key+" is not a field of a character")
			return &no
		}
	}
	for _, f := range fields {
		v, sent := body[f.name]
		switch {
		case !sent, v == nil && c.is("null", "ignore"):
			continue
		case v == nil && c.is("null", "clear"):
			d[f.name] = npcDefaults()[f.name]
			continue
		}
		if wrong := f.check(c, v); wrong != "" {
			no := npcViolation(c, wrong)
			return &no
		}
		if f.name == "model" && v == "premium" && c.is("premium", "403") {
			no := npcProblem(c, 403, "Premium models are not part of this subscription")
			return &no
		}
		d[f.name] = f.merged(c, d[f.name], v)
	}
	return nil
}

// check says what is wrong with a value.
func (f npcField) check(c *call, v any) string {
	switch f.kind {
	case "text":
		return f.checkText(c, v)
	case "enum":
		if s, _ := v.(string); !slices.Contains(f.values, s) {
			return f.name + " must be one of " + strings.Join(f.values, ", ")
		}
	case "figure":
		if _, ok := number(v); ok {
			return ""
		}
		return f.checkText(c, v)
	case "filters":
		return checkFilters(c, v)
	case "texts":
		l, ok := v.([]any)
		if !ok || len(textsOf(v)) != len(l) {
			return f.name + " must be a list of strings"
		}
		if c.is("opposite-traits", "reject") {
			return checkTraits(textsOf(v))
		}
	case "objects":
		return f.checkObjects(c, v)
	}
	return ""
}

func (f npcField) checkText(c *call, v any) string {
	s, ok := v.(string)
	switch {
	case !ok:
		return f.name + " must be a string"
	case s == "" && c.is("empty", "reject"):
		return f.name + " must not be empty"
	case f.max > 0 && sizeIn(c.sw("length-unit"), s) > f.max:
		return fmt.Sprintf("%s must have at most %d characters", f.name, f.max)
	case f.name == "gender" && (s == "male" || s == "female"):
		return "gender: Male and Female have a capital letter" // (public docs)
	}
	return ""
}

func (f npcField) checkObjects(c *call, v any) string {
	l, ok := v.([]any)
	if !ok {
		return f.name + " must be a list"
	}
	for i, e := range l {
		o, ok := e.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s[%d] must be an object", f.name, i)
		}
		for _, p := range f.parts {
			v, sent := o[p.name]
			if !sent && !p.needed {
				continue
			}
			if wrong := p.check(c, v); wrong != "" {
				return fmt.Sprintf("%s[%d].%s", f.name, i, wrong)
			}
		}
	}
	return ""
}

// checkFilters: a boolean (seed), or the newer object of toggles (public docs).
func checkFilters(c *call, v any) string {
	taken := c.sw("filters")
	if _, isBool := v.(bool); isBool && taken != "object" {
		return ""
	}
	o, isObject := v.(map[string]any)
	if !isObject || taken == "boolean" {
		return "filters must be " + map[string]string{"boolean": "a boolean", "object": "an object", "both": "a boolean or an object"}[taken]
	}
	for key, e := range o {
		if _, isBool := e.(bool); !isBool || !slices.Contains([]string{"active", "violence", "sexual", "drugs"}, key) {
			return "filters." + key + " must be one of the four toggles, and a boolean"
		}
	}
	return ""
}

// checkTraits knows a few of the opposite pairs; the full list is not published.
func checkTraits(traits []string) string {
	pairs := [][2]string{
		{"brave", "coward"},
		{"kind", "cruel"},
		{"honest", "deceitful"},
		{"generous", "greedy"},
		{"calm", "hot-tempered"},
		{"loyal", "treacherous"},
		{"humble", "arrogant"},
		{"optimistic", "pessimistic"},
	}
	for _, p := range pairs {
		if slices.Contains(traits, p[0]) && slices.Contains(traits, p[1]) {
			return fmt.Sprintf("traits: %s and %s are opposites", p[0], p[1])
		}
	}
	return ""
}

// merged is what is stored of a valid value: toggles merge one by one, arrays are replaced as a whole.
func (f npcField) merged(c *call, old, v any) any {
	switch f.kind {
	case "filters":
		was, both := old.(map[string]any)
		if now, ok := v.(map[string]any); ok && both {
			for k, e := range now {
				was[k] = e
			}
			return was
		}
	case "texts", "objects":
		l, _ := v.([]any)
		if was, _ := old.([]any); c.is("arrays", "append") {
			l = append(was, l...)
		}
		if f.name == "traits" && c.is("traits-order", "sorted") {
			sorted := textsOf(l)
			slices.Sort(sorted)
			return anyTexts(sorted)
		}
		if f.name == "items" && c.is("item-case", "title") {
			for _, e := range l {
				if o, ok := e.(map[string]any); ok {
					o["itemName"] = capital(text(o, "itemName"))
				}
			}
		}
		return l
	}
	return v
}

func capital(s string) string {
	for i, r := range s {
		return string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}
