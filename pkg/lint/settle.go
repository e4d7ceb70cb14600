package lint

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charsync/charsync/pkg/spec"
)

// Settle gives findings of rules the severities of the project and leaves out
// those that it silences, or that a comment in their manifest ignores. Other
// findings pass as they are. A comment stands where the value is, or is
// referred to, in the manifest.
func Settle(p *spec.Project, ds []spec.Diagnostic) []spec.Diagnostic {
	read := &comments{project: p, files: map[string][]ignore{}}
	defer read.close()
	rules := map[string]string{}
	for _, r := range Rules() {
		rules[r.Code] = r.ID
	}
	var out []spec.Diagnostic
	for _, d := range ds {
		rule := rules[d.Code]
		severity := p.Lint[rule]
		switch {
		case rule == "":
			out = append(out, d)
			continue
		case severity == Off:
			continue
		case read.ignores(rule, d):
			continue
		case severity != "":
			d.Severity = spec.Severity(severity)
		}
		if d.Code != CodeComment {
			d.Hint += keep(rule, strings.HasSuffix(d.Hint, "?"))
		}
		out = append(out, d)
	}
	return append(out, read.wrong(p.Lint[Comment])...)
}

// keep is the end of a hint: how to say that something is meant.
func keep(rule string, question bool) string {
	how := "keep it with " + marker + " " + rule + " REASON in the manifest"
	if question {
		return " Or " + how
	}
	return "; or " + how
}

// ignore is one comment: the rules it names, and the lines it is about.
type ignore struct {
	rules    []string
	from, to int // lines of the manifest, to included
}

// mostComments bounds how many comments of one file are heeded.
const mostComments = 1000

const marker = "# charsync:ignore"

// comments are the ignore comments of manifests, read when a finding of that
// manifest asks for them.
type comments struct {
	project *spec.Project
	root    *os.Root
	files   map[string][]ignore
	found   []spec.Diagnostic
}

func (c *comments) close() {
	if c.root != nil {
		c.root.Close()
	}
}

// ignores reports whether a comment is about the value that a finding is about.
func (c *comments) ignores(rule string, d spec.Diagnostic) bool {
	pos := d.Pos
	switch {
	case d.Spot != nil:
		pos = d.Spot.Value.Pos
	case d.Manifest != spec.Pos{}:
		pos = d.Manifest
	}
	return slices.ContainsFunc(c.of(pos.File), func(i ignore) bool {
		return pos.Line >= i.from && pos.Line <= i.to && slices.Contains(i.rules, rule)
	})
}

// wrong is what is wrong with the comments that were read.
func (c *comments) wrong(severity string) []spec.Diagnostic {
	if severity == Off {
		return nil
	}
	for i := range c.found {
		if severity != "" {
			c.found[i].Severity = spec.Severity(severity)
		}
	}
	return c.found
}

func (c *comments) of(file string) []ignore {
	list, read := c.files[file]
	if !read {
		list = c.read(file)
		c.files[file] = list
	}
	return list
}

func (c *comments) read(file string) []ignore {
	if c.root == nil {
		root, err := os.OpenRoot(c.project.Dir)
		if err != nil {
			return nil
		}
		c.root = root
	}
	f, err := c.root.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	const most = 16 << 20 // as much as a manifest may have
	data, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil || !bytes.Contains(data, []byte(marker)) {
		return nil
	}
	return c.parse(file, lines(data))
}

func lines(data []byte) []string {
	var out []string
	scanner := bufio.NewScanner(bytes.NewReader(data))
	scanner.Buffer(nil, len(data)+1)
	for scanner.Scan() {
		out = append(out, scanner.Text())
	}
	return out
}

// opens is a line that a block of prose follows.
var opens = regexp.MustCompile(`(?:^|[:\-] +(?:[&!][^ ]+ +)*)[|>][0-9+-]*(?: +#.*)?\s*$`)

// parse finds the comments and what they are about: the key on their own line,
// or the next one, with all that is below it. A comment above the first key of
// a document is about all of it. What looks like a comment inside a block of
// prose is prose.
func (c *comments) parse(file string, lines []string) []ignore {
	var out []ignore
	inside := -1 // the indentation of the key whose block of prose this is
	for n, line := range lines {
		if inside >= 0 && (strings.TrimSpace(line) == "" || indent(line) > inside) {
			continue
		}
		if inside = -1; opens.MatchString(line) {
			inside = indent(line)
		}
		at := strings.Index(line, marker)
		if len(out) == mostComments {
			break
		}
		if at < 0 || at > 0 && line[at-1] != ' ' && line[at-1] != '\t' {
			continue
		}
		words := strings.Fields(line[at+len(marker):])
		if len(words) == 0 {
			continue
		}
		i := ignore{rules: strings.Split(words[0], ",")}
		if i.from, i.to = reach(lines, n, strings.TrimSpace(line[:at]) == ""); i.from > 0 {
			out = append(out, i)
			c.check(file, n+1, line, at+len(marker), words, i.rules)
		}
	}
	return out
}

// reach is what a comment on line n is about, in lines counted from 1.
func reach(lines []string, n int, alone bool) (from, to int) {
	key := n
	for alone && key < len(lines) && passed(lines[key]) {
		key++
	}
	if key == len(lines) {
		return 0, 0
	}
	if strings.HasPrefix(lines[key], "apiVersion:") {
		for to = key + 1; to < len(lines) && !strings.HasPrefix(lines[to], "---"); to++ {
		}
		return key + 1, to
	}
	depth := indent(lines[key])
	for to = key + 1; to < len(lines); to++ {
		if s := strings.TrimSpace(lines[to]); s != "" && indent(lines[to]) <= depth && !(strings.HasPrefix(s, "- ") && indent(lines[to]) == depth && !strings.HasPrefix(strings.TrimSpace(lines[key]), "- ")) {
			break
		}
	}
	return key + 1, to
}

func passed(line string) bool {
	s := strings.TrimSpace(line)
	return s == "" || s[0] == '#' || strings.HasPrefix(line, "---")
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// check reports rules that do not exist, and a missing reason.
func (c *comments) check(file string, n int, line string, after int, words, rules []string) {
	at := after + strings.Index(line[after:], words[0])
	pos := spec.Pos{File: file, Line: n, Col: 1 + utf8.RuneCountInString(line[:at])}
	say := func(message, hint string) {
		c.found = append(c.found, spec.Diagnostic{Pos: pos, Severity: spec.Warning, Code: CodeComment, Message: message, Hint: hint, Length: len(words[0])})
	}
	for _, r := range rules {
		if !slices.Contains(IDs(), r) {
			hint := "use one of " + strings.Join(IDs(), ", ")
			if near := spec.DidYouMean(r, IDs()); near != "" {
				hint = "did you mean " + near + "?"
			}
			say(fmt.Sprintf("there is no rule %q to ignore", r), hint)
		}
	}
	if len(words) == 1 {
		say("a comment that ignores a rule says why", "write # charsync:ignore "+words[0]+" and the reason")
	}
}
