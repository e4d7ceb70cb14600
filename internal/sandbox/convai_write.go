package sandbox

import (
	"net/http"
	"strings"
)

func convaiCreate(c *call) reply {
	if no := convaiQuota(c); no != nil {
		return *no
	}
	failed := answer(http.StatusBadRequest, doc{"INTERNAL_ERROR": convaiNoCreate})
	d := convaiDefaults()
	for _, key := range []string{"charName", "voiceType", "backstory"} {
		s := text(c.body, key)
		if s == "" || !convaiTextFits(c, key, s) {
			return failed
		}
		d[key] = s
	}
	if v, sent := c.body["actions"]; sent {
		s, ok := v.(string)
		if !ok {
			return failed
		}
		d["actions"] = convaiActions(c, s)
	}
	id := convaiID(c.tx)
	c.save(id, c.who.owner, d)
	return answer(http.StatusCreated, doc{"charID": id})
}

func convaiQuota(c *call) *reply {
	full := c.is("quota", "on")
	if most := c.limit("max-characters"); !full && most < 1_000_000 {
		n := 0
		for rec := range c.tx.all(charactersCol) {
			if rec.Owner == c.who.owner {
				n++
			}
		}
		full = n >= most
	}
	if !full {
		return nil
	}
	no := answer(http.StatusTooManyRequests, doc{"ERROR": convaiQuotaText, "Reference ID": "plan-quota"})
	return &no
}

// convaiActions splits the string that carries a list.
func convaiActions(c *call, s string) []any {
	sep := ","
	if c.is("actions-separator", "newline") {
		sep = "\n"
	}
	out := []any{}
	for _, part := range strings.Split(s, sep) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func convaiTextFits(c *call, key, s string) bool {
	switch key {
	case "voiceType":
		return c.is("unknown-voice", "accept") || convaiHasVoice(s)
	case "backstory":
		most := c.limit("backstory-max-words")
		return most == 0 || len(strings.Fields(s)) <= most
	}
	return true
}

func convaiDelete(c *call) reply {
	rec, _, ok := convaiFind(c, text(c.body, "charID"))
	if !ok {
		if c.is("delete-twice", "200") {
			return answer(http.StatusOK, doc{"STATUS": "SUCCESS"})
		}
		return convaiError(convaiNoRead)
	}
	c.tx.remove(charactersCol, rec.id)
	for kb := range c.tx.all(convaiKBCol) {
		if kb.Place == rec.id {
			c.tx.remove(convaiKBCol, kb.id)
		}
	}
	return answer(http.StatusOK, doc{"STATUS": "SUCCESS"})
}

// convaiClone copies everything but the knowledge bank, and that too on request. Public characters can be cloned.
func convaiClone(c *call) reply {
	if no := convaiQuota(c); no != nil {
		return *no
	}
	source, d, ok := c.tx.get(charactersCol, text(c.body, "charID"))
	if !ok || source.Owner != c.who.owner && text(d, "listing") != "PUBLIC" {
		return convaiError(convaiNoRead)
	}
	withKB, sent := c.body["KB"].(bool)
	if _, there := c.body["KB"]; there && !sent {
		return convaiError(convaiNoRead)
	}
	if c.is("clone-name", "copy") {
		d["charName"] = text(d, "charName") + " (copy)"
	}
	if source.Owner != c.who.owner {
		d["listing"] = "PRIVATE"
	}
	delete(d, "docs")
	id := convaiID(c.tx)
	links := []any{}
	if withKB {
		for kb := range c.tx.all(convaiKBCol) {
			if kb.Place == source.id {
				copied := convaiID(c.tx)
				c.tx.put(convaiKBCol, copied, c.tx.doc(kb), index{Place: id, Owner: c.who.owner})
				links = append(links, doc{"id": copied, "status": "active"})
			}
		}
	}
	if len(links) > 0 {
		d["docs"] = links
	}
	c.save(id, c.who.owner, d)
	return answer(http.StatusOK, doc{"charID": id})
}

// convaiNarrative says Successful, not SUCCESS (public docs).
func convaiNarrative(c *call) reply {
	on, isBool := c.body["is_narrative_driven"].(bool)
	rec, d, ok := convaiFind(c, text(c.body, "character_id"))
	if !ok || !isBool {
		return convaiError(convaiNoFetch)
	}
	d["is_narrative_driven"] = on
	c.save(rec.id, rec.Owner, d)
	return answer(http.StatusOK, doc{"STATUS": "Successful"})
}
