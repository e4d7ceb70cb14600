package lint

import (
	"fmt"
	"strings"

	"github.com/charsync/charsync/pkg/visible"
)

// hidden finds what a reviewer does not see and a model reads all the same.
func hidden(p *page) {
	for _, t := range p.texts {
		if plain(t.s) {
			continue
		}
		for h := range visible.Hidden(t.s) {
			if p.full(t) {
				break
			}
			p.say(t, h.Offset, h.Length, hiddenMessage(h, t.s[h.Offset:h.Offset+h.Length]), "delete what is hidden")
		}
	}
}

// plain reports text in which nothing hides and nothing looks like something
// else, as most text is.
func plain(s string) bool { return visible.Printable(s, "\n\t") }

func hiddenMessage(h visible.Span, s string) string {
	noun := string(h.Kind)
	if h.Characters > 1 {
		noun += "s"
	}
	message := fmt.Sprintf("%d %s that no reader sees: %s", h.Characters, noun, clip(visible.Escape(s, "")))
	if spelled := visible.Tags(s); spelled != "" {
		message += fmt.Sprintf(", which spells %q", clip(spelled))
	}
	return message
}

// clip bounds what is repeated of a text in a message.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// lookalikes finds macros in look-alike letters, and keeps names in such
// letters until the names of the other characters are known.
func lookalikes(p *page) {
	for _, t := range p.texts {
		if plain(t.s) {
			continue
		}
		if t.path == "name" {
			skeleton, changed := visible.Skeleton(strings.TrimSpace(t.s))
			if changed && !strings.EqualFold(skeleton, p.subject.Character.Name) {
				p.twins = append(p.twins, stranger{name: skeleton, finding: p.finding(t, 0, len(t.s),
					fmt.Sprintf("%q looks like %q, the name of another character, and is spelled with other letters", t.s, skeleton),
					"choose a name that can be told from it")})
			}
		}
		for _, m := range macros(t.s) {
			if name := m.imitates(); name != "" && !p.full(t) {
				p.say(t, m.start, m.end-m.start, fmt.Sprintf("%s looks like {{%s}} and is another word, which nobody fills in", m.shown(t.s), name), "write {{"+name+"}} in Latin letters")
			}
		}
	}
}

// imitates is the name of the known macro that an unknown one looks like.
func (m macro) imitates() string {
	if !m.closed || m.known() {
		return ""
	}
	name, changed := visible.Skeleton(m.name)
	if m.name = name; !changed || !m.known() {
		return ""
	}
	return name
}
