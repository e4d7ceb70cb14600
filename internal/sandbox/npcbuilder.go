package sandbox

import (
	"net/http"
	"strings"
)

// npcBuilder stands in for https://app.npcbuilder.com/api: (seed) for the PATCH with its fields and echo, (public docs)
// for the other operations, unless a switch says otherwise. No error is documented: statuses and bodies of errors are
// assumed.
func npcBuilder() *vendor {
	const characters, world = "/api/context/characters/{game}/{world}", "/api/context/world/{game}/{world}"
	return &vendor{
		name:    "npcbuilder",
		baseEnv: "NPCBUILDER_BASE_URL",
		keyEnv:  "NPCBUILDER_TOKEN",
		keys: []credential{
			{"sandbox-npcbuilder-token", account{owner: home}},
			{"sandbox-client:sandbox-secret", account{owner: home}},
		},
		routes: []route{
			{name: "character.create", method: "POST", pattern: characters, write: true, body: objectBody, handle: npcCreate},
			{name: "character.get", method: "GET", pattern: characters + "/{id}", handle: npcGet},
			{name: "character.update", method: "PATCH", pattern: characters + "/{id}", write: true, body: objectBody, handle: npcUpdate},
			{name: "character.delete", method: "DELETE", pattern: characters + "/{id}", write: true, handle: npcDelete},
			{name: "world.get", method: "GET", pattern: world, lists: true, handle: npcWorld},
		},
		switches:     npcSwitches(),
		authenticate: npcAuth,
		account:      homeAccount,
		refuse:       func(status int, text string) reply { return answer(status, doc{"message": text}) },
		reject:       func(text string) reply { return answer(http.StatusBadRequest, doc{"message": text}) },
		index:        npcIndex,
		seed:         npcSeed,
	}
}

func npcSwitches() []Switch {
	offOn := []string{"off", "on"}
	return []Switch{
		{
			Name: "filters", Values: []string{"boolean", "object", "both"}, Default: "boolean", Source: "seed",
			Doc: "the shape of filters that is taken; newer pages have an object of toggles, merged toggle by toggle",
		},
		{
			Name: "schema-violation", Values: []string{"400", "500"}, Default: "400", Source: "assumed",
			Doc: "the status for a body that breaks the schema; the documents warn of unhandled errors",
		},
		{
			Name: "error-body", Values: []string{"message", "error", "detail", "empty"}, Default: "message", Source: "assumed",
			Doc: "under which key an error says what it is, or no body at all",
		},
		{
			Name: "premium", Values: []string{"allow", "403"}, Default: "allow", Source: "assumed",
			Doc: "whether the subscription has the premium model",
		},
		{
			Name: "delete-twice", Values: []string{"404", "200"}, Default: "404", Source: "assumed",
			Doc: "the answer to deleting what is not there",
		},
		{
			Name: "unknown-world", Values: []string{"404", "create"}, Default: "404", Source: "assumed",
			Doc: "what a create in a game or world that does not exist does",
		},
		{
			Name: "unknown-keys", Values: []string{"reject", "ignore"}, Default: "reject", Source: "assumed",
			Doc: "what a key outside the schema does",
		},
		{
			Name: "required", Values: []string{"none", "name"}, Default: "none", Source: "assumed",
			Doc: "what a create must have; no field is marked as required",
		},
		{
			Name: "duplicate-names", Values: []string{"accept", "reject"}, Default: "accept", Source: "assumed",
			Doc: "whether two characters of one world may have one name",
		},
		{
			Name: "null", Values: []string{"reject", "clear", "ignore"}, Default: "reject", Source: "assumed",
			Doc: "what a null does: breaks the schema, empties the field, nothing",
		},
		{
			Name: "empty", Values: []string{"keep", "reject"}, Default: "keep", Source: "assumed",
			Doc: "whether a text may be empty",
		},
		{
			Name: "arrays", Values: []string{"replace", "append"}, Default: "replace", Source: "assumed",
			Doc: "whether an array in PATCH takes the old one's place",
		},
		{
			Name: "item-case", Values: []string{"keep", "title"}, Default: "keep", Source: "assumed",
			Doc: "whether item names get a capital letter, as in the documents' samples",
		},
		{
			Name: "traits-order", Values: []string{"keep", "sorted"}, Default: "keep", Source: "assumed",
			Doc: "whether traits read back in another order",
		},
		{
			Name: "opposite-traits", Values: []string{"accept", "reject"}, Default: "accept", Source: "assumed",
			Doc: "whether opposite traits are refused; the documents say to avoid them",
		},
		{
			Name: "get-private", Values: []string{"omit", "show"}, Default: "omit", Source: "public docs",
			Doc: "whether get shows model and filters, which no documented answer has",
		},
		{
			Name: "tree-repeats", Values: offOn, Default: "on", Source: "public docs",
			Doc: "whether the world tree shows a character at every level it belongs to, or at the lowest only",
		},
		{
			Name: "session", Values: []string{"overlay", "ignore"}, Default: "overlay", Source: "assumed",
			Doc: "whether calls with session_id read and write that player's copy",
		},
		{
			Name: "length-unit", Values: []string{"runes", "utf16", "bytes"}, Default: "runes", Source: "assumed",
			Doc: "what the limits count",
		},
	}
}

// npcAuth takes a Bearer token (seed) or clientId with clientSecret (public docs).
func npcAuth(c *call) (account, *reply) {
	if who, ok := c.lookup(bearer(c.req.Header, "Bearer")); ok {
		return who, nil
	}
	if id, secret := c.req.Header.Get("clientId"), c.req.Header.Get("clientSecret"); id != "" && secret != "" {
		if who, ok := c.lookup(id + ":" + secret); ok {
			return who, nil
		}
	}
	no := npcProblem(c, http.StatusUnauthorized, "Unauthorized")
	return account{}, &no
}

func npcProblem(c *call, status int, text string) reply {
	key := c.sw("error-body")
	if key == "empty" {
		return reply{status: status}
	}
	return answer(status, doc{key: text})
}

// npcViolation is the answer to a body outside the schema.
func npcViolation(c *call, text string) reply {
	if c.is("schema-violation", "500") {
		return npcProblem(c, http.StatusInternalServerError, "Internal server error")
	}
	return npcProblem(c, http.StatusBadRequest, text)
}

// npcFind gives the character at the request's path, in the player's session when one is named.
func npcFind(c *call) (*record, doc, *reply) {
	id := c.params["id"]
	rec, d, ok := c.tx.get(charactersCol, id)
	if ok && !strings.HasPrefix(rec.Place, npcPlace(c.params["game"], c.params["world"])) {
		ok = false
	}
	if s := npcSession(c); s != "" {
		if _, over, there := c.tx.get(npcSessionsCol, s+" "+id); there {
			if !ok {
				d = doc{}
			}
			for k, v := range over {
				d[k] = v
			}
			ok = (ok || truth(over, "_new")) && !truth(over, "_gone")
		}
	}
	if !ok {
		no := npcProblem(c, http.StatusNotFound, "Character not found")
		return nil, nil, &no
	}
	c.id = id
	return rec, d, nil
}

const npcSessionsCol = "sessions"

func npcSession(c *call) string {
	if c.is("session", "ignore") {
		return ""
	}
	return c.query.Get("session_id")
}
