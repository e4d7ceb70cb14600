package convai_test

import (
	"testing"

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
		map[string]string{"delete-twice": "200", "models-envelope": "object", "unknown-model": "accept", "auth-error-key": "ERROR"},
		map[string]string{"combine-settings": "400"},
	)
}
