package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// characterAI stands in for Character.AI, which has no public API: (seed) for the names and meaning of an update's
// arguments, (public docs) for what published clients send and read, unless a switch says otherwise. The hosts plus, neo
// and character.ai stand behind one base; their paths don't meet.
func characterAI() *vendor {
	get := func(name, pattern string, handle func(*call) reply) route {
		return route{name: name, method: "GET", pattern: pattern, lists: name == "character.list", handle: handle}
	}
	post := func(name, pattern string, write bool, handle func(*call) reply) route {
		return route{name: name, method: "POST", pattern: pattern, write: write, body: objectBody, handle: handle}
	}
	upload := func(name, pattern string) route {
		return route{name: name, method: "POST", pattern: pattern, write: true, body: formBody, handle: caiUpload}
	}
	return &vendor{
		name:    "characterai",
		baseEnv: "CHARACTERAI_BASE_URL",
		keyEnv:  "CHARACTERAI_TOKEN",
		keys: []credential{
			{"sandbox-characterai-token", account{owner: home}},
			{"sandbox-characterai-stranger", account{owner: stranger}},
		},
		routes: []route{
			post("character.create", "/chat/character/create/", true, caiCreate),
			post("character.update", "/chat/character/update/", true, caiUpdate),
			post("character.get", "/chat/character/", false, caiOwnerView),
			post("character.info", "/chat/character/info/", false, caiPublicView),
			get("character.info-cached", "/chat/character/info-cached/{id}/", caiDead),
			get("character.list", "/chat/characters/", caiList),
			get("character.search", "/chat/characters/search/", caiSearch),
			post("persona.create", "/chat/persona/create/", true, caiCreatePersona),
			post("persona.update", "/chat/persona/update/", true, caiUpdate),
			get("persona.list", "/chat/personas/", caiPersonas),
			get("categories.list", "/chat/character/categories/", caiCategoryList),
			get("categories.curated", "/chat/curated_categories/characters/", caiCurated),
			get("voices.list", "/chat/character/voices/", caiOldVoices),
			get("user.get", "/chat/user/", caiUser),
			upload("avatar.upload", "/chat/avatar/upload/"),
			upload("avatar.upload", "/chat/upload-image/"),
			upload("avatar.upload", "/api/trpc/user.uploadAvatar"),

			post("character.create", "/character/v1/create_character", true, caiCreate),
			post("character.update", "/character/v1/update_character", true, caiUpdate),
			post("character.get", "/character/v1/get_character_info", false, caiNeoView),
			get("character.list", "/character/v1/get_characters_created_by_user", caiList),
			get("categories.get", "/character/v1/categories/{id}", caiCategory),
			get("tags.list", "/character/v1/character_tag_options", caiTags),
			get("voices.neo", "/multimodal/api/v1/voices/{id}", caiVoices),
		},
		switches:     caiSwitches(),
		authenticate: caiAuth,
		account:      homeAccount,
		refuse:       caiRefuse,
		reject:       func(text string) reply { return answer(http.StatusOK, doc{"status": "NOT_OK", "error": text}) },
		index: func(d doc) index {
			return index{Name: text(d, "name"), Hidden: truth(d, "archived"), Role: caiSort(d)}
		},
		seed: caiSeed,
	}
}

func caiSort(d doc) string {
	if truth(d, "is_persona") {
		return "persona"
	}
	return ""
}

func caiSwitches() []Switch {
	offOn := []string{"off", "on"}
	switches := []Switch{
		{
			Name: "absent", Values: []string{"replace", "wipe", "merge"}, Default: "replace", Source: "assumed",
			Doc: "what an update does with keys it is not sent: clears them but for avatar_rel_path, default_voice_id and identifier; clears those too; keeps all",
		},
		{
			Name: "null", Values: []string{"clear", "reject", "keep"}, Default: "clear", Source: "assumed",
			Doc: "what a null does in a known field",
		},
		{
			Name: "empty", Values: []string{"clear", "keep"}, Default: "clear", Source: "assumed",
			Doc: `what "" does in an update: empties the field, or leaves it as it was`,
		},
		{
			Name: "default-visibility", Values: []string{"PRIVATE", "PUBLIC"}, Default: "PRIVATE", Source: "assumed",
			Doc: "visibility when none is sent; published clients disagree",
		},
		{
			Name: "copyable-private", Values: []string{"keep", "false"}, Default: "keep", Source: "assumed",
			Doc: "whether a PRIVATE character is made not copyable",
		},
		{
			Name: "length-unit", Values: []string{"runes", "utf16", "bytes"}, Default: "runes", Source: "assumed",
			Doc: "what the limits count",
		},
		{
			Name: "name-charset", Values: []string{"any", "strict"}, Default: "any", Source: "assumed",
			Doc: "whether a name may only have letters, digits, spaces, _ and -",
		},
		{
			Name: "list-identifier", Values: []string{"omit", "show"}, Default: "omit", Source: "assumed",
			Doc: "whether list items carry the identifier",
		},
		{
			Name: "copyable-type", Values: []string{"bool", "string"}, Default: "bool", Source: "public docs",
			Doc: "the type of copyable in list items; both were seen",
		},
		{
			Name: "archived", Values: []string{"hide", "list", "gone"}, Default: "hide", Source: "assumed",
			Doc: "where an archived character shows: by id only, in lists too, nowhere",
		},
		{
			Name: "failure-shape", Values: []string{"error", "status"}, Default: "error", Source: "public docs",
			Doc: "whether a failure is NOT_OK with an error text, or has its reason in status",
		},
		{
			Name: "owner-view", Values: []string{"200", "403"}, Default: "200", Source: "public docs",
			Doc: "whether POST /chat/character/ still answers owners; a client of 2026 met 403",
		},
		{
			Name: "unknown-category", Values: []string{"accept", "drop", "reject"}, Default: "accept", Source: "assumed",
			Doc: "what a category does that the list of categories lacks",
		},
		{
			Name: "category-shape", Values: []string{"objects", "strings"}, Default: "objects", Source: "public docs",
			Doc: "how categories read; one note of 2026 says plain strings",
		},
		{
			Name: "identifier-unique", Values: offOn, Default: "off", Source: "assumed",
			Doc: "whether a create with an identifier that is taken fails",
		},
		{
			Name: "nulls", Values: []string{"some", "none"}, Default: "some", Source: "public docs",
			Doc: "whether reads have null for songs, voice_id, archived and now and then comments_enabled",
		},
		{
			Name: "normalise", Values: []string{"off", "trim"}, Default: "off", Source: "assumed",
			Doc: "whether texts lose the white space around them",
		},
		{
			Name: "moderation", Values: []string{"off", "refuse", "rewrite"}, Default: "off", Source: "assumed",
			Doc: "what happens to a text with [unsafe] in it",
		},
		{
			Name: "avatar-policy", Values: []string{"accept", "refuse"}, Default: "accept", Source: "public docs",
			Doc: "whether an uploaded picture is taken, or answered with a policy violation and no value",
		},
		{
			Name: "list-lag", Max: 600_000, Default: "0", Source: "assumed",
			Doc: "milliseconds until a new character shows in lists",
		},
	}
	for _, l := range caiLimits() {
		if l.max > 0 {
			switches = append(switches, Switch{
				Name: l.field + "-max", Min: 1, Max: 1_000_000, Default: l.figure(), Source: "public docs",
				Doc: "the longest " + l.field + ", in length-unit",
			})
		}
	}
	return switches
}

// caiRefuse is what Django REST says.
func caiRefuse(status int, text string) reply {
	if status == http.StatusNotFound {
		return htmlPage(status, "Not Found", "The requested resource was not found on this server.")
	}
	return answer(status, doc{"detail": text})
}

func caiAuth(c *call) (account, *reply) {
	secret := bearer(c.req.Header, "Token")
	who, ok := c.lookup(secret)
	if ok {
		return who, nil
	}
	text := "Invalid token."
	if secret == "" {
		text = "Authentication credentials were not provided."
	}
	no := caiRefuse(http.StatusUnauthorized, text)
	return who, &no
}

// caiFailed is a refusal in the manner of the plus and neo hosts: status 200 all the same.
func caiFailed(c *call, text string) reply {
	switch {
	case caiNeo(c):
		return answer(http.StatusOK, doc{"command": "neo_error", "comment": text})
	case c.is("failure-shape", "status"):
		return answer(http.StatusOK, doc{"status": text, "character": doc{}})
	}
	return answer(http.StatusOK, doc{"status": "NOT_OK", "error": text, "character": doc{}})
}

func caiNeo(c *call) bool {
	return strings.HasPrefix(c.route.pattern, "/character/v1/")
}

func caiOK(character doc) reply {
	return answer(http.StatusOK, doc{"status": "OK", "character": character})
}

// caiFind gives a character that anybody may know of: what the caller may see of it is the view's business.
func caiFind(c *call, id string) (*record, doc, bool) {
	rec, d, ok := c.tx.get(charactersCol, id)
	if !ok || truth(d, "archived") && c.is("archived", "gone") {
		return nil, nil, false
	}
	c.id = rec.id
	return rec, d, true
}

func caiTags(*call) reply {
	return answer(http.StatusOK, doc{"character_tag_options": []string{"Adventure", "Comedy", "Mentor", "Villain"}})
}

func caiUser(c *call) reply {
	return answer(http.StatusOK, doc{"user": doc{"user": doc{
		"id": caiUserID(c.who.owner), "username": c.who.owner,
		"first_name": c.who.owner, "account": doc{"name": c.who.owner, "avatar_type": "DEFAULT"},
	}, "name": c.who.owner}})
}

func caiUserID(owner string) int {
	return 1000 + slices.Index([]string{home, stranger}, owner)
}
