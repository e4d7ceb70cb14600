package spec

import (
	"errors"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"
)

// judge validates one item and puts what is wrong into words.
type judge struct {
	schema *schema
	src    *source
	root   *item
	key    *yaml.Node // the key under which root stands; nil for a document
	mark   func(d *Diagnostic, pointer []string)
	// field reports whether null at a pointer means "empty it" and is fine.
	field func(pointer []string) bool
	// misplaced says where an unknown key belongs; "" when that is not known.
	misplaced func(pointer []string, key string) string

	findings []Diagnostic
	blamed   map[*yaml.Node]bool // values that have a finding already
}

func (j *judge) validate(with *jsonschema.Schema, value any) {
	err := with.Validate(value)
	var invalid *jsonschema.ValidationError
	if err == nil {
		return
	}
	if !errors.As(err, &invalid) {
		j.report(CodeNotAccepted, j.root.node, nil, err.Error(), "correct the value here")
		return
	}
	failures := j.schema.failures(invalid)
	seen := map[string]bool{}
	for _, f := range failures {
		if id := f.keyword + "\x00" + f.at; !seen[id] {
			seen[id] = true
			j.explain(f, failures)
		}
	}
}

// find walks to the value at a pointer, and to the key it stands under; the
// elements of a list have none.
func (j *judge) find(pointer []string) (it *item, key *yaml.Node) {
	it, key = j.root, j.key
	for _, segment := range pointer {
		next := -1
		if it.isMapping() {
			next = slices.IndexFunc(it.keys, func(k *yaml.Node) bool { return k.Value == segment })
			if next >= 0 {
				key = it.keys[next]
			}
		} else if i, ok := index(segment); ok {
			next, key = i, nil
		}
		if next < 0 || next >= len(it.children) {
			break
		}
		it = it.children[next]
	}
	return it, key
}

func index(s string) (int, bool) {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' || n > 1<<20 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, s != ""
}

func (j *judge) report(code string, n *yaml.Node, pointer []string, message, hint string) {
	d := j.src.finding(code, j.src.pos(n.Line, n.Column), width(n), message, hint)
	if j.mark != nil {
		j.mark(&d, pointer)
	}
	j.findings = append(j.findings, d)
	if j.blamed == nil {
		j.blamed = map[*yaml.Node]bool{}
	}
	j.blamed[n] = true
}

func (j *judge) explain(f failure, all []failure) {
	pointer := segments(f.at)
	it, key := j.find(pointer)
	if it.value == nil && len(pointer) > 0 && !f.ofKey && j.field != nil && j.field(pointer) {
		return
	}
	if f.ofKey {
		j.badKey(f, pointer, key)
		return
	}
	switch f.keyword {
	case "additionalProperties":
		j.unknown(f, pointer, it)
	case "required":
		j.missing(f, pointer, it, key, all)
	case "type":
		j.wrongType(f, pointer, it, key)
	case "enum", "const":
		j.notAccepted(f, pointer, it)
	case "pattern", "format":
		j.wrongForm(f, pointer, it)
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength":
		j.outOfBounds(f, pointer, it)
	case "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties":
		j.wrongCount(f, pointer, it)
	default:
		j.report(CodeNotAccepted, it.node, pointer, "the value is not accepted here", describe(f.schema))
	}
}
