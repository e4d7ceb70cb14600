package edit

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// editor finds ways to make one change.
type editor struct {
	file       *file
	eol        string
	candidates []splices
}

func (e *editor) offer(from, to int, text string) {
	e.candidates = append(e.candidates, splices{{span{from, to}, text}})
}

// walk goes to the node that a path names and offers ways to change it.
func (e *editor) walk(n *node, path []string, value any, inside bool) error {
	inside = inside || n.flow()
	if len(path) == 0 {
		return e.replace(n, value, spot{flow: inside, col: -1})
	}
	if n.yaml.Kind == yaml.AliasNode {
		return refuse("write the fields out in place of *"+n.yaml.Value, "%s stands behind the alias *%s, which others may use", path[0], n.yaml.Value)
	}
	if n.sequence() {
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 0 || i >= len(n.list) {
			return refuse("", "there is no element %s", path[0])
		}
		return e.descend(n, n.list[i], path, value, inside)
	}
	for _, entry := range n.list {
		if entry.key.yaml.Value == path[0] {
			return e.descend(n, entry, path, value, inside)
		}
	}
	for i := len(path) - 1; i > 0; i-- {
		value = map[string]any{path[i]: value}
	}
	return e.insert(n, path[0], value, inside)
}

// spot says where a value stands.
type spot struct {
	flow  bool
	col   int  // of the block collection around it; -1 is none
	lead  bool // it needs a space before it: nothing is written there yet
	colon int  // behind the colon or the dash
}

// descend goes on into an entry, or offers ways to change its value where the
// path ends.
func (e *editor) descend(n *node, entry entry, path []string, value any, inside bool) error {
	if len(path) > 1 && entry.value.empty() { // a key without a value becomes a mapping
		for i := len(path) - 1; i > 0; i-- {
			value = map[string]any{path[i]: value}
		}
		path = path[:1]
	}
	if len(path) > 1 {
		if entry.value.yaml.Kind == yaml.MappingNode && len(entry.value.list) == 0 && !inside {
			return e.fill(n, entry, path[1:], value)
		}
		return e.walk(entry.value, path[1:], value, inside)
	}
	at := spot{flow: inside, col: n.col, lead: entry.value.empty(), colon: max(entry.colon, entry.dash+1)}
	if entry.colon == 0 && n.mapping() { // a key alone, inside brackets
		return refuse("write it as "+path[0]+": value", "%s has no value that could be replaced", path[0])
	}
	return e.replace(entry.value, value, at)
}
