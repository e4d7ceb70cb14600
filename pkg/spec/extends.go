package spec

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// baseKind is the kind of documents that others extend and that are no
// characters themselves.
const baseKind = "Base"

// maxBases bounds the bases that one manifest comes to extend.
const maxBases = 8

// bases are the documents that others extend, each read once.
type bases struct {
	mu    sync.Mutex
	files map[string]*baseFile
}

func newBases() *bases { return &bases{files: map[string]*baseFile{}} }

// baseFile is what one file says, without what it extends itself.
type baseFile struct {
	once     sync.Once
	src      *source
	base     *Character // nil when it can't be used
	extends  *item      // what it extends, or nil
	findings []Diagnostic
	refs     []string
	problem  *Diagnostic // without a position: the reference is to blame
}

// inherit puts what a document extends, and what that extends, under what it
// says itself. Findings point to where a file says what is wrong.
func (b *builder) inherit(c *Character, at *item) {
	src, chain := b.src, []string{b.src.file}
	for at != nil {
		reference, _ := at.value.(string)
		fail := func(code, message, hint string) {
			b.findings = append(b.findings, src.finding(code, src.pos(at.node.Line, at.node.Column), width(at.node), message, hint))
		}
		file, problem := locate(src.file, reference)
		switch {
		case problem != nil:
			fail(problem.Code, problem.Message, problem.Hint)
			return
		case slices.Contains(chain, file):
			fail(CodeExtends, "this extends itself: "+strings.Join(append(chain[slices.Index(chain, file):], file), " → "), "let one of these extend nothing")
			return
		case len(chain) > maxBases:
			fail(CodeExtends, fmt.Sprintf("more than %d bases one upon another", maxBases), "put some of them together")
			return
		}
		e := b.base(file)
		b.refs = append(append(b.refs, file), e.refs...)
		b.findings = append(b.findings, e.findings...)
		if e.problem != nil {
			fail(e.problem.Code, e.problem.Message, e.problem.Hint)
		}
		if e.base == nil {
			return
		}
		c.inherit(e.base)
		src, at, chain = e.src, e.extends, append(chain, file)
	}
}

// base reads a file that something extends.
func (b *builder) base(file string) *baseFile {
	b.bases.mu.Lock()
	e := b.bases.files[file]
	if e == nil {
		e = &baseFile{}
		b.bases.files[file] = e
	}
	b.bases.mu.Unlock()
	e.once.Do(func() { e.read(b, file) })
	return e
}

func (e *baseFile) read(b *builder, file string) {
	data, problem := readFile(b.prose.tree, file, nil)
	if problem != nil {
		e.problem = problem
		return
	}
	e.src = &source{file: file, data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))}
	inner := &builder{project: b.project, schema: b.schema, prose: b.prose, bases: b.bases, src: e.src, names: map[string]string{}, alone: true, env: b.env}
	documents, characters := 0, 0
	broken := e.src.parse(func(index int, root *yaml.Node) {
		if documents++; documents > 1 || characters > 0 {
			return
		}
		d := inner.document(index, root)
		e.base, e.extends = d.base, d.extends
		if d.base == nil && d.name != "" {
			characters++
		}
	})
	e.refs = inner.refs
	switch {
	case characters > 0: // what is wrong with it is said where it is read as what it is
		e.problem = &Diagnostic{Code: CodeExtends, Message: file + " is a character and no base", Hint: "put what both share into a document of kind: Base, and let both extend that"}
		return
	case documents > 1:
		e.base, e.problem = nil, &Diagnostic{Code: CodeExtends, Message: file + " holds more than one document", Hint: "give each base a file of its own"}
		return
	case documents == 0 && len(broken) == 0:
		e.problem = &Diagnostic{Code: CodeExtends, Message: file + " is empty", Hint: "write a document of kind: Base there"}
	}
	if e.findings = append(inner.findings, broken...); failed(e.findings) {
		e.base = nil
	}
}

// checkBase refuses what can't be said for many characters at once.
func (b *builder) checkBase(c *Character) {
	for i := range c.Targets {
		if id := c.Targets[i].ID; id.Set {
			b.findings = append(b.findings, b.src.finding(CodeControlKeys, id.Pos, 1, "a base can't adopt: an id is of one live character", "write the id into the manifest of that character"))
		}
	}
}
