package spec

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// references looks up the files that a document names although it can't be
// built, so that everything wrong with it is told at once.
func (b *builder) references(it *item) {
	if it == nil {
		return
	}
	if file := it.child("file"); file != nil && len(it.keys) == 1 {
		if _, ok := file.value.(string); ok {
			b.reference(file)
		}
		for _, child := range file.children {
			b.references(&item{node: it.node, keys: it.keys, children: []*item{child}, value: it.value})
		}
		return
	}
	for _, child := range it.children {
		b.references(child)
	}
}

// together reads the files of a list and puts their texts together, as
// composing does: with one blank line between them, and no gap for an empty one.
func (b *builder) together(files *item) (any, []string) {
	var texts, refs []string
	for _, file := range files.children {
		v, ref := b.reference(file)
		refs = append(refs, ref)
		if text, _ := v.(string); text != "" {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return nil, refs
	}
	return strings.Join(texts, "\n\n"), refs
}

func (b *builder) reference(file *item) (any, string) {
	if file.children != nil {
		return nil, "" // a list: its elements are references
	}
	path, ok := file.value.(string)
	if !ok {
		b.fail(CodeWrongType, file.node, "expected the path of a file, found "+found(file), "write {file: path}, relative to this manifest")
		return nil, ""
	}
	ref, text, d := b.prose.text(b.src.file, path)
	if ref != "" {
		b.refs = append(b.refs, ref)
	}
	if d != nil {
		if d.Pos == (Pos{}) {
			*d = b.src.finding(d.Code, b.pos(file.node), width(file.node), d.Message, d.Hint)
		}
		b.findings = append(b.findings, *d)
		return nil, ref
	}
	b.unresolved(file.node, text)
	if text == "" {
		return nil, ref
	}
	return text, ref
}

// unresolved refuses a text in which both sides of a conflict stand.
func (b *builder) unresolved(n *yaml.Node, text string) {
	if !strings.Contains(text, "<<<<<<< ") || !strings.Contains(text, ">>>>>>> ") {
		return
	}
	opened := false
	for line := range strings.SplitSeq(text, "\n") {
		opened = opened || strings.HasPrefix(line, "<<<<<<< ")
		if opened && strings.HasPrefix(line, ">>>>>>> ") {
			b.fail(CodeMarkers, n, "the text has markers of a conflict that is not resolved", "keep what is right of the two sides, and remove the lines with <<<<<<<, |||||||, ======= and >>>>>>>")
			return
		}
	}
}
