package convai

import (
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

const (
	noEmpty   = "Convai documents no way to empty it, and older clients treat empty values as invalid"
	listShows = "the list shows it, the documented read of one character does not"
)

// table is what is known of Convai's character fields, read in November 2026.
func table() providers.Table {
	zero, one := 0.0, 1.0
	unsaid := providers.Assumed.In("Convai fills it in and does not say with what")
	return append(providers.Table{
		{
			Path: "name", Kind: diff.Text, Doc: "The character's name.",
			Source: providers.Documented.In("charName of create and update; character_name on reading"),
			Write:  "/charName", Read: "/character_name", List: "/character_name",
			Clear: never("Convai needs a name"), Example: "Mira",
		},
		{
			Path: "voiceType", Kind: diff.Enum, Doc: "The voice: a voice_value of GET /tts/get_available_voices.",
			Source: providers.Documented.In("voiceType of create and update"),
			Write:  "/voiceType", Read: "/voice_type", List: "/voice_type",
			Clear: never("Convai needs a voice"), Example: "US MALE 1",
		},
		{
			Path: "backstory", Kind: diff.Text, Doc: "Who the character is: everything it knows of itself and its world.",
			Source: providers.Documented.In("backstory of create and update; only the read of one character returns it"),
			Write:  "/backstory",
			Limit:  []providers.Limit{{Max: 1000, Unit: providers.Words, Effective: true, Source: providers.Published.In("the dashboard stops at 1,000 words; the API's own limit is not known")}},
			Clear:  never(noEmpty), Example: "Mira has kept the Gilded Hare for twenty-two winters.",
		},
		{
			Path: "actions", Kind: diff.List, Doc: "What the character can do in a scene; sent as one string.",
			Source: providers.Documented.In("actions of create, action of update; character_actions in the list"),
			Write:  "/action", Create: "/actions", Read: providers.Never, List: "/character_actions",
			Clear: never(noEmpty), Example: []any{"Nod", "Wave"},
		},
		{
			Path: "languageCodes", Kind: diff.List, Doc: "The languages it speaks, first the main one; see GET /tts/get_available_languages.",
			Source: providers.Published.In("languageCodes of update; " + listShows),
			Write:  "/languageCodes", Create: providers.Never, Read: providers.Never, List: "/language_codes",
			Limit: []providers.Limit{{Min: 1, Max: 4, Unit: providers.Items, Source: providers.Published.In("the dashboard takes one to four")}},
			Clear: never(noEmpty), Example: []any{"en-US"}, Default: []any{"en-US"}, DefaultSource: unsaid,
		},
		{
			Path: "model_group_name", Kind: diff.Enum, Doc: "The language model: a code of POST /character/getSupportedModel.",
			Source: providers.Documented.In("model_group_name of update; " + listShows),
			Write:  "/model_group_name", Create: providers.Never, Read: providers.Never, List: "/personalised_prompt_config/MODEL",
			Clear: never(noEmpty), Example: "gpt-5.4", Rewrites: true, Default: "gpt-4o-mini", DefaultSource: unsaid,
		},
		{
			Path: "temperature", Kind: diff.Number, Doc: "How freely it answers, from 0 to 1.",
			Source: providers.Documented.In("temperature of update; " + listShows),
			Write:  "/temperature", Create: providers.Never, Read: providers.Never, List: "/personalised_prompt_config/TEMPERATURE",
			// Convai may hold it in 32 bits, and answer 0.41999998688697815 for 0.42.
			Canon: diff.Rounded(6),
			Min:   &zero, Max: &one, Clear: never("a number has no empty value"), Example: 0.42, Default: 0.7, DefaultSource: unsaid,
		},
		{
			Path: "reasoning_effort", Kind: diff.Enum, Doc: "How long the model thinks before it answers: a level that the model lists, or auto. Empty goes back to the model's own.",
			Source: providers.Published.In("reasoning_effort of update; not shown on reading"),
			Write:  "/reasoning_effort", Create: providers.Never, Read: providers.Never,
			Clear: providers.Clear{Can: true, Send: ""}, Example: "low",
		},
		{
			Path: "memorySettings.enabled", Kind: diff.Bool, Doc: "Whether the character remembers earlier conversations.",
			Source: providers.Published.In("memorySettings of update; memory_settings in the character record"),
			Write:  "/memorySettings/enabled", Create: providers.Never, Read: providers.Never, List: "/memory_settings/enabled",
			Clear: never("a switch has no empty value"), Example: true, Default: false, DefaultSource: providers.Published.In("off by default"),
		},
		{
			Path: "functions", Kind: diff.Objects, Doc: "Functions to link or unlink, by id. Convai merges them: one that is not listed stays as it is.",
			Source: providers.Published.In("functions of update; merged by id, at most 128 active"),
			Write:  "/functions", Create: providers.Never, Read: providers.Never, Parts: linked(), Key: "id",
			Limit:   []providers.Limit{{Max: 128, Unit: providers.Items, Source: providers.Published.In("at most 128 active functions")}},
			Clear:   never("Convai merges functions by id: set the status of each to inactive"),
			Example: []any{map[string]any{"id": "9b2f8c1e-6f0a-4c47-8e35-1d2b7a5c0f11", "status": "active"}},
		},
		{
			Path: "docs", Kind: diff.Objects, Doc: "Documents of the knowledge bank to link or unlink, by id. Convai merges them: one that is not listed stays as it is.",
			Source: providers.Published.In("docs of update; merged by id"),
			Write:  "/docs", Create: providers.Never, Read: providers.Never, Parts: linked(), Key: "id",
			Clear:   never("Convai merges documents by id: set the status of each to inactive"),
			Example: []any{map[string]any{"id": "1f6c02aa-5b8e-4d6d-9a43-0e2f7c9d4b20", "status": "active"}},
		},
	}, shown()...)
}

func linked() []providers.Part {
	return []providers.Part{
		{Name: "id", Kind: diff.Enum, Doc: "Its id at Convai.", Required: true},
		{Name: "status", Kind: diff.Enum, Doc: "Whether the character uses it.", Enum: []string{"active", "inactive"}, Required: true},
	}
}

// shown are the rows for what Convai only shows.
func shown() providers.Table {
	var rows providers.Table
	for _, key := range []string{
		"character_id", "user_id", "timestamp", "listing", "model_type", "guard_rails", "guardrail_meta", "character_traits",
		"speaking_style", "pronunciation_metadata", "boosted_words", "is_narrative_driven", "start_narrative_section_id",
		"last_interacted_with", "embodiment", "language_code",
	} {
		rows = append(rows, providers.Field{
			Path: spec.Path(key), Kind: diff.Text, Doc: "Shown by Convai; the documents name no way to change it here.",
			Source: providers.Published.In("the character record"), Write: providers.Never, Create: providers.Never, Read: "/" + key, List: "/" + key,
		})
	}
	return rows
}

// never is a field that can't be emptied. "NULL" is how the record shows
// what was never set.
func never(why string) providers.Clear { return providers.Clear{Why: why, Read: "NULL"} }
