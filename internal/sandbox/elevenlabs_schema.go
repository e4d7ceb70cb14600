package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// elField is a place in the vendor's schema (public docs): its kind, whether null is a value there, what is accepted, and
// what a read shows while nothing was set.
type elField struct {
	kind     string // text, word, whole, figure, flag, texts, objects, object, open
	null     bool
	least    float64
	most     float64 // with least: the range of a figure, where it differs from least
	length   int     // of a text, or of a list; 0 is none
	words    []string
	fallback any
	needed   bool // in an element of a list: must be there
	inner    map[string]elField
}

func elText(fallback string) elField        { return elField{kind: "text", fallback: fallback} }
func elFlag(fallback bool) elField          { return elField{kind: "flag", fallback: fallback} }
func elWhole(fallback int) elField          { return elField{kind: "whole", fallback: fallback} }
func elTexts(most int) elField              { return elField{kind: "texts", length: most, fallback: []any{}} }
func elOpen() elField                       { return elField{kind: "open", fallback: doc{}} }
func elNull(f elField) elField              { f.null, f.fallback = true, nil; return f }
func elNeeded(f elField) elField            { f.needed = true; return f }
func elIn(inner map[string]elField) elField { return elField{kind: "object", inner: inner} }

func elFigure(least, most, fallback float64) elField {
	return elField{kind: "figure", least: least, most: most, fallback: fallback}
}

func elWord(fallback, words string) elField {
	return elField{kind: "word", words: strings.Fields(words), fallback: fallback}
}

func elObjects(most int, inner map[string]elField) elField {
	return elField{kind: "objects", length: most, inner: inner, fallback: []any{}}
}

// elSchema is the body of a create, and of an update.
func elSchema() elField {
	return elIn(map[string]elField{
		"name":                elNull(elText("")),
		"tags":                elNull(elTexts(0)),
		"conversation_config": elConversation(),
		"platform_settings":   elPlatform(),
		"workflow":            elOpen(),
	})
}

func elConversation() elField {
	prompt := elIn(map[string]elField{
		"prompt": elText(""), "llm": elWord("gemini-2.5-flash", elModels), "temperature": {kind: "figure", null: true, fallback: 0},
		"max_tokens": elWhole(-1), "reasoning_effort": elNull(elWord("", "none minimal low medium high xhigh max")),
		"thinking_budget": elNull(elWhole(0)), "enable_reasoning_summary": elFlag(false), "tool_ids": elTexts(0),
		"tools": {kind: "objects", fallback: []any{}}, "built_in_tools": elOpen(), "mcp_server_ids": elTexts(10),
		"native_mcp_server_ids": elTexts(10), "custom_llm": elNull(elOpen()),
		"knowledge_base": elObjects(0, map[string]elField{
			"type": elNeeded(elWord("", "file url text folder")), "name": elNeeded(elText("")), "id": elNeeded(elText("")),
			"usage_mode": elWord("auto", "prompt auto"),
		}),
		"ignore_default_personality": {kind: "flag", null: true, fallback: true}, "rag": elOpen(), "timezone": elNull(elText("")),
		"backup_llm_config": {kind: "open", fallback: doc{"preference": "default"}}, "cascade_timeout_seconds": elFigure(2, 15, 4),
	})
	agent := elIn(map[string]elField{
		"first_message": elText(""), "language": elText("en"), "hinglish_mode": elFlag(false),
		"dynamic_variables":                   elIn(map[string]elField{"dynamic_variable_placeholders": elOpen()}),
		"disable_first_message_interruptions": elFlag(false), "max_conversation_duration_message": elText(""),
		"text_behavior_overrides": elNull(elOpen()), "prompt": prompt,
	})
	tts := elIn(map[string]elField{
		"model_id": elWord("eleven_flash_v2", elSpeechModels), "voice_id": elText("cjVigY5qzO86Huf0OWal"),
		"supported_voices": {kind: "objects", fallback: []any{}}, "expressive_mode": elFlag(true),
		"suggested_audio_tags":      {kind: "objects", length: 20, fallback: []any{}},
		"agent_output_audio_format": elText("pcm_16000"), "optimize_streaming_latency": {kind: "open", fallback: 3},
		"stability": elFigure(0, 1, 0.5), "speed": elFigure(0.7, 1.2, 1), "similarity_boost": elFigure(0, 1, 0.8),
		"text_normalisation_type":           elText("system_prompt"),
		"pronunciation_dictionary_locators": {kind: "objects", fallback: []any{}}, "enable_phoneme_tags": elFlag(true),
		"audio_effects": elNull(elOpen()),
	})
	conversation := elIn(map[string]elField{
		"text_only": elFlag(false), "max_duration_seconds": elWhole(600), "client_events": elTexts(0), "file_input": elOpen(),
		"monitoring_enabled": elFlag(false), "monitoring_events": elTexts(0), "dtmf_input_settings": elNull(elOpen()),
		"background_sound": elOpen(), "source_attribution": elFlag(false),
	})
	return elIn(map[string]elField{
		"asr": elOpen(), "turn": elOpen(), "vad": elOpen(), "language_presets": elOpen(),
		"tts": tts, "conversation": conversation, "agent": agent,
	})
}

func elPlatform() elField {
	criterion := map[string]elField{
		"id": elText(""), "name": elText(""), "type": elWord("prompt", "prompt"),
		"conversation_goal_prompt": {kind: "text", length: 2000, fallback: ""}, "use_knowledge_base": elFlag(false),
		"scope": elWord("conversation", "conversation agent"), "llm": elNull(elWord("", elModels)),
		"scoring_mode": elWord("binary", "binary numeric_uniform"), "max_score": elWhole(100), "score_instructions": elNull(elText("")),
	}
	auth := elIn(map[string]elField{
		"enable_auth": elFlag(false), "allowlist": elObjects(0, map[string]elField{"hostname": elNeeded(elText(""))}),
		"require_origin_header": elFlag(false), "shareable_token": elNull(elText("")),
	})
	privacy := elIn(map[string]elField{
		"record_voice": elFlag(true), "retention_days": elWhole(-1), "delete_transcript_and_pii": elFlag(false), "delete_audio": elFlag(false),
		"apply_to_existing_conversations": elFlag(false), "zero_retention_mode": elFlag(false), "conversation_history_redaction": elOpen(),
	})
	inner := map[string]elField{
		"evaluation": elIn(map[string]elField{"criteria": elObjects(0, criterion)}), "analysis_items": elNull(elOpen()),
		"archived": elFlag(false), "summary_language": elNull(elText("")), "auto_translate_transcript_to_app_language": elNull(elFlag(false)),
		"auth": auth, "privacy": privacy, "trust_context": elText("unknown"), "analysis_llm": elWord("gemini-2.5-flash", elModels),
		"alerting": elNull(elOpen()),
	}
	for _, key := range []string{
		"widget", "data_collection", "data_collection_scopes", "overrides", "workspace_overrides", "testing", "guardrails",
		"call_limits", "queueing_config", "topic_discovery", "sentiment_analysis",
	} {
		inner[key] = elOpen()
	}
	f := elIn(inner)
	f.null = true
	return f
}

// elSpeechModels joins the OpenAPI's words and those that the SDK has beside them.
const elSpeechModels = `eleven_turbo_v2 eleven_turbo_v2_5 eleven_flash_v2 eleven_flash_v2_5 eleven_multilingual_v2 eleven_v3_conversational
	eleven_v4 eleven_v4_turbo`

// elModels does the same. Dated checkpoints are left out.
const elModels = `gpt-4o-mini gpt-4o gpt-4 gpt-4-turbo gpt-4.1 gpt-4.1-mini gpt-4.1-nano gpt-5 gpt-5.1 gpt-5.2 gpt-5.2-chat-latest gpt-5.4
	gpt-5.4-mini gpt-5.4-nano gpt-5.5 gpt-5.6-sol gpt-5.6-terra gpt-5.6-luna gpt-6-astra gpt-6-sol gpt-6-luna gpt-6.1-sol gpt-5-mini
	gpt-5-nano gpt-3.5-turbo gemini-1.5-pro gemini-1.5-flash gemini-2.0-flash gemini-2.0-flash-lite gemini-2.5-flash-lite gemini-2.5-flash
	gemini-3-pro-preview gemini-3-flash-preview gemini-3.1-pro-preview gemini-3.1-flash-lite-preview gemini-3.1-flash-lite gemini-3.5-flash
	gemini-3.5-flash-lite gemini-3.6-flash gemini-3.7-flash gemini-3.8-flash gemini-4-argon claude-sonnet-4-5 claude-opus-4-6 claude-opus-4-7
	claude-opus-4-8 claude-opus-5 claude-opus-5-5 claude-sonnet-4-6 claude-sonnet-5 claude-sonnet-5-5 claude-sonnet-4 claude-haiku-4-5
	claude-haiku-5-5 claude-3-7-sonnet claude-3-5-sonnet claude-3-5-sonnet-v1 claude-3-haiku grok-beta custom-llm qwen3-4b qwen3-30b-a3b
	qwen36-35b-a3b qwen35-397b-a17b gpt-oss-20b gpt-oss-120b glm-45-air-fp8 glm-52 deepseek-v41-flash watt-tool-8b watt-tool-70b`

// elCheck goes through a body: what it gives is the body as the service understands it.
type elCheck struct {
	c      *call
	faults []elFault
}

func (k *elCheck) fault(loc []any, kind, format string, args ...any) {
	k.faults = append(k.faults, elFault{loc: slices.Clone(loc), msg: fmt.Sprintf(format, args...), kind: kind})
}

func (k *elCheck) value(f elField, v any, loc []any) any {
	if v == nil && f.null {
		return nil
	}
	switch f.kind {
	case "text", "word":
		k.text(f, v, loc)
	case "flag":
		if _, ok := v.(bool); !ok {
			k.fault(loc, "bool_type", "Input should be a valid boolean")
		}
	case "whole", "figure":
		k.number(f, v, loc)
	case "texts", "objects":
		return k.list(f, v, loc)
	case "object":
		return k.object(f, v, loc, false)
	case "open":
		if _, ok := v.(map[string]any); !ok {
			if _, number := f.fallback.(int); !number {
				k.fault(loc, "dict_type", "Input should be a valid dictionary")
			}
		}
	}
	return v
}

func (k *elCheck) text(f elField, v any, loc []any) {
	s, ok := v.(string)
	switch {
	case !ok:
		k.fault(loc, "string_type", "Input should be a valid string")
	case f.length > 0 && sizeIn("runes", s) > f.length:
		k.fault(loc, "string_too_long", "String should have at most %d characters", f.length)
	case f.kind == "word" && !slices.Contains(f.words, s):
		quoted := make([]string, len(f.words))
		for i, w := range f.words {
			quoted[i] = "'" + w + "'"
		}
		last := len(quoted) - 1
		k.fault(loc, "enum", "Input should be %s", strings.TrimPrefix(strings.Join(quoted[:last], ", ")+" or "+quoted[last], " or "))
	}
}

func (k *elCheck) number(f elField, v any, loc []any) {
	if _, ok := v.(json.Number); !ok {
		k.fault(loc, "float_type", "Input should be a valid number")
		return
	}
	n, _ := number(v)
	switch {
	case f.kind == "whole" && n != math.Trunc(n):
		k.fault(loc, "int_from_float", "Input should be a valid integer, got a number with a fractional part")
	case f.least != f.most && n < f.least:
		k.fault(loc, "greater_than_equal", "Input should be greater than or equal to %v", f.least)
	case f.least != f.most && n > f.most:
		k.fault(loc, "less_than_equal", "Input should be less than or equal to %v", f.most)
	}
}

func (k *elCheck) list(f elField, v any, loc []any) any {
	l, ok := v.([]any)
	if !ok {
		k.fault(loc, "list_type", "Input should be a valid list")
		return v
	}
	if f.length > 0 && len(l) > f.length {
		k.fault(loc, "too_long", "List should have at most %d items after validation, not %d", f.length, len(l))
	}
	out := make([]any, len(l))
	for i, e := range l {
		at := append(slices.Clone(loc), i)
		out[i] = e
		switch {
		case f.kind == "texts":
			k.text(elText(""), e, at)
		case f.inner != nil:
			out[i] = k.object(elIn(f.inner), e, at, true)
		default:
			if _, ok := e.(map[string]any); !ok {
				k.fault(at, "dict_type", "Input should be a valid dictionary")
			}
		}
	}
	return out
}

func (k *elCheck) object(f elField, v any, loc []any, whole bool) any {
	m, ok := v.(map[string]any)
	if !ok {
		k.fault(loc, "model_attributes_type", "Input should be a valid dictionary or object to extract fields from")
		return v
	}
	out := doc{}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		at := append(slices.Clone(loc), key)
		inner, known := f.inner[key]
		switch {
		case known:
			out[key] = k.value(inner, m[key], at)
		case k.c.is("unknown-keys", "422"):
			k.fault(at, "extra_forbidden", "Extra inputs are not permitted")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(f.inner)) {
		if _, sent := m[key]; whole && f.inner[key].needed && !sent {
			k.fault(append(slices.Clone(loc), key), "missing", "Field required")
		}
	}
	return out
}

var elZone = regexp.MustCompile(`^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$`)

// agent holds an agent as a whole to what its parts can't say.
func (k *elCheck) agent(d doc) *reply {
	config := object(d, "conversation_config")
	agent, tts := object(config, "agent"), object(config, "tts")
	prompt := object(agent, "prompt")
	if zone := text(prompt, "timezone"); zone != "" && !elZone.MatchString(zone) {
		k.fault([]any{"body", "conversation_config", "agent", "prompt", "timezone"}, "value_error", "Value error, Invalid timezone: %s", zone)
	}
	if n, ok := number(prompt["temperature"]); ok && k.c.is("temperature", "0-1") && (n < 0 || n > 1) {
		k.fault([]any{"body", "conversation_config", "agent", "prompt", "temperature"}, "value_error", "Value error, temperature must be between 0 and 1")
	}
	if len(k.faults) > 0 {
		no := elInvalid(k.faults)
		return &no
	}
	// (public docs: elevenlabs-python, issue 554) The answer does not say which field it means.
	language, model := orElse(agent, "language", "en"), orElse(tts, "model_id", "eleven_flash_v2")
	if language != "en" && (model == "eleven_flash_v2" || model == "eleven_turbo_v2") {
		no := elProblem(400, "invalid_agent_config", "Non-english Agents must use turbo or flash v2_5.")
		return &no
	}
	if voice := text(tts, "voice_id"); voice != "" && k.c.is("unknown-voice", "400") && !slices.ContainsFunc(elVoices(), func(v elVoice) bool { return v.id == voice }) {
		no := elProblem(400, "voice_not_found", "A voice for the voice_id "+voice+" was not found.")
		return &no
	}
	return nil
}

// elMerge puts what an update says over what is there: objects merge, all else is taken whole.
func elMerge(c *call, old, sent any, path string) any {
	is, ok := sent.(map[string]any)
	was, both := old.(map[string]any)
	placeholders := strings.HasSuffix(path, "/dynamic_variable_placeholders")
	if !ok || !both && !placeholders || placeholders && c.is("placeholders", "replace") {
		return sent
	}
	out := maps.Clone(was)
	if out == nil {
		out = doc{}
	}
	for key, v := range is {
		if v == nil && placeholders && c.is("placeholder-null", "remove") {
			delete(out, key)
			continue
		}
		out[key] = elMerge(c, out[key], v, path+"/"+key)
	}
	return out
}

// elShown fills in what nobody set.
func elShown(f elField, v any, set bool) any {
	switch {
	case f.kind == "object":
		m, _ := v.(map[string]any)
		out := doc{}
		for key, inner := range f.inner {
			e, there := m[key]
			out[key] = elShown(inner, e, there)
		}
		return out
	case !set:
		return f.fallback
	case f.kind == "objects" && f.inner != nil:
		l, _ := v.([]any)
		out := make([]any, len(l))
		for i, e := range l {
			out[i] = elShown(elIn(f.inner), e, true)
		}
		return out
	}
	return v
}
