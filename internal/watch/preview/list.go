package preview

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

// listed is a character in the list.
type listed struct {
	Name, Display string
	Errors        int
	Mark          string // what is pending, in a word
	Here          bool
}

// listing is the list, as far as it is shown.
type listing struct {
	Items []listed
	More  int
	Total int
	Query string
}

// list finds the characters whose name, or whose name for players, holds all
// words of a query. What it costs beyond that depends on how many it shows.
func (s *Server) list(query, here string) listing {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := listing{Total: len(s.names), Query: query}
	words := strings.Fields(strings.ToLower(query))
	for _, name := range s.names {
		e := s.entries[name]
		display := displayOf(name, e.Manifest)
		if !holds(strings.ToLower(name+" "+display), words) {
			continue
		}
		if len(out.Items) == maxListed {
			out.More++
			continue
		}
		out.Items = append(out.Items, listed{
			Name: name, Display: view.SanitizeLine(display), Errors: errorsIn(e.Findings), Mark: pending(e), Here: name == here,
		})
	}
	return out
}

func holds(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

func displayOf(name string, m *spec.Character) string {
	if m != nil {
		if s := strings.TrimSpace(m.Lookup(nil, "name").Text()); s != "" {
			return s
		}
	}
	return name
}

func errorsIn(found []spec.Diagnostic) int {
	n := 0
	for _, d := range found {
		if d.Severity == spec.Error {
			n++
		}
	}
	return n
}

// pending is the weightiest of what would happen to a character.
func pending(e Entry) string {
	mark := ""
	for i := range e.Changes {
		c := &e.Changes[i]
		switch {
		case c.Stopped():
			return "stopped"
		case mark == "":
			mark = string(c.Action)
		}
	}
	return mark
}

// first is the character that the page opens with: the first one with an
// error, else the first one.
func (s *Server) first() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, d := range s.news.Problems {
		if _, ok := s.entries[d.Character]; ok && d.Severity == spec.Error {
			return d.Character
		}
	}
	if len(s.names) == 0 {
		return ""
	}
	return s.names[0]
}
