package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
)

func elCreate(c *call) reply {
	k := &elCheck{c: c}
	if _, sent := c.body["conversation_config"]; !sent {
		k.fault([]any{"body", "conversation_config"}, "missing", "Field required")
	}
	d, _ := k.object(elSchema(), c.body, []any{"body"}, false).(map[string]any)
	if no := k.tools(c.body); no != nil {
		return *no
	}
	if no := k.agent(d); no != nil {
		return *no
	}
	maps.DeleteFunc(d, func(_ string, v any) bool { return v == nil })
	if text(d, "name") == "" {
		d["name"] = ""
		if c.is("nameless", "named") {
			d["name"] = "New agent"
		}
	}
	id := elID(c.tx, "agent_")
	c.save(id, c.who.owner, d)
	elCommit(c, id, elMainBranch(id), "")
	return answer(http.StatusOK, doc{"agent_id": id})
}

// tools: the deprecated list is refused beside the ids (public docs: @elevenlabs/cli 0.5.4).
func (k *elCheck) tools(body doc) *reply {
	prompt := object(object(object(body, "conversation_config"), "agent"), "prompt")
	_, both := prompt["tool_ids"]
	if _, tools := prompt["tools"]; !tools || !both || len(k.faults) > 0 {
		return nil
	}
	no := elProblem(http.StatusBadRequest, "invalid_agent_config", "Both tools and tool_ids are set. Use tool_ids only.")
	return &no
}

// elUpdate merges, makes a version, and publishes what was pending unless the procedures are named (public docs).
func elUpdate(c *call) reply {
	a, no := elFind(c)
	if no != nil {
		return *no
	}
	if no := a.mayWrite(c); no != nil {
		return *no
	}
	k := &elCheck{c: c}
	schema := elSchema()
	schema.inner["version_description"] = elNull(elText(""))
	schema.inner["procedures"] = elNull(elOpen())
	for _, key := range []string{"conversation_config", "workflow"} {
		f := schema.inner[key]
		f.null = true
		schema.inner[key] = f
	}
	sent, _ := k.object(schema, c.body, []any{"body"}, false).(map[string]any)
	k.procedures(sent)
	described, procedures := text(sent, "version_description"), sent["procedures"]
	delete(sent, "version_description")
	delete(sent, "procedures")
	maps.DeleteFunc(sent, func(_ string, v any) bool { return v == nil })
	before, _ := encode(a.d)
	d, _ := elMerge(c, a.d, sent, "").(map[string]any)
	if no := k.tools(c.body); no != nil {
		return *no
	}
	if no := k.agent(d); no != nil {
		return *no
	}
	elPublish(d, procedures)
	after, _ := encode(d)
	shown := elView(c, a, d)
	if string(before) != string(after) || c.is("equal-patch", "version") {
		a.save(c, d)
		shown["version_id"] = elCommit(c, a.rec.id, text(shown, "branch_id"), described)
	}
	return answer(http.StatusOK, shown)
}

func (a elAgent) mayWrite(c *call) *reply {
	protected := false
	if a.branch != "" {
		_, b, _ := c.tx.get(elBranchesCol, a.rec.id+" "+a.branch)
		protected = text(b, "protection_status") == "admin_perms_required"
	} else {
		protected = truth(a.main, "_protected")
	}
	var no reply
	switch {
	case !slices.Contains([]string{"admin", "editor"}, a.role):
		no = elProblem(http.StatusForbidden, "insufficient_permissions", "You do not have permission to edit this agent.")
	case protected && a.role != "admin":
		no = elProblem(http.StatusForbidden, "branch_protected", "This branch is protected: admin permissions are required.")
	default:
		return nil
	}
	return &no
}

// procedures: each is named with its version.
func (k *elCheck) procedures(sent doc) {
	all := object(sent, "procedures")
	for _, id := range slices.Sorted(maps.Keys(all)) {
		ref := elIn(map[string]elField{"procedure_id": elNeeded(elText("")), "version_id": elNeeded(elText(""))})
		k.object(ref, all[id], []any{"body", "procedures", id}, true)
	}
}

// elPublish is what an update does to procedures: named ones replace the published set and leave the draft alone; unnamed,
// the draft is published; an empty set removes all.
func elPublish(d doc, named any) {
	all := maps.Clone(object(d, "_procedures"))
	if all == nil && named == nil {
		return
	}
	if all == nil {
		all = doc{}
	}
	d["_procedures"] = all
	refs, ok := named.(map[string]any)
	if !ok {
		if draft, pending := all["draft"]; pending {
			all["tip"] = draft
			delete(all, "draft")
		}
		return
	}
	tip := doc{}
	for id, ref := range refs {
		m, _ := ref.(map[string]any)
		tip[id] = text(m, "version_id")
	}
	all["tip"] = tip
	if len(refs) == 0 {
		delete(all, "draft")
	}
	if len(all) == 1 && len(tip) == 0 {
		delete(d, "_procedures")
	}
}

func elDelete(c *call) reply {
	status, _ := strconv.Atoi(c.sw("delete-status"))
	a, no := elFind(c)
	switch {
	case no != nil && c.is("delete-twice", "204"):
		return reply{status: status}
	case no != nil:
		return *no
	case a.role != "admin":
		return elProblem(http.StatusForbidden, "insufficient_permissions", "You do not have permission to delete this agent.")
	}
	c.tx.remove(charactersCol, a.rec.id)
	return reply{status: status}
}

func elDuplicate(c *call) reply {
	a, no := elFind(c)
	if no != nil {
		return *no
	}
	d := maps.Clone(a.d)
	delete(d, "_shared")
	if name := text(c.body, "name"); name != "" {
		d["name"] = name
	}
	id := elID(c.tx, "agent_")
	c.save(id, c.who.owner, d)
	elCommit(c, id, elMainBranch(id), "")
	return answer(http.StatusOK, doc{"agent_id": id})
}
