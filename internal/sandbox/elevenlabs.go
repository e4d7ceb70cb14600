package sandbox

import (
	"encoding/base32"
	"maps"
	"net/http"
)

// elevenLabs stands in for https://api.elevenlabs.io, the part for agents: (public docs) is the vendor's OpenAPI as
// @elevenlabs/cli 1.3.0 prints it, and @elevenlabs/elevenlabs-js 2.73.0 where that knows more.
func elevenLabs() *vendor {
	const agents, agent, branches = "/v1/convai/agents", "/v1/convai/agents/{id}", "/v1/convai/agents/{id}/branches"
	get := func(name, pattern string, handle func(*call) reply) route {
		return route{name: name, method: "GET", pattern: pattern, lists: name == "character.list", handle: handle}
	}
	write := func(name, method, pattern string, body bodyKind, handle func(*call) reply) route {
		return route{name: name, method: method, pattern: pattern, write: true, body: body, handle: handle}
	}
	return &vendor{
		name:    "elevenlabs",
		baseEnv: "ELEVENLABS_BASE_URL",
		keyEnv:  "ELEVENLABS_API_KEY",
		keys: []credential{
			{"sandbox-elevenlabs-key", account{owner: home}},
			{"sandbox-elevenlabs-stranger", account{owner: stranger}},
		},
		routes: []route{
			write("character.create", "POST", agents+"/create", objectBody, elCreate),
			get("summaries.get", agents+"/summaries", elSummaries),
			get("character.list", agents, elList),
			get("character.get", agent, elGet),
			write("character.update", "PATCH", agent, objectBody, elUpdate),
			write("character.delete", "DELETE", agent, noBody, elDelete),
			write("character.clone", "POST", agent+"/duplicate", objectBody, elDuplicate),
			get("branches.list", branches, elBranchList),
			write("branches.create", "POST", branches, objectBody, elBranchCreate),
			write("branches.update", "PATCH", branches+"/{branch}", objectBody, elBranchUpdate),
			write("deployments.create", "POST", agent+"/deployments", objectBody, elDeploy),
			get("versions.get", agent+"/versions/{version}", elVersionGet),
			get("models.list", "/v1/convai/llm/list", elModelList),
			get("voices.list", "/v2/voices", elVoiceList),
		},
		switches:     elSwitches(),
		authenticate: elAuth,
		account:      homeAccount,
		refuse:       elRefuse,
		reject: func(text string) reply {
			return elInvalid([]elFault{{loc: []any{"body", "name"}, msg: text, kind: "value_error"}})
		},
		index: func(d doc) index {
			return index{Name: text(d, "name"), Hidden: truth(object(d, "platform_settings"), "archived")}
		},
		seed: elSeed,
	}
}

func elSwitches() []Switch {
	return []Switch{
		{
			Name: "placeholders", Values: []string{"merge", "replace"}, Default: "merge", Source: "assumed",
			Doc: "what an update does with the mapping of dynamic variables: merges it as all objects, or takes it whole",
		},
		{
			Name: "placeholder-null", Values: []string{"keep", "remove"}, Default: "keep", Source: "assumed",
			Doc: "what a null does inside that mapping: is kept as a value, or removes the variable",
		},
		{
			Name: "equal-patch", Values: []string{"version", "none"}, Default: "version", Source: "assumed",
			Doc: "whether an update that changes nothing makes a version all the same",
		},
		{
			Name: "get-shows", Values: []string{"tip", "draft"}, Default: "tip", Source: "assumed",
			Doc: "which procedures a read shows to somebody who has unpublished edits",
		},
		{
			Name: "unknown-keys", Values: []string{"drop", "422"}, Default: "drop", Source: "assumed",
			Doc: "what a key outside the schema does",
		},
		{
			Name: "nameless", Values: []string{"named", "empty"}, Default: "named", Source: "assumed",
			Doc: "whether the service names an agent that is created without a name",
		},
		{
			Name: "temperature", Values: []string{"any", "0-1"}, Default: "any", Source: "public docs",
			Doc: "whether temperature has bounds; the schema has none",
		},
		{
			Name: "unknown-voice", Values: []string{"accept", "400"}, Default: "accept", Source: "assumed",
			Doc: "whether a voice must be one of GET /v2/voices",
		},
		{
			Name: "delete-status", Values: []string{"204", "200"}, Default: "204", Source: "public docs",
			Doc: "the status of a deletion; 200 is the older one",
		},
		{
			Name: "delete-twice", Values: []string{"404", "204"}, Default: "404", Source: "assumed",
			Doc: "the answer to deleting what is not there",
		},
		{
			Name: "not-found", Values: []string{"agent_not_found", "document_not_found"}, Default: "agent_not_found", Source: "assumed",
			Doc: "the status word of an agent that is not there",
		},
	}
}

func elAuth(c *call) (account, *reply) {
	secret := c.req.Header.Get("xi-api-key")
	who, ok := c.lookup(secret)
	if ok {
		return who, nil
	}
	no := elProblem(http.StatusUnauthorized, "invalid_api_key", "Invalid API key")
	if secret == "" {
		no = elProblem(http.StatusUnauthorized, "needs_authorization", "Neither authorization header nor xi-api-key received, please provide one.")
	}
	return who, &no
}

// elProblem is an error that has a status word.
func elProblem(status int, word, message string) reply {
	return answer(status, doc{"detail": doc{"status": word, "message": message}})
}

// elRefuse is what the framework says by itself, and what a service that is too busy says.
func elRefuse(status int, text string) reply {
	switch status {
	case http.StatusTooManyRequests:
		return elProblem(status, "too_many_concurrent_requests", text).with("current-concurrent-requests", "5").with("maximum-concurrent-requests", "5")
	case http.StatusBadRequest:
		return elInvalid([]elFault{{loc: []any{"body"}, msg: "JSON decode error: " + text, kind: "json_invalid"}})
	}
	return answer(status, doc{"detail": text})
}

// elFault is one thing that is wrong with a request.
type elFault struct {
	loc  []any
	msg  string
	kind string
}

func elInvalid(faults []elFault) reply {
	detail := make([]any, len(faults))
	for i, f := range faults {
		detail[i] = doc{"loc": f.loc, "msg": f.msg, "type": f.kind}
	}
	return answer(http.StatusUnprocessableEntity, doc{"detail": detail})
}

// elID makes an id in the vendor's form: agent_ and 28 letters and digits.
func elID(t *tx, prefix string) string {
	enc := base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)
	return prefix + enc.EncodeToString(t.random(18))[:28]
}

// elRole is what an account may do with an agent: its owner all of it, others what was shared with them; "" is nothing.
func elRole(rec *record, d doc, who account) string {
	if rec.Owner == who.owner {
		return "admin"
	}
	return text(object(d, "_shared"), who.owner)
}

// elAgent is one agent at one branch, as a request sees it.
type elAgent struct {
	rec    *record
	main   doc // as stored
	role   string
	branch string // "" is the main one
	d      doc    // the branch's own document, or main
}

// elFind finds the agent and the branch that a request is about.
func elFind(c *call) (elAgent, *reply) {
	rec, d, ok := c.tx.get(charactersCol, c.params["id"])
	a := elAgent{rec: rec, main: d, d: d}
	if ok {
		a.role = elRole(rec, d, c.who)
	}
	if a.role == "" {
		no := elProblem(http.StatusNotFound, c.sw("not-found"), "Agent with id "+c.params["id"]+" not found.")
		return a, &no
	}
	c.id = rec.id
	branch := c.query.Get("branch_id")
	if branch == "" || branch == elMainBranch(rec.id) {
		return a, nil
	}
	_, b, ok := c.tx.get(elBranchesCol, rec.id+" "+branch)
	if !ok {
		no := elProblem(http.StatusNotFound, "branch_not_found", "Branch with id "+branch+" not found.")
		return a, &no
	}
	a.branch, a.d = branch, object(b, "agent")
	return a, nil
}

// elSave stores an agent at its branch.
func (a elAgent) save(c *call, d doc) {
	if a.branch == "" {
		c.save(a.rec.id, a.rec.Owner, d)
		return
	}
	id := a.rec.id + " " + a.branch
	_, b, _ := c.tx.get(elBranchesCol, id)
	b["agent"] = d
	b["last_committed_at"] = c.tx.now.Unix()
	c.tx.put(elBranchesCol, id, b, index{Owner: a.rec.Owner})
}

// elSeed takes an agent as its console would leave it. "_shared" says who else may do what, as {"home":"viewer"};
// "_procedures" holds {"tip":{…},"draft":{…}}, each an id with its version.
func elSeed(t *tx, in doc) (string, doc, error) {
	d := doc{"name": "New agent"}
	maps.Copy(d, in)
	return elID(t, "agent_"), d, nil
}
