package edit

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// arrange puts the entries of a mapping into their usual order, unless that
// could change what they say: a key that stands twice, a merge key, an anchor
// that another entry of the mapping refers to or defines again.
func (l *layout) arrange(n *node, parts []part) {
	if !n.mapping() || !orderly(n) {
		return
	}
	slices.SortStableFunc(parts, func(a, b part) int { return l.compare(a.key.yaml.Value, b.key.yaml.Value) })
}

// orderly reports a mapping whose keys mean the same in any order.
func orderly(n *node) bool {
	keys := map[string]bool{}
	owner := map[string]int{} // of an anchor's name: the entry that defines it
	for i, e := range n.list {
		if keys[e.key.yaml.Value] || e.key.yaml.Tag == "!!merge" {
			return false
		}
		keys[e.key.yaml.Value] = true
		clash := false
		names(e, func(name string, definition bool) {
			if !definition {
				return
			}
			if at, taken := owner[name]; taken && at != i {
				clash = true
			}
			owner[name] = i
		})
		if clash {
			return false
		}
	}
	for i, e := range n.list {
		free := true
		names(e, func(name string, _ bool) {
			if at, defined := owner[name]; defined && at != i {
				free = false
			}
		})
		if !free {
			return false
		}
	}
	return true
}

// names calls visit with every anchor that an entry defines and every alias
// that it uses.
func names(e entry, visit func(name string, definition bool)) {
	if e.key != nil {
		namesBelow(e.key.yaml, visit)
	}
	namesBelow(e.value.yaml, visit)
}

func namesBelow(y *yaml.Node, visit func(name string, definition bool)) {
	if y.Anchor != "" {
		visit(y.Anchor, true)
	}
	if y.Kind == yaml.AliasNode {
		visit(y.Value, false)
	}
	for _, child := range y.Content {
		namesBelow(child, visit)
	}
}
