package elevenlabs

import (
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Where most of an agent stands in its document.
const (
	agent, prompt = "/conversation_config/agent", agent + "/prompt"
	tts, talk     = "/conversation_config/tts", "/conversation_config/conversation"
	auth, privacy = "/platform_settings/auth", "/platform_settings/privacy"
)

// table is what ElevenLabs' OpenAPI has of agents, as @elevenlabs/cli 1.3.0
// carries it in November 2026. No row has a place in the list: what it shows
// does not change along with an agent, and of a branch it shows the main one's.
func table() providers.Table {
	zero, one, slow, fast := 0.0, 1.0, 0.7, 1.2
	blank, null, none := providers.Empties(""), providers.Empties(nil), providers.Empties([]any{})
	endless := providers.Clear{Can: true, Send: -1, Read: -1.0}
	needed, number, toggle := providers.Stays("an agent has one"), providers.Stays("a number has no empty value"), providers.Stays("a switch has no empty value")
	merged := providers.Stays("ElevenLabs merges objects, and no way to take a variable out is known")
	document := map[string]any{"type": "text", "name": "House rules", "id": "21m00Tcm4TlvDq8i", "usage_mode": "prompt"}
	criterion := map[string]any{"id": "in_role", "name": "In role", "conversation_goal_prompt": "Mira never says that she is a program."}
	rows := providers.Table{
		row("name", diff.Text, "/name", "Mira", nil, providers.Stays("an empty name leaves the old one"), "The agent's name in the console."),
		row("greeting", diff.Text, agent+"/first_message", "Wipe your boots.", nil, blank, "What the agent says first. Empty lets the user begin."),
		row("prompt", diff.Text, prompt+"/prompt", "You are Mira, who keeps the Gilded Hare.", nil, blank, "Who the agent is, and how it behaves."),
		row("language", diff.Enum, agent+"/language", "en", "en", needed, "The language it hears and speaks. All but en need a voice_model that speaks them."),
		row("llm", diff.Enum, prompt+"/llm", "gpt-5.4", "gemini-2.5-flash", needed, "The language model: one of GET /v1/convai/llm/list."),
		row("temperature", diff.Number, prompt+"/temperature", 0.42, 0.0, null, "How freely it answers. Empty sends the model none, which some models need."),
		row("max_tokens", diff.Number, prompt+"/max_tokens", 400, nil, endless, "The most tokens of one answer. Empty is no limit."),
		row("reasoning_effort", diff.Enum, prompt+"/reasoning_effort", "low", nil, null, "How long the model thinks, where it can. Empty leaves it to the model."),
		row("thinking_budget", diff.Number, prompt+"/thinking_budget", 1024, nil, null, "The most tokens spent on thinking; 0 turns it off where the model can."),
		row("timezone", diff.Enum, prompt+"/timezone", "Europe/Berlin", nil, null, "The time zone whose present time the prompt is given."),
		row("ignore_default_personality", diff.Bool, prompt+"/ignore_default_personality", false, true, toggle, "Whether ElevenLabs leaves its own lines on personality out."),
		row("tool_ids", diff.List, prompt+"/tool_ids", []any{"tool_2801k4t9z5defmb8vh3e9361y7nj"}, nil, none, "Tools that it may use, by id."),
		row("knowledge_base", diff.Objects, prompt+"/knowledge_base", []any{document}, nil, none, "Documents that it may look into."),
		row("dynamic_variables", diff.Object, agent+"/dynamic_variables/dynamic_variable_placeholders", map[string]any{"guest": "stranger", "rooms": 2}, nil, merged,
			"Variables of the prompt and the greeting, with what they hold where a conversation sets none."),
		row("voice_id", diff.Enum, tts+"/voice_id", "21m00Tcm4TlvDq8ikWAM", "cjVigY5qzO86Huf0OWal", needed, "The voice: a voice_id of GET /v2/voices."),
		row("voice_model", diff.Enum, tts+"/model_id", "eleven_flash_v2_5", "eleven_flash_v2", needed, "The model that speaks. eleven_flash_v2_5 knows more languages than eleven_flash_v2."),
		row("stability", diff.Number, tts+"/stability", 0.6, 0.5, number, "How even the voice is."),
		row("similarity_boost", diff.Number, tts+"/similarity_boost", 0.7, 0.8, number, "How close it keeps to the recorded voice."),
		row("speed", diff.Number, tts+"/speed", 0.9, 1.0, number, "How fast it speaks; 1 is the voice's own pace."),
		row("text_only", diff.Bool, talk+"/text_only", true, false, toggle, "Whether it writes only, without sound."),
		row("max_duration_seconds", diff.Number, talk+"/max_duration_seconds", 900, 600.0, number, "How long a conversation may last, in seconds."),
		row("tags", diff.Set, "/tags", []any{"tavern"}, nil, none, "Words by which the console sorts agents."),
		row("requires_auth", diff.Bool, auth+"/enable_auth", true, false, toggle, "Whether a conversation needs a signed token. Without, whoever knows the id may talk to it."),
		row("allowed_hosts", diff.List, auth+"/allowlist/*/hostname", []any{"game.example"}, nil, none, "Hosts whose pages may begin a conversation. Empty is all."),
		row("evaluation", diff.Objects, "/platform_settings/evaluation/criteria", []any{criterion}, nil, none, "What conversations are judged by."),
		row("record_voice", diff.Bool, privacy+"/record_voice", false, true, toggle, "Whether conversations are recorded."),
		row("retention_days", diff.Number, privacy+"/retention_days", 30, nil, endless, "How many days conversations are kept. Empty is for ever."),
	}
	for i := range rows {
		switch f := &rows[i]; f.Path {
		case "speed":
			f.Min, f.Max = &slow, &fast
		case "stability", "similarity_boost":
			f.Min, f.Max = &zero, &one
		case "max_tokens", "thinking_budget", "max_duration_seconds", "retention_days":
			f.Whole = true
		case "dynamic_variables":
			f.Schema = `{"additionalProperties": {"type": ["string", "number", "boolean"]}}`
		case "reasoning_effort":
			f.Words = map[string]string{
				"none": "Not at all.", "minimal": "Hardly.", "low": "A little.", "medium": "As usual.", "high": "Long.", "xhigh": "Longer.", "max": "As long as it can.",
			}
			f.Enum = providers.Same(f.Words)
		case "knowledge_base":
			f.Key, f.Parts = "id", []providers.Part{
				{Name: "type", Kind: diff.Enum, Doc: "What kind of document it is.", Enum: []string{"file", "url", "text", "folder"}, Required: true},
				{Name: "name", Kind: diff.Text, Doc: "Its name.", Required: true},
				{Name: "id", Kind: diff.Enum, Doc: "Its id at ElevenLabs.", Required: true},
				{Name: "usage_mode", Kind: diff.Enum, Doc: "prompt puts all of it there; auto looks up what fits.", Enum: []string{"prompt", "auto"}, Default: "auto"},
			}
		case "evaluation":
			f.Limit = []providers.Limit{{Max: 2000, Unit: providers.Runes, Of: "conversation_goal_prompt", Source: f.Source}}
			f.Key, f.Parts = "id", []providers.Part{
				{Name: "id", Kind: diff.Enum, Doc: "Its id, of your choice.", Required: true},
				{Name: "name", Kind: diff.Text, Doc: "Its name.", Required: true},
				{Name: "conversation_goal_prompt", Kind: diff.Text, Doc: "When a conversation succeeds, in a sentence.", Required: true},
			}
		}
	}
	// An update that does not name the procedures publishes a colleague's
	// unpublished edits of them.
	procedures := row("procedures", diff.Object, providers.Never, nil, nil, providers.Clear{}, "Shown by ElevenLabs, and sent back as they are with every update.")
	procedures.Create, procedures.Read, procedures.Along = providers.Never, "/procedures", "/procedures"
	procedures.Parts = []providers.Part{{Name: "procedure_id", Required: true}, {Name: "version_id", Required: true}}
	return append(rows, procedures)
}

func row(path spec.Path, kind diff.Kind, at string, example, otherwise any, clears providers.Clear, doc string) providers.Field {
	spoken := providers.Published.In("the OpenAPI of the agents platform")
	return providers.Field{Path: path, Kind: kind, Doc: doc, Write: at, Source: spoken, Clear: clears, Example: example, Default: otherwise, DefaultSource: spoken}
}
