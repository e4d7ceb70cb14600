package lint

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// macro is a stretch of a text in double braces, or what was meant as one.
type macro struct {
	start, end int
	name       string // in small letters, without arguments
	closed     bool
}

// macros finds what stands between double braces. One that is not closed on
// its line within a little is not closed.
func macros(s string) []macro {
	const longest = 200
	var out []macro
	for from := 0; ; {
		i := strings.Index(s[from:], "{{")
		if i < 0 {
			return out
		}
		start := from + i
		if strings.HasPrefix(s[start+2:], "{") { // the last two are the macro's
			from = start + 1
			continue
		}
		inside := s[start+2 : min(len(s), start+2+longest)]
		if n := strings.IndexByte(inside, '\n'); n >= 0 {
			inside = inside[:n]
		}
		end := strings.Index(inside, "}}")
		if again := strings.Index(inside, "{{"); end < 0 || again >= 0 && again < end {
			out = append(out, macro{start: start, end: start + 2 + len(word(inside)), name: strings.ToLower(word(inside))})
			from = start + 2
			continue
		}
		out = append(out, macro{start: start, end: start + 2 + end + 2, name: macroName(inside[:end]), closed: true})
		from = start + 2 + end + 2
	}
}

// word is the letters, digits and underscores at the start.
func word(s string) string {
	i := strings.IndexFunc(s, func(r rune) bool {
		return !(r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z')
	})
	if i < 0 {
		return s
	}
	return s[:i]
}

// macroName is what is before the arguments: "random" of "random:a,b".
func macroName(inside string) string {
	inside = strings.TrimSpace(inside)
	if strings.HasPrefix(inside, "//") {
		return "//"
	}
	if i := strings.IndexAny(inside, ": "); i > 0 {
		inside = inside[:i]
	}
	return strings.ToLower(inside)
}

// shown is the macro in a message.
func (m macro) shown(s string) string {
	written := s[m.start:m.end]
	const most = 40
	if r := []rune(written); len(r) > most {
		written = string(r[:most]) + "…"
	}
	return strconv.Quote(written)
}

// known reports a macro that some program fills in: those of the published
// card formats and of the programs that read them.
func (m macro) known() bool {
	switch m.name {
	case "char", "user", "bot", "persona", "original", "random", "pick", "roll", "//", "comment", "hidden_key", "reverse",
		"charname", "username", "charifnotgroup", "group", "groupnotmuted", "notchar", "description", "personality", "scenario", "mesexamples", "mesexamplesraw",
		"charprompt", "charjailbreak", "charinstruction", "charversion", "char_version", "chardepthprompt", "charcreatornotes", "firstmessage",
		"model", "time", "date", "weekday", "isotime", "isodate", "datetimeformat", "timediff", "idle_duration", "lastmessage", "lastusermessage",
		"lastcharmessage", "lastmessageid", "input", "newline", "noop", "trim", "banned", "outlet", "systemprompt", "maxprompt",
		"setvar", "getvar", "addvar", "incvar", "decvar", "setglobalvar", "getglobalvar", "addglobalvar", "incglobalvar", "decglobalvar":
		return true
	}
	n, numbered := strings.CutPrefix(m.name, "random_user_")
	if !numbered {
		n, numbered = strings.CutPrefix(m.name, "user") // elizaOS counts its users
	}
	_, err := strconv.Atoi(n)
	return numbered && err == nil || strings.HasPrefix(m.name, "time_utc")
}

// unbalanced finds macros that lack a brace.
func unbalanced(p *page) {
	for _, t := range p.texts {
		if !strings.ContainsAny(t.s, "{}") {
			continue
		}
		covered := 0
		for _, m := range macros(t.s) {
			p.strays(t, covered, m.start)
			covered = m.end
			if !m.closed && !p.full(t) {
				p.say(t, m.start, m.end-m.start, fmt.Sprintf("%s is not closed by }}", m.shown(t.s)), "close it with }}")
			}
		}
		p.strays(t, covered, len(t.s))
	}
}

// strays finds macros in single braces, and closing braces of none, between
// two places.
func (p *page) strays(t text, from, to int) {
	for _, name := range []string{"char", "user"} {
		for at := from; !p.full(t); {
			i := strings.Index(t.s[at:to], "{"+name+"}")
			if i < 0 {
				break
			}
			start, length := at+i, len(name)+2
			at = start + length
			if at < len(t.s) && t.s[at] == '}' {
				length++
				at++
			}
			p.say(t, start, length, fmt.Sprintf("%q lacks a brace", t.s[start:start+length]), "write {{"+name+"}}")
		}
	}
}

// unexpanded finds macros that a provider is known not to fill in.
func unexpanded(p *page) {
	for i := range p.subject.Targets {
		target := &p.subject.Targets[i]
		e := target.Driver.Expands
		if e == nil || !p.strange(e) {
			continue
		}
		for _, f := range target.Driver.Fates(p.subject.Character, target.Target, target.Instance) {
			into := f.Path
			if f.Into != "" {
				into = f.Into
			}
			if t, ok := p.textAt(f.Path, target.Target); ok && f.Loss != "dropped" && len(f.From) == 0 {
				t.target = target
				p.unexpandedIn(t, into, e.In(into))
			}
		}
	}
}

// strange reports a macro that the provider fills in nowhere, in any text. It
// is quick, and mostly there is none.
func (p *page) strange(e *providers.Expansion) bool {
	for _, t := range p.texts {
		for _, m := range macros(t.s) {
			if m.closed && m.known() && !e.Knows(m.name) {
				return true
			}
		}
	}
	return false
}

// textAt is the text of a field as a target has it.
func (p *page) textAt(path spec.Path, target *spec.Target) (text, bool) {
	v := p.subject.Character.Lookup(target, path)
	if v.Text() == "" {
		return text{}, false
	}
	return text{path: path, value: v, s: v.Text()}, true
}

func (p *page) unexpandedIn(t text, into spec.Path, filled func(name string) bool) {
	for _, m := range macros(t.s) {
		if m.closed && m.known() && !filled(m.name) {
			p.say(t, m.start, m.end-m.start,
				fmt.Sprintf("%s does not fill in %s in %s: players will read the braces", t.target.Driver.Title, m.shown(t.s), into),
				"write the name or the word that is meant")
		}
	}
}
