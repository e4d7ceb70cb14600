package preview

import (
	"context"
	"html/template"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/report/page"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// shown is one character as the page has it. Of a manifest that was never good
// there is a name and findings alone.
type shown struct {
	Name     string
	Portrait template.HTML
	Held     bool
	Findings []finding
	Greeting string
	Talk     []turn
	Display  string
	Texts    []text // that players don't see, but the model does
	Panels   []panel
}

// pendingRequest is a request of the plan, with the fields in it.
type pendingRequest struct{ Method, Path, Fields string }

// text is a long text of the manifest.
type text struct {
	Name string
	HTML template.HTML
}

// finding is a diagnostic with a link to its place.
type finding struct {
	spec.Diagnostic
	Place place
	Caret string
}

// panel is what one target comes to.
type panel struct {
	Target, Vendor string
	State          string // in a word, for the tab: "create", "up to date", "not asked"
	Tone           string
	Chosen         bool
	Words          string // the state in a sentence, where there is no plan
	Plan           template.HTML
	Pending        []pendingRequest // what the plan will send
	Losses, Meters template.HTML
	Requests       []sent
	From           []origin
	Broken         string // why there are no requests
}

// show gathers all about one character. It renders what was published last.
func (s *Server) show(ctx context.Context, name, target string) (*shown, error) {
	e, known := s.entry(name)
	if !known {
		return nil, nil
	}
	s.mu.RLock()
	news := s.news
	s.mu.RUnlock()
	out := &shown{Name: view.SanitizeLine(name), Held: e.Held, Findings: s.findings(news.Project, e.Findings)}
	if e.Manifest == nil || news.Project == nil {
		return out, nil
	}
	src := report.Sources{Driver: s.options.Driver, Set: &spec.Set{Project: news.Project, Characters: []*spec.Character{e.Manifest}}, Env: s.options.Env}
	c := report.Of(e.Manifest, src)
	out.Display = c.Display
	out.Greeting = asPlayed(c.Greeting, c.Display)
	c.Greeting, c.Persona = "", "" // stand in the chat and among the texts
	var err error
	if out.Portrait, err = page.Portrait(&c); err != nil {
		return nil, err
	}
	if err := out.read(e.Manifest); err != nil {
		return nil, err
	}
	out.Panels, err = s.panels(ctx, e, news, c, src)
	if len(out.Panels) > 0 {
		i := max(slices.IndexFunc(out.Panels, func(p panel) bool { return p.Target == target }), 0)
		out.Panels[i].Chosen = true
	}
	return out, err
}

// read takes the long texts of a manifest, in the order of reading.
func (c *shown) read(m *spec.Character) error {
	find := func(path spec.Path) string {
		if s := m.Lookup(nil, path).Text(); s != "" {
			return s
		}
		for i := range m.Targets {
			if s := m.Targets[i].Fields.Lookup(path).Text(); s != "" {
				return s
			}
		}
		return ""
	}
	examples := clean(find("examples"))
	c.Talk = talk(examples, c.Display)
	for _, path := range []spec.Path{"persona", "backstory", "definition", "scene", "lore", "examples"} {
		s := clean(find(path))
		if s == "" || path == "examples" && len(c.Talk) > 0 {
			continue
		}
		html, err := page.Text(report.Text(s))
		if err != nil {
			return err
		}
		c.Texts = append(c.Texts, text{string(path), html})
	}
	return nil
}

func (s *Server) findings(p *spec.Project, found []spec.Diagnostic) []finding {
	var out []finding
	for _, d := range found {
		d = report.Diagnostic(d)
		if out = append(out, finding{d, s.place(p, d.Pos), report.Caret(d)}); len(out) == maxProblems {
			break
		}
	}
	return out
}

// panels makes one panel for each target of a manifest.
func (s *Server) panels(ctx context.Context, e Entry, news News, c report.Character, src report.Sources) ([]panel, error) {
	documents, broken := s.options.Documents(ctx, news.Project, e.Manifest)
	var out []panel
	for i := range c.Pairs {
		pair := &c.Pairs[i]
		t := &e.Manifest.Targets[i]
		instance, _ := news.Project.Route(s.options.Env, t.Instance)
		p := panel{Target: pair.Target, Vendor: pair.Vendor}
		if broken != nil {
			p.Broken = view.SanitizeLine(broken.Error())
		}
		for _, d := range documents {
			if d.Target == t.Instance {
				if err := s.document(&p, news.Project, d); err != nil {
					return nil, err
				}
			}
		}
		if err := s.state(&p, e, news, instance.Name, c.Name, src); err != nil {
			return nil, err
		}
		var err error
		if p.Losses, err = page.Losses(pair.Losses); err != nil {
			return nil, err
		}
		if p.Meters, err = page.Meters(pair.Meters); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (s *Server) document(p *panel, project *spec.Project, d Document) error {
	for _, r := range d.Requests {
		shown, err := sentOf(r)
		if err != nil {
			return err
		}
		p.Requests = append(p.Requests, shown)
	}
	for _, o := range d.From {
		at := s.place(project, o.Pos)
		if o.File != "" {
			at = s.place(project, spec.Pos{File: o.File})
		}
		p.From = append(p.From, origin{Path: view.SanitizeLine(o.Path), Place: at})
	}
	return nil
}

// state says what would happen at a target, by the plan that was made last.
func (s *Server) state(p *panel, e Entry, news News, instance, name string, src report.Sources) error {
	if errorsIn(e.Findings) > 0 {
		p.State, p.Words = "not planned", "There is an error, so what would happen here is not known."
		return nil
	}
	for i := range e.Changes {
		if e.Changes[i].Target != instance {
			continue
		}
		plan := &diff.Plan{Changes: []diff.Change{e.Changes[i]}, Complete: true, Env: s.options.Env}
		r := report.New(plan, src)
		pair := r.Characters[0].Pairs[0]
		pair.Losses, pair.Meters = nil, nil // stand below, for every target
		html, err := page.Pair(name, pair, r.Before, r.After)
		p.Plan, p.State, p.Tone = html, string(pair.Verdict), string(pair.Verdict)
		for _, r := range e.Changes[i].Requests {
			var fields []string
			for _, f := range r.Fields {
				fields = append(fields, string(f))
			}
			p.Pending = append(p.Pending, pendingRequest{view.SanitizeLine(r.Method), view.SanitizeLine(r.Path), view.SanitizeLine(strings.Join(fields, ", "))})
		}
		return err
	}
	for _, u := range e.Unplanned {
		if u.Target == instance {
			p.State, p.Tone, p.Words = "not planned", "conflict", view.SanitizeLine(u.Message)
			return nil
		}
	}
	switch why, unasked := news.Unasked[instance]; {
	case unasked:
		p.State, p.Words = "not asked", "There is no pending plan: "+view.SanitizeLine(why)
	case e.Planned:
		p.State, p.Words = "up to date", "Nothing to do: the provider holds what the manifest says."
	default:
		p.State, p.Words = "not planned", "Nothing was planned here yet."
	}
	return nil
}
