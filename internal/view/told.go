package view

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/diff/prose"
)

// told remembers the edits that were shown of one character, so that the same
// words are not shown again for each of its targets.
type told struct {
	edits  map[string]string
	texts  map[string]string // that were shown whole
	values map[string]string // at which target a new character has a value
	likes  []like            // what the last one shares with those before
}

// like are the fields of a new character that are the same at another target.
type like struct {
	target string
	paths  []string
}

// news are the fields of a creation that no target before has alike; the
// others are in likes.
func (t *told) news(c *diff.Change) []diff.FieldChange {
	t.likes = nil
	if t.values == nil {
		t.values = map[string]string{}
	}
	var out []diff.FieldChange
	for _, f := range c.Fields {
		key := string(f.Path) + "\x00" + diff.Digest(f.After)
		target, known := t.values[key]
		if !known {
			t.values[key] = SanitizeLine(c.Target)
			out = append(out, f)
			continue
		}
		at := slices.IndexFunc(t.likes, func(l like) bool { return l.target == target })
		if at < 0 {
			at = len(t.likes)
			t.likes = append(t.likes, like{target: target})
		}
		t.likes[at].paths = append(t.likes[at].paths, SanitizeLine(string(f.Path)))
	}
	return out
}

// text looks up where a text of a new character was shown whole, and remembers
// it if it was not.
func (t *told) text(target string, f diff.FieldChange) string {
	s, ok := f.After.(string)
	if !ok {
		return ""
	}
	if at := t.texts[s]; at != "" {
		return at
	}
	if t.texts == nil {
		t.texts = map[string]string{}
	}
	t.texts[s] = SanitizeLine(target) + " " + SanitizeLine(string(f.Path))
	return ""
}

// again says where an edit of prose was shown before: all of it, or hunks
// of it by their place. Its zero value is an edit that is new.
type again struct {
	whole string
	hunks map[int]string
}

// toldFrom is how many bytes an edited hunk must have to be told once only:
// a short one takes no more room than the word that it was told.
const toldFrom = 24

// lookUp finds where an edit was shown, and remembers what of it is new.
func (t *told) lookUp(target string, d diff.FieldDiff) again {
	if d.Effect != diff.Edits || d.Prose == nil || d.Class != diff.Yours || d.Prose.WhitespaceOnly {
		return again{}
	}
	if t.edits == nil {
		t.edits = map[string]string{}
	}
	here := SanitizeLine(target) + " " + SanitizeLine(string(d.Path))
	seen := again{hunks: map[int]string{}}
	edited, places := 0, map[string]bool{}
	for i := range d.Prose.Hunks {
		hunk := &d.Prose.Hunks[i]
		if !edits(hunk) {
			continue
		}
		edited++
		key := fingerprint(hunk)
		if where, ok := t.edits[key]; ok && where != here {
			seen.hunks[i], places[where] = where, true
		} else {
			t.edits[key] = here
		}
		if len(key) < toldFrom {
			delete(seen.hunks, i)
		}
	}
	if len(seen.hunks) == edited && len(places) == 1 && len(d.Prose.Notes) == 0 {
		for where := range places {
			seen.whole = where
		}
	}
	return seen
}

// edits reports a hunk whose words are shown.
func edits(p *prose.Hunk) bool {
	switch p.Kind {
	case prose.Unchanged, prose.Reformatted:
		return false
	}
	return p.Paragraphs > 0 || p.Kind == prose.Changed
}

// fingerprint is what is shown of a hunk, without its place.
func fingerprint(p *prose.Hunk) string {
	var b strings.Builder
	b.WriteString(string(p.Kind))
	for _, s := range p.Sentences {
		if s.Kind == prose.Unchanged {
			continue
		}
		for _, span := range s.Spans {
			b.WriteString("\x01" + string(span.Op) + "\x02" + strings.TrimRight(span.Text, "\r\n"))
		}
	}
	return b.String()
}
