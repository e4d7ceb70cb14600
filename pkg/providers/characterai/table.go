package characterai

import (
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// table is what is known of Character.AI's fields from its clients, read in
// November 2026. There is no public API, so nothing here is promised. Lengths
// are counted differently by different clients: past all counts is an error,
// past any a warning.
func table() providers.Table {
	return append(append(core(), more()...), shown()...)
}

func core() providers.Table {
	return providers.Table{
		{
			Path: "name", Kind: diff.Text, Doc: "The character's name; keep to letters, digits, spaces, _ and -.",
			Source: providers.Documented.In("create and update"), Write: "/name", List: "/participant__name",
			Limit: []providers.Limit{length(3, 20)}, Clear: providers.Stays("Character.AI needs a name"), Example: "Mira",
		},
		{
			Path: "greeting", Kind: diff.Text, Doc: "The first message of every chat.",
			Source: providers.Documented.In("create and update"), Write: "/greeting", List: "/greeting",
			// As of 30 November 2026 the newest clients repeat it as the first of greetings.
			Copies: []string{"/greetings/0"},
			Limit:  []providers.Limit{length(3, 4096)}, Clear: providers.Stays("every client requires a greeting"), Example: "Wipe your boots.",
		},
		{
			Path: "title", Kind: diff.Text, Doc: "A few words under the name.",
			Source: providers.Documented.In("create and update"), Write: "/title", List: "/title",
			Limit: []providers.Limit{length(3, 50)}, Clear: empties(), Example: "Keeper of the Gilded Hare",
		},
		{
			Path: "description", Kind: diff.Text, Doc: "What the character is about, for people who browse.",
			Source: providers.Documented.In("create and update"), Write: "/description", List: "/description",
			Limit: []providers.Limit{length(0, 500)}, Clear: empties(), Example: "Runs the last inn before the pass.",
		},
		{
			Path: "definition", Kind: diff.Text, Doc: "Who the character is, with example dialogue. Only the owner's view shows it.",
			Source: providers.Documented.In("create and update"), Write: "/definition",
			Limit: []providers.Limit{
				length(0, 32000),
				{Max: 3200, Unit: providers.Runes, Effective: true, Source: providers.Published.In("the 2023 editor stopped at 3,200 characters")},
			},
			Clear: empties(), Example: "Mira keeps the Gilded Hare.\n\n{{user}}: Any rooms?\n{{char}}: Two, and one of them is dry.",
		},
		{
			Path: "categories", Kind: diff.Set, Doc: "Names of Character.AI's categories.",
			Source: providers.Documented.In("names on writing, objects on reading"), Write: "/categories", Read: "/categories/*/name",
			Clear: providers.Clear{Can: true, Send: []any{}}, Example: []any{"Books"},
		},
		{
			Path: "visibility", Kind: diff.Enum, Doc: "Who can find the character.",
			Source: providers.Documented.In("create and update, in upper case"), Write: "/visibility", List: "/visibility",
			Enum:  map[string]string{"private": "PRIVATE", "unlisted": "UNLISTED", "public": "PUBLIC"},
			Words: map[string]string{"private": "Only you.", "unlisted": "Anyone who has the link.", "public": "Anyone; listed and searchable."},
			Clear: providers.Stays("it is one of private, unlisted and public"), Example: "unlisted",
		},
		{
			Path: "copyable", Kind: diff.Bool, Doc: "Whether others may see and copy the definition. Character.AI may turn it off for private characters.",
			Source: providers.Documented.In("create and update"), Write: "/copyable", List: "/copyable",
			Clear: providers.Stays("a switch has no empty value"), Example: false, Default: false,
		},
	}
}

// more are the rest; those of newer clients are not in every view.
func more() providers.Table {
	return providers.Table{
		{
			Path: "avatar_rel_path", Kind: diff.Enum, Doc: "The path that an upload of the avatar answered.",
			Source: providers.Documented.In("create and update; avatar_file_name on reading"),
			Write:  "/avatar_rel_path", Read: "/avatar_file_name", List: "/avatar_file_name", Clear: empties(), Example: "uploaded/2026/10/mira.webp",
		},
		{
			Path: "voice_id", Kind: diff.Enum, Doc: "The old voice reference, a number.",
			Source: providers.Published.In("all clients"), Write: "/voice_id", Clear: empties(), Example: "22",
		},
		{
			Path: "default_voice_id", Kind: diff.Enum, Doc: "The new voice reference.",
			Source: providers.Published.In("clients since 2024"), Write: "/default_voice_id", Clear: empties(), Example: "6b1d2c84-6d0c-4b27-9c39-3a5f5a1e7d10",
		},
		{
			Path: "img_gen_enabled", Kind: diff.Bool, Doc: "Whether the character sends pictures.",
			Source: providers.Documented.In("create and update"), Write: "/img_gen_enabled",
			Clear: providers.Stays("a switch has no empty value"), Example: false, Default: false,
		},
		{
			Path: "base_img_prompt", Kind: diff.Text, Doc: "What every picture has in common.",
			Source: providers.Documented.In("create and update"), Write: "/base_img_prompt",
			Limit: []providers.Limit{length(0, 100)}, Clear: empties(), Example: "Firelit mountain inn, oil painting",
		},
		{
			Path: "strip_img_prompt_from_msg", Kind: diff.Bool, Doc: "Whether prompts for pictures are taken out of messages.",
			Source: providers.Documented.In("create and update"), Write: "/strip_img_prompt_from_msg",
			Clear: providers.Stays("a switch has no empty value"), Example: false, Default: false,
		},
		{
			Path: "dynamic_greeting_enabled", Kind: diff.Bool, Doc: "Whether the greeting may vary.",
			Source: providers.Published.In("newer clients"), Write: "/dynamic_greeting_enabled",
			// As of 30 November 2026 node_characterai 2 creates with the one and updates with the other.
			Copies: []string{"/allow_dynamic_greeting"},
			Clear:  providers.Stays("a switch has no empty value"), Example: true, Default: false, Optional: true,
		},
		list("tags", "Tags.", "inn"),
		list("greetings", "Further greetings.", "The fire's lit. Sit."),
		list("additional_greetings", "Further greetings, as other clients name them.", "Back again?"),
		{
			Path: "identifier", Kind: diff.Enum, Doc: "The reference that a client chooses at creation. Leave it out: charsync chooses one and finds a lost character by it.",
			Source: providers.Documented.In("create; an argument of update that no client sends"),
			Write:  providers.Never, Create: "/identifier", Read: "/identifier",
			Clear: providers.Stays("it is set at creation and stays"), Example: "id:6f1c2b7e-1f0e-4c7d-9a3a-0d8f5b1c2e44", Unasked: true,
		},
	}
}

func list(p spec.Path, doc, example string) providers.Field {
	return providers.Field{
		Path: p, Kind: diff.List, Doc: doc, Source: providers.Published.In("newer clients"), Write: "/" + string(p),
		Clear: providers.Clear{Can: true, Send: []any{}}, Example: []any{example}, Optional: true,
	}
}

// shown are the keys of the owner's view that are not the owner's to change;
// an update does not send them back.
func shown() providers.Table {
	var rows providers.Table
	for _, key := range []string{
		"external_id", "id", "short_hash", "participant__name", "participant__num_interactions", "participant__user__username",
		"user__username", "user_id", "user__id", "sanitized_definition", "img_prompt_regex", "img_gen_guidance_scale", "safety", "is_persona",
		"translations", "starter_prompts", "comments_enabled", "songs", "upvotes", "usage", "updated", "num_interactions",
	} {
		rows = append(rows, providers.Field{
			Path: spec.Path(key), Kind: diff.Text, Doc: "Shown by Character.AI; not part of what is written.",
			Source: providers.Published.In("owner view"), Write: providers.Never, Create: providers.Never, Read: "/" + key,
		})
	}
	return rows
}

func length(low, high int) providers.Limit {
	return providers.Limit{Min: low, Max: high, Unit: providers.Characters, Source: providers.Published.In("PyCharacterAI; the unit differs between clients")}
}

func empties() providers.Clear { return providers.Clear{Can: true, Send: ""} }
