package spec

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// item is one value of a document: what it means, beside where it stands.
// Aliases are resolved; an alias stands where it is used.
type item struct {
	node     *yaml.Node // as written; of an alias, the alias
	value    any        // as Value.V
	keys     []*yaml.Node
	children []*item // of a mapping beside keys; of a list alone
	loose    looseness
}

// looseness says how an unquoted scalar came to its type.
type looseness int

const (
	definite looseness = iota
	plain              // unquoted, and null, a boolean or a number in YAML
	doubtful           // unquoted text that other YAML readers take for something else
)

// child returns the entry of a mapping, or nil.
func (it *item) child(key string) *item {
	if it == nil {
		return nil
	}
	for i, k := range it.keys {
		if k.Value == key {
			return it.children[i]
		}
	}
	return nil
}

// pathTo finds where an item stands below this one.
func (it *item) pathTo(other *item) (pointer []string, ok bool) {
	if it == other {
		return nil, true
	}
	for i, child := range it.children {
		rest, ok := child.pathTo(other)
		if !ok {
			continue
		}
		segment := strconv.Itoa(i)
		if it.keys != nil {
			segment = it.keys[i].Value
		}
		return append([]string{segment}, rest...), true
	}
	return nil, false
}

func (it *item) isMapping() bool { _, ok := it.value.(map[string]any); return ok }

// reader turns node trees into items, and refuses what a document of
// charsync can't hold.
type reader struct {
	src      *source
	findings []Diagnostic
	doubtful []*item
	first    int  // the document's first line
	expanded int  // values reached through aliases
	stop     bool // a bound was passed: go no further
}

// read converts a document. The result is nil when it can't be used at all.
func (r *reader) read(root *yaml.Node) *item {
	r.first = root.Line
	it := r.convert(root, 1, false)
	if r.stop {
		return nil
	}
	return it
}

func (r *reader) fail(code string, n *yaml.Node, message, hint string) {
	r.findings = append(r.findings, r.src.finding(code, r.src.pos(n.Line, n.Column), width(n), message, hint))
}

// width is the number of characters that a scalar takes on its line.
func width(n *yaml.Node) int {
	switch {
	case n.Kind == yaml.AliasNode:
		return 1 + utf8.RuneCountInString(n.Value)
	case n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0:
		return 1
	case strings.ContainsAny(n.Value, "\n\\"):
		return 1
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return 2 + utf8.RuneCountInString(n.Value)
	}
	return max(1, utf8.RuneCountInString(n.Value))
}

func (r *reader) convert(n *yaml.Node, depth int, aliased bool) *item {
	if r.stop {
		return &item{node: n}
	}
	if depth > maxDepth {
		r.stop = true
		code, message := CodeTooDeep, fmt.Sprintf("values are nested more than %d levels deep", maxDepth)
		if aliased {
			code, message = CodeAliases, "an anchor contains itself, or aliases are nested too deeply"
		}
		r.fail(code, n, message, "a manifest needs five levels or so; write it flatter, and without aliases inside their own anchors")
		return &item{node: n}
	}
	if aliased {
		if r.expanded++; r.expanded > maxExpanded {
			r.stop = true
			r.fail(CodeAliases, n, fmt.Sprintf("aliases expand to more than %d values", maxExpanded), "write the values out, or split the document")
			return &item{node: n}
		}
	}
	switch n.Kind {
	case yaml.AliasNode:
		if n.Alias.Line < r.first {
			r.fail(CodeUnknownAnchor, n, "the alias *"+n.Value+" has no anchor in this document", "write the value out: anchors end with their document")
			return &item{node: n}
		}
		it := r.convert(n.Alias, depth+1, true)
		it.node = n
		return it
	case yaml.MappingNode:
		return r.mapping(n, depth, aliased)
	case yaml.SequenceNode:
		return r.list(n, depth, aliased)
	}
	return r.scalar(n)
}

func (r *reader) list(n *yaml.Node, depth int, aliased bool) *item {
	r.checkTag(n, "!!seq")
	it := &item{node: n, children: make([]*item, 0, len(n.Content))}
	values := make([]any, 0, len(n.Content))
	for _, element := range n.Content {
		child := r.convert(element, depth+1, aliased)
		it.children = append(it.children, child)
		values = append(values, child.value)
	}
	it.value = values
	return it
}

func (r *reader) mapping(n *yaml.Node, depth int, aliased bool) *item {
	r.checkTag(n, "!!map")
	size := len(n.Content) / 2
	it := &item{node: n, keys: make([]*yaml.Node, 0, size), children: make([]*item, 0, size)}
	values := make(map[string]any, size)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if !r.key(key) {
			continue
		}
		if _, twice := values[key.Value]; twice {
			r.duplicate(it, key)
			continue
		}
		child := r.convert(n.Content[i+1], depth+1, aliased)
		it.keys, it.children = append(it.keys, key), append(it.children, child)
		values[key.Value] = child.value
	}
	it.value = values
	return it
}

// key reports whether a node can be a key. An unquoted key is always the text
// that it is written as.
func (r *reader) key(n *yaml.Node) bool {
	switch {
	case n.Kind != yaml.ScalarNode:
		r.fail(CodeKey, n, "a key must be a plain text", "write \"key: value\"")
	case n.Tag == "!!merge" && n.Style == 0:
		r.fail(CodeMergeKey, n, "merge keys (<<) are not supported", "write the fields out, or use an alias for each value: a manifest should say what it manages")
	case n.Value == "":
		r.fail(CodeKey, n, "a key is empty", "write \"key: value\"")
	default:
		r.checkTag(n, "!!str")
		return true
	}
	return false
}

func (r *reader) duplicate(it *item, key *yaml.Node) {
	for _, k := range it.keys {
		if k.Value == key.Value {
			r.fail(CodeDuplicateKey, key, fmt.Sprintf("the key %q stands twice in this mapping; first in line %d", key.Value, k.Line), "remove one of the two")
			return
		}
	}
}

// checkTag refuses explicit tags but the one that changes nothing.
func (r *reader) checkTag(n *yaml.Node, accepted string) {
	if n.Style&yaml.TaggedStyle == 0 || n.Tag == accepted {
		return
	}
	r.fail(CodeTag, n, fmt.Sprintf("the tag %s is not supported", n.Tag), "remove the tag; quote a text that begins with !")
}

func (r *reader) scalar(n *yaml.Node) *item {
	r.checkTag(n, "!!str")
	it := &item{node: n}
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		it.value = strings.TrimRight(n.Value, "\n")
	case n.Style != 0:
		it.value = n.Value
	default:
		it.value, it.loose = resolve(n.Value)
		if it.loose == doubtful {
			r.doubtful = append(r.doubtful, it)
		}
	}
	return it
}
