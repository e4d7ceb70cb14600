package sandbox

import "net/http"

// convaiGet finds by charID, or the oldest of a charName (assumed: names repeat, and no warning is given). Own and public
// characters can be read (public docs).
func convaiGet(c *call) reply {
	var rec *record
	if id := text(c.body, "charID"); id != "" {
		rec = c.tx.find(charactersCol, id)
	} else if name := text(c.body, "charName"); name != "" {
		for r := range c.tx.all(charactersCol) {
			if r.Name == name && r.Owner == c.who.owner {
				rec = r
				break
			}
		}
	}
	if rec == nil {
		return convaiError(convaiNoRead)
	}
	d := c.tx.doc(rec)
	if rec.Owner != c.who.owner && text(d, "listing") != "PUBLIC" {
		return convaiError(convaiNoRead)
	}
	c.id = rec.id
	full := convaiFull(c, rec, d)
	full["backstory"] = convaiBlank(c, text(d, "backstory"))
	out := full
	if c.is("get-extended", "off") {
		out = doc{}
		for _, key := range []string{"character_name", "user_id", "character_id", "voice_type", "timestamp", "backstory"} {
			out[key] = full[key]
		}
	}
	if c.is("get-envelope", "response") {
		out = doc{"response": out}
	}
	return answer(http.StatusOK, out)
}

// convaiList has everything of the caller's but the backstories, at once (public docs).
func convaiList(c *call) reply {
	age := c.srv.switches.age()
	characters := []rawJSON{}
	for rec := range c.tx.all(charactersCol) {
		if rec.Owner == c.who.owner {
			characters = append(characters, c.projected(rec, "list", age, func(rec *record, d doc) any { return convaiFull(c, rec, d) }))
		}
	}
	return answer(http.StatusOK, doc{"characters": characters})
}

// convaiFull is the true record as lists show it, with the sort of values the documents' sample has: nulls beside empty
// strings, "None" in words, a flag as a string (public docs).
func convaiFull(c *call, rec *record, d doc) doc {
	languages := list(d, "languageCodes")
	var first any = "en-US"
	if len(languages) > 0 {
		first = languages[0]
	}
	out := doc{
		"character_name": convaiBlank(c, text(d, "charName")), "user_id": "user-" + rec.Owner, "character_id": rec.id,
		"listing": text(d, "listing"), "language_code": first, "language_codes": orElse(d, "languageCodes", []any{}),
		"voice_type": convaiBlank(c, text(d, "voiceType")), "character_actions": orElse(d, "actions", []any{}),
		"character_emotions": []any{}, "timestamp": convaiTime(rec.created), "model_type": "default",
		"personalised_prompt_config": doc{
			"MODEL": convaiBlank(c, text(d, "model_group_name")), "TEMPERATURE": convaiHeat(c, d),
			"USE_COMBINED_PROMPT": "true",
		},
		"memory_settings": orElse(d, "memorySettings", doc{"enabled": false}),
		"guard_rails":     nil, "guardrail_meta": doc{"limitResponseLevel": 2, "blockedWords": []any{}},
		"character_traits": doc{}, "speaking_style": "None", "pronunciation_metadata": doc{}, "boosted_words": "",
		"is_narrative_driven": truth(d, "is_narrative_driven"), "start_narrative_section_id": nil,
		"last_interacted_with": nil, "embodiment": "",
	}
	return out
}

func convaiBlank(c *call, s string) string {
	if s == "" && c.is("null-sentinel", "on") {
		return "NULL"
	}
	return s
}

func convaiHeat(c *call, d doc) any {
	f, ok := number(d["temperature"])
	switch {
	case !ok:
		return nil
	case c.is("float-noise", "on"):
		return float64(float32(f))
	}
	return d["temperature"]
}
