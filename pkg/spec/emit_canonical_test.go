package spec

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestEmitReadsWell compares what is written with what a person would write.
func TestEmitReadsWell(t *testing.T) {
	var out bytes.Buffer
	err := Emit(&out,
		Document{
			Name: "mira-innkeeper", Schema: "../schemas/character.schema.json", Protect: true,
			Labels: map[string]string{"tier": "1", "game": "tavern"},
			Fields: map[Path]any{
				"visibility": "unlisted", "name": "Mira", "title": "Keeper of the Gilded Hare",
				"description": "Runs the last inn: \"the Hare\".", "greeting": "Wipe your boots. Then tell me what you're running from.",
				"persona":  "Mira has kept the inn for years.\n\n- She pays her debts.\n  Mostly.\n\"Well,\" she says: 'no'.",
				"scene":    strings.Repeat("A low room, a high fire. ", 8) + "Night.",
				"lore":     FileRef("mira/lore.md"),
				"examples": "ends with a line end\n",
			},
			Targets: []DocumentTarget{
				{Instance: "npcbuilder", Fields: map[Path]any{
					"world_id": "world456", "game_id": "game123", "traits": []any{"brave"}, "name": "no",
					"items":  []any{map[string]any{"type": "trade", "itemName": "Sword", "value": 12.5, "unit": "gold", "description": "A long and well-worn blade\nwith a story."}, map[string]any{"itemName": "Ale", "value": 2}},
					"quests": []any{},
				}},
				{Instance: "convai", Fields: map[Path]any{
					"voiceType": "US MALE 1", "temperature": 0.42, "languageCodes": []string{"en-US", "no"}, "memorySettings.enabled": true,
					"cloneFrom": "0123", "KB": true, "compose": map[string]any{"backstory": []any{"persona", "scene"}}, "actions": nil,
				}},
				{Instance: "alakazam"},
			},
		},
		Document{Name: "empty"},
	)
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/emit.golden"
	if *update {
		write(t, ".", golden, out.Bytes())
	}
	if d := cmp.Diff(string(read(t, golden)), out.String()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestEmitRefuses(t *testing.T) {
	for name, value := range map[string]any{"not UTF-8": "a\xff", "not a number": math.NaN(), "infinite": math.Inf(1), "beyond all bounds": json.Number("1e9999"), "no figure": json.Number("x"), "a type": struct{}{}, "inside a list": []any{[]any{"\xff"}}, "inside a mapping": []any{map[string]any{"a": []any{map[string]any{"b": "\xff"}}}}} {
		if err := Emit(&bytes.Buffer{}, Document{Name: "x", Fields: map[Path]any{"persona": value}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestNumbers: a number loads as what JSON says it is, one that is written
// loads as itself, and nothing else is a number.
func TestNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "number")
		if got, loose := resolve(decimal(f)); got != f || loose != plain {
			t.Fatalf("%v is written as %s and read as %v", f, decimal(f), got)
		}
		s := rapid.StringMatching(`[-+]?[0-9]{0,3}(\.[0-9]{0,2})?([eE][-+]?[0-9]{0,2})?`).Draw(t, "text")
		var want float64
		if json.Unmarshal([]byte(s), &want) == nil {
			if got, _ := resolveOrEmpty(s); got != want {
				t.Fatalf("%s is %v in JSON, here %v", s, want, got)
			}
		}
		if got, _ := resolveOrEmpty(s); got != nil {
			if f, isNumber := got.(float64); isNumber {
				if want, err := strconv.ParseFloat(s, 64); err != nil || want != f {
					t.Fatalf("%s is read as %v", s, f)
				}
			}
		}
	})
	for _, s := range []string{"9007199254740993", "-12345678901234567890", "0.1234567890123456789", "1e999"} {
		got, loose := resolve(s)
		if got != json.Number(s) || loose != plain {
			t.Errorf("%s is %#v, %v", s, got, loose)
		}
		var b bytes.Buffer
		if err := Emit(&b, Document{Name: "x", Fields: map[Path]any{"temperature": got}}); err != nil || !strings.Contains(b.String(), "\n  temperature: "+s+"\n") {
			t.Errorf("%s is written as %s, %v", s, b.String(), err)
		}
	}
	for _, s := range []string{"1e9999", "1e-9999", strings.Repeat("9", 2000), "0123", "00", "-012", "0x1F", "0o17", "0b11", "1_000", "12:30", "190:20:30", ".inf", "-.Inf", ".nan", "2024-01-02", "2024-01-02T10:00:00Z", "2024-01-02 10:00:00.5 +02:00"} {
		if got, loose := resolve(s); got != s || loose != doubtful {
			t.Errorf("%s is %v, %v", s, got, loose)
		}
	}
	for _, s := range []string{"1.2.3", "1a", "+", "-", ".", "e3", "1e", "12:75", "2024", "v1", "1 2", "-a", "..", "5'4"} {
		if got, loose := resolve(s); (loose == doubtful) || loose == plain && s != "2024" || loose == definite && got != s {
			t.Errorf("%s is %v, %v", s, got, loose)
		}
	}
}
