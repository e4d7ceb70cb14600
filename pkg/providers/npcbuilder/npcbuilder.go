// Package npcbuilder is the driver for NPCBuilder's context API at
// https://app.npcbuilder.com/api, where a character lives in a world of a
// game.
package npcbuilder

import (
	"strings"
	"time"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// filtersSetting says in which of the two documented shapes filters are sent.
const filtersSetting = "filters"

// Driver is what is known of NPCBuilder offline.
func Driver() *providers.Driver {
	return &providers.Driver{
		Name: "npcbuilder", Title: "NPCBuilder", Docs: "https://docs.npcbuilder.com",
		Env:        []providers.Env{{"NPCBUILDER_TOKEN"}, {"NPCBUILDER_CLIENT_ID", "NPCBUILDER_CLIENT_SECRET"}},
		BaseURLEnv: "NPCBUILDER_BASE_URL", BaseURL: "https://app.npcbuilder.com",
		Manner: providers.Keeps,
		Removal: providers.Removal{
			Verb: "delete",
			Loss: "NPCBuilder can't bring back what the character knows and whom it knows.",
		},
		Pace:     providers.Pace{PerSecond: 4, Concurrency: 4},
		Late:     providers.Late{Most: 30 * time.Second, Source: providers.Assumed.In("no document says how soon a read shows a write")},
		Scope:    []spec.Path{"game_id", "world_id"},
		Required: []spec.Path{"name"},
		Key:      providers.ByContent,
		Fields:   table(),
		Settings: []providers.Setting{
			{Name: "game_id", Doc: "The game for targets that name none."},
			{Name: "world_id", Doc: "The world for targets that name none."},
			{Name: filtersSetting, Doc: "The shape in which filters are sent: the documents know both.", Values: []string{"boolean", "object"}, Default: "boolean"},
		},
		Spell: spell,
		Check: check,
		Open:  open,
	}
}

// spell renders filters in the shape that the instance's account takes. As a
// boolean it is the main switch, or, where that is not said, whether any
// switch is on.
func spell(in spec.Instance, f providers.Field, v any) any {
	if f.Path != "filters" {
		return v
	}
	switches, isObject := v.(map[string]any)
	switch object := in.Settings[filtersSetting] == "object"; {
	case object == isObject:
		return v
	case object:
		return map[string]any{"active": v}
	}
	if active, said := switches["active"]; said {
		return active
	}
	for _, on := range switches {
		if on == true {
			return true
		}
	}
	return false
}

func check(c providers.Checked) []spec.Diagnostic {
	return append(append(checkTraits(c), checkGender(c)...), checkFilters(c)...)
}

// opposites are trait pairs that get in each other's way. NPCBuilder names
// the first two and says that there are more.
func opposites() [][2]string {
	return [][2]string{
		{"brave", "coward"},
		{"kind", "cruel"},
		{"brave", "cowardly"},
		{"honest", "dishonest"},
		{"loyal", "disloyal"},
		{"patient", "impatient"},
		{"generous", "greedy"},
	}
}

func checkTraits(c providers.Checked) []spec.Diagnostic {
	has := map[string]bool{}
	list, _ := c.Doc["traits"].([]any)
	for _, e := range list {
		if s, ok := e.(string); ok {
			has[strings.ToLower(s)] = true
		}
	}
	var ds []spec.Diagnostic
	for _, pair := range opposites() {
		if has[pair[0]] && has[pair[1]] {
			ds = append(ds, finding(c, "traits", spec.Warning, providers.CodeAdvice,
				"traits "+pair[0]+" and "+pair[1]+" are opposites, which NPCBuilder asks to avoid", "keep one of them"))
		}
	}
	return ds
}

func checkGender(c providers.Checked) []spec.Diagnostic {
	switch g, _ := c.Doc["gender"].(string); {
	case g == "Male", g == "Female":
	case strings.EqualFold(g, "male"), strings.EqualFold(g, "female"):
		want := strings.ToUpper(g[:1]) + strings.ToLower(g[1:])
		return []spec.Diagnostic{finding(c, "gender", spec.Error, providers.CodeWord,
			"gender: NPCBuilder writes "+want+" with a capital", "write "+want)}
	}
	return nil
}

// checkFilters says when switches can't reach the service one by one.
func checkFilters(c providers.Checked) []spec.Diagnostic {
	sent, boolean := c.Doc["filters"].(bool)
	switches, detailed := c.Character.Lookup(c.Target, "filters").V.(map[string]any)
	if !boolean || !detailed {
		return nil
	}
	for name, on := range switches {
		if name != "active" && on != sent {
			return []spec.Diagnostic{finding(c, "filters", spec.Info, providers.CodeDropped,
				"filters are sent to NPCBuilder as one boolean: the single switches are not",
				"set "+filtersSetting+": object for the instance in charsync.yaml if your account takes switches")}
		}
	}
	return nil
}

func finding(c providers.Checked, p spec.Path, s spec.Severity, code, message, hint string) spec.Diagnostic {
	return spec.Diagnostic{Pos: c.Character.Lookup(c.Target, p).Pos, Severity: s, Code: code, Path: p, Message: message, Hint: hint}
}
