package spec

import (
	"fmt"
	"slices"

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
