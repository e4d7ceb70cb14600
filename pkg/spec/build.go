package spec

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// builder makes characters of documents. It serves one file.
type builder struct {
	project *Project
	schema  *schema
	prose   *prose
	src     *source
	names   map[string]string // keys seen before, so that each is kept once

	findings []Diagnostic
	refs     []string // the files that were referred to
	bases    *bases
	alone    bool   // a document is read without what it extends
	env      string // the environment that is asked for; "" is none
}

// document is what became of one document: a character when it is sound, and
// the name it claims in any case.
type document struct {
	character *Character
	name      string
	pos       Pos
	base      *Character // a document that others extend; it claims no name
	extends   *item      // what it extends, where that was left to others
}

// document checks one document and builds its character.
func (b *builder) document(index int, root *yaml.Node) document {
	before := len(b.findings)
	r := &reader{src: b.src}
	it := r.read(root)
	b.findings = append(b.findings, r.findings...)
	if it == nil || !b.ours(it) {
		return document{}
	}
	j := b.judge(it)
	j.validate(b.schema.root, outline(it))
	judges := []*judge{j}
	judgeTargets := func(said *item) {
		said.child("targets").each(func(key *yaml.Node, target *item) {
			if t := b.target(it, key, target); t != nil {
				judges = append(judges, t)
			}
		})
	}
	judgeTargets(it.child("spec"))
	it.child("spec").child("environments").each(func(_ *yaml.Node, overlay *item) { judgeTargets(overlay) })
	b.checkEnvironments(it)
	doubtful := r.doubtful
	for _, j := range slices.Backward(judges) { // targets first: they say where better
		doubtful = j.doubts(doubtful)
	}
	for _, j := range judges {
		b.findings = append(b.findings, j.findings...)
	}
	out := document{}
	if name := it.child("metadata").child("name"); name != nil {
		out.name, _ = name.value.(string)
		out.pos = b.pos(name.node)
	}
	isBase := valueOf(it.child("kind")) == baseKind
	if isBase {
		out.name = ""
	}
	if failed(b.findings[before:]) {
		b.references(it.child("spec"))
		return out
	}
	c := b.character(it)
	c.Doc, c.Pos = index, out.pos
	overlays, said := b.overlays(it.child("spec"))
	c.Overlays = overlays
	extends := it.child("spec").child("extends")
	if extends != nil && b.alone {
		out.extends, extends = extends, nil
	}
	if isBase && !failed(b.findings[before:]) {
		for _, c := range append(said, c) {
			b.checkBase(c)
		}
		b.overlay(c, said)
		out.base = c
		if extends != nil { // what it comes to is of interest to those who extend it
			b.inherit(&Character{Labels: map[string]string{}}, extends)
		}
		return out
	}
	b.overlay(c, said)
	if extends != nil {
		b.inherit(c, extends)
	}
	somewhere := len(c.Targets) > 0 || slices.ContainsFunc(c.Overlays, func(o Overlay) bool { return len(o.Targets) > 0 })
	if !somewhere && !isBase && !b.alone && !failed(b.findings[before:]) {
		b.noTargets(c, it)
	}
	if !failed(b.findings[before:]) {
		out.character = c
	}
	return out
}

func (b *builder) noTargets(c *Character, root *item) {
	d := b.fail(CodeNoTargets, root.child("metadata").child("name").node, fmt.Sprintf("%s has no targets: nothing will be done with it", c.Name), "say where it lives under spec.targets, for example: alakazam: {}")
	d.Severity, d.Character = Warning, c.Name
}

func failed(ds []Diagnostic) bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

func (b *builder) pos(n *yaml.Node) Pos { return b.src.pos(n.Line, n.Column) }

// fail reports an error at a node of a character.
func (b *builder) fail(code string, n *yaml.Node, message, hint string) *Diagnostic {
	b.findings = append(b.findings, b.src.finding(code, b.pos(n), width(n), message, hint))
	return &b.findings[len(b.findings)-1]
}

// outline is the value of a document without the insides of its targets: each
// is judged by the schema of its own type.
func outline(root *item) any {
	whole, _ := root.value.(map[string]any)
	spec, ok := whole["spec"].(map[string]any)
	if !ok {
		return whole
	}
	spec = withoutInsides(spec)
	if environments, ok := spec["environments"].(map[string]any); ok {
		hollow := make(map[string]any, len(environments))
		for name, overlay := range environments {
			if said, ok := overlay.(map[string]any); ok {
				overlay = withoutInsides(said)
			}
			hollow[name] = overlay
		}
		spec = with(spec, "environments", hollow)
	}
	return with(whole, "spec", spec)
}

// withoutInsides empties the targets of what a document or an overlay says.
func withoutInsides(said map[string]any) map[string]any {
	targets, ok := said["targets"].(map[string]any)
	if !ok {
		return said
	}
	hollow := make(map[string]any, len(targets))
	for name, target := range targets {
		if _, ok := target.(map[string]any); ok {
			target = map[string]any{}
		}
		hollow[name] = target
	}
	return with(said, "targets", hollow)
}

// with copies a mapping and replaces one entry.
func with(m map[string]any, key string, value any) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	out[key] = value
	return out
}

// character reads a document that satisfies the schema.
func (b *builder) character(root *item) *Character {
	metadata, spec := root.child("metadata"), root.child("spec")
	c := &Character{Labels: map[string]string{}}
	c.Name, _ = metadata.child("name").value.(string)
	if labels := metadata.child("labels"); labels != nil {
		for i, k := range labels.keys {
			value, _ := labels.children[i].value.(string)
			c.Labels[b.keep(k.Value)] = b.keep(value)
		}
	}
	if file := metadata.child("card").child("file"); file != nil {
		c.Card = b.card(file)
	}
	b.say(c, spec)
	return c
}

// say reads the fields and targets of a document or an overlay.
func (b *builder) say(c *Character, spec *item) {
	c.Fields = b.fields(spec, directs)
	if protect := spec.child("protect"); protect != nil {
		c.Protect = b.field(protect).Value
	}
	spec.child("targets").each(func(key *yaml.Node, target *item) {
		c.Targets = append(c.Targets, b.readTarget(key, target))
	})
	slices.SortFunc(c.Targets, func(a, b Target) int { return strings.Compare(a.Instance, b.Instance) })
}

// directs reports the keys under spec that are no fields of the character.
func directs(key string) bool {
	return key == "protect" || key == "targets" || key == "extends" || key == "environments"
}

// card is the file that a card's reference names. Only exporting opens it.
func (b *builder) card(file *item) string {
	reference, _ := file.value.(string)
	at, d := locate(b.src.file, reference)
	if d != nil {
		b.fail(d.Code, file.node, d.Message, d.Hint)
	}
	return at
}

// fields reads the entries of a mapping, without those that skip names.
func (b *builder) fields(it *item, skip func(key string) bool) Fields {
	out := make(Fields, len(it.keys))
	for i, k := range it.keys {
		if skip != nil && skip(k.Value) {
			continue
		}
		f := b.field(it.children[i])
		f.Key = b.pos(k)
		out[b.keep(k.Value)] = f
	}
	return out
}

// field reads one value with everything inside. References to files are
// replaced by the texts they name, also where they stand deep inside.
func (b *builder) field(it *item) Field {
	f := Field{Value: Value{Set: true, Pos: b.pos(it.node)}}
	switch v := it.value.(type) {
	case string:
		b.unresolved(it.node, v)
		if v != "" {
			f.V = v
		}
	case []any:
		f.Items = make([]Field, len(v))
		for i, child := range it.children {
			f.Items[i] = b.field(child)
			v[i] = resolved(f.Items[i], v[i])
		}
		if len(v) > 0 {
			f.V = v
		}
	case map[string]any:
		if file := it.child("file"); file != nil && len(v) == 1 {
			if f.V, f.Ref = b.reference(file); file.children != nil {
				f.V, f.Refs = b.together(file)
			}
			return f
		}
		if len(v) == 0 {
			return f
		}
		f.Inner, f.V = b.fields(it, nil), v
		for key, inner := range f.Inner {
			v[key] = resolved(inner, v[key])
		}
	default:
		f.V = v
	}
	return f
}

// resolved is what an element of a list or mapping holds: as it is written,
// but for references.
func resolved(f Field, written any) any {
	if f.Ref == "" && f.Refs == nil {
		return written
	}
	if f.V == nil {
		return ""
	}
	return f.V
}

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

// keep returns one shared copy of a key.
func (b *builder) keep(s string) string {
	if kept, ok := b.names[s]; ok {
		return kept
	}
	if len(b.names) < 4096 {
		b.names[s] = s
	}
	return s
}
