package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock is a hand-moved clock.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) move(d time.Duration) { c.mu.Lock(); c.t = c.t.Add(d); c.mu.Unlock() }

// probe does something that the switch decides, and says what came of it.
type probe func(t *testing.T, s *Server, c *clock) string

// said is what of an answer does not change from run to run by itself.
func said(g got) string { return fmt.Sprint(g.Status, " ", g.Text) }

const caiBody = `"name":"Mira","greeting":"Wipe your boots.","title":"Keeper","visibility":"PUBLIC","copyable":true,"definition":"def"`

func caiMade(t *testing.T, s *Server, extra string) string {
	g := ask(t, s, "characterai", "POST", "/chat/character/create/", "{"+caiBody+extra+"}")
	id, _ := object(g.Doc, "character")["external_id"].(string)
	if id == "" {
		return "none"
	}
	return id
}

func caiRead(t *testing.T, s *Server, id string) string {
	return said(ask(t, s, "characterai", "POST", "/chat/character/", `{"external_id":"`+id+`"}`))
}

func caiChanged(t *testing.T, s *Server, body string) string {
	id := put(t, s, "characterai", doc{
		"name": "Mira", "greeting": "Hello there", "title": "Old title", "avatar_rel_path": "a.webp",
		"default_voice_id": "v1", "identifier": "id:1", "future_field": "kept?",
	})
	g := ask(t, s, "characterai", "POST", "/chat/character/update/", `{"external_id":"`+id+`",`+body+`}`)
	return said(g) + caiRead(t, s, id)
}

func caiListed(t *testing.T, s *Server) string {
	return said(ask(t, s, "characterai", "GET", "/chat/characters/?scope=user", ""))
}

// caiLong creates with one text of a hundred characters of two bytes or more.
func caiLong(field string, n int) probe {
	return func(t *testing.T, s *Server, _ *clock) string {
		value := strings.Repeat("a", n)
		body := map[string]string{"name": "Mira", "greeting": "Hello"}
		body[field] = value
		raw, _ := encode(body)
		g := ask(t, s, "characterai", "POST", "/chat/character/create/", string(raw))
		return fmt.Sprint(g.Doc["status"])
	}
}

func alaMade(t *testing.T, s *Server) string {
	return put(t, s, "alakazam", doc{"name": "Mira", "persona": "secret", "greeting": "hi", "visibility": "public"})
}

func alaPatched(body string) probe {
	return func(t *testing.T, s *Server, _ *clock) string {
		id := alaMade(t, s)
		g := ask(t, s, "alakazam", "PATCH", "/v1/characters/"+id, body)
		return said(g) + said(ask(t, s, "alakazam", "GET", "/v1/characters/"+id, ""))
	}
}

func alaCreated(body string) probe {
	return func(t *testing.T, s *Server, _ *clock) string {
		g := ask(t, s, "alakazam", "POST", "/v1/characters", body)
		return said(g) + said(ask(t, s, "alakazam", "GET", "/v1/characters", ""))
	}
}

func conMade(t *testing.T, s *Server) string {
	return put(t, s, "convai", doc{"charName": "Mira", "voiceType": "MALE", "backstory": "Old.", "temperature": 0.42})
}

func conUpdated(body string) probe {
	return func(t *testing.T, s *Server, _ *clock) string {
		id := conMade(t, s)
		g := ask(t, s, "convai", "POST", "/character/update", `{"charID":"`+id+`",`+body+`}`)
		return said(g) + said(ask(t, s, "convai", "POST", "/character/list", "")) +
			said(ask(t, s, "convai", "POST", "/character/get", `{"charID":"`+id+`"}`))
	}
}

func conCreated(extra string) probe {
	return func(t *testing.T, s *Server, _ *clock) string {
		g := ask(t, s, "convai", "POST", "/character/create", `{"charName":"Mira","voiceType":"MALE","backstory":"b"`+extra+`}`)
		return said(g) + said(ask(t, s, "convai", "POST", "/character/list", ""))
	}
}

const npcWorldPath, npcPath = "/api/context/world/game123/world456", "/api/context/characters/game123/world456"

func npcCreated(body string) probe {
	return func(t *testing.T, s *Server, _ *clock) string {
		g := ask(t, s, "npcbuilder", "POST", npcPath+"?location_id=location1", body)
		id, _ := g.Doc["character_id"].(string)
		if id == "" {
			return said(g)
		}
		return said(g) + said(ask(t, s, "npcbuilder", "GET", npcPath+"/"+id, ""))
	}
}

func npcPatched(body string) probe {
	return func(t *testing.T, s *Server, _ *clock) string {
		id := put(t, s, "npcbuilder", doc{"game_id": "game123", "world_id": "world456", "name": "Mira", "traits": []string{"wise"}})
		return said(ask(t, s, "npcbuilder", "PATCH", npcPath+"/"+id, body))
	}
}

// elPatched changes an agent that has a variable, a version and a pending edit of a procedure, and reads it back.
func elPatched(body string) probe {
	return func(t *testing.T, s *Server, _ *clock) string {
		id := elMade(t, s, `{"name":"Mira","conversation_config":{"agent":{"dynamic_variables":{"dynamic_variable_placeholders":{"guest":"Ada"}}}}}`)
		was := text(elRead(t, s, id).Doc, "version_id")
		g := ask(t, s, "elevenlabs", "PATCH", elAgents+"/"+id, body)
		return strings.ReplaceAll(fmt.Sprint(g.Status, text(g.Doc, "version_id") == was, object(object(g.Doc, "conversation_config"), "agent"), object(g.Doc, "detail")), id, "ID")
	}
}

func elVariables(variables string) probe {
	return elPatched(`{"conversation_config":{"agent":{"dynamic_variables":{"dynamic_variable_placeholders":` + variables + `}}}}`)
}

// switchCase is a probe, and for a switch that is a number another value than the default.
type switchCase struct {
	probe probe
	other string
}

func switchCases() map[string]switchCase {
	return map[string]switchCase{
		"late-reads": {func(t *testing.T, s *Server, _ *clock) string { caiMade(t, s, ""); return caiListed(t, s) }, "3"},
		"late-where": {probe: func(t *testing.T, s *Server, _ *clock) string {
			if err := s.Set("late-reads", "9"); err != nil {
				t.Fatal(err)
			}
			return caiRead(t, s, caiMade(t, s, ""))
		}},
		"latency": {func(t *testing.T, s *Server, _ *clock) string {
			start := time.Now()
			ask(t, s, "alakazam", "GET", "/v1/usage", "")
			return fmt.Sprint(time.Since(start) > 60*time.Millisecond)
		}, "80"},
		"body-limit": {alaCreated(`{"name":"Mira","premise":"` + strings.Repeat("x", 1<<20) + `"}`), "1"},

		"alakazam.get-one": {probe: alaPatched(`{"name":"New"}`)},
		"alakazam.delete": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "alakazam", "DELETE", "/v1/characters/"+alaMade(t, s), ""))
		}},
		"alakazam.create-status":      {probe: alaCreated(`{"name":"Mira"}`)},
		"alakazam.create-extras":      {probe: alaCreated(`{"name":"Mira","description":"d","visibility":"public"}`)},
		"alakazam.default-visibility": {probe: alaCreated(`{"name":"Mira"}`)},
		"alakazam.visibility-reads":   {probe: alaPatched(`{"name":"New"}`)},
		"alakazam.patch-stances":      {probe: alaPatched(`{"stances":[{"id":"a","label":"A","mood":"m"}],"intro":{"title":"t"}}`)},
		"alakazam.unknown-keys":       {probe: alaPatched(`{"subject":"s","nonsense":1}`)},
		"alakazam.null":               {probe: alaPatched(`{"greeting":null}`)},
		"alakazam.empty":              {probe: alaPatched(`{"greeting":""}`)},
		"alakazam.pk-brain": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "alakazam", "GET", "/v1/characters/"+alaMade(t, s), "", "Authorization", "Bearer pk_live_sandbox"))
		}},
		"alakazam.mode-mismatch": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "alakazam", "GET", "/v1/characters/"+alaMade(t, s), "", "Authorization", "Bearer sk_test_sandbox"))
		}},
		"alakazam.idempotency-conflict": {probe: func(t *testing.T, s *Server, _ *clock) string {
			ask(t, s, "alakazam", "POST", "/v1/characters", `{"name":"Mira"}`, "Idempotency-Key", "k")
			return said(ask(t, s, "alakazam", "POST", "/v1/characters", `{"name":"Other"}`, "Idempotency-Key", "k"))
		}},
		"alakazam.idempotency-hours": {func(t *testing.T, s *Server, c *clock) string {
			ask(t, s, "alakazam", "POST", "/v1/characters", `{"name":"Mira"}`, "Idempotency-Key", "k")
			c.move(2 * time.Hour)
			ask(t, s, "alakazam", "POST", "/v1/characters", `{"name":"Mira"}`, "Idempotency-Key", "k")
			chars, _ := s.Characters("alakazam")
			return fmt.Sprint(len(chars))
		}, "1"},
		"alakazam.daily-generations": {func(t *testing.T, s *Server, _ *clock) string {
			alaCreated(`{"name":"A"}`)(t, s, nil)
			return alaCreated(`{"name":"B"}`)(t, s, nil)
		}, "1"},
		"alakazam.rate-limit": {func(t *testing.T, s *Server, _ *clock) string {
			alaCreated(`{"name":"A"}`)(t, s, nil)
			return alaCreated(`{"name":"B"}`)(t, s, nil)
		}, "1"},
		"alakazam.list-order": {probe: func(t *testing.T, s *Server, _ *clock) string {
			alaCreated(`{"name":"A"}`)(t, s, nil)
			return alaCreated(`{"name":"B"}`)(t, s, nil)
		}},

		"characterai.absent": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return caiChanged(t, s, `"name":"Mira","greeting":"Hello again"`)
		}},
		"characterai.null": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return caiChanged(t, s, `"name":"Mira","greeting":"Hello again","title":null`)
		}},
		"characterai.empty": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return caiChanged(t, s, `"name":"Mira","greeting":"Hello again","title":""`)
		}},
		"characterai.default-visibility": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return caiChanged(t, s, `"name":"Mira","greeting":"Hello again"`)
		}},
		"characterai.copyable-private": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return caiChanged(t, s, `"name":"Mira","greeting":"Hello again","visibility":"PRIVATE","copyable":true`)
		}},
		"characterai.length-unit": {probe: func(t *testing.T, s *Server, _ *clock) string {
			var out string
			for _, name := range []string{strings.Repeat("é", 15), strings.Repeat("😀", 15)} {
				out += fmt.Sprint(ask(t, s, "characterai", "POST", "/chat/character/create/", `{"name":"`+name+`","greeting":"Hello"}`).Doc["status"], " ")
			}
			return out
		}},
		"characterai.name-charset": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return caiChanged(t, s, `"name":"Mira!","greeting":"Hello again"`)
		}},
		"characterai.list-identifier": {probe: func(t *testing.T, s *Server, _ *clock) string { caiMade(t, s, ""); return caiListed(t, s) }},
		"characterai.copyable-type":   {probe: func(t *testing.T, s *Server, _ *clock) string { caiMade(t, s, ""); return caiListed(t, s) }},
		"characterai.archived": {probe: func(t *testing.T, s *Server, _ *clock) string {
			id := put(t, s, "characterai", doc{"name": "Mira", "archived": true})
			return caiListed(t, s) + caiRead(t, s, id)
		}},
		"characterai.failure-shape": {probe: caiLongText("name", 40)},
		"characterai.owner-view":    {probe: func(t *testing.T, s *Server, _ *clock) string { return caiRead(t, s, caiMade(t, s, "")) }},
		"characterai.unknown-category": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return caiRead(t, s, caiMade(t, s, `,"categories":["Nonesuch","Books"]`))
		}},
		"characterai.category-shape": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "characterai", "GET", "/chat/character/categories/", ""))
		}},
		"characterai.identifier-unique": {probe: func(t *testing.T, s *Server, _ *clock) string {
			caiMade(t, s, `,"identifier":"id:x"`)
			return caiMade(t, s, `,"identifier":"id:x"`)
		}},
		"characterai.nulls": {probe: func(t *testing.T, s *Server, _ *clock) string { return caiRead(t, s, caiMade(t, s, "")) }},
		"characterai.normalise": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return caiChanged(t, s, `"name":"Mira","greeting":"  Hello again\n"`)
		}},
		"characterai.moderation": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return caiChanged(t, s, `"name":"Mira","greeting":"Hello [unsafe]"`)
		}},
		"characterai.avatar-policy": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "characterai", "POST", "/chat/avatar/upload/", `{"image":"xxxx"}`))
		}},
		"characterai.list-lag":            {func(t *testing.T, s *Server, _ *clock) string { caiMade(t, s, ""); return caiListed(t, s) }, "500"},
		"characterai.name-max":            {caiLong("name", 12), "10"},
		"characterai.greeting-max":        {caiLong("greeting", 501), "500"},
		"characterai.title-max":           {caiLong("title", 40), "39"},
		"characterai.description-max":     {caiLong("description", 101), "100"},
		"characterai.definition-max":      {caiLong("definition", 3201), "3200"},
		"characterai.base_img_prompt-max": {caiLong("base_img_prompt", 60), "59"},

		"convai.missing-key": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "convai", "POST", "/character/list", "", "CONVAI-API-KEY", ""))
		}},
		"convai.auth-error-key": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "convai", "POST", "/character/list", "", "CONVAI-API-KEY", "nope"))
		}},
		"convai.get-extended":        {probe: conUpdated(`"charName":"New"`)},
		"convai.get-envelope":        {probe: conUpdated(`"charName":"New"`)},
		"convai.unknown-model":       {probe: conUpdated(`"model_group_name":"nonesuch"`)},
		"convai.model-alias":         {probe: conUpdated(`"model_group_name":"gpt-5.x"`)},
		"convai.unknown-voice":       {probe: conUpdated(`"voiceType":"nonesuch"`)},
		"convai.unknown-language":    {probe: conUpdated(`"languageCodes":["xx-XX"]`)},
		"convai.language-max":        {conUpdated(`"languageCodes":["en-US","de-DE"]`), "1"},
		"convai.backstory-max-words": {conUpdated(`"backstory":"one two three"`), "2"},
		"convai.empty":               {probe: conUpdated(`"backstory":""`)},
		"convai.null":                {probe: conUpdated(`"backstory":null`)},
		"convai.unknown-keys":        {probe: conUpdated(`"language_codes":["de-DE"]`)},
		"convai.backstory-update":    {probe: conUpdated(`"backstory":"New."`)},
		"convai.partial-then-400":    {probe: conUpdated(`"charName":"New","backstory":"New."`)},
		"convai.combine-settings":    {probe: conUpdated(`"temperature":0.1,"model_group_name":"gpt-4o"`)},
		"convai.actions-separator":   {probe: conUpdated(`"action":"Nod, Wave\nBow"`)},
		"convai.null-sentinel": {probe: func(t *testing.T, s *Server, _ *clock) string {
			put(t, s, "convai", doc{"charName": "Mira"})
			return said(ask(t, s, "convai", "POST", "/character/list", ""))
		}},
		"convai.float-noise":    {probe: conUpdated(`"temperature":0.42`)},
		"convai.quota":          {probe: conCreated("")},
		"convai.max-characters": {func(t *testing.T, s *Server, _ *clock) string { conMade(t, s); return conCreated("")(t, s, nil) }, "1"},
		"convai.clone-name": {probe: func(t *testing.T, s *Server, _ *clock) string {
			ask(t, s, "convai", "POST", "/user/clone_character", `{"charID":"`+conMade(t, s)+`"}`)
			return said(ask(t, s, "convai", "POST", "/character/list", ""))
		}},
		"convai.delete-twice": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "convai", "POST", "/character/delete", `{"charID":"gone"}`))
		}},
		"convai.models-envelope": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "convai", "POST", "/character/getSupportedModel", ""))
		}},
		"convai.kb-delay": {func(t *testing.T, s *Server, _ *clock) string {
			id := conMade(t, s)
			ask(t, s, "convai", "POST", "/character/knowledge-bank/upload", `{"charID":"`+id+`","file_name":"a.txt","content":"x"}`)
			return said(ask(t, s, "convai", "POST", "/character/knowledge-bank/list", `{"charID":"`+id+`"}`))
		}, "500"},

		"elevenlabs.placeholders":     {probe: elVariables(`{"hour":"late"}`)},
		"elevenlabs.placeholder-null": {probe: elVariables(`{"guest":null}`)},
		"elevenlabs.equal-patch":      {probe: elPatched(`{"name":"Mira"}`)},
		"elevenlabs.get-shows": {probe: func(t *testing.T, s *Server, _ *clock) string {
			id := put(t, s, "elevenlabs", doc{"name": "Mira", "_procedures": doc{"tip": doc{"p1": "v1"}, "draft": doc{"p1": "v2"}}})
			return fmt.Sprint(object(elRead(t, s, id).Doc, "procedures"))
		}},
		"elevenlabs.unknown-keys": {probe: elPatched(`{"nonsense":1}`)},
		"elevenlabs.nameless": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return text(elRead(t, s, elMade(t, s, `{"conversation_config":{}}`)).Doc, "name")
		}},
		"elevenlabs.temperature":   {probe: elPatched(`{"conversation_config":{"agent":{"prompt":{"temperature":1.5}}}}`)},
		"elevenlabs.unknown-voice": {probe: elPatched(`{"conversation_config":{"tts":{"voice_id":"nobody"}}}`)},
		"elevenlabs.delete-status": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "elevenlabs", "DELETE", elAgents+"/"+elMade(t, s, `{"conversation_config":{}}`), ""))
		}},
		"elevenlabs.delete-twice": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "elevenlabs", "DELETE", elAgents+"/agent_none", ""))
		}},
		"elevenlabs.not-found": {probe: func(t *testing.T, s *Server, _ *clock) string { return said(elRead(t, s, "agent_none")) }},

		"npcbuilder.filters": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return fmt.Sprint(ask(t, s, "npcbuilder", "POST", npcPath, `{"filters":true}`).Status,
				ask(t, s, "npcbuilder", "POST", npcPath, `{"filters":{"violence":false}}`).Status)
		}},
		"npcbuilder.schema-violation": {probe: npcCreated(`{"age":"ancient"}`)},
		"npcbuilder.error-body":       {probe: npcCreated(`{"age":"ancient"}`)},
		"npcbuilder.premium":          {probe: npcCreated(`{"model":"premium"}`)},
		"npcbuilder.delete-twice": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "npcbuilder", "DELETE", npcPath+"/gone", ""))
		}},
		"npcbuilder.unknown-world": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "npcbuilder", "POST", "/api/context/characters/g/w", `{"name":"Mira"}`))
		}},
		"npcbuilder.unknown-keys": {probe: npcCreated(`{"nonsense":1}`)},
		"npcbuilder.required":     {probe: npcCreated(`{"role":"guard"}`)},
		"npcbuilder.duplicate-names": {probe: func(t *testing.T, s *Server, _ *clock) string {
			npcCreated(`{"name":"Mira"}`)(t, s, nil)
			return npcCreated(`{"name":"Mira"}`)(t, s, nil)
		}},
		"npcbuilder.null":            {probe: npcPatched(`{"name":null}`)},
		"npcbuilder.empty":           {probe: npcPatched(`{"name":""}`)},
		"npcbuilder.arrays":          {probe: npcPatched(`{"traits":["brave"]}`)},
		"npcbuilder.item-case":       {probe: npcPatched(`{"items":[{"itemName":"sword"}]}`)},
		"npcbuilder.traits-order":    {probe: npcPatched(`{"traits":["kind","brave"]}`)},
		"npcbuilder.opposite-traits": {probe: npcPatched(`{"traits":["kind","cruel"]}`)},
		"npcbuilder.get-private":     {probe: npcCreated(`{"name":"Mira"}`)},
		"npcbuilder.tree-repeats": {probe: func(t *testing.T, s *Server, _ *clock) string {
			npcCreated(`{"name":"Mira"}`)(t, s, nil)
			return said(ask(t, s, "npcbuilder", "GET", npcWorldPath, ""))
		}},
		"npcbuilder.session": {probe: func(t *testing.T, s *Server, _ *clock) string {
			id := put(t, s, "npcbuilder", doc{"game_id": "game123", "world_id": "world456", "name": "Mira"})
			ask(t, s, "npcbuilder", "PATCH", npcPath+"/"+id+"?session_id=p1", `{"name":"Player's"}`)
			return said(ask(t, s, "npcbuilder", "GET", npcPath+"/"+id, ""))
		}},
		"vapi.null":  {probe: vapiPatched(`{"name":null}`)},
		"vapi.empty": {probe: vapiPatched(`{"firstMessage":""}`)},
		"vapi.unknown-keys": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "vapi", "POST", "/assistant", `{"nonsense":1}`))
		}},
		"vapi.list-order": {probe: func(t *testing.T, s *Server, c *clock) string {
			for _, name := range []string{"one", "two"} {
				c.move(time.Second)
				put(t, s, "vapi", doc{"name": name})
			}
			return said(ask(t, s, "vapi", "GET", "/assistant?limit=1", ""))
		}},
		"vapi.times": {probe: func(t *testing.T, s *Server, c *clock) string {
			c.move(time.Microsecond)
			put(t, s, "vapi", doc{"name": "Mira"})
			return said(ask(t, s, "vapi", "GET", "/assistant?createdAtLe=2026-11-21T12:00:00.000Z", ""))
		}},
		"vapi.versioning": {probe: vapiPatched(`{"name":"Mira"}`)},
		"vapi.pinned": {probe: func(t *testing.T, s *Server, _ *clock) string {
			return said(ask(t, s, "vapi", "DELETE", "/assistant/"+put(t, s, "vapi", doc{"name": "Mira"}), ""))
		}},
		"vapi.headers": {probe: vapiPatched(`{"server":{"url":"https://example.org","headers":{"x":"y"}}}`)},

		"npcbuilder.length-unit": {probe: func(t *testing.T, s *Server, _ *clock) string {
			var out string
			for _, name := range []string{strings.Repeat("é", 15), strings.Repeat("😀", 15)} {
				out += fmt.Sprint(ask(t, s, "npcbuilder", "POST", npcPath, `{"name":"`+name+`"}`).Status, " ")
			}
			return out
		}},
	}
}

func vapiPatched(patch string) probe {
	return func(t *testing.T, s *Server, _ *clock) string {
		id := put(t, s, "vapi", doc{"name": "Old"})
		return said(ask(t, s, "vapi", "PATCH", "/assistant/"+id, patch)) + said(ask(t, s, "vapi", "GET", "/assistant/"+id, ""))
	}
}

func caiLongText(field string, n int) probe {
	return func(t *testing.T, s *Server, _ *clock) string {
		return said(ask(t, s, "characterai", "POST", "/chat/character/create/", `{"greeting":"Hello","`+field+`":"`+strings.Repeat("a", n)+`"}`))
	}
}

// A switch without an effect is a defect: every value of every switch must lead to something that no other value leads to.
func TestEverySwitchChangesBehaviour(t *testing.T) {
	cases := switchCases()
	for _, sw := range Switches() {
		t.Run(sw.Name, func(t *testing.T) {
			tc, ok := cases[sw.Name]
			if !ok {
				t.Fatal("no probe for this switch")
			}
			values := sw.Values
			if len(values) == 0 {
				values = []string{sw.Default, tc.other}
			}
			if !slices.Contains(values, sw.Default) {
				t.Errorf("the default %q is not a value", sw.Default)
			}
			result := func(value string) string {
				c := newClock()
				return tc.probe(t, opened(t, Options{Now: c.now, Switches: map[string]string{sw.Name: value}}), c)
			}
			if once, again := result(sw.Default), result(sw.Default); once != again {
				t.Errorf("the probe is not repeatable: %.300s and %.300s", once, again)
			}
			seen := map[string]string{}
			for _, value := range values {
				result := result(value)
				if other, same := seen[result]; same {
					t.Errorf("%q does what %q does: %.300s", value, other, result)
				}
				seen[result] = value
			}
		})
		delete(cases, sw.Name)
	}
	for name := range maps.Keys(cases) {
		t.Errorf("a probe for %q, which is no switch", name)
	}
}

func TestSwitchErrorsSayWhatIsAccepted(t *testing.T) {
	s := opened(t, Options{})
	for _, tc := range []struct{ name, value, want string }{
		{"alakazam.get-two", "404", "alakazam.get-one"},
		{"alakazam.get-one", "500", "200, 404, 405"},
		{"latency", "-1", "from 0 to 60000"},
		{"latency", "soon", "from 0 to 60000"},
	} {
		if err := s.Set(tc.name, tc.value); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("Set(%s, %s) = %v, want %q in it", tc.name, tc.value, err, tc.want)
		}
		if _, err := Open(Options{Switches: map[string]string{tc.name: tc.value}}); err == nil {
			t.Errorf("Open with %s=%s worked", tc.name, tc.value)
		}
	}
	for _, sw := range Switches() {
		if sw.Doc == "" || !slices.Contains([]string{"seed", "public docs", "assumed", "sandbox"}, sw.Source) {
			t.Errorf("%s: doc %q, source %q", sw.Name, sw.Doc, sw.Source)
		}
		if err := sw.check(sw.Default); err != nil {
			t.Error(err)
		}
	}
}
