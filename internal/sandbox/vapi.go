package sandbox

import (
	"net/http"

	"github.com/google/uuid"
)

// vapi stands in for https://api.vapi.ai: (public docs) for routes, bodies, bounds and errors as the OpenAPI document and
// the official client of 2026 have them, unless a switch says otherwise.
func vapi() *vendor {
	return &vendor{
		name:    "vapi",
		baseEnv: "VAPI_BASE_URL",
		keyEnv:  "VAPI_TOKEN",
		keys: []credential{
			{"sandbox-vapi-private", account{owner: home}},
			{"sandbox-vapi-public", account{owner: home, readOnly: true}},
			{"sandbox-vapi-stranger", account{owner: stranger}},
		},
		routes: []route{
			{name: "character.list", method: "GET", pattern: "/assistant", lists: true, handle: vapiList},
			{name: "character.create", method: "POST", pattern: "/assistant", write: true, body: objectBody, handle: vapiCreate},
			{name: "character.get", method: "GET", pattern: "/assistant/{id}", handle: vapiGet},
			{name: "character.update", method: "PATCH", pattern: "/assistant/{id}", write: true, body: objectBody, handle: vapiUpdate},
			{name: "character.delete", method: "DELETE", pattern: "/assistant/{id}", write: true, handle: vapiDelete},
		},
		switches:     vapiSwitches(),
		authenticate: vapiAuth,
		account:      homeAccount,
		refuse:       vapiRefuse,
		reject:       func(text string) reply { return vapiInvalid([]string{text}) },
		index:        func(d doc) index { return index{Name: text(d, "name")} },
		seed: func(t *tx, d doc) (string, doc, error) {
			return vapiID(t), d, nil
		},
	}
}

func vapiSwitches() []Switch {
	return []Switch{
		{
			Name: "null", Values: []string{"null", "absent"}, Default: "null", Source: "public docs",
			Doc: "how a field that an update set to null reads: as null, or not at all",
		},
		{
			Name: "empty", Values: []string{"keep", "null"}, Default: "keep", Source: "assumed",
			Doc: "how an empty text reads: as it is, or as null",
		},
		{
			Name: "unknown-keys", Values: []string{"400", "ignore"}, Default: "400", Source: "assumed",
			Doc: "what create and PATCH do with keys they do not know, in the provider's objects too",
		},
		{
			Name: "list-order", Values: []string{"newest", "oldest"}, Default: "newest", Source: "assumed",
			Doc: "which assistants stand on the first page",
		},
		{
			Name: "times", Values: []string{"milliseconds", "finer"}, Default: "milliseconds", Source: "assumed",
			Doc: "how finely the list's filters compare times, which answers tell in milliseconds",
		},
		{
			Name: "versioning", Values: []string{"off", "on"}, Default: "off", Source: "public docs",
			Doc: "whether the organization has versions: latestVersion is null, or counts up with each create and PATCH",
		},
		{
			Name: "pinned", Values: []string{"off", "on"}, Default: "off", Source: "public docs",
			Doc: "whether something holds on to a version of every assistant, so that none can be deleted (409)",
		},
		{
			Name: "headers", Values: []string{"show", "mask"}, Default: "show", Source: "assumed",
			Doc: "whether the headers of servers and models read back, or a mask in their place",
		},
	}
}

// vapiRefuse is the shape of every error (public docs).
func vapiRefuse(status int, text string) reply {
	return answer(status, doc{"message": text, "error": http.StatusText(status), "statusCode": status})
}

// vapiInvalid is a refused body: every fault, in words (public docs).
func vapiInvalid(problems []string) reply {
	return answer(http.StatusBadRequest, doc{"message": problems, "error": "Bad Request", "statusCode": http.StatusBadRequest})
}

// vapiAuth takes the private key. The public one is for calls from a web page (public docs).
func vapiAuth(c *call) (account, *reply) {
	who, ok := c.lookup(bearer(c.req.Header, "Bearer"))
	if ok && !who.readOnly {
		return who, nil
	}
	no := vapiRefuse(http.StatusUnauthorized, "Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.")
	return who, &no
}

// vapiFind gives an assistant of the caller's own organization.
func vapiFind(c *call) (*record, doc, *reply) {
	rec, d, ok := c.tx.get(charactersCol, c.params["id"])
	if !ok || rec.Owner != c.who.owner {
		no := vapiRefuse(http.StatusNotFound, "Couldn't Find Assistant "+c.params["id"]+".")
		return nil, nil, &no
	}
	c.id = rec.id
	return rec, d, nil
}

func vapiID(t *tx) string { return uuid.Must(uuid.FromBytes(versioned(t.random(16), 4))).String() }

func vapiCreate(c *call) reply {
	d, problems := vapiBody(c)
	if len(problems) > 0 {
		return vapiInvalid(problems)
	}
	id := vapiID(c.tx)
	for key, v := range d {
		if v == nil {
			delete(d, key)
		}
	}
	c.save(id, c.who.owner, d)
	version := vapiPublish(c, id)
	return answer(http.StatusCreated, vapiView(c, c.tx.pending(id, c.who.owner), d, version))
}

// vapiUpdate changes the keys that are sent, each as a whole (public docs). null empties.
func vapiUpdate(c *call) reply {
	rec, d, no := vapiFind(c)
	if no != nil {
		return *no
	}
	sent, problems := vapiBody(c)
	if len(problems) > 0 {
		return vapiInvalid(problems)
	}
	for key, v := range sent {
		if v == nil && c.is("null", "absent") {
			delete(d, key)
		} else {
			d[key] = v
		}
	}
	c.save(rec.id, rec.Owner, d)
	now := *rec.frozen()
	now.updated = c.tx.now.UnixNano()
	return answer(http.StatusOK, vapiView(c, &now, d, vapiPublish(c, rec.id)))
}

func vapiGet(c *call) reply {
	rec, d, no := vapiFind(c)
	if no != nil {
		return *no
	}
	return answer(http.StatusOK, vapiView(c, rec, d, vapiVersion(c, rec.id)))
}

// vapiDelete answers with what was removed, and refuses what a version of is pinned (public docs).
func vapiDelete(c *call) reply {
	rec, d, no := vapiFind(c)
	if no != nil {
		return *no
	}
	if c.is("pinned", "on") {
		return answer(http.StatusConflict, doc{"error": "assistant_pinned", "message": "A version of this assistant is pinned by a squad. Unpin it first."})
	}
	c.tx.remove(charactersCol, rec.id)
	return answer(http.StatusOK, vapiView(c, rec, d, vapiVersion(c, rec.id)))
}
