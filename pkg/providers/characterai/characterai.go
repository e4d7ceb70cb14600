// Package characterai is the driver for Character.AI. The service has no
// public API: what is here is what its clients do, and may stop working
// without notice.
package characterai

import (
	"time"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// ownerViewSetting says which host reads one character: clients met 403 on
// the older one in 2026.
const ownerViewSetting = "ownerView"

// hostSetting says which host takes all calls. As of 30 November 2026 the
// newest clients write and read through the newer one alone.
const hostSetting = "host"

// Driver is what is known of Character.AI offline.
func Driver() *providers.Driver {
	return &providers.Driver{
		Name: "characterai", Title: "Character.AI", Docs: "https://github.com/Xtr4F/PyCharacterAI",
		Env:        []providers.Env{{"CHARACTERAI_TOKEN"}},
		BaseURLEnv: "CHARACTERAI_BASE_URL", BaseURL: "https://plus.character.ai", OtherURLs: []string{neo},
		Manner: providers.Forgets,
		Removal: providers.Removal{
			Verb: "archive",
			Loss: "Character.AI has no deletion: the character is archived; charsync undo or the website brings it back.",
		},
		Pace:     providers.Pace{PerSecond: 1, Concurrency: 2, SerialWrite: true},
		Late:     providers.Late{Most: 30 * time.Second, Source: providers.Assumed.In("no document says how soon a read shows a write")},
		Required: []spec.Path{"name", "greeting"},
		Compose:  map[spec.Path][]spec.Path{"definition": {"persona", "scene", "lore", "examples"}},
		Key:      providers.ByField,
		Fields:   table(),
		Expands: &providers.Expansion{
			Fields: []spec.Path{"definition", "greeting"}, Names: []string{"char", "user", "random_user_*"},
			Source: providers.Published.In("the Character Book's page on dialog definitions; players' guides for the greeting"),
		},
		Settings: []providers.Setting{{
			Name: ownerViewSetting, Doc: "Which of the two hosts reads one character.", Values: []string{"plus", "neo"}, Default: "plus",
		}, {
			Name: hostSetting, Doc: "Which of the two hosts takes all calls: reading, listing, creating and updating.", Values: []string{"plus", "neo"}, Default: "plus",
		}},
		Open: open,
	}
}
