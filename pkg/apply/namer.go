package apply

import (
	"fmt"
	"strings"
)

// takenNames are the names that manifests and the lock use.
func (e *Engine) takenNames() map[string]bool {
	taken := map[string]bool{}
	if e.Set != nil {
		for _, c := range e.Set.Characters {
			taken[c.Name] = true
		}
	}
	for _, entry := range e.Lock.PeekAll() {
		taken[entry.Name] = true
	}
	return taken
}

// Namer gives out names for new manifests, unlike those that manifests and
// the lock use.
type Namer struct{ taken map[string]bool }

// Free is a name made of a display name, or of something else that is known of
// the character; it is in use from then on.
func (n *Namer) Free(display, fallback string) string {
	if slug(display) == "" && slug(fallback) != "" {
		display = fallback
	}
	name := freeName(display, fallback, n.taken)
	n.taken[name] = true
	return name
}

// Wish is the name that Free would give if none were in use.
func (n *Namer) Wish(display, fallback string) string {
	return (&Namer{map[string]bool{}}).Free(display, fallback)
}

// maxLabel is the longest name that a DNS-1123 label can be.
const maxLabel = 63

// freeName makes a manifest's name of a display name: letters, digits and
// dashes, unlike every name in use. A display name that leaves nothing of
// itself gives way to one made from the id.
func freeName(display, id string, taken map[string]bool) string {
	base := slug(display)
	if base == "" {
		base = "character-" + shortID(id)
	}
	name := base
	for n := 2; taken[name]; n++ {
		suffix := fmt.Sprintf("-%d", n)
		name = strings.TrimRight(base[:min(len(base), maxLabel-len(suffix))], "-") + suffix
	}
	return name
}

// slug keeps what a DNS-1123 label can hold.
func slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(plainLatin(s)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case r == '\'' || r == '’': // O'Hara is ohara
		default:
			gap = true
		}
		if b.Len() >= maxLabel {
			break
		}
	}
	return strings.Trim(b.String()[:min(b.Len(), maxLabel)], "-")
}

// shortID is the tail of an id that tells it from others.
func shortID(id string) string {
	s := slug(id[strings.LastIndexByte(id, '/')+1:])
	s = strings.ReplaceAll(s, "-", "")
	if len(s) > 6 {
		s = s[:6]
	}
	if s == "" {
		return "x"
	}
	return s
}
