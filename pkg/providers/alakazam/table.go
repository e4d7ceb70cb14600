package alakazam

import (
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// table is what is known of Alakazam's character fields, read in November
// 2026. The list carries the owner's view, so every readable row is listed.
func table() providers.Table {
	t := providers.Table{
		text("name", "The name players see.", providers.Stays("Alakazam needs a name")),
		text("description", "One or two sentences about the character. Not taken at creation, so it follows in a second call.", empties()),
		text("cover", "The address of the cover picture.", empties()),
		text("persona", "Who the character is. Returned to the owning app only.", empties()),
		text("scene", "Where the conversation takes place.", empties()),
		text("greeting", "The first thing it says.", empties()),
		text("lore", "What is true in its world.", empties()),
		text("examples", "Example dialogue.", empties()),
		{
			Path: "visibility", Kind: diff.Enum, Doc: "Who can find the character. Not taken at creation, so it follows in a second call.",
			Source: providers.Documented.In("PATCH body"), Write: "/visibility",
			Enum:  map[string]string{"private": "private", "unlisted": "unlisted", "public": "public"},
			Words: map[string]string{"private": "Only the app that owns it.", "unlisted": "Anyone who has the link.", "public": "Anyone; listed and searchable."},
			Clear: providers.Stays("it is one of private, unlisted and public"), Example: "unlisted", Default: "private", DefaultSource: providers.Assumed.In("no document says it"),
		},
		identifier("voiceId", "The ElevenLabs voice.", "21m00Tcm4TlvDq8ikWAM"),
		identifier("modelId", "The language model. Alakazam publishes no list.", "default"),
		{
			Path: "free", Kind: diff.Bool, Doc: "Whether players may talk to the character without paying.", Source: providers.Documented.In("PATCH body"), Write: "/free",
			Clear: providers.Stays("a switch has no empty value"), Example: true, Default: false,
		},
		{
			Path: "stances", Kind: diff.Objects, Doc: "The ways it can stand before the player. Sent as a whole; the order counts.",
			Source: providers.Documented.In("PATCH text, not its schema; expression is not returned"), Write: "/stances", Key: "id",
			Parts: []providers.Part{
				{Name: "id", Kind: diff.Enum, Doc: "A word of your choice, unlike the other stances'.", Required: true},
				{Name: "label", Kind: diff.Text, Doc: "What players see."},
				{Name: "mood", Kind: diff.Text, Doc: "The mood behind it."},
				{Name: "expression", Kind: diff.Text, Doc: "How it looks; Alakazam never returns this.", Hidden: true},
			},
			Clear:   providers.Clear{Can: true, Send: []any{}},
			Example: []any{map[string]any{"id": "welcome", "label": "At the door", "mood": "wary", "expression": "arms folded, half a smile"}},
		},
		{
			Path: "intro", Kind: diff.Object, Doc: "The title card before the conversation.",
			Source: providers.Documented.In("PATCH text, not its schema"), Write: "/intro",
			Parts: []providers.Part{
				{Name: "kicker", Kind: diff.Text, Doc: "The small line above the title."},
				{Name: "title", Kind: diff.Text, Doc: "The title."},
				{Name: "hint", Kind: diff.Text, Doc: "What to try first."},
			},
			Clear:   providers.Clear{Can: true, Send: map[string]any{}},
			Example: map[string]any{"kicker": "The Sorrel Pass, first snow", "title": "The Gilded Hare", "hint": "Ask her about anything except the apple loft."},
		},
	}
	for i := range t {
		t[i].List = t[i].Write
		if t[i].Path == "description" || t[i].Path == "visibility" {
			t[i].Create = providers.Never
		}
	}
	return append(append(t, beginnings()...), shown()...)
}

// beginnings are the fields that only creation takes and no read returns: a
// change means creating the character anew.
func beginnings() providers.Table {
	begin := func(p spec.Path, kind diff.Kind, doc string, example any) providers.Field {
		return providers.Field{
			Path: p, Kind: kind, Doc: doc + " Taken at creation only, and never returned.", Source: providers.Published.In("create body"),
			Write: providers.Never, Create: "/" + string(p), Read: providers.Never,
			Clear: providers.Stays("it is set at creation and stays"), Example: example,
		}
	}
	return providers.Table{
		begin("subject", diff.Text, "What the generated picture shows.", "A broad-shouldered innkeeper with flour to the elbows"),
		begin("style", diff.Text, "How the generated picture looks.", "Candle-lit oil painting"),
		begin("authored", diff.Bool, "Let Alakazam invent persona and stances from the premise or the frame.", true),
		begin("premise", diff.Text, "The idea from which the character is invented.", "A ferryman who remembers every passenger"),
		begin("frame_url", diff.Text, "The address of a picture to begin from; it must open without a login.", "https://example.org/frame.png"),
		begin("frame_b64", diff.Text, "A picture to begin from, in base64.", "iVBORw0KGgo="),
		begin("world", diff.Object, "A complete character world to import.", map[string]any{"character": map[string]any{"name": "Mira"}}),
	}
}

func shown() providers.Table {
	var rows providers.Table
	for _, key := range []string{"id", "slug", "kind", "schemaVersion"} {
		rows = append(rows, providers.Field{
			Path: spec.Path(key), Kind: diff.Enum, Doc: "Given by Alakazam.", Source: providers.Documented.In("owner view"),
			Write: providers.Never, Create: providers.Never, Read: "/" + key, List: "/" + key,
		})
	}
	return rows
}

func text(p spec.Path, doc string, c providers.Clear) providers.Field {
	return providers.Field{
		Path: p, Kind: diff.Text, Doc: doc, Source: providers.Documented.In("PATCH body; no length is given anywhere"),
		Write: "/" + string(p), Clear: c, Example: examples()[p],
	}
}

func identifier(p spec.Path, doc, example string) providers.Field {
	f := text(p, doc, empties())
	f.Kind, f.Example, f.Source = diff.Enum, example, providers.Documented.In("PATCH body")
	return f
}

func examples() map[spec.Path]any {
	return map[spec.Path]any{
		"name": "Mira", "description": "Runs the last inn before the pass.", "cover": "https://example.org/mira.png",
		"persona": "You are Mira, keeper of the Gilded Hare.", "scene": "A low room, a high fire.",
		"greeting": "Wipe your boots. Then tell me what you're running from.", "lore": "The pass closes with the first snow.",
		"examples": "Guest: Any rooms?\nMira: Two, and one of them is dry.",
	}
}

// empties is cleared with an empty string: the PATCH body has plain strings,
// so null is no declared value. What is read back may be either.
func empties() providers.Clear { return providers.Clear{Can: true, Send: ""} }
