package spec

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

func (j *judge) wrongType(f failure, pointer []string, it *item, key *yaml.Node) {
	types := list(f.schema["type"])
	want := typeWords(types)
	takesText := slices.Contains(types, any("string"))
	switch {
	case it.loose != definite && it.value != nil && takesText:
		j.quoteIt(pointer, it)
		return
	case it.value == nil && takesText && it.loose == plain:
		j.report(CodeWrongType, it.node, pointer, "expected "+want+", found nothing", "write a text; the word itself needs quotes")
		return
	case it.loose == doubtful && (slices.Contains(types, any("number")) || slices.Contains(types, any("integer"))):
		j.report(CodeNumber, it.node, pointer, fmt.Sprintf("%s is not a decimal number that can be kept exactly", it.value), "write it with decimal digits alone, without leading zeros")
		return
	}
	at := it.node
	if it.value == nil && at.Value == "" && key != nil {
		at = key
	}
	j.report(CodeWrongType, at, pointer, "expected "+want+", found "+found(it), typeHint(f.schema, types, it))
}

// typeHint says how a value of the right type is written.
func typeHint(schema map[string]any, types []any, it *item) string {
	has := func(name string) bool { return slices.Contains(types, any(name)) }
	switch {
	case isText(schema):
		return "write the text itself, or {file: path} for a text in a file of its own"
	case has("boolean") && !has("string"):
		return "write true or false"
	case has("array") && !has("string") && it.children == nil && it.value != nil:
		return "write a list: [" + scalarText(it) + "]"
	case has("object") && !has("string"):
		return "write \"key: value\" lines below the key, or {} for none"
	}
	return describe(schema)
}

// quoteIt reports a text that YAML reads as something else.
func (j *judge) quoteIt(pointer []string, it *item) {
	written := it.node.Value
	if it.node.Kind == yaml.AliasNode {
		written = it.node.Alias.Value
	}
	j.report(CodeImplicitType, it.node, pointer, fmt.Sprintf("unquoted %s is read as %s, but a text belongs here", written, meaning(it, written)), fmt.Sprintf("quote it: \"%s\"", written))
}

// meaning names what an unquoted text is taken for.
func meaning(it *item, written string) string {
	if _, boolean := it.value.(bool); boolean || otherBoolean(written) {
		return "a boolean"
	}
	if strings.Count(written, "-") >= 2 && otherNumber(written) {
		return "a date"
	}
	return "a number"
}

// doubts reports what a judged item holds of the texts that not every reader
// of YAML takes for texts, but for those that have a finding already.
func (j *judge) doubts(doubtful []*item) (rest []*item) {
	for _, d := range doubtful {
		pointer, inside := j.root.pathTo(d)
		switch {
		case !inside:
			rest = append(rest, d)
		case !j.blamed[d.node]:
			j.quoteIt(pointer, d)
		}
	}
	return rest
}

func (j *judge) notAccepted(f failure, pointer []string, it *item) {
	var names []string
	for _, v := range valuesOf(f.schema) {
		if v != nil {
			names = append(names, fmt.Sprint(v))
		}
	}
	slices.Sort(names)
	written, isString := it.value.(string)
	hint := "accepted: " + strings.Join(names, ", ")
	if len(names) > 30 {
		hint = fmt.Sprintf("accepted: %s, and %d more", strings.Join(names[:30], ", "), len(names)-30)
	}
	if near := DidYouMean(written, names); isString && near != "" {
		hint = fmt.Sprintf("did you mean %q? %s", near, hint)
	}
	what := found(it)
	if isString {
		what = fmt.Sprintf("%q", shorten(written))
	}
	j.report(CodeNotAccepted, it.node, pointer, what+" is not accepted here", hint)
}

func (j *judge) wrongForm(f failure, pointer []string, it *item) {
	written, _ := it.value.(string)
	if strings.Join(pointer, "/") == "metadata/name" {
		hint := "use lower-case letters, digits and hyphens, at most 63"
		if s := label(written); s != "" {
			hint += ": " + s
		}
		j.report(CodeName, it.node, pointer, fmt.Sprintf("%q can't be a name", shorten(written)), hint)
		return
	}
	if len(pointer) > 0 && sensitive(Path(pointer[len(pointer)-1])) {
		j.report(CodePattern, it.node, pointer, "this is not the name of an environment variable", "name the variable that holds the credential, in capitals: CONVAI_STAGE_KEY")
		return
	}
	j.report(CodePattern, it.node, pointer, fmt.Sprintf("%q does not have the form required here", shorten(written)), describe(f.schema))
}

func (j *judge) badKey(f failure, pointer []string, key *yaml.Node) {
	hint := "use lower-case letters, digits and hyphens, at most 63"
	if pattern, _ := f.schema["pattern"].(string); strings.Contains(pattern, `\s`) {
		hint = "use 1 to 63 characters without spaces, commas, = and !"
	}
	j.report(CodePattern, key, pointer, fmt.Sprintf("%q can't be a key here", shorten(key.Value)), hint)
}

func (j *judge) outOfBounds(f failure, pointer []string, it *item) {
	bound, _ := f.schema[f.keyword].(float64)
	limit := plainNumber(bound)
	var message string
	switch f.keyword {
	case "minimum":
		message = found(it) + " is below " + limit + ", the least accepted here"
	case "maximum":
		message = found(it) + " is above " + limit + ", the most accepted here"
	case "exclusiveMinimum":
		message = found(it) + " is not above " + limit
	case "exclusiveMaximum":
		message = found(it) + " is not below " + limit
	case "multipleOf":
		message = found(it) + " is not a multiple of " + limit
	case "minLength":
		message = "the text is shorter than " + limit + " characters"
		if it.value == "" {
			message = "the text is empty"
		}
	default:
		message = "the text is longer than " + limit + " characters"
	}
	j.report(CodeRange, it.node, pointer, message, describe(f.schema))
}

func (j *judge) wrongCount(f failure, pointer []string, it *item) {
	bound, _ := f.schema[f.keyword].(float64)
	message := "the list repeats an element"
	switch f.keyword {
	case "minItems", "minProperties":
		message = fmt.Sprintf("%d elements are fewer than %s", len(it.children), plainNumber(bound))
	case "maxItems", "maxProperties":
		message = fmt.Sprintf("%d elements are more than %s", len(it.children), plainNumber(bound))
	}
	j.report(CodeListLength, it.node, pointer, message, describe(f.schema))
}

func plainNumber(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return fmt.Sprintf("%d", int64(f))
	}
	return fmt.Sprint(f)
}
