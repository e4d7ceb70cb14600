// Package alakazam is the driver for Alakazam's character API at
// https://api.alakazam.gg, a developer preview.
package alakazam

import (
	"time"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// page is the most characters that one request of the list may ask for.
const page = 100

// Driver is what is known of Alakazam offline.
func Driver() *providers.Driver {
	return &providers.Driver{
		Name: "alakazam", Title: "Alakazam", Docs: "https://docs.alakazam.gg",
		Env:        []providers.Env{{"ALAKAZAM_API_KEY"}},
		BaseURLEnv: "ALAKAZAM_BASE_URL", BaseURL: "https://api.alakazam.gg",
		Manner: providers.Keeps,
		Removal: providers.Removal{
			Verb: "set private",
			Loss: "Alakazam documents no deletion: the character stays in the account, private, and charsync forgets it.",
		},
		// 120 requests in a rolling minute for a key, as of 30 November 2026:
		// https://docs.alakazam.gg/rate-limits. The burst is ours.
		Pace: providers.Pace{PerSecond: 2, Burst: 20, Concurrency: 4},
		Late: providers.Late{Most: 30 * time.Second, Source: providers.Assumed.In("no document says how soon a read shows a write")},
		Needs: [][]spec.Path{
			{"name"}, {"authored", "premise"}, {"authored", "frame_url"}, {"authored", "frame_b64"}, {"world"},
		},
		ListPage: page,
		Key:      providers.ByHeader,
		Fields:   table(),
		Check:    checkMode,
		Open:     open,
	}
}

// checkMode warns of two of the three ways to create in one manifest: only
// one of them counts.
func checkMode(c providers.Checked) []spec.Diagnostic {
	if c.Doc["world"] == nil || c.Doc["authored"] != true {
		return nil
	}
	return []spec.Diagnostic{{
		Pos: c.Character.Lookup(c.Target, "authored").Pos, Severity: spec.Warning, Code: providers.CodeAdvice, Path: "authored",
		Message: "world and authored are two ways to create a character; Alakazam takes the world",
		Hint:    "keep one of them",
	}}
}
