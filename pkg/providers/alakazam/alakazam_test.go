package alakazam_test

import (
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/alakazam"
	"github.com/charsync/charsync/pkg/providers/providertest"
	"github.com/charsync/charsync/pkg/spec"
)

func quirks() providertest.Quirks {
	return providertest.Quirks{
		Samples:  map[spec.Path][]any{"voiceId": {"AZnzlk1XvdvUeBnXmlld"}, "modelId": {"large"}},
		With:     map[spec.Path]map[spec.Path]any{"authored": {"premise": "A ferryman."}},
		Unstored: []spec.Path{"world"},
	}
}

func TestConformance(t *testing.T) { providertest.Run(t, alakazam.Driver(), quirks()) }

func TestReadings(t *testing.T) {
	providertest.Readings(t, alakazam.Driver(), quirks(),
		map[string]string{"get-one": "404", "delete": "404", "empty": "null", "list-order": "oldest"},
		map[string]string{"get-one": "405", "create-status": "200", "create-extras": "accept", "unknown-keys": "422"},
		map[string]string{"create-extras": "422", "idempotency-conflict": "original", "default-visibility": "public"},
	)
}

// TestPublishableKey: a key that can only read opens for reading alone.
func TestPublishableKey(t *testing.T) {
	d := alakazam.Driver()
	cfg := providers.Config{Instance: "alakazam", Credentials: map[string]providers.Secret{"ALAKAZAM_API_KEY": providers.NewSecret("pk_live_x")}}
	if _, err := d.Open(cfg); err == nil || !strings.Contains(err.Error(), "sk_") {
		t.Errorf("for writing: %v", err)
	}
	cfg.ReadOnly = true
	if _, err := d.Open(cfg); err != nil {
		t.Errorf("for reading: %v", err)
	}
}

// TestPace: the documents of 30 November 2026 allow a key 120 requests in a
// rolling minute, so that much and no more is the pace; a burst leaves most of
// it for what follows.
func TestPace(t *testing.T) {
	const perMinute = 120
	if p := alakazam.Driver().Pace; p.PerSecond != perMinute/60 || p.Burst > perMinute/4 {
		t.Errorf("%+v", p)
	}
}
