package characterai_test

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers/characterai"
	"github.com/charsync/charsync/pkg/providers/providertest"
	"github.com/charsync/charsync/pkg/spec"
)

func quirks() providertest.Quirks {
	return providertest.Quirks{
		Samples: map[spec.Path][]any{
			"categories": {[]any{"Fantasy", "Comedy"}}, "avatar_rel_path": {"uploaded/2026/11/other.webp"},
			"voice_id": {"38"}, "default_voice_id": {"8d1f9c2e-3a60-4f0e-9f0b-0f6f3a1c1a01"},
		},
	}
}

func TestConformance(t *testing.T) { providertest.Run(t, characterai.Driver(), quirks()) }

func TestReadings(t *testing.T) {
	providertest.Readings(t, characterai.Driver(), quirks(),
		map[string]string{"absent": "wipe", "category-shape": "strings", "copyable-type": "string", "failure-shape": "status"},
		map[string]string{"absent": "merge", "list-identifier": "show", "identifier-unique": "off", "nulls": "none", "null": "reject"},
		map[string]string{"archived": "gone", "unknown-category": "drop"},
	)
	neo := quirks()
	neo.Settings = map[string]string{"ownerView": "neo"}
	providertest.Readings(t, characterai.Driver(), neo, map[string]string{"owner-view": "403"})
}
