package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Branches other than the main one have documents of their own; a version is kept for every commit; heads say which one
// a branch is at.
const (
	elBranchesCol = "branches"
	elVersionsCol = "versions"
	elHeadsCol    = "heads"
	elTrafficCol  = "traffic"
)

func elMainBranch(agent string) string { return "agtbrch_" + strings.TrimPrefix(agent, "agent_") }

// elHead is the version that a branch is at; an agent that was put here without a request has none.
func elHead(c *call, agent, branch string) any {
	_, head, _ := c.tx.get(elHeadsCol, agent+" "+branch)
	return orNull(head, "version_id")
}

// elCommit makes a version of a branch.
func elCommit(c *call, agent, branch, described string) string {
	id := elID(c.tx, "agtvrsn_")
	_, head, _ := c.tx.get(elHeadsCol, agent+" "+branch)
	seq, _ := number(head["seq_no_in_branch"])
	version := doc{
		"id": id, "agent_id": agent, "branch_id": branch, "version_description": described, "seq_no_in_branch": int(seq) + 1,
		"time_committed_secs": c.tx.now.Unix(), "parents": doc{"in_branch_parent_id": orNull(head, "version_id")}, "access_info": nil,
	}
	c.tx.put(elVersionsCol, id, version, index{Owner: c.who.owner})
	c.tx.put(elHeadsCol, agent+" "+branch, doc{"version_id": id, "seq_no_in_branch": int(seq) + 1}, index{Owner: c.who.owner})
	return id
}

func elVersionGet(c *call) reply {
	a, no := elFind(c)
	if no != nil {
		return *no
	}
	if _, v, ok := c.tx.get(elVersionsCol, c.params["version"]); ok && text(v, "agent_id") == a.rec.id {
		return answer(http.StatusOK, v)
	}
	return elProblem(http.StatusNotFound, "version_not_found", "Version not found.")
}

func elBranchList(c *call) reply {
	a, no := elFind(c)
	if no != nil {
		return *no
	}
	results := []any{elBranchView(c, a, elMain(a))}
	for rec := range c.tx.all(elBranchesCol) {
		if strings.HasPrefix(rec.id, a.rec.id+" ") {
			b := c.tx.doc(rec)
			if !truth(b, "is_archived") || c.query.Get("include_archived") == "true" {
				results = append(results, elBranchView(c, a, b))
			}
		}
	}
	return answer(http.StatusOK, doc{"meta": doc{"total": len(results), "page": nil, "page_size": nil}, "results": results})
}

func elMain(a elAgent) doc {
	protection := "writer_perms_required"
	if truth(a.main, "_protected") {
		protection = "admin_perms_required"
	}
	return doc{
		"id": elMainBranch(a.rec.id), "name": "Main", "description": "", "created_at": time.Unix(0, a.rec.created).Unix(),
		"last_committed_at": time.Unix(0, a.rec.updated).Unix(), "is_archived": false, "protection_status": protection,
		"parent_branch_id": nil,
	}
}

func elBranchView(c *call, a elAgent, b doc) doc {
	out := pick(b, "id", "name", "description", "created_at", "last_committed_at", "is_archived", "protection_status", "parent_branch_id")
	out["agent_id"], out["access_info"] = a.rec.id, elAccess(a.rec, a.role, c.who)
	out["current_live_percentage"] = elTraffic(c, a.rec.id, text(b, "id"))
	out["draft_exists"], out["draft_is_behind_tip"], out["calls_7d"] = object(object(a.d, "_procedures"), "draft") != nil, false, 0
	return out
}

// elTraffic is a branch's part of the conversations: all of them go to the main one until they are split.
func elTraffic(c *call, agent, branch string) any {
	_, split, ok := c.tx.get(elTrafficCol, agent)
	if !ok && branch == elMainBranch(agent) {
		return 100
	}
	return orElse(split, branch, 0)
}

func elBranchCreate(c *call) reply {
	a, no := elFind(c)
	if no != nil {
		return *no
	}
	if no := a.mayWrite(c); no != nil {
		return *no
	}
	k := &elCheck{c: c}
	for _, f := range []struct {
		key  string
		most int
	}{{"parent_version_id", 0}, {"name", 140}, {"description", 4096}} {
		loc := []any{"body", f.key}
		if v, sent := c.body[f.key]; sent {
			k.text(elField{kind: "text", length: f.most}, v, loc)
		} else {
			k.fault(loc, "missing", "Field required")
		}
	}
	if len(k.faults) > 0 {
		return elInvalid(k.faults)
	}
	name := text(c.body, "name")
	if name == "Main" || slices.ContainsFunc(elBranchesOf(c, a.rec.id), func(b doc) bool { return text(b, "name") == name }) {
		return elProblem(http.StatusConflict, "branch_name_taken", "A branch with this name exists.")
	}
	if _, v, ok := c.tx.get(elVersionsCol, text(c.body, "parent_version_id")); !ok || text(v, "agent_id") != a.rec.id {
		return elProblem(http.StatusNotFound, "version_not_found", "Version not found.")
	}
	id := elID(c.tx, "agtbrch_")
	d := doc{}
	for key, v := range a.d {
		if key != "_shared" && key != "_protected" {
			d[key] = v
		}
	}
	for _, key := range []string{"conversation_config", "platform_settings"} {
		if v, ok := c.body[key].(map[string]any); ok {
			d[key] = elMerge(c, d[key], v, "/"+key)
		}
	}
	c.tx.put(elBranchesCol, a.rec.id+" "+id, doc{
		"id": id, "name": name, "description": text(c.body, "description"), "created_at": c.tx.now.Unix(), "last_committed_at": c.tx.now.Unix(),
		"is_archived": false, "protection_status": "writer_perms_required", "parent_branch_id": elMainBranch(a.rec.id), "agent": d,
	}, index{Owner: a.rec.Owner})
	version := elCommit(c, a.rec.id, id, text(c.body, "description"))
	return answer(http.StatusOK, doc{"created_branch_id": id, "created_version_id": version})
}

func elBranchesOf(c *call, agent string) []doc {
	var out []doc
	for rec := range c.tx.all(elBranchesCol) {
		if strings.HasPrefix(rec.id, agent+" ") {
			out = append(out, c.tx.doc(rec))
		}
	}
	return out
}

// elBranchUpdate renames, archives or protects a branch; the main one can only be protected here.
func elBranchUpdate(c *call) reply {
	a, no := elFind(c)
	switch {
	case no != nil:
		return *no
	case a.role != "admin":
		return elProblem(http.StatusForbidden, "insufficient_permissions", "You do not have permission to change branches.")
	}
	branch, protection := c.params["branch"], text(c.body, "protection_status")
	if branch == elMainBranch(a.rec.id) {
		a.main["_protected"] = protection == "admin_perms_required"
		c.save(a.rec.id, a.rec.Owner, a.main)
		return answer(http.StatusOK, elBranchView(c, a, elMain(a)))
	}
	_, b, ok := c.tx.get(elBranchesCol, a.rec.id+" "+branch)
	if !ok {
		return elProblem(http.StatusNotFound, "branch_not_found", "Branch with id "+branch+" not found.")
	}
	if protection != "" {
		b["protection_status"] = protection
	}
	if name := text(c.body, "name"); name != "" {
		b["name"] = name
	}
	if archived, ok := c.body["is_archived"].(bool); ok {
		b["is_archived"] = archived
	}
	c.tx.put(elBranchesCol, a.rec.id+" "+branch, b, index{Owner: a.rec.Owner})
	return answer(http.StatusOK, elBranchView(c, a, b))
}

// elDeploy splits the traffic.
func elDeploy(c *call) reply {
	a, no := elFind(c)
	if no != nil {
		return *no
	}
	if no := a.mayWrite(c); no != nil {
		return *no
	}
	split := doc{}
	for _, e := range list(object(c.body, "deployment_request"), "requests") {
		r, _ := e.(map[string]any)
		split[text(r, "branch_id")] = object(r, "deployment_strategy")["traffic_percentage"]
	}
	c.tx.put(elTrafficCol, a.rec.id, split, index{Owner: a.rec.Owner})
	return answer(http.StatusOK, doc{"traffic_percentage_branch_id_map": split})
}
