package spec

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// mark is a place that the YAML parser has noted; it counts from 0.
type mark struct{ line, column int }

// trouble is what the YAML parser knows of an error. Its error text carries
// only a line, and that of the context where there is one.
type trouble struct {
	problem, context string
	at, from         mark // where it noticed, and where what it was reading began
}

// troubleOf reads the parser's own record. The library does not export it,
// and it won't change any more; when the fields should be missing, ok is false.
func troubleOf(d *yaml.Decoder) (t trouble, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	p := reflect.ValueOf(d).Elem().FieldByName("parser").Elem().FieldByName("parser")
	place := func(name string) mark {
		m := p.FieldByName(name)
		return mark{int(m.FieldByName("line").Int()), int(m.FieldByName("column").Int())}
	}
	t = trouble{
		problem: p.FieldByName("problem").String(), context: p.FieldByName("context").String(),
		at: place("problem_mark"), from: place("context_mark"),
	}
	return t, t.problem != ""
}

var lineInMessage = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// syntax explains why a document could not be parsed.
func (s *source) syntax(d *yaml.Decoder, err error) Diagnostic {
	message := strings.TrimSpace(err.Error())
	line := 1
	if m := lineInMessage.FindStringSubmatch(message); m != nil {
		message = m[2]
		if m[1] != "" {
			line, _ = strconv.Atoi(m[1])
		}
	}
	if name, ok := strings.CutPrefix(message, "unknown anchor '"); ok {
		return s.unknownAnchor(strings.TrimSuffix(name, "' referenced"))
	}
	t, ok := troubleOf(d)
	if !ok {
		return s.finding(CodeSyntax, s.pos(line, 1), 0, message, "correct the YAML at this line")
	}
	return s.explain(t)
}

// explanation puts one of the parser's problems into words.
type explanation struct {
	problem       string // the beginning of the parser's text
	context       string // the beginning of its context; "" is any
	code          string
	message, hint string
	opening       bool // point at where it began, not at where it was noticed
}

// explanations lists the parser's problems; the first that fits is used.
func explanations() []explanation {
	return []explanation{
		{"found unexpected end of stream", "while scanning a quoted scalar", CodeUnclosed, "the quote that opens here is never closed", "add the closing quote; a quote inside the text is doubled ('') or escaped (\\\")", true},
		{"found unexpected document indicator", "while scanning a quoted scalar", CodeUnclosed, "the quote that opens here is not closed before the document ends", "add the closing quote", true},
		{"did not find expected ',' or ']'", "", CodeUnclosed, "the list that opens here with [ is not continued by a comma or closed by ]", "close it with ], separate its elements by commas, and quote elements with special characters", true},
		{"did not find expected ',' or '}'", "", CodeUnclosed, "the mapping that opens here with { is not continued by a comma or closed by }", "close it with }, separate its entries by commas, and quote values with special characters", true},
		{"found a tab character", "", CodeTab, "a tab can't be used for indentation", "replace it by spaces", false},
		{"mapping values are not allowed", "", CodeSyntax, "a colon is not allowed here", "quote a text that contains a colon followed by a space, or correct the indentation", false},
		{"could not find expected ':'", "", CodeSyntax, "a key without a colon", "write \"key: value\"; a text of several lines needs a block (|) or quotes", true},
		{"did not find expected key", "", CodeSyntax, "this is no key of the mapping around it", "check the indentation; after a quoted text the line ends, and a ' inside single quotes is doubled", false},
		{"did not find expected '-' indicator", "", CodeSyntax, "this is no element of the list around it", "check the indentation; every element starts with \"- \"", false},
		{"block sequence entries are not allowed", "", CodeSyntax, "a list element is not allowed here", "start the list on a line of its own, below its key", false},
		{"block mapping entries", "", CodeSyntax, "a mapping is not allowed here", "start it on a line of its own", false},
		{"did not find expected node content", "", CodeSyntax, "a value is missing here", "write a value, or \"\" for an empty one", false},
		{"found character that cannot start any token", "", CodeSyntax, "a text can't begin with this character", "quote the text", false},
		{"found unknown escape character", "", CodeSyntax, "an unknown escape in a double-quoted text", "write \\\\ for a backslash, or use single quotes", false},
		{"did not find expected hexdecimal number", "", CodeSyntax, "an escape needs hexadecimal digits here", "write \\\\ for a backslash, or use single quotes", false},
		{"did not find expected <document start>", "", CodeSyntax, "text after the end of the document", "check the indentation, or start a new document with ---", false},
		{"found undefined tag handle", "", CodeTag, "an undefined tag", "quote a text that begins with !", false},
		{"did not find expected whitespace or line break", "while scanning a tag", CodeTag, "a tag that is not ended", "quote a text that begins with !", true},
		{"found a tab", "", CodeTab, "a tab can't be used for indentation", "replace it by spaces", false},
		{"did not find expected comment or line break", "while scanning a block scalar", CodeSyntax, "nothing may follow | or > on its line", "begin the text on the next line", false},
		{"found an indentation indicator equal to 0", "", CodeSyntax, "an indentation of 0", "leave the number away", false},
		{"did not find expected alphabetic or numeric character", "", CodeSyntax, "an anchor (&) or alias (*) without a name", "quote a text that begins with & or *", true},
	}
}

func (s *source) explain(t trouble) Diagnostic {
	for _, special := range []func(trouble) (Diagnostic, bool){s.tab, s.deep, s.indented} {
		if d, ok := special(t); ok {
			return d
		}
	}
	for _, e := range explanations() {
		if !strings.HasPrefix(t.problem, e.problem) || !strings.HasPrefix(t.context, e.context) {
			continue
		}
		at := t.at
		if e.opening {
			at = t.from
		}
		return s.finding(e.code, s.clamp(at), 0, e.message, e.hint)
	}
	return s.finding(CodeSyntax, s.clamp(t.at), 0, t.problem, "correct the YAML here")
}

// tab recognises a line that is indented by a tab: the parser's own words for
// it vary and don't say so.
func (s *source) tab(t trouble) (Diagnostic, bool) {
	for line := t.at.line + 1; line >= max(1, t.at.line); line-- {
		text := s.line(line)
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if i := strings.IndexByte(indent, '\t'); i >= 0 && strings.TrimSpace(text) != "" {
			return s.finding(CodeTab, s.pos(line, i+1), 1, "a tab can't be used for indentation", "replace it by spaces"), true
		}
	}
	return Diagnostic{}, false
}

// deep points at the line that holds too many levels.
func (s *source) deep(t trouble) (Diagnostic, bool) {
	if !strings.HasPrefix(t.problem, "exceeded max depth") {
		return Diagnostic{}, false
	}
	text := s.line(t.at.line + 1)
	at := s.pos(t.at.line+1, 1+len(text)-len(strings.TrimLeft(text, " ")))
	return s.finding(CodeTooDeep, at, 0, fmt.Sprintf("values are nested more than %d levels deep", maxDepth),
		"a manifest needs five levels or so; look for a bracket or a dash too many"), true
}

// indented recognises a key that stands deeper than the complete entry above
// it: the parser notices only its colon.
func (s *source) indented(t trouble) (Diagnostic, bool) {
	if !strings.HasPrefix(t.problem, "mapping values are not allowed") {
		return Diagnostic{}, false
	}
	text := []rune(s.line(t.at.line + 1))
	if t.at.column > len(text) || strings.Contains(string(text[:t.at.column]), ":") {
		return Diagnostic{}, false
	}
	key := strings.TrimLeft(string(text[:t.at.column]), " ")
	at := s.pos(t.at.line+1, 1+t.at.column-len([]rune(key)))
	return s.finding(CodeSyntax, at, len([]rune(key)), "this key is indented deeper than the line above, which has a value already",
		"align it with the key above; a text of several lines needs a block (|) or quotes"), true
}

// clamp turns a mark into a position inside the file: the parser notices some
// problems only past the last line.
func (s *source) clamp(m mark) Pos {
	s.index()
	last := len(s.lines)
	for last > 1 && strings.TrimSpace(s.line(last)) == "" {
		last--
	}
	if m.line+1 > last {
		return s.pos(last, 1+len([]rune(s.line(last))))
	}
	return s.pos(m.line+1, m.column+1)
}

// unknownAnchor finds the alias that the parser names without a position.
func (s *source) unknownAnchor(name string) Diagnostic {
	at := s.pos(1, 1)
	alias := []byte("*" + name)
	for from := 0; ; {
		i := bytes.Index(s.data[from:], alias)
		if i < 0 {
			break
		}
		i += from
		from = i + len(alias)
		before := i == 0 || strings.IndexByte(" \t\n\r[{,", s.data[i-1]) >= 0
		after := from == len(s.data) || strings.IndexByte(" \t\n\r]},:", s.data[from]) >= 0
		if before && after && !s.anchored(name, i) {
			at = s.at(i)
			break
		}
	}
	return s.finding(CodeUnknownAnchor, at, len([]rune(name))+1, "the alias *"+name+" has no anchor &"+name+" before it",
		"quote a text that begins with *, or define the anchor earlier in this document")
}

// anchored reports whether the anchor is defined somewhere before an offset
// of the same document.
func (s *source) anchored(name string, offset int) bool {
	document := s.data[:offset]
	if i := bytes.LastIndex(document, []byte("\n---")); i >= 0 {
		document = document[i:]
	}
	return bytes.Contains(document, []byte("&"+name))
}
