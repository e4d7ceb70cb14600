package npcbuilder

import (
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// table is what is known of NPCBuilder's character fields, read in November
// 2026. The list is the world's tree, which shows id, name, role and where
// the character stands.
func table() providers.Table {
	return append(append(append(person(), belongings()...), places()...), providers.Field{
		Path: "id", Kind: diff.Enum, Doc: "Given by NPCBuilder.", Source: providers.Published.In("get"),
		Write: providers.Never, Create: providers.Never, Read: "/id", List: "/id",
	})
}

func person() providers.Table {
	return providers.Table{
		{
			Path: "name", Kind: diff.Text, Doc: "The character's name. An older call addresses characters by it: keep it unique in a world.",
			Source: providers.Documented.In("update body"), Write: "/name", List: "/name", Limit: []providers.Limit{runes(25)},
			Clear: providers.Stays("a character needs a name"), Example: "Mira",
		},
		{
			Path: "description", Kind: diff.Text, Doc: "Who the character is.",
			Source: providers.Documented.In("update body"), Write: "/description", Limit: []providers.Limit{runes(1400)},
			Clear: providers.Clear{Can: true, Send: ""}, Example: "Runs the last inn before the pass.",
		},
		filled(word("age", "How old the character is.", "middleAged", ages()), "adult"),
		{
			Path: "gender", Kind: diff.Enum, Doc: "Free text; Male and Female are written with a capital.",
			Source: providers.Published.In("update body"), Write: "/gender", Clear: providers.Clear{Can: true, Send: ""}, Example: "Female",
		},
		{
			Path: "model", Kind: diff.Enum, Doc: "The language model; premium depends on the subscription. Never returned, so drift can't be seen.",
			Source: providers.Documented.In("update body; no answer shows it"), Write: "/model", Read: providers.Never,
			Enum:  same(models()),
			Words: models(),
			Clear: providers.Stays("it is standard or premium"), Example: "standard",
		},
		{
			Path: "filters", Kind: diff.Object, Also: diff.Bool, Doc: "What the character keeps away from: true or false for all, or a switch for each. Never returned, so drift can't be seen.",
			Source: providers.Documented.In("a boolean in the update body; an object of switches in newer pages"), Write: "/filters", Read: providers.Never,
			Parts: []providers.Part{
				{Name: "active", Kind: diff.Bool, Doc: "Whether filters are on at all."},
				{Name: "violence", Kind: diff.Bool, Doc: "Keep away from violence."},
				{Name: "sexual", Kind: diff.Bool, Doc: "Keep away from sexual content."},
				{Name: "drugs", Kind: diff.Bool, Doc: "Keep away from drugs."},
			},
			Clear: providers.Stays("say false to switch filters off"), Example: true,
		},
		rolesRow(),
		filled(word("tone", "How the character speaks.", "casual", tones()), "formal"),
		{
			Path: "traits", Kind: diff.Set, Doc: "Traits; opposite pairs such as brave and coward get in each other's way.",
			Source: providers.Published.In("update body"), Write: "/traits", Clear: providers.Clear{Can: true, Send: []any{}}, Example: []any{"brave", "kind"},
		},
	}
}

func rolesRow() providers.Field {
	f := filled(word("role", "What the character is in the story.", "innkeeper", roles()), "noRole")
	f.List = "/role"
	f.Clear.Why = "say noRole"
	return f
}

// belongings are the lists of mappings. An update replaces each as a whole.
func belongings() providers.Table {
	clear := providers.Clear{Can: true, Send: []any{}}
	return providers.Table{
		{
			Path: "items", Kind: diff.Objects, Doc: "What the character owns, trades or hands out.",
			Source: providers.Documented.In("update body: two variants by type, their contents from the public pages"), Write: "/items", Key: "itemName",
			Parts: []providers.Part{
				{Name: "type", Kind: diff.Enum, Doc: "The variant: trade, or another that your world knows."},
				{Name: "itemName", Kind: diff.Text, Doc: "Its name.", Required: true},
				{Name: "description", Kind: diff.Text, Doc: "What it is."},
				{Name: "unit", Kind: diff.Text, Doc: "In what it is paid."},
				{Name: "value", Doc: "Its price: a number, or a text."},
			},
			Limit: []providers.Limit{part("itemName", 25), part("unit", 25), part("value", 25)}, Clear: clear,
			Example: []any{map[string]any{"type": "trade", "itemName": "Mutton pie", "description": "Mostly pepper.", "unit": "copper", "value": 3}},
		},
		{
			Path: "events", Kind: diff.Objects, Doc: "What the character can make happen.",
			Source: providers.Documented.In("update body: two variants by type"), Write: "/events", Key: "eventName",
			Parts: []providers.Part{
				{Name: "type", Kind: diff.Enum, Doc: "The variant.", Enum: []string{"item", "action"}},
				{Name: "eventName", Kind: diff.Text, Doc: "Its name.", Required: true},
				{Name: "description", Kind: diff.Text, Doc: "What happens."},
			},
			Clear:   clear,
			Example: []any{map[string]any{"type": "action", "eventName": "Rings the fog bell", "description": "She rings the yard bell until it lifts."}},
		},
		{
			Path: "quests", Kind: diff.Objects, Doc: "What the character wants done.",
			Source: providers.Documented.In("update body; lengths from the limits page"), Write: "/quests",
			Parts: []providers.Part{
				{Name: "description", Kind: diff.Text, Doc: "How things stand."},
				{Name: "objective", Kind: diff.Text, Doc: "What is to be done.", Required: true},
				{Name: "reward", Kind: diff.Text, Doc: "What it earns."},
			},
			Limit: []providers.Limit{part("description", 125), part("objective", 125), part("reward", 125)}, Clear: clear,
			Example: []any{map[string]any{"description": "The lower bridge is closed.", "objective": "Find out why.", "reward": "A bed for life."}},
		},
	}
}

// places say where the character stands. They are set at creation: there is
// no call that moves a character.
func places() providers.Table {
	place := func(p spec.Path, create, read, list, doc, example string) providers.Field {
		return providers.Field{
			Path: p, Kind: diff.Enum, Doc: doc + " Set at creation: a change creates the character anew.",
			Source: providers.Published.In("path and query of create"), Write: providers.Never, Create: create, Read: read, List: list,
			Clear: providers.Stays("there is no call that moves a character"), Example: example,
		}
	}
	return providers.Table{
		place("game_id", "{game_id}", "{game_id}", "{game_id}", "The game, as the app's tree shows it.", "game123"),
		place("world_id", "{world_id}", "{world_id}", "{world_id}", "The world in the game.", "world456"),
		place("region_id", "?region_id", providers.Never, "/region_id", "The region of the world.", "region1"),
		place("location_id", "?location_id", providers.Never, "/location_id", "The location in the world or region.", "location1"),
	}
}

func word(p spec.Path, doc, example string, words map[string]string) providers.Field {
	return providers.Field{
		Path: p, Kind: diff.Enum, Doc: doc, Source: providers.Documented.In("update body"), Write: "/" + string(p),
		Enum: same(words), Words: words, Clear: providers.Stays("NPCBuilder names no empty value for it"), Example: example,
	}
}

// filled is a field that has a value although creation was told none.
func filled(f providers.Field, value string) providers.Field {
	f.Default, f.DefaultSource = value, providers.Assumed.In("NPCBuilder fills it in and does not say with what")
	return f
}

// same is an enum whose words are the vendor's own.
func same(words map[string]string) map[string]string {
	m := make(map[string]string, len(words))
	for w := range words {
		m[w] = w
	}
	return m
}

func runes(n int) providers.Limit {
	return providers.Limit{Max: n, Unit: providers.Runes, Source: providers.Documented.In("limits page; the unit is not stated")}
}

func part(name string, n int) providers.Limit {
	l := runes(n)
	l.Of = name
	return l
}
