package sandbox

import (
	"fmt"
	"net/http"
	"strings"
)

// alakazam stands in for https://api.alakazam.gg. (seed) for the character PATCH and the keys, (public docs) for the rest
// unless a switch says otherwise.
func alakazam() *vendor {
	key := func(secret, owner string) credential {
		return credential{secret: secret, account: alakazamAccount(secret, owner)}
	}
	return &vendor{
		name:    "alakazam",
		baseEnv: "ALAKAZAM_BASE_URL",
		keyEnv:  "ALAKAZAM_API_KEY",
		keys: []credential{
			key("sk_live_sandbox", home), key("pk_live_sandbox", home),
			key("sk_test_sandbox", home), key("pk_test_sandbox", home),
			key("sk_live_sandbox_stranger", stranger),
		},
		routes: []route{
			{name: "character.list", method: "GET", pattern: "/v1/characters", lists: true, handle: alakazamList},
			{name: "character.create", method: "POST", pattern: "/v1/characters", write: true, body: objectBody, handle: alakazamCreate},
			{name: "character.get", method: "GET", pattern: "/v1/characters/{id}", handle: alakazamGet},
			{name: "character.update", method: "PATCH", pattern: "/v1/characters/{id}", write: true, body: objectBody, handle: alakazamUpdate},
			{name: "character.delete", method: "DELETE", pattern: "/v1/characters/{id}", write: true, handle: alakazamDelete},
			{name: "world.get", method: "GET", pattern: "/v1/worlds/{id}", handle: alakazamWorld},
			{name: "world.fork", method: "POST", pattern: "/v1/worlds/{id}/forks", write: true, handle: alakazamFork},
			{name: "world.versions", method: "GET", pattern: "/v1/worlds/{id}/versions", handle: alakazamVersions},
			{name: "world.snapshot", method: "POST", pattern: "/v1/worlds/{id}/versions", write: true, handle: alakazamSnapshot},
			{name: "usage.get", method: "GET", pattern: "/v1/usage", handle: alakazamUsage},
		},
		switches:     alakazamSwitches(),
		perMinute:    120,
		authenticate: alakazamAuth,
		account:      func(secret string) account { return alakazamAccount(secret, home) },
		refuse:       alakazamProblem,
		reject:       func(text string) reply { return alakazamProblem(http.StatusUnprocessableEntity, text) },
		index:        func(d doc) index { return index{Name: text(d, "name")} },
		seed:         alakazamSeed,
	}
}

func alakazamSwitches() []Switch {
	return []Switch{
		{
			Name: "get-one", Values: []string{"200", "404", "405"}, Default: "200", Source: "assumed",
			Doc: "what GET /v1/characters/{id} does; it is not in the published index",
		},
		{
			Name: "delete", Values: []string{"405", "404"}, Default: "405", Source: "assumed",
			Doc: "what DELETE answers; no delete is documented",
		},
		{
			Name: "create-status", Values: []string{"201", "200"}, Default: "201", Source: "assumed",
			Doc: "the status of a successful create or fork",
		},
		{
			Name: "create-extras", Values: []string{"ignore", "accept", "422"}, Default: "ignore", Source: "assumed",
			Doc: "what a create does with description and visibility, which it does not list",
		},
		{
			Name: "default-visibility", Values: []string{"private", "unlisted", "public"}, Default: "private", Source: "assumed",
			Doc: "visibility of a new character",
		},
		{
			Name: "visibility-reads", Values: []string{"show", "omit"}, Default: "show", Source: "assumed",
			Doc: "whether reads carry visibility: the schema has it, both samples lack it",
		},
		{
			Name: "patch-stances", Values: []string{"accept", "ignore", "422"}, Default: "accept", Source: "assumed",
			Doc: "what PATCH does with stances and intro: the text lists them, the schema does not",
		},
		{
			Name: "unknown-keys", Values: []string{"ignore", "422"}, Default: "ignore", Source: "assumed",
			Doc: "what create and PATCH do with keys they do not know",
		},
		{
			Name: "null", Values: []string{"422", "clear", "ignore"}, Default: "422", Source: "assumed",
			Doc: "what a null in PATCH does; the schema has plain strings",
		},
		{
			Name: "empty", Values: []string{"keep", "null", "422"}, Default: "keep", Source: "assumed",
			Doc: "what an empty string in PATCH does: reads back as it is, reads back as null, is refused",
		},
		{
			Name: "pk-brain", Values: []string{"hide", "show"}, Default: "hide", Source: "assumed",
			Doc: "whether a pk_ key reads persona, scene, lore and examples",
		},
		{
			Name: "mode-mismatch", Values: []string{"404", "403"}, Default: "404", Source: "assumed",
			Doc: "the answer for a live character asked with a test key, and the other way round",
		},
		{
			Name: "idempotency-conflict", Values: []string{"409", "original", "422"}, Default: "409", Source: "assumed",
			Doc: "the answer to a known Idempotency-Key with another body",
		},
		{
			Name: "idempotency-hours", Max: 8760, Default: "24", Source: "assumed",
			Doc: "how long an Idempotency-Key is remembered; 0 is for ever",
		},
		{
			Name: "daily-generations", Max: 1_000_000, Default: "1000000", Source: "public docs",
			Doc: "creates per app and UTC day before 402; the documents' sample says 50",
		},
		{
			Name: "rate-limit", Max: 1_000_000, Default: "0", Source: "public docs",
			Doc: "requests of a key in a rolling minute, beyond which the answer is 429 with Retry-After; the documents say 120, 0 refuses none",
		},
		{
			Name: "list-order", Values: []string{"newest", "oldest"}, Default: "newest", Source: "assumed",
			Doc: "which characters stand on the first page",
		},
	}
}

// alakazamAccount reads what a key may do from its prefix: sk_ writes, pk_ reads (seed); test keys have data of their own
// (public docs).
func alakazamAccount(secret, owner string) account {
	if strings.Contains(secret, "k_test_") {
		owner += "/test"
	}
	return account{owner: owner, readOnly: strings.HasPrefix(secret, "pk_")}
}

func alakazamProblem(status int, text string) reply {
	return answer(status, doc{"detail": text})
}

func alakazamAuth(c *call) (account, *reply) {
	secret := bearer(c.req.Header, "Bearer")
	who, ok := c.lookup(secret)
	switch {
	case !ok:
		no := alakazamProblem(http.StatusUnauthorized, "missing, invalid or revoked API key")
		return who, &no
	case who.readOnly && c.route.write:
		no := alakazamProblem(http.StatusUnauthorized, "a secret key (sk_) is required for this operation")
		return who, &no
	}
	return who, nil
}

// alakazamFind gives the app's own character. Another app's id is as unknown as one that never was (public docs).
func alakazamFind(c *call) (*record, doc, *reply) {
	rec, d, ok := c.tx.get(charactersCol, c.params["id"])
	if ok && rec.Owner == c.who.owner {
		c.id = rec.id
		return rec, d, nil
	}
	no := alakazamProblem(http.StatusNotFound, "character not found")
	if ok && strings.TrimSuffix(rec.Owner, "/test") == strings.TrimSuffix(c.who.owner, "/test") && c.is("mode-mismatch", "403") {
		no = alakazamProblem(http.StatusForbidden, "this key can't reach data of the other mode")
	}
	return nil, nil, &no
}

func alakazamGet(c *call) reply {
	switch c.sw("get-one") {
	case "404":
		return alakazamProblem(http.StatusNotFound, "not found")
	case "405":
		return alakazamProblem(http.StatusMethodNotAllowed, "method not allowed")
	}
	rec, d, no := alakazamFind(c)
	if no != nil {
		return *no
	}
	return answer(http.StatusOK, alakazamOwnerView(c, rec, d))
}

func alakazamDelete(c *call) reply {
	if c.is("delete", "404") {
		return alakazamProblem(http.StatusNotFound, "not found")
	}
	return alakazamProblem(http.StatusMethodNotAllowed, "method not allowed")
}

// alakazamOwnerView is the character as its app reads it; of d only the stances need to be decoded. Stances lose their expression, and what only a create takes
// does not come back. Two keys stand for fields the documents do not know yet: minor versions may add some.
func alakazamOwnerView(c *call, rec *record, d doc) doc {
	stances := []any{}
	for _, e := range list(d, "stances") {
		if s, ok := e.(map[string]any); ok {
			stances = append(stances, doc{"id": s["id"], "label": s["label"], "mood": s["mood"]})
		}
	}
	out := doc{
		"id": rec.id, "stances": stances, "schemaVersion": "1.0",
		"rev": rec.updated / 1_000_000, "previewFeatures": doc{"lipsync": "v2"},
	}
	for _, key := range []string{"name", "description", "visibility", "persona"} {
		out[key] = orElse(d, key, "")
	}
	for _, key := range []string{"slug", "cover", "voiceId", "modelId", "greeting", "scene", "lore", "examples"} {
		out[key] = d[key] // null when there is none (seed)
	}
	out["free"], out["intro"] = orElse(d, "free", false), orElse(d, "intro", doc{})
	if c.who.readOnly && c.is("pk-brain", "hide") {
		for _, brain := range []string{"persona", "scene", "lore", "examples"} {
			delete(out, brain)
		}
	}
	if c.is("visibility-reads", "omit") {
		delete(out, "visibility")
	}
	return out
}

func alakazamInvalid(errors []string) reply {
	return answer(http.StatusUnprocessableEntity, doc{
		"detail": fmt.Sprintf("validation failed: %d problem(s)", len(errors)),
		"errors": errors, "schemaVersion": "1.0",
	})
}
