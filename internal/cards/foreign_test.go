package cards

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/spec"
)

// TestForeign reads what other programs write.
func TestForeign(t *testing.T) {
	for name, c := range map[string]struct {
		card string
		want map[spec.Path]string
	}{
		"Pygmalion": {
			`{"char_name":"Ida","char_persona":"Winds the clock.","char_greeting":"You are late.","world_scenario":"A tower.","example_dialogue":"{{user}}: Am I?"}`,
			map[spec.Path]string{"name": "Ida", "persona": "Winds the clock.", "greeting": "You are late.", "scene": "A tower.", "examples": "{{user}}: Am I?"},
		},
		"text-generation-webui": {
			`{"name":"Ida","greeting":"You are late.","context":"Winds the clock."}`,
			map[spec.Path]string{"name": "Ida", "persona": "Winds the clock.", "greeting": "You are late."},
		},
		"text-generation-webui's YAML": {
			"name: Ida\ngreeting: You are late.\ncontext: |\n  Winds the clock.\n",
			map[spec.Path]string{"name": "Ida", "persona": "Winds the clock.", "greeting": "You are late."},
		},
		"Agnai": {
			`{"kind":"character","name":"Ida","description":"For people who browse.","persona":{"kind":"boostyle","attributes":{"text":["Winds the clock."],"mood":["stern","tired"]}},"greeting":"You are late.","sampleChat":"{{user}}: Am I?"}`,
			map[spec.Path]string{"name": "Ida", "persona": "Winds the clock.\nmood: stern, tired", "greeting": "You are late.", "examples": "{{user}}: Am I?"},
		},
		"JanitorAI": {
			`{"name":"Ida","personality":"Winds the clock.","first_message":"You are late.","example_dialogs":"{{user}}: Am I?"}`,
			map[spec.Path]string{"name": "Ida", "persona": "Winds the clock.", "greeting": "You are late.", "examples": "{{user}}: Am I?"},
		},
		"grouped examples": {
			`{"name":"Ida","bio":"Winds the clock.","messageExamples":[{"examples":[{"name":"{{user1}}","content":{"text":"Am I late?"}},{"name":"Ida","content":{"text":"As ever."}}]}]}`,
			map[spec.Path]string{"name": "Ida", "persona": "Winds the clock.", "examples": "{{user1}}: Am I late?\nIda: As ever."},
		},
	} {
		card, err := Read([]byte(c.card))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		in, err := card.Import()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, in.Fields); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestLorebookIsNoCharacter(t *testing.T) {
	_, err := Read([]byte(`{"name":"The tower","description":"About the tower","entries":{"0":{"key":["bell"],"content":"It is cracked."}}}`))
	if err == nil || !strings.Contains(err.Error(), "lorebook") {
		t.Error(err)
	}
}

func TestURLAlphabet(t *testing.T) {
	card := `{"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"Ïda ÿÿÿ","description":"ûûû>>>???"}}`
	for name, encoding := range map[string]*base64.Encoding{"URL": base64.URLEncoding, "raw URL": base64.RawURLEncoding, "standard": base64.StdEncoding} {
		got, err := decoded([]byte(encoding.EncodeToString([]byte(card))))
		if err != nil || string(got) != card {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}

// TestWithholds looks for credentials wherever a card may have them, and for
// what only looks like one.
func TestWithholds(t *testing.T) {
	card, err := Read([]byte(`{"name":"Ida","bio":"Winds the clock.","settings":{"OPENAI_API_KEY":"canary-1","MAIL_PASSWORD":"canary-2",
		"max_tokens":400,"model":"m","secrets":{"A":"canary-3"},"voice":{"model":"v","tokenizer":"t"}},
		"clientConfig":{"telegram":{"botToken":"canary-4"},"list":[{"accessKey":"canary-5","name":"n"}]},
		"extra":"sk-canary0123456789abcdef"}`))
	if err != nil {
		t.Fatal(err)
	}
	in, err := card.Import()
	if err != nil {
		t.Fatal(err)
	}
	data, err := in.Sidecar.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "canary") {
		t.Errorf("%s", data)
	}
	want := []string{
		"clientConfig.list[].accessKey", "clientConfig.telegram.botToken", "extra", "settings.MAIL_PASSWORD", "settings.OPENAI_API_KEY", "settings.secrets",
	}
	if !slices.Equal(in.Sidecar.Withheld, want) {
		t.Errorf("%q", in.Sidecar.Withheld)
	}
	for _, kept := range []string{`"max_tokens": 400`, `"model": "m"`, `"model": "v"`, `"tokenizer": "t"`, `"name": "n"`} {
		if !strings.Contains(string(data), kept) {
			t.Errorf("%s is gone:\n%s", kept, data)
		}
	}
}
