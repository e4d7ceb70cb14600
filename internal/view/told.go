package view

import (
	"strings"

	"github.com/charsync/charsync/pkg/diff"
)

// told remembers the edits that were shown of one character, so that the same
// words are not shown again for each of its targets.
type told struct{ edits map[string]string }

// again says where an edit of prose was shown before: all of it, or passages
// of it by their place. Its zero value is an edit that is new.
type again struct {
	whole    string
	passages map[int]string
}

// toldFrom is how many bytes an edited passage must have to be told once only:
// a short one takes no more room than the word that it was told.
const toldFrom = 24

// again looks an edit up, and remembers what of it is new.
func (t *told) again(target string, d diff.FieldDiff) again {
	if d.Prose == nil || short(d.ValueDiff) || d.Class != diff.Yours || d.Prose.WhitespaceOnly {
		return again{}
	}
	if t.edits == nil {
		t.edits = map[string]string{}
	}
	here := SanitizeLine(target) + " " + SanitizeLine(string(d.Path))
	seen := again{passages: map[int]string{}}
	edited, places := 0, map[string]bool{}
	for i := range d.Prose.Passages {
		passage := &d.Prose.Passages[i]
		if !edits(passage) {
			continue
		}
		edited++
		key := fingerprint(passage)
		if where, ok := t.edits[key]; ok && where != here {
			seen.passages[i], places[where] = where, true
		} else {
			t.edits[key] = here
		}
		if len(key) < toldFrom {
			delete(seen.passages, i)
		}
	}
	if len(seen.passages) == edited && len(places) == 1 && len(d.Prose.Notes) == 0 {
		for where := range places {
			seen.whole = where
		}
	}
	return seen
}

// edits reports a passage whose words are shown.
func edits(p *diff.Passage) bool {
	switch p.Shape {
	case diff.Untouched, diff.Spaced:
		return false
	}
	return p.Paragraphs > 0 || p.Shape == diff.Changed
}

// fingerprint is what is shown of a passage, without its place.
func fingerprint(p *diff.Passage) string {
	var b strings.Builder
	b.WriteString(string(p.Shape))
	for _, s := range p.Sentences {
		if s.Shape == diff.Untouched {
			continue
		}
		for _, span := range s.Spans {
			b.WriteString("\x01" + string(span.Op) + "\x02" + strings.TrimRight(span.Text, "\r\n"))
		}
	}
	return b.String()
}
