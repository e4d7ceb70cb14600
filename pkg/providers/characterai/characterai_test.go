package characterai_test

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers/characterai"
	"github.com/charsync/charsync/pkg/providers/providertest"
	"github.com/charsync/charsync/pkg/spec"
)

func TestConformance(t *testing.T) {
	providertest.Run(t, characterai.Driver(), providertest.Quirks{
		Samples: map[spec.Path][]any{
			"categories": {[]any{"Fantasy", "Comedy"}}, "avatar_rel_path": {"uploaded/2026/11/other.webp"},
			"voice_id": {"38"}, "default_voice_id": {"8d1f9c2e-3a60-4f0e-9f0b-0f6f3a1c1a01"},
		},
	})
}
