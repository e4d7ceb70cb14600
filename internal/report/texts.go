package report

import (
	"strings"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// texts finds what a card shows of a character: what the manifest says, else
// what the plan holds under the names that providers give it.
func (b *builder) texts(out *Character, manifest *spec.Character, changes []diff.Change) {
	find := func(paths ...spec.Path) string {
		if manifest != nil {
			if s := manifest.Lookup(nil, paths[0]).Text(); s != "" {
				return s
			}
			for i := range manifest.Targets {
				for _, p := range paths {
					if s := manifest.Targets[i].Fields.Lookup(p).Text(); s != "" {
						return s
					}
				}
			}
			return ""
		}
		for _, p := range paths {
			for i := range changes {
				if s := planned(&changes[i], p); s != "" {
					return s
				}
			}
		}
		return ""
	}
	line := func(s string) string { return strings.Join(strings.Fields(view.Sanitize(s)), " ") }
	out.Display = line(find("name"))
	out.Title = line(find("title"))
	out.Description = line(find("description"))
	out.Greeting = view.Sanitize(strings.Trim(find("greeting"), "\r\n"))
	out.Persona = view.Sanitize(strings.Trim(find("persona", "backstory", "definition"), "\r\n"))
	if out.Display == "" {
		out.Display = out.Name
	}
	if manifest != nil && len(out.Labels) == 0 {
		out.Labels = labels(manifest.Labels)
	}
}

// planned is a text that a plan holds: what the manifest wants, else what the
// provider has.
func planned(c *diff.Change, p spec.Path) string {
	for _, f := range c.Fields {
		if f.Path != p {
			continue
		}
		if s, ok := f.After.(string); ok && s != "" {
			return s
		}
		s, _ := f.Before.(string)
		return s
	}
	return ""
}

// excerptLength is how many bytes of a long text a card shows at once.
const excerptLength = 420

// Excerpt is the beginning of a text, cut behind a sentence or a word, and
// whether there is more.
func Excerpt(s string) (start string, more bool) {
	s = strings.TrimSpace(s)
	if len(s) <= excerptLength+excerptLength/4 {
		return s, false
	}
	cut := excerptLength
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	head := s[:cut]
	if i := strings.LastIndexAny(head, ".!?\n"); i > cut/2 {
		return strings.TrimSpace(head[:i+1]), true
	}
	if i := strings.LastIndexAny(head, " \t"); i > cut/2 {
		head = head[:i]
	}
	return strings.TrimSpace(head) + "…", true
}
