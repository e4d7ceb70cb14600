package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// convaiField is one field an update takes: the key it is sent under, and how it changes the stored document. apply
// gives the text of a 400, or "".
type convaiField struct {
	key   string
	apply func(c *call, d doc, v any) string
}

// convaiFields, in the order in which an update stores them. Text that is not there under its write name
// (character_name, language_codes, actions) is no field of an update (public docs).
func convaiFields() []convaiField {
	return []convaiField{
		{"charName", convaiText("charName")},
		{"backstory", convaiBackstory},
		{"voiceType", convaiText("voiceType")},
		{"action", func(c *call, d doc, v any) string {
			s, ok := v.(string)
			if !ok {
				return convaiNoTable
			}
			d["actions"] = convaiActions(c, s)
			return ""
		}},
		{"languageCodes", convaiLanguages},
		{"model_group_name", convaiModel},
		{"temperature", convaiTemperature},
		{"reasoning_effort", convaiReasoning},
		{"memorySettings", func(_ *call, d doc, v any) string {
			o, _ := v.(map[string]any)
			on, ok := o["enabled"].(bool)
			if !ok {
				return convaiNoTable
			}
			d["memorySettings"] = doc{"enabled": on}
			return ""
		}},
		{"functions", convaiLinks("functions")},
		{"docs", convaiLinks("docs")},
	}
}

// convaiUpdate changes what is sent and leaves the rest (seed).
func convaiUpdate(c *call) reply {
	rec, d, ok := convaiFind(c, text(c.body, "charID"))
	if !ok {
		return convaiError(convaiNoFetch)
	}
	var sent []convaiField
	known := []string{"charID"}
	for _, f := range convaiFields() {
		known = append(known, f.key)
		v, there := c.body[f.key]
		switch {
		case !there, v == nil && c.is("null", "ignore"), v == "" && f.key != "reasoning_effort" && c.is("empty", "ignore"):
		default:
			sent = append(sent, f)
		}
	}
	if c.is("unknown-keys", "400") {
		for key := range c.body {
			if !slices.Contains(known, key) {
				return convaiError(convaiNoTable)
			}
		}
	}
	if c.is("combine-settings", "400") && len(sent) > 1 && slices.ContainsFunc(sent, func(f convaiField) bool {
		return f.key == "model_group_name" || f.key == "temperature"
	}) {
		return convaiError(convaiNoTable)
	}
	for i, f := range sent {
		if i == 1 && c.is("partial-then-400", "on") {
			c.save(rec.id, rec.Owner, d)
			return convaiError(convaiNoBackstory)
		}
		if no := f.change(c, d); no != "" {
			return convaiError(no)
		}
	}
	if len(sent) > 0 {
		c.save(rec.id, rec.Owner, d)
	}
	return answer(http.StatusOK, doc{"STATUS": "SUCCESS"})
}

// change applies one field of an update.
func (f convaiField) change(c *call, d doc) string {
	v := c.body[f.key]
	clears := v == nil && c.is("null", "clear") || v == "" && f.key != "reasoning_effort" && c.is("empty", "clear")
	switch {
	case clears && f.key == "action":
		d["actions"] = []any{}
	case clears:
		delete(d, f.key)
	case v == nil, v == "" && f.key != "reasoning_effort":
		return convaiNoTable
	default:
		return f.apply(c, d, v)
	}
	return ""
}

func convaiText(key string) func(*call, doc, any) string {
	return func(c *call, d doc, v any) string {
		s, ok := v.(string)
		if !ok || !convaiTextFits(c, key, s) {
			return convaiNoTable
		}
		d[key] = s
		return ""
	}
}

func convaiBackstory(c *call, d doc, v any) string {
	s, ok := v.(string)
	if ok && c.is("backstory-update", "append") && text(d, "backstory") != "" {
		s = text(d, "backstory") + "\n" + s
	}
	if !ok || !convaiTextFits(c, "backstory", s) {
		return convaiNoBackstory
	}
	d["backstory"] = s
	return ""
}

func convaiLanguages(c *call, d doc, v any) string {
	codes := textsOf(v)
	sent, isList := v.([]any)
	if !isList || len(codes) != len(sent) || len(codes) == 0 || len(codes) > c.limit("language-max") {
		return convaiNoTable
	}
	for _, code := range codes {
		if c.is("unknown-language", "400") && !convaiHasLanguage(code) {
			return fmt.Sprintf("Language code %q is not supported.", code)
		}
	}
	d["languageCodes"] = sent
	return ""
}

func convaiModel(c *call, d doc, v any) string {
	s, ok := v.(string)
	if !ok {
		return convaiNoTable
	}
	model, known := convaiModelNamed(s)
	if !known && c.is("unknown-model", "400") {
		return fmt.Sprintf("Model group name %q is not supported.", s)
	}
	if model.alias != "" && c.is("model-alias", "resolve") {
		s = model.alias
	}
	d["model_group_name"] = s
	return ""
}

// convaiTemperature takes 0 to 1 (seed).
func convaiTemperature(_ *call, d doc, v any) string {
	f, ok := number(v)
	if !ok || f < 0 || f > 1 {
		return "Temperature must be a number between 0 and 1."
	}
	d["temperature"] = v
	return ""
}

// convaiReasoning: "" goes back to inheriting, "auto" is a state of its own, and an error names what is allowed
// (public docs).
func convaiReasoning(_ *call, d doc, v any) string {
	s, ok := v.(string)
	if !ok {
		return convaiNoTable
	}
	if s == "" {
		delete(d, "reasoning_effort")
		return ""
	}
	model, _ := convaiModelNamed(text(d, "model_group_name"))
	allowed := model.levels
	if model.auto {
		allowed = append(slices.Clone(allowed), "auto")
	}
	if !slices.Contains(allowed, s) {
		return fmt.Sprintf("reasoning_effort %q is not supported by %s. Allowed values: %s", s,
			text(d, "model_group_name"), strings.Join(allowed, ", "))
	}
	d["reasoning_effort"] = s
	return ""
}

// convaiLinkMax is how many functions or documents may be active on a character (public docs).
const convaiLinkMax = 128

// convaiLinks merges [{id, status}] by id: what is not named stays (public docs).
func convaiLinks(key string) func(*call, doc, any) string {
	return func(_ *call, d doc, v any) string {
		sent, ok := v.([]any)
		if !ok {
			return convaiNoTable
		}
		links := list(d, key)
		for _, e := range sent {
			link, _ := e.(map[string]any)
			id, status := text(link, "id"), text(link, "status")
			if id == "" || status != "active" && status != "inactive" {
				return convaiNoTable
			}
			at := slices.IndexFunc(links, func(e any) bool { o, _ := e.(map[string]any); return text(o, "id") == id })
			if at < 0 {
				links = append(links, doc{"id": id, "status": status})
			} else {
				links[at] = doc{"id": id, "status": status}
			}
		}
		active := 0
		for _, e := range links {
			if o, _ := e.(map[string]any); text(o, "status") == "active" {
				active++
			}
		}
		if active > convaiLinkMax {
			return fmt.Sprintf("A character can have at most %d active %s.", convaiLinkMax, key)
		}
		d[key] = links
		return ""
	}
}
