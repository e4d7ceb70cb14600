package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"
)

// MaxFileSize bounds a manifest, and a file with prose, in bytes.
const MaxFileSize = 4 << 20

// Bounds on one manifest file. What exceeds them is refused with a code and
// costs no more than reading up to the bound.
const (
	maxDepth      = 100     // levels of nesting
	maxExpanded   = 100_000 // values that aliases of one document expand to
	maxIndicators = 400_000 // YAML indicators in one file: a bound on its values before they are parsed
	maxDocuments  = 10_000  // documents in one file
	maxFindings   = 100     // findings reported of one file
)

// parse calls visit with the root of each YAML document that holds anything,
// and the document's index. It stops at the first syntax error.
func (s *source) parse(visit func(index int, root *yaml.Node)) []Diagnostic {
	if d := s.check(true); d != nil {
		return []Diagnostic{*d}
	}
	if d := s.crowded(); d != nil {
		return []Diagnostic{*d}
	}
	if roots, ok := s.documents(); ok {
		for index, root := range roots {
			if root != nil {
				visit(index, root)
			}
		}
		return nil
	}
	return s.parseAll(visit)
}

// parseAll has the YAML parser read every character.
func (s *source) parseAll(visit func(index int, root *yaml.Node)) []Diagnostic {
	decoder := yaml.NewDecoder(bytes.NewReader(s.data))
	for index := range maxDocuments {
		var document yaml.Node
		err := decode(decoder, &document)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return []Diagnostic{s.syntax(decoder, err)}
		}
		if root := content(&document); root != nil {
			visit(index, root)
		}
	}
	return []Diagnostic{s.finding(CodeTooMany, s.pos(1, 1), 0,
		fmt.Sprintf("the file has more than %d documents", maxDocuments), "split it into several files")}
}

// decode shields from the panics that the YAML library has been seen to leave
// uncaught on hostile input.
func decode(d *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return d.Decode(into)
}

// content returns the root value of a document, or nil when nothing is there.
func content(document *yaml.Node) *yaml.Node {
	if document.Kind != yaml.DocumentNode || len(document.Content) == 0 {
		return nil
	}
	root := document.Content[0]
	if root.Kind == yaml.ScalarNode && root.Value == "" && root.Style == 0 && root.Anchor == "" {
		return nil
	}
	return root
}

// crowded refuses a file that would become a node tree many times its size.
func (s *source) crowded() *Diagnostic {
	if len(s.data) <= maxIndicators {
		return nil
	}
	count := 0
	for i, b := range s.data {
		switch b {
		case ',', '[', '{':
			count++
		case ':', '-', '?':
			if i+1 == len(s.data) || s.data[i+1] <= ' ' || s.data[i+1] == ',' {
				count++
			}
		}
		if count > maxIndicators {
			d := s.finding(CodeTooMany, s.at(i), 0, "the file holds too many values", "split it into several files")
			return &d
		}
	}
	return nil
}

// Documents parses a file and returns the root of each of its documents that
// holds anything, in order; or else what keeps the file from being read, by
// the rules of Load. The data has no byte order mark.
func Documents(file string, data []byte) ([]*yaml.Node, []Diagnostic) {
	s := &source{file: file, data: data}
	var roots []*yaml.Node
	if found := s.parse(func(_ int, root *yaml.Node) { roots = append(roots, root) }); len(found) > 0 {
		return nil, found
	}
	return roots, nil
}
