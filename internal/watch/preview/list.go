package preview

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

// listed is a character in the list, or a manifest that was never good.
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
	out := listing{Total: len(s.names) + len(s.news.Unread), Query: query}
	words := strings.Fields(strings.ToLower(query))
	put := func(name, display string, e Entry) {
		switch {
		case !holds(strings.ToLower(name+" "+display), words):
		case len(out.Items) == maxListed:
			out.More++
		default:
			out.Items = append(out.Items, listed{
				Name: name, Display: view.SanitizeLine(display), Errors: errorsIn(e.Findings), Mark: pending(e), Here: name == here,
			})
		}
	}
	for _, file := range slices.Sorted(maps.Keys(s.news.Unread)) {
		put(file, path.Base(file), Entry{Findings: s.news.Unread[file]})
	}
	for _, name := range s.names {
		e := s.entries[name]
		put(name, displayOf(name, e.Manifest), e)
	}
	return out
}

// entry is what is known of a character, or of a manifest that was never good.
func (s *Server) entry(name string) (Entry, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if e, ok := s.entries[name]; ok {
		return e, true
	}
	found, ok := s.news.Unread[name]
	return Entry{Findings: found}, ok
}

// meant is what a name stands for: a manifest that is good now for its first
// character, and a character that was never good for its manifest.
func (s *Server) meant(name string) string {
	if _, ok := s.entry(name); ok {
		return name
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for file, found := range s.news.Unread {
		if slices.ContainsFunc(found, func(d spec.Diagnostic) bool { return d.Character == name }) {
			return file
		}
	}
	if strings.Contains(name, "/") || strings.Contains(name, ".") { // no character is called so
		for _, n := range s.names {
			if m := s.entries[n].Manifest; m != nil && m.Pos.File == name {
				return n
			}
		}
	}
	return name
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

// first is what the page opens with: the first character or manifest with an
// error, else the first character.
func (s *Server) first() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, d := range s.news.Problems {
		if d.Severity != spec.Error {
			continue
		}
		if _, ok := s.entries[d.Character]; ok {
			return d.Character
		}
		if _, ok := s.news.Unread[d.Pos.File]; ok {
			return d.Pos.File
		}
	}
	if len(s.names) == 0 {
		return ""
	}
	return s.names[0]
}
