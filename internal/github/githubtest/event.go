package githubtest

// Event is what a workflow was started for.
type Event struct {
	Name   string // "pull_request", "push"
	Number int
	Fork   bool
	Head   string // commit of the branch
	Base   string // commit of the base branch
	Before string // of a push: where the branch was
	After  string
}

// Payload is the event as GitHub writes it to the file of a run.
func (e Event) Payload() []byte {
	return encode(shape(e.Name, func(m map[string]any) {
		if e.Name == "push" {
			m["ref"], m["before"], m["after"] = "refs/heads/main", e.Before, e.After
			return
		}
		m["number"] = e.Number
		pull := m["pull_request"].(map[string]any)
		pull["number"] = e.Number
		head, base := pull["head"].(map[string]any), pull["base"].(map[string]any)
		head["sha"], base["sha"] = e.Head, e.Base
		if e.Fork {
			repo := head["repo"].(map[string]any)
			repo["fork"], repo["full_name"] = true, "stranger/Hello-World"
		}
	}))
}
