package spec

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// apiVersion is the version of the formats of manifests and charsync.yaml.
const apiVersion = "charsync.dev/v1"

// ours reports whether a document is a character of this version, and says
// what it is otherwise.
func (b *builder) ours(root *item) bool {
	kind := "Character"
	if valueOf(root.child("kind")) == baseKind {
		kind = baseKind
	}
	return isDocument(root, kind, b.src, &b.findings)
}

// isDocument checks the head of a document.
func isDocument(root *item, kind string, src *source, findings *[]Diagnostic) bool {
	fail := func(code string, n *yaml.Node, message, hint string) bool {
		*findings = append(*findings, src.finding(code, src.pos(n.Line, n.Column), width(n), message, hint))
		return false
	}
	if !root.isMapping() {
		return fail(CodeWrongType, root.node, "expected a document with apiVersion, kind, metadata and spec, found "+found(root), "begin with apiVersion: "+apiVersion+" and kind: "+kind)
	}
	k := root.child("kind")
	switch written := valueOf(k); {
	case k == nil:
		return fail(CodeKind, root.node, "the document does not say its kind", "add kind: "+kind)
	case written == kind:
	case written == "Project":
		return fail(CodeKind, k.node, "a project's configuration among the manifests", "keep kind: Project in charsync.yaml, or narrow spec.manifests")
	case written == "Character":
		return fail(CodeKind, k.node, "a character where the project's configuration belongs", "keep characters in files of their own")
	default:
		hint := "accepted: " + kind
		if near := DidYouMean(fmt.Sprint(written), []string{kind}); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return fail(CodeKind, k.node, fmt.Sprintf("unknown kind %s", strings.TrimPrefix(found(k), "the text ")), hint)
	}
	v := root.child("apiVersion")
	switch written := valueOf(v); {
	case v == nil:
		return fail(CodeAPIVersion, root.node, "the document does not say its apiVersion", "add apiVersion: "+apiVersion)
	case written == apiVersion:
		return true
	case strings.HasPrefix(fmt.Sprint(written), "charsync.dev/v"):
		return fail(CodeAPIVersion, v.node, fmt.Sprintf("%v is for another version of charsync", written), "update charsync, or write "+apiVersion)
	default:
		return fail(CodeAPIVersion, v.node, "unknown apiVersion "+strings.TrimPrefix(found(v), "the text "), "write apiVersion: "+apiVersion)
	}
}

func valueOf(it *item) any {
	if it == nil {
		return nil
	}
	return it.value
}

// judge prepares the check of a whole document.
func (b *builder) judge(root *item) *judge {
	name, _ := valueOf(root.child("metadata").child("name")).(string)
	return &judge{
		schema: b.schema, src: b.src, root: root,
		mark: func(d *Diagnostic, pointer []string) {
			d.Character = name
			if len(pointer) > 1 && pointer[0] == "spec" {
				pointer = pointer[1:]
			}
			d.Path = Path(strings.Join(pointer, "."))
		},
		field: func(pointer []string) bool {
			return len(pointer) > 1 && pointer[0] == "spec" && inMapping(root, pointer)
		},
		misplaced: b.misplaced,
	}
}

// inMapping reports whether a pointer ends at the key of a field, rather than
// at an element of a list or at the path of a reference.
func inMapping(root *item, pointer []string) bool {
	for _, segment := range pointer[:len(pointer)-1] {
		if root = root.child(segment); root == nil {
			return false
		}
	}
	return root.isMapping() && !(len(root.keys) == 1 && root.keys[0].Value == "file")
}

// misplaced recognises fields that stand at the wrong level.
func (b *builder) misplaced(pointer []string, key string) string {
	place := strings.Join(pointer, ".")
	if place == "spec" || len(pointer) == 3 && pointer[0] == "spec" && pointer[1] == "environments" {
		if key == "labels" {
			return "labels belong under metadata"
		}
		if at := b.fieldOf(key); len(at) > 0 {
			return key + " belongs under " + strings.Join(at, " or ")
		}
	}
	if place == "" || place == "metadata" {
		if slices.Contains(accepted(b.schema.at("/properties/spec")), key) {
			return key + " belongs under spec"
		}
	}
	return ""
}

// fieldOf lists the targets, by driver, that have a field.
func (b *builder) fieldOf(key string) []string {
	var at []string
	for driver := range b.schema.targets {
		if names, _ := b.schema.targetFields(driver); slices.Contains(names, key) && !isControl(key) {
			at = append(at, "targets."+driver)
		}
	}
	slices.Sort(at)
	return at
}

// isControl reports the keys of a target that direct charsync and are no
// fields of the character.
func isControl(key string) bool {
	return key == "id" || key == "cloneFrom" || key == "KB" || key == "compose"
}

// target judges one target by the type of its instance.
func (b *builder) target(root *item, key *yaml.Node, it *item) *judge {
	name, _ := valueOf(root.child("metadata").child("name")).(string)
	instance, ok := b.project.Instances[key.Value]
	if !ok {
		known := sortedKeys(b.project.Instances)
		hint := "known: " + strings.Join(known, ", ") + "; others are declared under spec.providers of charsync.yaml"
		if near := DidYouMean(key.Value, known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		d := b.fail(CodeUnknownInstance, key, fmt.Sprintf("%q is no provider instance of this project", key.Value), hint)
		d.Character, d.Target, d.Path = name, key.Value, Path("targets."+key.Value)
		return nil
	}
	if !it.isMapping() {
		return nil
	}
	j := &judge{
		schema: b.schema, src: b.src, root: it, key: key,
		mark: func(d *Diagnostic, pointer []string) {
			d.Character, d.Target, d.Path = name, key.Value, Path(strings.Join(pointer, "."))
		},
		field: func(pointer []string) bool { return inMapping(it, pointer) },
		misplaced: func(pointer []string, unknown string) string {
			if len(pointer) == 0 && (unknown == "protect" || unknown == "targets") {
				return unknown + " belongs under spec"
			}
			return ""
		},
	}
	j.validate(b.schema.targets[instance.Type], it.value)
	b.controls(j, it)
	return j
}

// controls refuses control keys that contradict each other.
func (b *builder) controls(j *judge, it *item) {
	id, clone, bank := it.child("id"), it.child("cloneFrom"), it.child("KB")
	if valueOf(id) != nil && valueOf(clone) != nil {
		j.report(CodeControlKeys, clone.node, []string{"cloneFrom"}, "id adopts a live character and cloneFrom creates one", "keep one of the two")
	}
	if valueOf(bank) == true && valueOf(clone) == nil {
		j.report(CodeControlKeys, bank.node, []string{"KB"}, "KB takes a knowledge bank along, but nothing is cloned", "add cloneFrom, or remove KB")
	}
}

// readTarget reads a target that satisfies its schema.
func (b *builder) readTarget(key *yaml.Node, it *item) Target {
	t := Target{Instance: b.keep(key.Value), Pos: b.pos(key), Fields: Fields{}}
	if !it.isMapping() {
		return t
	}
	t.Fields = b.fields(it, isControl)
	read := func(key string) Value {
		if child := it.child(key); child != nil {
			return b.field(child).Value
		}
		return Value{}
	}
	t.ID, t.CloneFrom, t.KB = read("id"), read("cloneFrom"), read("KB")
	for i, k := range it.keys {
		if k.Value == "compose" {
			t.ComposePos, t.Compose = b.pos(k), composition(it.children[i])
		}
	}
	return t
}

// composition reads which common fields fold into which field of a provider.
func composition(it *item) map[Path][]Path {
	if !it.isMapping() {
		return nil
	}
	out := make(map[Path][]Path, len(it.keys))
	for i, k := range it.keys {
		parts := make([]Path, 0, len(it.children[i].children))
		for _, part := range it.children[i].children {
			name, _ := part.value.(string)
			parts = append(parts, Path(name))
		}
		out[Path(k.Value)] = parts
	}
	return out
}
