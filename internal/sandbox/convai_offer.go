package sandbox

import (
	"net/http"
	"slices"
)

// convaiModelOffer is a model a character can have.
type convaiModelOffer struct {
	group, display string
	alias          string   // what a rolling name stands for today
	levels         []string // of reasoning
	auto           bool
}

// convaiModels joins the generations of the published list, the seed's among them; the spelling of one model differs
// between them, and both are here (seed, public docs). Levels of reasoning are those of the page of 11 August 2026; which
// model has which is assumed.
func convaiModels() []convaiModelOffer {
	effort := []string{"none", "minimal", "low", "medium", "high", "xhigh", "max"}
	thinking := func(group, display, alias string) convaiModelOffer {
		return convaiModelOffer{group: group, display: display, alias: alias, levels: effort, auto: true}
	}
	return []convaiModelOffer{
		// The seed's table and its sample.
		{group: "gpt-4.1", display: "GPT-4.1"},
		{group: "gpt-4.1-mini", display: "GPT-4.1-mini"},
		{group: "gpt-4.1-nano", display: "GPT-4.1-nano"},
		{group: "gpt-4o", display: "GPT-4o"},
		{group: "gpt-4o-mini", display: "GPT-4o-mini"},
		{group: "claude-opus-4.1", display: "Claude-Opus-4.1"},
		{group: "claude-opus-4", display: "Claude-Opus-4"},
		{group: "claude-4-sonnet", display: "Claude-4-Sonnet"},
		{group: "claude-3-7-sonnet", display: "Claude-3-7-Sonnet"},
		{group: "claude-3-5-sonnet", display: "Claude-3-5-Sonnet"},
		thinking("gemini-2.5-flash", "Gemini-2.5-Flash", ""),
		{group: "gemini-2.5-flash-lite", display: "Gemini-2.5-Flash-Lite"},
		{group: "gemini-2.0-flash", display: "Gemini-2.0-Flash"},
		{group: "gemma-3n-e4b", display: "Gemma-3n-e4b"},
		{group: "gemma-3n-e2b", display: "Gemma-3n-e2b"},
		{group: "llama-4-maverick", display: "LLama-4-Maverick"},
		{group: "llama-4-scout", display: "LLama-4-Scout"},
		{group: "llama-3-70B", display: "LLama-3.3-70B"},
		// The page of July 2026.
		thinking("gpt-5.4", "GPT-5.4", ""),
		thinking("gpt-5.4-mini", "GPT-5.4-mini", ""),
		thinking("gpt-5.4-nano", "GPT-5.4-nano", ""),
		{group: "gpt-5.3-instant", display: "GPT-5.3-Instant"},
		thinking("gpt-5.1", "GPT-5.1", ""),
		thinking("gpt-5.x", "GPT-5.x (latest)", "gpt-5.4"),
		thinking("gpt-5.x-mini", "GPT-5.x-mini (latest)", "gpt-5.4-mini"),
		thinking("gpt-5.x-nano", "GPT-5.x-nano (latest)", "gpt-5.4-nano"),
		{group: "gpt-oss-120b", display: "GPT-OSS-120b", levels: []string{"low", "medium", "high"}},
		thinking("claude-sonnet", "Claude Sonnet (latest)", "claude-4-5-sonnet"),
		thinking("claude-4-5-sonnet", "Claude-4-5-Sonnet", ""),
		{group: "claude-haiku", display: "Claude Haiku (latest)", alias: "claude-4-5-haiku"},
		{group: "claude-4-5-haiku", display: "Claude-4-5-Haiku"},
		thinking("gemini-flash", "Gemini Flash (latest)", "gemini-3.5-flash"),
		{group: "gemini-flash-lite", display: "Gemini Flash-Lite (latest)", alias: "gemini-3.1-flash-lite"},
		thinking("gemini-3.5-flash", "Gemini-3.5-Flash", ""),
		{group: "gemini-3.1-flash-lite", display: "Gemini-3.1-Flash-Lite"},
		{group: "qwen3.6-27b", display: "Qwen3.6-27B"},
		{group: "qwen3.6-35b-a3b", display: "Qwen3.6-35B-A3B"},
		{group: "grok-4.3", display: "Grok-4.3"},
		{group: "gpt-realtime-1.5", display: "GPT-Realtime-1.5"},
		{group: "gpt-realtime-mini", display: "GPT-Realtime-mini"},
		{group: "gemini-2.5-flash-live", display: "Gemini-2.5-Flash-Live"},
		{group: "realtime-gemma-4-31b-it", display: "Realtime-Gemma-4-31B-it"},
		{group: "realtime-gemma-4-26b-a4b-it", display: "Realtime-Gemma-4-26B-A4B-it"},
		// Earlier pages.
		{group: "gemini-1.5-pro", display: "Gemini-1.5-pro"},
		thinking("gemini-2.5-pro", "Gemini-2.5-Pro", ""),
		{group: "llama3-70b", display: "LLama3-70B"},
		{group: "llama-2-13b", display: "LLama2-13B"},
		{group: "uncensored-small", display: "Fine Tuned - Mistral - 7B"},
	}
}

func convaiModelNamed(group string) (convaiModelOffer, bool) {
	for _, m := range convaiModels() {
		if m.group == group {
			return m, true
		}
	}
	return convaiModelOffer{}, false
}

func convaiModelList(c *call) reply {
	models := []any{}
	for _, m := range convaiModels() {
		entry := doc{"model_group_name": m.group, "display_name": m.display}
		if len(m.levels) > 0 {
			entry["reasoning"] = doc{"levels": m.levels, "supports_auto": m.auto, "default": m.levels[0]}
		}
		models = append(models, entry)
	}
	if c.is("models-envelope", "object") {
		return answer(http.StatusOK, doc{"STATUS": "SUCCESS", "models": models})
	}
	return answer(http.StatusOK, models)
}

type convaiVoice struct {
	section, name, value, gender string
	languages                    []string
}

// convaiVoices holds one voice at least of each sort; a character's voiceType is the value.
func convaiVoices() []convaiVoice {
	return []convaiVoice{
		{"Azure Voices", "Jenny Multilingual", "JennyMultilingualV2Neural", "Female", []string{"en-US", "es-ES", "de-DE"}},
		{"Azure Voices", "Conrad", "de-DE-ConradNeural", "Male", []string{"de-DE"}},
		{"Convai Voices", "US Male 1", "US MALE 1", "Male", []string{"en-US"}},
		{"Convai Voices", "US Female 1", "US FEMALE 1", "Female", []string{"en-US"}},
		{"ElevenLabs Voices", "Rachel", "21m00Tcm4TlvDq8ikWAM", "Female", []string{"en-US", "fr-FR", "ja-JP"}},
		{"Private Voices", "My Narrator", "private-narrator-1", "Neutral", []string{"en-GB"}},
	}
}

func convaiHasVoice(value string) bool {
	return slices.ContainsFunc(convaiVoices(), func(v convaiVoice) bool { return v.value == value })
}

func (v convaiVoice) entry() doc {
	return doc{"voice_value": v.value, "lang_codes": v.languages, "gender": v.gender, "sample_link": ""}
}

func convaiVoiceList(*call) reply {
	sections := map[string][]any{}
	for _, v := range convaiVoices() {
		sections[v.section] = append(sections[v.section], doc{v.name: v.entry()})
	}
	return answer(http.StatusOK, sections)
}

// convaiVoicesV2 needs no key (public docs).
func convaiVoicesV2(*call) reply {
	voices := []any{}
	for _, v := range convaiVoices() {
		if v.section != "Private Voices" {
			e := v.entry()
			e["voice_name"] = v.name
			voices = append(voices, e)
		}
	}
	return answer(http.StatusOK, doc{"voices": voices})
}

func convaiVoiceV2(c *call) reply {
	for _, v := range convaiVoices() {
		if v.value == c.params["value"] && v.section != "Private Voices" {
			e := v.entry()
			e["voice_name"] = v.name
			return answer(http.StatusOK, e)
		}
	}
	return answer(http.StatusNotFound, doc{"ERROR": "Voice not found."})
}

func convaiTongues() [][2]string {
	return [][2]string{
		{"ar", "Arabic"},
		{"ar-SA", "Arabic (Saudi Arabia)"},
		{"cmn-CN", "Chinese (Mandarin)"},
		{"cs-CZ", "Czech"},
		{"de-DE", "German"},
		{"en-AU", "English (Australia)"},
		{"en-GB", "English (UK)"},
		{"en-IN", "English (India)"},
		{"en-US", "English"},
		{"es-ES", "Spanish"},
		{"es-MX", "Spanish (Mexico)"},
		{"es-US", "Spanish (US)"},
		{"fi-FI", "Finnish"},
		{"fr-FR", "French"},
		{"hi-IN", "Hindi"},
		{"it-IT", "Italian"},
		{"ja-JP", "Japanese"},
		{"kk-KZ", "Kazakh"},
		{"ko-KR", "Korean"},
		{"nl-BE", "Dutch (Belgium)"},
		{"nl-NL", "Dutch"},
		{"pl-PL", "Polish"},
		{"pt-BR", "Portuguese (Brazil)"},
		{"pt-PT", "Portuguese"},
		{"ru-RU", "Russian"},
		{"sv-SE", "Swedish"},
		{"tr-TR", "Turkish"},
		{"uk-UA", "Ukrainian"},
		{"vi-VN", "Vietnamese"},
		{"zh-CN", "Chinese"},
		{"zh-HK", "Cantonese"},
	}
}

func convaiHasLanguage(code string) bool {
	return slices.ContainsFunc(convaiTongues(), func(l [2]string) bool { return l[0] == code })
}

func convaiLanguageList(*call) reply {
	out := []any{}
	for _, l := range convaiTongues() {
		out = append(out, doc{l[0]: doc{"lang_code": l[0], "lang_name": l[1]}})
	}
	return answer(http.StatusOK, out)
}
