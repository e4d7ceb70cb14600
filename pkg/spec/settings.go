package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// maxSettings bounds the values of one charsync.yaml that are compared.
const maxSettings = 20_000

// Settings are all values of charsync.yaml below spec, as it stands in a
// folder: by path ("policy.drift"), each as it is spelled. Elements of lists
// have their number as the last part. There are none without the file. An
// error means that the file can't be read as YAML.
func Settings(tree fs.FS, file string) (map[string]string, error) {
	out := map[string]string{}
	name := filepath.Base(file)
	if _, err := fs.Stat(tree, name); errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	data, problem := readFile(tree, name, nil)
	if problem != nil {
		return nil, errors.New(problem.Message)
	}
	src := &source{file: name, data: data}
	full := false
	broken := src.parse(func(_ int, root *yaml.Node) {
		for key, value := range pairsOf(root) {
			if key.Value == "spec" {
				full = !flatten("", value, out) || full
			}
		}
	})
	switch {
	case len(broken) > 0:
		return nil, errors.New(broken[0].Message)
	case full:
		return nil, fmt.Errorf("it holds more than %d values", maxSettings)
	}
	return out, nil
}

// pairsOf goes through the keys and values of a mapping, or of the mapping
// that a document is.
func pairsOf(n *yaml.Node) func(func(*yaml.Node, *yaml.Node) bool) {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// flatten reports false when there are too many values. Aliases are not
// followed: their names are their values.
func flatten(at string, n *yaml.Node, out map[string]string) bool {
	below := func(name string) string {
		if at == "" {
			return name
		}
		return at + "." + name
	}
	switch {
	case len(out) > maxSettings:
		return false
	case n.Kind == yaml.MappingNode && len(n.Content) > 0:
		for key, value := range pairsOf(n) {
			if !flatten(below(key.Value), value, out) {
				return false
			}
		}
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0:
		for i, value := range n.Content {
			if !flatten(below(fmt.Sprint(i+1)), value, out) {
				return false
			}
		}
	case n.Kind == yaml.MappingNode:
		out[at] = "{}"
	case n.Kind == yaml.SequenceNode:
		out[at] = "[]"
	case n.Kind == yaml.AliasNode:
		out[at] = "*" + n.Value
	default:
		out[at] = n.Value
	}
	return true
}
