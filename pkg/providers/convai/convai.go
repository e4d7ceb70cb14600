// Package convai is the driver for Convai's character API at
// https://api.convai.com, which answers nearly everything to POST.
package convai

import (
	"strings"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// separatorSetting says what stands between actions in the one string in
// which Convai takes them. Its documents do not.
const separatorSetting = "actionSeparator"

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
		Required: []spec.Path{"name", "voiceType", "backstory"},
		Compose:  map[spec.Path][]spec.Path{"backstory": {"persona", "scene", "lore"}},
		Key:      providers.ByContent,
		Owner:    "/user_id", // documented in the answers of get and list
		Fields:   table(),
		Settings: []providers.Setting{{
			Name: separatorSetting, Doc: "What stands between actions in the string that is sent.", Default: ",",
		}},
		Check: checkActions,
		Open:  open,
	}
}

// checkActions refuses an action that holds the separator: it would arrive
// as two.
func checkActions(c providers.Checked) []spec.Diagnostic {
	list, _ := c.Doc["actions"].([]any)
	sep := separator(c.Instance.Settings)
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
	return ","
}
