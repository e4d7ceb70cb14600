package lint

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// words are what writers leave for later. Only capitals count: "todo" is a
// word of Spanish.
func words() []string {
	return []string{"TODO", "FIXME", "TBD", "TBA", "XXX", "PLACEHOLDER", "CHANGEME", "CHANGE_ME"}
}

// fillers are texts that stand in for others.
func fillers() []string { return []string{"lorem ipsum", "Lorem ipsum", "Lorem Ipsum", "LOREM IPSUM"} }

// leftovers finds placeholders, and macros that are no known macro anywhere.
func leftovers(p *page) {
	for _, t := range p.texts {
		for _, w := range words() {
			p.literal(t, w, "a placeholder that was left in")
		}
		for _, f := range fillers() {
			p.literal(t, f, "filler text that was left in")
		}
		p.brackets(t)
		for _, m := range macros(t.s) {
			if m.closed && !m.known() && m.imitates() == "" && !p.full(t) {
				p.leftover(t, m.start, m.end, "a placeholder that was left in: no macro has that name")
			}
		}
	}
}

func (p *page) leftover(t text, start, end int, what string) {
	p.say(t, start, end-start, fmt.Sprintf("%q is %s", t.s[start:end], what), "write what was meant to stand here")
}

// literal finds a word that stands by itself.
func (p *page) literal(t text, word, what string) {
	for from := 0; !p.full(t); {
		i := strings.Index(t.s[from:], word)
		if i < 0 {
			return
		}
		start, end := from+i, from+i+len(word)
		from = end
		before, _ := utf8.DecodeLastRuneInString(t.s[:start])
		after, _ := utf8.DecodeRuneInString(t.s[end:])
		if !inWord(before) && !inWord(after) {
			p.leftover(t, start, end, what)
		}
	}
}

func inWord(r rune) bool {
	return r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// brackets finds what templates put between brackets: <insert name>,
// [Your text here], [CHARACTER_NAME], ${name}, <% name %>.
func (p *page) brackets(t text) {
	for from := 0; !p.full(t); {
		i := strings.IndexAny(t.s[from:], "<[({")
		if i < 0 {
			return
		}
		start := from + i
		from = start + 1
		length, what := bracketed(t.s[start:])
		if start > 0 && t.s[start] == '{' && t.s[start-1] == '$' && length == 0 {
			if length, what = variable(t.s[start:]); length > 0 {
				start--
				length++
			}
		}
		if length > 0 {
			p.leftover(t, start, start+length, what)
			from = start + length
		}
	}
}

// bracketed is how long a placeholder in brackets is; 0 is none.
func bracketed(s string) (length int, what string) {
	const longest = 100
	closing := map[byte]byte{'<': '>', '[': ']', '(': ')', '{': '}'}[s[0]]
	inside := s[1:min(len(s), longest)]
	template := strings.HasPrefix(inside, "%") && s[0] == '<'
	if !template && !begins(inside) {
		return 0, ""
	}
	end := strings.IndexAny(inside, "<>[](){}\n")
	switch {
	case end < 0 || inside[end] != closing:
		return 0, ""
	case template && end > 1 && inside[end-1] == '%':
		return end + 2, "a template that nobody fills in"
	case template:
		return 0, ""
	}
	first, rest, _ := strings.Cut(strings.TrimSpace(inside[:end]), " ")
	switch {
	case strings.EqualFold(first, "insert") && rest != "",
		strings.EqualFold(first, "your") && rest != "" && (s[0] == '<' || s[0] == '['),
		strings.HasSuffix(first, "_NAME") && rest == "" && first == strings.ToUpper(first) && (s[0] == '<' || s[0] == '['):
		return end + 2, "a placeholder that was left in"
	}
	return 0, ""
}

// begins reports a letter with which a placeholder may begin.
func begins(inside string) bool {
	inside = strings.TrimLeft(inside, " ")
	return inside != "" && (strings.ContainsRune("iIyY", rune(inside[0])) || inside[0] >= 'A' && inside[0] <= 'Z')
}

// variable is how long {name} is, which a $ stands before.
func variable(s string) (length int, what string) {
	name := word(s[1:min(len(s), 80)])
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return 0, ""
	}
	end := 1 + len(name)
	for strings.HasPrefix(s[end:], ".") { // a path
		more := word(s[end+1 : min(len(s), end+80)])
		if more == "" || end > 200 {
			return 0, ""
		}
		end += 1 + len(more)
	}
	if !strings.HasPrefix(s[end:], "}") {
		return 0, ""
	}
	return end + 1, "a variable that nobody fills in"
}
