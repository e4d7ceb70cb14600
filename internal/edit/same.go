package edit

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// same reports whether another file holds the same documents, node for node
// but for the order of keys, and the same comments in any order.
func (f *file) same(g *file) error {
	if len(f.roots) != len(g.roots) {
		return fmt.Errorf("%d documents became %d", len(f.roots), len(g.roots))
	}
	s := sameness{cut: f.cutShort()}
	for i := range f.roots {
		if err := s.node(f.roots[i].yaml, g.roots[i].yaml); err != nil {
			return err
		}
	}
	a, b := f.commentTexts(), g.commentTexts()
	if !slices.Equal(a, b) {
		return fmt.Errorf("%d comments became %d others", len(a), len(b))
	}
	return nil
}

func (f *file) commentTexts() []string {
	out := make([]string, len(f.comments))
	for i, c := range f.comments {
		out[i] = string(f.src[c.from:c.to])
	}
	slices.Sort(out)
	return out
}

// cutShort is the block scalar that ends with the file, in the middle of a
// line: the line end that the file gets belongs to it.
func (f *file) cutShort() *yaml.Node {
	if len(f.roots) == 0 || bytes.HasSuffix(f.src, []byte("\n")) {
		return nil
	}
	n := f.roots[len(f.roots)-1]
	for len(n.list) > 0 {
		n = n.list[len(n.list)-1].value
	}
	if n.prose() && n.end == len(f.src) {
		return n.yaml
	}
	return nil
}

type sameness struct{ cut *yaml.Node }

func (s sameness) node(a, b *yaml.Node) error {
	value := b.Value
	if a == s.cut && value == a.Value+"\n" {
		value = a.Value
	}
	if a.Kind != b.Kind || a.Tag != b.Tag || a.Style != b.Style || a.Value != value || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) {
		return fmt.Errorf("line %d is not what line %d was", b.Line, a.Line)
	}
	if a.Kind == yaml.MappingNode {
		return s.mapping(a, b)
	}
	for i := range a.Content {
		if err := s.node(a.Content[i], b.Content[i]); err != nil {
			return err
		}
	}
	return nil
}

// mapping compares entries key by key; of a key that stands twice, the first
// with the first.
func (s sameness) mapping(a, b *yaml.Node) error {
	at := map[string][]int{}
	for i := 0; i+1 < len(b.Content); i += 2 {
		at[b.Content[i].Value] = append(at[b.Content[i].Value], i)
	}
	for i := 0; i+1 < len(a.Content); i += 2 {
		key := a.Content[i]
		places := at[key.Value]
		if len(places) == 0 {
			return fmt.Errorf("the key %s of line %d is gone", strings.TrimSpace(key.Value), key.Line)
		}
		at[key.Value] = places[1:]
		for j := range 2 {
			if err := s.node(a.Content[i+j], b.Content[places[0]+j]); err != nil {
				return err
			}
		}
	}
	return nil
}
