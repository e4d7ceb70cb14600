// Package convai is the driver for Convai's character API at
// https://api.convai.com, which answers nearly everything to POST.
package convai

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// separatorSetting says what stands between actions in the one string in
// which Convai takes them.
const separatorSetting = "actionSeparator"

// separated is how Convai's documents write actions, as of 30 November 2026:
// https://docs.convai.com, action-api.
const separated = ", "

// Driver is what is known of Convai offline.
func Driver() *providers.Driver {
	return &providers.Driver{
		Name: "convai", Title: "Convai", Docs: "https://docs.convai.com/api-docs/api-reference/core-api-reference/character-api",
		Env:        []providers.Env{{"CONVAI_API_KEY"}},
		BaseURLEnv: "CONVAI_BASE_URL", BaseURL: "https://api.convai.com",
		Manner: providers.Keeps,
		Removal: providers.Removal{
			Verb: "delete",
			Loss: "Convai can't bring a deleted character back; its knowledge bank and its memories go with it.",
		},
		Pace:     providers.Pace{PerSecond: 5, Concurrency: 4},
		Late:     providers.Late{Most: 30 * time.Second, Source: providers.Assumed.In("no document says how soon a read shows a write")},
		Required: []spec.Path{"name", "voiceType", "backstory"},
		Compose:  map[spec.Path][]spec.Path{"backstory": {"persona", "scene", "lore"}},
		Key:      providers.ByContent,
		Owner:    "/user_id", // documented in the answers of get and list
		Fields:   table(),
		Settings: []providers.Setting{{
			Name: separatorSetting, Doc: "What stands between actions in the string that is sent.", Default: separated,
		}},
		Check: func(c providers.Checked) []spec.Diagnostic { return append(checkActions(c), checkModel(c)...) },
		Open:  open,
	}
}

// checkActions refuses an action that holds the separator: it would arrive
// as two.
func checkActions(c providers.Checked) []spec.Diagnostic {
	list, _ := c.Doc["actions"].([]any)
	sep := separator(c.Instance.Settings)
	if mark := strings.TrimSpace(sep); mark != "" {
		sep = mark // whoever takes the string apart may not care for spaces
	}
	var ds []spec.Diagnostic
	for _, e := range list {
		if s, _ := e.(string); strings.Contains(s, sep) {
			ds = append(ds, spec.Diagnostic{
				Pos: c.Character.Lookup(c.Target, "actions").Pos, Severity: spec.Error, Code: providers.CodeSeparator, Path: "actions",
				Message: "an action holds " + strings.TrimSpace(sep+" ") + ", which separates actions on the way to Convai: " + s,
				Hint:    "reword it, or set " + separatorSetting + " of the instance in charsync.yaml",
			})
		}
	}
	return ds
}

func separator(settings map[string]string) string {
	if s := settings[separatorSetting]; s != "" {
		return s
	}
	return separated
}

// checkModel warns of a model that no page lists. The list moves, so that is no
// error.
func checkModel(c providers.Checked) []spec.Diagnostic {
	code, _ := c.Doc["model_group_name"].(string)
	if code == "" || slices.Contains(published(), code) {
		return nil
	}
	return []spec.Diagnostic{{
		Pos: c.Character.Lookup(c.Target, "model_group_name").Pos, Severity: spec.Warning, Code: providers.CodeAdvice, Path: "model_group_name",
		Message: "model_group_name " + strconv.Quote(code) + " is not among the models that Convai listed in November 2026",
		Hint:    "compare it with `charsync providers values " + c.Instance.Name + " model_group_name`; a newer model is taken all the same",
	}}
}

// published are the codes of Convai's pages up to 30 November 2026: the
// core-ai-settings-api pages of 2024, 2025 and July 2026.
func published() []string {
	return strings.Fields(`
		gpt-4.1 gpt-4.1-mini gpt-4.1-nano gpt-4o gpt-4o-mini claude-opus-4.1 claude-opus-4 claude-4-sonnet claude-3-7-sonnet claude-3-5-sonnet
		gemini-2.5-pro gemini-2.5-flash gemini-2.5-flash-lite gemini-2.0-flash gemma-3n-e4b gemma-3n-e2b llama-4-maverick llama-4-scout llama-3-70B
		gpt-5.4 gpt-5.4-mini gpt-5.4-nano gpt-5.3-instant gpt-5.1 gpt-5.x gpt-5.x-mini gpt-5.x-nano gpt-oss-120b
		claude-sonnet claude-4-5-sonnet claude-haiku claude-4-5-haiku gemini-flash gemini-flash-lite gemini-3.5-flash gemini-3.1-flash-lite
		qwen3.6-27b qwen3.6-35b-a3b grok-4.3 gpt-realtime-1.5 gpt-realtime-mini gemini-2.5-flash-live
		realtime-gemma-4-31b-it realtime-gemma-4-26b-a4b-it gemini-1.5-pro llama3-70b llama-2-13b uncensored-small`)
}
