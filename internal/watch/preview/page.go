package preview

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/charsync/charsync/internal/report/page"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

//go:embed templates/*.gohtml
var templates embed.FS

//go:embed preview.css
var style string

//go:embed preview.js
var script string

var parsed = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"count": view.Count, "address": address, "anchor": anchor,
	}).ParseFS(templates, "templates/*.gohtml"))
})

// address is the page's for a character and a target.
func address(name, target string) string {
	q := url.Values{"c": {name}}
	if target != "" {
		q.Set("t", target)
	}
	return "/?" + q.Encode()
}

// anchor makes an id of a name that may hold anything.
func anchor(kind, name string) string { return kind + "-" + url.PathEscape(name) }

// status is the line on top.
type status struct {
	Title, Env, Where    string
	At, Because, Summary string
	Problems             []finding
	Errors               int
	Elsewhere            bool // something is wrong beside the character that is shown
}

// whole is the whole page.
type whole struct {
	Status    status
	List      listing
	Character *shown
	Wanted    string // the name that was asked for
	Switch    template.HTML
}

func (s *Server) whole(r *http.Request) (*whole, error) {
	q := r.URL.Query()
	name := q.Get("c")
	if name == "" {
		name = s.first()
	}
	name = s.meant(name)
	c, err := s.show(r.Context(), name, q.Get("t"))
	if err != nil {
		return nil, err
	}
	return &whole{Status: s.status(name), List: s.list(q.Get("q"), name), Character: c, Wanted: view.SanitizeLine(name), Switch: page.Switch()}, nil
}

func (s *Server) status(here string) status {
	s.mu.RLock()
	n := s.news
	s.mu.RUnlock()
	out := status{Env: s.options.Env, Where: s.options.Where, At: n.At, Because: view.SanitizeLine(n.Because), Summary: view.SanitizeLine(n.Summary)}
	out.Problems = s.findings(n.Project, n.Problems)
	out.Errors = errorsIn(n.Problems)
	shown := map[string]bool{}
	e, _ := s.entry(here)
	for _, d := range e.Findings {
		shown[d.Error()] = true
	}
	out.Elsewhere = slices.ContainsFunc(n.Problems, func(d spec.Diagnostic) bool { return d.Severity == spec.Error && !shown[d.Error()] })
	if n.Project != nil {
		out.Title = view.SanitizeLine(n.Project.Name)
	}
	return out
}

func (w *whole) title() string {
	var words []string
	if w.Status.Errors > 0 {
		words = append(words, fmt.Sprintf("(%d)", w.Status.Errors))
	}
	if w.Character != nil && w.Character.Display != "" {
		words = append(words, w.Character.Display, "–")
	}
	if w.Status.Title != "" {
		words = append(words, w.Status.Title, "–")
	}
	return strings.Join(append(words, "charsync watch"), " ")
}

// page is the whole document.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	v, err := s.whole(r)
	var body bytes.Buffer
	if err == nil {
		err = parsed().ExecuteTemplate(&body, "body", v)
	}
	if err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err = page.Document{Title: v.title(), Body: template.HTML(body.String()), Scripts: []string{script}, Style: style, Live: true}.Write(w)
	if err != nil {
		s.options.Log.Debug("preview", "error", err)
	}
}

// parts are what the page puts in place of what it shows, after a run.
func (s *Server) parts(w http.ResponseWriter, r *http.Request) {
	v, err := s.whole(r)
	if err != nil {
		s.fail(w, err)
		return
	}
	out := map[string]string{"title": v.title()}
	for _, name := range []string{"status", "list", "character"} {
		var b bytes.Buffer
		if err := parsed().ExecuteTemplate(&b, name, v); err != nil {
			s.fail(w, err)
			return
		}
		out[name] = b.String()
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(out); err != nil {
		s.options.Log.Debug("preview", "error", err)
	}
}

func (s *Server) fail(w http.ResponseWriter, err error) {
	s.options.Log.Warn("preview", "error", err)
	w.WriteHeader(http.StatusInternalServerError)
}
