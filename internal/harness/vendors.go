package harness

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The four vendors, by the names of their drivers and of the instances that
// the random projects use.
const (
	alakazam    = "alakazam"
	characterai = "characterai"
	convai      = "convai"
	npcbuilder  = "npcbuilder"
)

// Vendors lists what the harness can drive.
func Vendors() []string { return []string{alakazam, characterai, convai, npcbuilder} }

// knob is one field of a manifest that the harness turns.
type knob struct {
	path   string          // in the manifest
	key    string          // in the vendor's store; "" where several paths make one key
	value  func(*dice) any // a new value, in the manifest's spelling
	empty  any             // what clears it; nil where it can't be cleared
	fixed  bool            // set at creation only
	veiled bool            // no read shows it
	needs  string          // another path of the target that must be set with it
}

// vendor is what the harness knows of one service.
type vendor struct {
	name   string
	common []knob // fields of the manifest's common part that it stores
	own    []knob // fields of the target
	always []string
	nameAt string // the key of the display name
}

func vendorNamed(name string) vendor {
	switch name {
	case alakazam:
		return alakazamVendor()
	case characterai:
		return characteraiVendor()
	case convai:
		return convaiVendor()
	case npcbuilder:
		return npcbuilderVendor()
	}
	panic("harness: no vendor " + name)
}

func text(most int) func(*dice) any {
	return func(d *dice) any { return d.prose(most) }
}

func oneOf(values ...any) func(*dice) any {
	return func(d *dice) any { return values[d.IntN(len(values))] }
}

func alakazamVendor() vendor {
	return vendor{
		name: alakazam, nameAt: "name",
		common: []knob{
			{path: "name", key: "name"},
			{path: "description", key: "description"},
			{path: "persona", key: "persona"},
			{path: "scene", key: "scene"},
			{path: "greeting", key: "greeting"},
			{path: "lore", key: "lore"},
			{path: "examples", key: "examples"},
			{path: "visibility", key: "visibility"},
		},
		own: []knob{
			{path: "cover", key: "cover", value: text(60), empty: ""},
			{path: "voiceId", key: "voiceId", value: oneOf("21m00Tcm4TlvDq8ikWAM", "AZnzlk1XvdvUeBnXmlld", "pNInz6obpgDQGcFmaJgB"), empty: ""},
			{path: "modelId", key: "modelId", value: oneOf("default", "small", "large"), empty: ""},
			{path: "free", key: "free", value: oneOf(true, false)},
			{path: "greeting", key: "greeting", value: text(300), empty: ""},
			{path: "stances", key: "stances", value: stances, empty: []any{}},
			{path: "intro", key: "intro", value: func(d *dice) any {
				return map[string]any{"kicker": d.prose(40), "title": d.prose(30)}
			}, empty: map[string]any{}},
			{path: "style", key: "style", value: oneOf("oil", "chalk", "ink"), fixed: true, veiled: true},
		},
	}
}

func stances(d *dice) any {
	out := []any{}
	for i := range 1 + d.IntN(3) {
		out = append(out, map[string]any{"id": fmt.Sprintf("s%d", i), "label": d.prose(20), "mood": d.prose(20)})
	}
	return out
}

func characteraiVendor() vendor {
	return vendor{
		name: characterai, nameAt: "name",
		common: []knob{
			{path: "name", key: "name"},
			{path: "title", key: "title"},
			{path: "description", key: "description"},
			{path: "greeting", key: "greeting"},
			{path: "visibility", key: "visibility"},
			{path: "persona", key: "definition"},
			{path: "scene", key: "definition"},
			{path: "lore", key: "definition"},
			{path: "examples", key: "definition"},
		},
		own: []knob{
			{path: "categories", key: "categories", value: func(d *dice) any {
				return d.some("Books", "Movies & TV", "Helpers", "Comedy", "Lifestyle")
			}, empty: []any{}},
			{path: "copyable", key: "copyable", value: oneOf(true, false)},
			{path: "img_gen_enabled", key: "img_gen_enabled", value: oneOf(true, false)},
			{path: "base_img_prompt", key: "base_img_prompt", value: text(90), empty: ""},
			{path: "voice_id", key: "voice_id", value: oneOf("22", "37", "101"), empty: ""},
			{path: "default_voice_id", key: "default_voice_id", value: oneOf("6b1d2c84-6d0c-4b27-9c39-3a5f5a1e7d10", "0d8f5b1c-2e44-4c7d-9a3a-6f1c2b7e1f0e"), empty: ""},
			{path: "tags", key: "tags", value: func(d *dice) any { return d.some("inn", "harbour", "stars") }, empty: []any{}},
			{path: "definition", key: "definition", value: text(800), empty: ""},
		},
	}
}

func convaiVendor() vendor {
	return vendor{
		name: convai, nameAt: "charName", always: []string{"voiceType"},
		common: []knob{
			{path: "name", key: "charName"},
			{path: "persona", key: "backstory"},
			{path: "scene", key: "backstory"},
			{path: "lore", key: "backstory"},
		},
		own: []knob{
			{path: "voiceType", key: "voiceType", value: oneOf("US MALE 1", "US FEMALE 1", "de-DE-ConradNeural")},
			{path: "actions", key: "actions", value: func(d *dice) any { return d.some("Nod", "Wave", "Pour", "Point") }},
			{path: "languageCodes", key: "languageCodes", value: func(d *dice) any { return d.some("en-US", "de-DE", "es-ES") }},
			{path: "model_group_name", key: "model_group_name", value: oneOf("gpt-5.4", "claude-4-5-sonnet", "gemini-2.5-pro")},
			{path: "temperature", key: "temperature", value: oneOf(0.1, 0.42, 0.7, 1, 0, json.Number("0.12345678901234567890"))},
			{path: "memorySettings", key: "memorySettings", value: func(d *dice) any { return map[string]any{"enabled": d.IntN(2) == 0} }},
			// The levels are those of the models above; what it reads back as is never shown.
			{path: "reasoning_effort", key: "reasoning_effort", value: oneOf("low", "medium", "high"), veiled: true, needs: "model_group_name"},
			{path: "backstory", key: "backstory", value: text(800)},
		},
	}
}

func npcbuilderVendor() vendor {
	return vendor{
		name: npcbuilder, nameAt: "name", always: []string{"game_id", "world_id"},
		common: []knob{{path: "name", key: "name"}, {path: "description", key: "description"}},
		own: []knob{
			{path: "region_id", key: "region_id", value: oneOf("region1", "region2"), fixed: true, veiled: true},
			{path: "age", key: "age", value: oneOf("child", "adult", "elderly")},
			{path: "gender", key: "gender", value: oneOf("Male", "Female", "whatever the light says"), empty: ""},
			{path: "model", key: "model", value: oneOf("standard", "premium"), veiled: true},
			{path: "filters", key: "filters", value: oneOf(true, false), veiled: true},
			{path: "role", key: "role", value: oneOf("innkeeper", "guard", "mentor", "noRole")},
			{path: "tone", key: "tone", value: oneOf("formal", "casual", "sarcastic")},
			{path: "traits", key: "traits", value: func(d *dice) any { return d.some("brave", "patient", "wry", "loyal") }, empty: []any{}},
			{path: "items", key: "items", value: func(d *dice) any {
				return []any{map[string]any{"type": "trade", "itemName": d.prose(20), "unit": "copper", "value": d.price()}}
			}, empty: []any{}},
			{path: "quests", key: "quests", value: func(d *dice) any {
				return []any{map[string]any{"objective": d.prose(80), "reward": d.prose(40)}}
			}, empty: []any{}},
			{path: "events", key: "events", value: func(d *dice) any {
				return []any{map[string]any{"type": "action", "eventName": d.prose(30)}}
			}, empty: []any{}},
		},
	}
}

// expected is what the vendor must hold of a character in the end: only what
// the manifest manages, under the vendor's names.
func (v vendor) expected(c *character) map[string]any {
	target := c.targets[v.name]
	out := map[string]any{}
	folded := map[string][]string{}
	for _, k := range v.common {
		value, said := c.common[k.path]
		if over, has := target[k.path]; has {
			value, said = over, true
		}
		if !said {
			continue
		}
		if v.folds(k.key) {
			s, _ := value.(string)
			folded[k.key] = append(folded[k.key], s)
			continue
		}
		out[k.key] = value
	}
	for key, parts := range folded {
		out[key] = fold(parts)
	}
	for _, k := range v.own {
		if value, said := target[k.path]; said {
			out[k.key] = value
		}
	}
	if s, ok := out["visibility"].(string); ok && v.name == characterai {
		out["visibility"] = strings.ToUpper(s)
	}
	return out
}

func (v vendor) folds(key string) bool {
	return v.name == characterai && key == "definition" || v.name == convai && key == "backstory"
}

// fold joins what is there by one blank line.
func fold(parts []string) string {
	var there []string
	for _, p := range parts {
		if p = strings.TrimRight(p, "\r\n"); p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, "\n\n")
}

// veils reports a stored key that no read shows.
func (v vendor) veils(key string) bool {
	return slices.ContainsFunc(v.own, func(k knob) bool { return k.key == key && k.veiled })
}

func (v vendor) knob(path string) (knob, bool) {
	for _, k := range v.own {
		if k.path == path {
			return k, true
		}
	}
	return knob{}, false
}
