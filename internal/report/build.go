package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Sources are what a report can draw on beside the plan. Without them it
// shows what the plan alone holds.
type Sources struct {
	// Driver finds a vendor by its name; nil knows none, so there are no
	// limits and no titles.
	Driver func(name string) (*providers.Driver, bool)
	// Set holds the manifests, for the texts that did not change.
	Set *spec.Set
	// Env is the environment that maps targets to instances.
	Env string
	// Base finds what was last applied to a field, where that is remembered; nil
	// remembers nothing. The lock has digests only, so a plan file alone can't.
	Base func(diff.Address, spec.Path) (any, bool)
	// Title names the project; "" takes what the plan says.
	Title string
}

// New makes the report of a plan. It compares no prose yet: a field does so
// when it is shown.
func New(plan *diff.Plan, src Sources) *Report {
	b := builder{plan: plan, src: src, known: map[string]*providers.Driver{}}
	r := &Report{
		Title: view.SanitizeLine(cmp.Or(src.Title, plan.Meta.Project)), Digest: view.SanitizeLine(plan.Digest),
		Env: placeOf(plan), Undo: view.SanitizeLine(plan.Undo),
		Complete: plan.Complete, About: plan.About, Summary: plan.Summary(), Unchanged: plan.Unchanged,
		Targets: b.targets(), Against: view.Against(plan), Kind: kind(plan),
	}
	n := plan.Counts()
	r.Tallies = []Tally{
		{n.Create, "to create", Creates},
		{n.Update, "to update", Updates},
		{n.Delete, "to delete", Deletes},
		{n.Drifted, "drifted", Drifted},
		{n.Conflict, "in conflict", Conflicts},
		{plan.Unchanged, "unchanged", Recorded},
	}
	r.fact("Takes back", plan.Undo)
	r.fact("Planned", plan.Meta.CreatedAt)
	r.fact("charsync", plan.Meta.Version)
	r.Before, r.After = plan.Sides()
	if what, why := view.Nothing(plan); what != "" {
		r.Nothing = what + ": " + why
	}
	for changes := range plan.ByCharacter() {
		r.Characters = append(r.Characters, b.character(changes))
	}
	b.rest(r)
	return r
}

func kind(plan *diff.Plan) string {
	switch {
	case plan.Undo != "":
		return "undo"
	case plan.About == diff.AboutDrift:
		return "drift"
	}
	return "plan"
}

// Of makes a report of one character as its manifest says it, for a page that
// shows it before anything is planned.
func Of(c *spec.Character, src Sources) Character {
	b := builder{plan: &diff.Plan{}, src: src, known: map[string]*providers.Driver{}}
	out := Character{Name: view.SanitizeLine(c.Name), Source: view.SanitizeLine(c.Pos.String()), Labels: labels(c.Labels)}
	b.texts(&out, c, nil)
	for i := range c.Targets {
		t := &c.Targets[i]
		in, d := b.route(t.Instance)
		p := Pair{Target: view.SanitizeLine(t.Instance), Provider: in.Type, Vendor: in.Type}
		if d != nil {
			want := d.Desired(c, t, in)
			p.Vendor, p.Losses, p.Meters = d.Title, losses(want.Losses), metersOf(d.Fates(c, t, in))
		}
		out.Pairs = append(out.Pairs, p)
	}
	return out
}

type builder struct {
	plan  *diff.Plan
	src   Sources
	known map[string]*providers.Driver // looked up before
	asked int                          // bases that were asked for
}

// placeOf names the environment of a plan, and the sandbox where that is served.
func placeOf(plan *diff.Plan) string {
	env := view.SanitizeLine(plan.Env)
	switch {
	case !plan.Meta.Sandbox:
		return env
	case env == "":
		return "sandbox"
	}
	return env + ", sandbox"
}

func (b *builder) driver(name string) *providers.Driver {
	if d, ok := b.known[name]; ok || b.src.Driver == nil {
		return d
	}
	d, ok := b.src.Driver(name)
	if !ok {
		d = nil
	}
	b.known[name] = d
	return d
}

// route finds the instance and the vendor behind a target of a manifest.
func (b *builder) route(target string) (spec.Instance, *providers.Driver) {
	if b.src.Set == nil || b.src.Set.Project == nil {
		return spec.Instance{Name: target, Type: target}, b.driver(target)
	}
	in, ok := b.src.Set.Project.Route(b.src.Env, target)
	if !ok {
		return spec.Instance{Name: target}, nil
	}
	return in, b.driver(in.Type)
}

// targets adds up by target, in the order of their names.
func (b *builder) targets() []Target {
	byName := map[string]*diff.Plan{}
	vendor := map[string]string{}
	for i := range b.plan.Changes {
		c := &b.plan.Changes[i]
		if byName[c.Target] == nil {
			byName[c.Target] = &diff.Plan{}
		}
		byName[c.Target].Changes = append(byName[c.Target].Changes, *c)
		vendor[c.Target] = c.Provider
	}
	var out []Target
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, Target{Name: view.SanitizeLine(name), Title: b.title(vendor[name]), Counts: byName[name].Counts()})
	}
	return out
}

func (b *builder) title(provider string) string {
	if d := b.driver(provider); d != nil {
		return d.Title
	}
	return view.SanitizeLine(provider)
}

func (b *builder) character(changes []diff.Change) Character {
	first := &changes[0]
	out := Character{Name: view.SanitizeLine(first.Name), Labels: labels(first.Labels)}
	for i := range changes {
		if changes[i].Source.File != "" {
			out.Source = view.SanitizeLine(changes[i].Source.String())
			break
		}
	}
	var manifest *spec.Character
	if b.src.Set != nil {
		manifest = b.src.Set.Whole(first.Name)
	}
	b.texts(&out, manifest, changes)
	for i := range changes {
		out.Pairs = append(out.Pairs, b.pair(&changes[i], manifest))
	}
	return out
}

// rest carries over what belongs to no pair.
func (b *builder) rest(r *Report) {
	for _, o := range b.plan.Orphans {
		o.Name, o.Target, o.ID = view.SanitizeLine(o.Name), view.SanitizeLine(o.Target), view.SanitizeLine(o.ID)
		r.Orphans = append(r.Orphans, o)
	}
	r.Unseen = view.Unseen(b.plan)
	r.Guards = blocks(b.plan.Guards)
	for _, u := range b.plan.Unplanned {
		u.Name, u.Target, u.Code = view.SanitizeLine(u.Name), view.SanitizeLine(u.Target), view.SanitizeLine(u.Code)
		u.Message, u.Hint = view.SanitizeLine(u.Message), view.SanitizeLine(u.Hint)
		r.Unplanned = append(r.Unplanned, u)
	}
	for _, c := range b.plan.Calls {
		c.Target, c.Wait = view.SanitizeLine(c.Target), view.SanitizeLine(c.Wait)
		r.Calls = append(r.Calls, c)
	}
	for _, e := range b.plan.Bindings {
		r.Bindings = append(r.Bindings, view.SanitizeLine(e.String()))
	}
	for _, e := range b.plan.Settings {
		r.Settings = append(r.Settings, view.SanitizeLine(e.String()))
	}
	at := map[string]int{}
	for i := range r.Characters {
		at[r.Characters[i].Name] = i
	}
	for _, d := range b.plan.Diagnostics {
		d = Diagnostic(d)
		if i, ok := at[d.Character]; ok && d.Character != "" {
			r.Characters[i].Diagnostics = append(r.Characters[i].Diagnostics, d)
		} else {
			r.Diagnostics = append(r.Diagnostics, d)
		}
	}
}

// Diagnostic makes the texts of a finding fit to be shown.
func Diagnostic(d spec.Diagnostic) spec.Diagnostic {
	d.Pos.File = view.SanitizeLine(d.Pos.File)
	d.Message, d.Hint, d.Code = view.SanitizeLine(d.Message), view.SanitizeLine(d.Hint), view.SanitizeLine(d.Code)
	d.Character, d.Target, d.Source = view.SanitizeLine(d.Character), view.SanitizeLine(d.Target), view.SanitizeLine(d.Source)
	d.Path = spec.Path(view.SanitizeLine(string(d.Path)))
	if d.Severity == "" {
		d.Severity = spec.Error
	}
	return d
}

// Caret is the line under a finding's source line that points at the place; ""
// where that is too far to the right to be seen.
func Caret(d spec.Diagnostic) string {
	if d.Pos.Col <= 0 || d.Pos.Col > 400 {
		return ""
	}
	return strings.Repeat(" ", d.Pos.Col-1) + "^" + strings.Repeat("~", max(0, min(d.Length, 200)-1))
}

func blocks(in []diff.Block) []diff.Block {
	var out []diff.Block
	for _, b := range in {
		out = append(out, diff.Block{Rule: view.SanitizeLine(b.Rule), Message: view.SanitizeLine(b.Message), Hint: view.SanitizeLine(b.Hint)})
	}
	return out
}

func labels(in map[string]string) []Label {
	var out []Label
	for _, key := range slices.Sorted(maps.Keys(in)) {
		out = append(out, Label{view.SanitizeLine(key), view.SanitizeLine(in[key])})
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
