package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charsync/charsync/pkg/spec"
)

// mostSpeakers bounds how many names of one text are looked for in the others.
const mostSpeakers = 200

// speakers finds lines of example dialogue that nobody says.
func speakers(p *page) {
	for _, t := range p.texts {
		if t.path != "examples" {
			continue
		}
		own := p.ownNames(t.target)
		judged := map[string]bool{} // name → is somebody
		offset := 0
		for line := range strings.Lines(t.s) {
			name, at := speaker(line)
			if len(judged) == mostSpeakers {
				break
			}
			if name != "" {
				plain := strings.ToLower(name)
				known, seen := judged[plain]
				if !seen {
					known = anybody(plain) || own[plain] || p.mentioned(name)
					judged[plain] = known
				}
				if !known && !seen {
					hint, near := meant(plain, own)
					finding := p.finding(t, offset+at, len(name), fmt.Sprintf("nobody is called %q", name), hint)
					p.strangers = append(p.strangers, stranger{plain, near, finding})
				}
			}
			offset += len(line)
		}
	}
}

// ownNames are the names of the character itself, at a target or everywhere.
func (p *page) ownNames(target *Target) map[string]bool {
	own := map[string]bool{}
	addName(own, p.subject.Character.Fields.Lookup("name").Text())
	own[strings.ToLower(p.subject.Character.Name)] = true
	for i := range p.subject.Targets {
		if t := &p.subject.Targets[i]; target == nil || target == t {
			addName(own, t.Target.Fields.Lookup("name").Text())
		}
	}
	return own
}

// meant is the hint: the own name that is near, or what may stand there.
func meant(name string, own map[string]bool) (hint string, near bool) {
	var known []string
	for n := range own {
		known = append(known, n)
	}
	slices.Sort(known)
	if near := spec.DidYouMean(name, known); near != "" {
		first, size := utf8.DecodeRuneInString(near)
		return "did you mean " + string(unicode.ToUpper(first)) + near[size:] + "?", true
	}
	return "use the character's name, {{char}} or {{user}}, or mention who that is in another text", false
}

// mentioned reports a name that another text of the character uses.
func (p *page) mentioned(name string) bool {
	return slices.ContainsFunc(p.texts, func(t text) bool { return t.path != "examples" && strings.Contains(t.s, name) })
}

// speaker is who says a line of dialogue, and where the name begins; "" is
// nobody. A name has up to four words, each with a capital, and a colon with
// a space behind it.
func speaker(line string) (name string, at int) {
	const longest = 40
	colon := strings.IndexByte(line, ':')
	if colon < 2 || colon > 4*longest || colon+1 < len(line) && !strings.ContainsRune(" \t\r\n*_", rune(line[colon+1])) {
		return "", 0
	}
	name = strings.TrimLeft(line[:colon], " \t*_#>[\"")
	at = colon - len(name)
	name = strings.TrimRight(name, " \t*_]\"")
	if name == "" || utf8.RuneCountInString(name) > longest || strings.ContainsAny(name, "{}<>.,;!?()/") {
		return "", 0
	}
	words := strings.Fields(name)
	if len(words) > 4 {
		return "", 0
	}
	for i, w := range words {
		if i > 0 && particle(w) {
			continue
		}
		if first, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(first) && !unicode.Is(unicode.Lo, first) {
			return "", 0
		}
	}
	return name, at
}

// particle reports the small words inside names.
func particle(w string) bool {
	return slices.Contains([]string{"the", "of", "and", "de", "da", "di", "du", "del", "la", "le", "van", "von", "der", "den", "el", "al", "ibn", "bin", "y", "e"}, w)
}

// anybody reports words for whoever the player is, or for no speaker at all.
func anybody(name string) bool {
	switch name {
	case "user", "you", "me", "player", "guest", "visitor", "stranger", "customer", "client", "traveler", "traveller", "human", "person", "someone",
		"anon", "anonymous", "student", "patient", "friend", "child", "boy", "girl", "man", "woman", "narrator", "system", "assistant", "bot", "char",
		"character", "ai", "npc", "note", "example", "scene", "scenario", "setting", "ooc", "start", "warning", "time", "place", "location":
		return true
	}
	return false
}
