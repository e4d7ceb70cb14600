package convai_test

import (
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/convai"
	"github.com/charsync/charsync/pkg/providers/providertest"
	"github.com/charsync/charsync/pkg/spec"
)

func quirks() providertest.Quirks {
	return providertest.Quirks{
		Samples: map[spec.Path][]any{
			"voiceType":        {"JennyMultilingualV2Neural", "21m00Tcm4TlvDq8ikWAM"},
			"languageCodes":    {[]any{"de-DE", "en-US"}, []any{"ja-JP"}},
			"model_group_name": {"gpt-4o", "llama-3-70B"},
			"reasoning_effort": {"medium"},
		},
		With: map[spec.Path]map[spec.Path]any{"reasoning_effort": {"model_group_name": "gpt-5.4"}},
	}
}

func TestConformance(t *testing.T) { providertest.Run(t, convai.Driver(), quirks()) }

func TestReadings(t *testing.T) {
	providertest.Readings(t, convai.Driver(), quirks(),
		map[string]string{"get-envelope": "response", "null-sentinel": "on", "float-noise": "on"},
		map[string]string{"delete-twice": "200", "models-envelope": "object", "unknown-model": "400", "auth-error-key": "ERROR"},
		map[string]string{"combine-settings": "400"},
	)
}

// TestUnknownModel: a model that no page lists is a warning, since the list
// moves; one that any of them lists is not.
func TestUnknownModel(t *testing.T) {
	cases := map[string]int{"gpt-5.4": 0, "gpt-6": 1, "LLAMA-3-70B": 1}
	for _, code := range strings.Fields("gpt-4.1 gpt-4.1-mini gpt-4.1-nano gpt-4o gpt-4o-mini claude-opus-4.1 claude-opus-4 claude-4-sonnet " +
		"claude-3-7-sonnet gemini-2.5-flash gemini-2.5-flash-lite gemini-2.0-flash gemma-3n-e4b gemma-3n-e2b llama-4-maverick llama-4-scout " +
		"llama-3-70B claude-3-5-sonnet") { // the documents that the project was started from
		cases[code] = 0
	}
	for code, want := range cases {
		ds := convai.Driver().Check(providers.Checked{
			Character: &spec.Character{Name: "mira"}, Target: &spec.Target{Instance: "convai"}, Instance: spec.Instance{Name: "convai"},
			Doc: map[spec.Path]any{"model_group_name": code},
		})
		if len(ds) != want || want == 1 && ds[0].Severity != spec.Warning {
			t.Errorf("%s: %v", code, ds)
		}
	}
}
