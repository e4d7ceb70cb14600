package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/charsync/charsync/internal/watch/preview"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// planned is what a plan says of one character.
type planned struct {
	changes   []diff.Change
	unplanned []diff.Unplanned
}

// openPreview serves the page of the watch, where it is asked for, and prints
// its address, also under -q: without it there is no way in.
func (l *lookout) openPreview(ctx context.Context) error {
	if l.flags.serve == "" {
		return nil
	}
	editor, err := preview.ParseEditor(l.flags.editor)
	if err != nil {
		return failed("write an address such as "+preview.DefaultEditor+", or none", "--editor: %w", err)
	}
	log, err := l.logger()
	if err != nil {
		return err
	}
	where := l.writesWhere()
	l.preview, err = preview.Open(ctx, l.flags.serve, preview.Options{
		Driver: all.Driver, Documents: l.documents, Editor: editor, Env: l.flags.env, Where: where, Now: l.env.Now, Log: log,
	})
	if err != nil {
		return failed("give another address of this machine, such as --serve="+serveAnywhere, "--serve: %w", err)
	}
	fmt.Fprintf(l.err, "Preview: %s\n", l.preview.URL())
	return nil
}

// documents are the requests that would create a character, by target.
func (l *lookout) documents(ctx context.Context, p *spec.Project, c *spec.Character) ([]preview.Document, error) {
	var out []preview.Document
	for i := range c.Targets {
		t := &c.Targets[i]
		in, ok := p.Route(l.flags.env, t.Instance)
		if !ok {
			continue
		}
		driver, ok := all.Driver(in.Type)
		if !ok {
			continue // said by validation
		}
		made, err := render(ctx, c, t, in, driver)
		if err != nil {
			return nil, err
		}
		d := preview.Document{Target: t.Instance}
		for _, r := range made.Requests {
			d.Requests = append(d.Requests, preview.Request{Method: r.Method, Path: r.Path, Body: r.Body})
		}
		for _, path := range slices.Sorted(maps.Keys(made.From)) {
			for _, o := range made.From[path] {
				d.From = append(d.From, preview.Origin{Path: path, Pos: o.Pos, File: o.File})
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// keepPlan takes over what a plan says of the characters that it was made
// for.
func (r *watchRun) keepPlan(plan *diff.Plan, present, gone []string) {
	r.planned, r.summed = plan, plan.Summary()
	r.touched = append(r.touched, present...)
	for _, name := range present {
		r.world.plans[name] = &planned{}
	}
	for _, name := range gone {
		delete(r.world.plans, name)
	}
	for _, c := range plan.Changes {
		if p := r.world.plans[c.Name]; p != nil {
			p.changes = append(p.changes, c)
		}
	}
	for _, u := range plan.Unplanned {
		if p := r.world.plans[u.Name]; p != nil {
			p.unplanned = append(p.unplanned, u)
		}
	}
}

// applied forgets what was pending and is done now.
func (r *watchRun) applied(err error) {
	if err != nil {
		return
	}
	for _, c := range r.planned.Changes {
		if p := r.world.plans[c.Name]; p != nil && c.Action != diff.Report && len(c.Blocked) == 0 {
			p.changes = nil
		}
	}
}

// publish gives the preview what the run came to.
func (r *watchRun) publish(err error) {
	if r.preview == nil {
		return
	}
	n := preview.News{
		At: r.env.Now().Format("15:04:05"), Because: r.cause(), Summary: r.summed, Problems: lint.Conceal(only(r.found, spec.Error, spec.Warning)),
	}
	if err != nil && r.summed == "" && codeOf(err) == exitError {
		n.Summary = err.Error()
	}
	if w := r.world; w != nil {
		n.Project, n.Unasked, n.Unread, n.Reset = w.session.project, maps.Clone(r.unasked), w.unread(), !w.shown
		names := r.touched
		if n.Reset {
			names = w.follower.Names()
		}
		n.Entries = map[string]preview.Entry{}
		held := w.follower.Held()
		for _, name := range slices.Concat(names, r.concerned()) {
			if c := w.follower.Find(name); c != nil {
				n.Entries[name] = w.entry(c, held[name])
			} else {
				n.Gone = append(n.Gone, name)
			}
		}
		w.shown = true
	}
	r.preview.Publish(n)
}

// concerned are the characters in the files of the batch, for a file may be
// wrong as a whole, and those with an error.
func (r *watchRun) concerned() []string {
	var names []string
	for _, file := range r.batch.Files {
		names = append(names, r.world.follower.In(file)...)
	}
	for _, d := range r.found {
		if d.Character != "" {
			names = append(names, d.Character)
		}
	}
	return names
}

// unread are the errors of manifests of which nothing was ever good.
func (w *world) unread() map[string][]spec.Diagnostic {
	out := map[string][]spec.Diagnostic{}
	good := func(name string) bool { return w.follower.Find(name) != nil }
	for _, d := range lint.Conceal(only(w.follower.Diagnostics(), spec.Error)) {
		file := d.Pos.File
		if file != "" && file != spec.ConfigFile && !slices.ContainsFunc(w.follower.In(file), good) {
			out[file] = append(out[file], d)
		}
	}
	return out
}

func (w *world) entry(c *spec.Character, held bool) preview.Entry {
	e := preview.Entry{Manifest: c, Held: held, Findings: slices.Clone(w.verdicts.found[c.Name])}
	e.Findings = append(e.Findings, w.follower.About(c.Name)...)
	spec.SortDiagnostics(e.Findings)
	e.Findings = lint.Conceal(only(e.Findings, spec.Error, spec.Warning))
	if p := w.plans[c.Name]; p != nil {
		e.Planned, e.Changes, e.Unplanned = true, p.changes, p.unplanned
	}
	return e
}
