package sandbox

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func elGet(c *call) reply {
	a, no := elFind(c)
	if no != nil {
		return *no
	}
	return answer(http.StatusOK, elView(c, a, a.d))
}

// elView is the whole agent, with every default filled in (public docs).
func elView(c *call, a elAgent, d doc) doc {
	shown, _ := elShown(elSchema(), d, true).(map[string]any)
	prompt := object(object(object(shown, "conversation_config"), "agent"), "prompt")
	tools := []any{}
	for _, id := range textsOf(prompt["tool_ids"]) { // deprecated, and shown beside tool_ids
		tools = append(tools, doc{"type": "client", "name": id, "description": ""})
	}
	prompt["tools"] = tools
	object(shown, "platform_settings")["safety"] = doc{"is_blocked_ivc": false, "is_blocked_non_ivc": false, "ignore_safety_evaluation": false}
	branch := a.branch
	if branch == "" {
		branch = elMainBranch(a.rec.id)
	}
	out := doc{
		"agent_id": a.rec.id, "name": text(d, "name"), "tags": anyTexts(textsOf(d["tags"])),
		"conversation_config": shown["conversation_config"], "platform_settings": shown["platform_settings"], "workflow": shown["workflow"],
		"metadata":      doc{"created_at_unix_secs": time.Unix(0, a.rec.created).Unix(), "updated_at_unix_secs": time.Unix(0, a.rec.updated).Unix()},
		"phone_numbers": []any{}, "whatsapp_accounts": []any{}, "access_info": elAccess(a.rec, a.role, c.who),
		"version_id": elHead(c, a.rec.id, branch), "branch_id": branch, "main_branch_id": elMainBranch(a.rec.id),
		"procedures":             elProcedures(c, d),
		"default_hold_audio_url": "https://eleven-public-cdn-common.elevenlabs.io/convai/ambient-audio-assets/elevator1.mp3",
	}
	return out
}

func elAccess(rec *record, role string, who account) doc {
	source := "explicit"
	if rec.Owner == who.owner {
		source = "creator"
	}
	return doc{
		"is_creator": rec.Owner == who.owner, "creator_name": rec.Owner, "creator_email": rec.Owner + "@example.com", "role": role,
		"anonymous_access_level_override": nil, "access_source": source,
	}
}

// elProcedures shows the published procedures, or those of the draft to its author.
func elProcedures(c *call, d doc) doc {
	all := object(d, "_procedures")
	shown := object(all, "tip")
	if draft, ok := all["draft"].(map[string]any); ok && c.is("get-shows", "draft") {
		shown = draft
	}
	out := doc{}
	for id, version := range shown {
		out[id] = doc{"procedure_id": id, "version_id": version, "name": id, "type": "free_form", "trigger": ""}
	}
	return out
}

// elSummary is a list item: nothing in it moves when an agent's prompt does.
func elSummary(rec *record, d doc, role string, who account) doc {
	tts := object(object(d, "conversation_config"), "tts")
	return doc{
		"agent_id": rec.id, "name": text(d, "name"), "voice_id": orElse(tts, "voice_id", "cjVigY5qzO86Huf0OWal"),
		"tags": anyTexts(textsOf(d["tags"])), "created_at_unix_secs": time.Unix(0, rec.created).Unix(),
		"access_info": elAccess(rec, role, who), "last_call_time_unix_secs": nil, "archived": rec.Hidden,
	}
}

// elList pages by cursor, newest first; archived agents are left out unless they are asked for (public docs).
func elList(c *call) reply {
	size, err := queryNumber(c.query, "page_size", 30)
	if err != nil || size < 1 || size > 100 {
		return elInvalid([]elFault{{loc: []any{"query", "page_size"}, msg: "Input should be a whole number from 1 to 100", kind: "value_error"}})
	}
	after, ok := elCursor(c.query.Get("cursor"))
	if !ok {
		return elProblem(http.StatusBadRequest, "invalid_cursor", "The cursor is not valid.")
	}
	search, archived := strings.ToLower(c.query.Get("search")), c.query.Get("archived") == "true"
	page, last, more := []any{}, int64(0), false
	for rec := range c.tx.from(charactersCol, after, true) {
		if rec.Hidden != archived || !strings.Contains(strings.ToLower(rec.Name), search) {
			continue
		}
		d := c.tx.doc(rec)
		role := elRole(rec, d, c.who)
		if role == "" {
			continue
		}
		if len(page) == size {
			more = true
			break
		}
		page, last = append(page, elSummary(rec, d, role, c.who)), rec.seq
	}
	out := doc{"agents": page, "next_cursor": nil, "has_more": more}
	if more {
		out["next_cursor"] = base64.RawURLEncoding.EncodeToString([]byte("agents:" + strconv.FormatInt(last, 10)))
	}
	return answer(http.StatusOK, out)
}

func elCursor(cursor string) (seq int64, ok bool) {
	if cursor == "" {
		return 0, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, false
	}
	digits, ok := strings.CutPrefix(string(raw), "agents:")
	if !ok {
		return 0, false
	}
	seq, err = strconv.ParseInt(digits, 10, 64)
	return seq, err == nil && seq > 0
}

// elSummaries gives up to a hundred list items by their ids.
func elSummaries(c *call) reply {
	out := doc{}
	for _, id := range c.query["agent_ids"] {
		rec, d, ok := c.tx.get(charactersCol, id)
		if role := ""; ok {
			if role = elRole(rec, d, c.who); role != "" {
				out[id] = doc{"status": "success", "data": elSummary(rec, d, role, c.who)}
				continue
			}
		}
		out[id] = doc{"status": "failure", "error_code": 404, "error_status": c.sw("not-found"), "error_message": "Agent not found."}
	}
	return answer(http.StatusOK, out)
}

// elModelList is what agents may think with.
func elModelList(*call) reply {
	models := []any{}
	for _, name := range strings.Fields(elModels) {
		models = append(models, doc{
			"llm": name, "is_checkpoint": false, "max_tokens_limit": 8192, "max_context_limit": 200000, "supports_image_input": true,
			"supports_document_input": true, "supports_parallel_tool_calls": true, "available_reasoning_efforts": nil, "deprecation_info": nil,
		})
	}
	return answer(http.StatusOK, doc{"llms": models, "default_deprecation_config": doc{
		"warning_start_days": 30, "fallback_start_days": 14, "fallback_complete_days": 7, "fallback_start_percentage": 25, "fallback_complete_percentage": 100,
	}})
}

type elVoice struct{ id, name string }

// elVoices are voices that every account has, by the ids in the vendor's documents.
func elVoices() []elVoice {
	return []elVoice{
		{"cjVigY5qzO86Huf0OWal", "Eric"},
		{"21m00Tcm4TlvDq8ikWAM", "Rachel"},
		{"JBFqnCBsd6RMkjVDRZzb", "George"},
		{"EXAVITQu4vr4xnSDxMaL", "Sarah"},
		{"onwK4e9ZLuTAKqWW03F9", "Daniel"},
		{"XB0fDUnXU5powFXDhCwa", "Charlotte"},
	}
}

func elVoiceList(*call) reply {
	voices := []any{}
	for _, v := range elVoices() {
		voices = append(voices, doc{"voice_id": v.id, "name": v.name, "category": "premade", "labels": doc{}})
	}
	return answer(http.StatusOK, doc{"voices": voices, "has_more": false, "total_count": len(voices), "next_page_token": nil})
}
