package apply

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// subject is one text field at one service, and how the sandbox stores it.
type subject struct {
	vendor string
	field  string // in the manifest
	stored string // under the vendor's write name
	path   spec.Path
	rest   map[string]string // the other common fields
	target string
}

func subjects() []subject {
	return []subject{
		{"alakazam", "greeting", "greeting", "greeting", map[string]string{"name": "Mira"}, "free: true"},
		{"characterai", "greeting", "greeting", "greeting", map[string]string{"name": "Mira", "title": "Keeper"}, "categories: [Books]"},
		{"convai", "persona", "backstory", "backstory", map[string]string{"name": "Mira"}, `voiceType: "US MALE 1", temperature: 0.5`},
		{"npcbuilder", "description", "description", "description", map[string]string{"name": "Mira"}, "role: guard, model: standard"},
	}
}

// with writes the subject's manifest; "" leaves the field out.
func (s subject) with(w *world, value string) {
	w.Helper()
	fields := map[string]string{}
	for k, v := range s.rest {
		fields[k] = v
	}
	if value != "" {
		fields[s.field] = fmt.Sprintf("%q", value)
	}
	w.manifest("mira", fields, map[string]string{s.vendor: s.target})
}

// TestThreeWay goes through the table of the contract, row by row, at every
// service, and looks at what was written and what is remembered.
func TestThreeWay(t *testing.T) {
	rows := []struct {
		name            string
		file, live      string // new values; "" leaves things as they are
		drift, conflict string
		class           diff.Class // "" expects no change at all
		action          diff.Action
		writes          int
		after           string // live in the end
		summary         string
		blocked         string
		stillThere      bool // the second plan shows the same again
	}{
		{name: "unchanged", after: "Base text.", summary: "0 to update, 0 to delete, 0 drifted, 0 in conflict."},
		{name: "yours", file: "File text.", class: diff.Yours, action: diff.Update, writes: 1, after: "File text.", summary: "1 to update, 0 to delete, 0 drifted, 0 in conflict."},
		{name: "drift", live: "Live text.", class: diff.Drift, action: diff.Update, writes: 1, after: "Base text.", summary: "1 to update, 0 to delete, 1 drifted, 0 in conflict."},
		{name: "drift reported", live: "Live text.", drift: "report", class: diff.Drift, action: diff.Report, after: "Live text.", summary: "0 to update, 0 to delete, 1 drifted, 0 in conflict.", stillThere: true},
		{name: "drift fails", live: "Live text.", drift: "fail", class: diff.Drift, action: diff.Report, after: "Live text.", summary: "0 to update, 0 to delete, 1 drifted, 0 in conflict.", blocked: "drift", stillThere: true},
		{name: "converged", file: "New text.", live: "New text.", class: diff.Converged, action: diff.Record, after: "New text.", summary: "0 to update, 0 to delete, 0 drifted, 0 in conflict."},
		{name: "conflict", file: "File text.", live: "Live text.", class: diff.Conflict, action: diff.Report, after: "Live text.", summary: "0 to update, 0 to delete, 0 drifted, 1 in conflict.", blocked: "conflict", stillThere: true},
		{name: "conflict overwritten", file: "File text.", live: "Live text.", conflict: "overwrite", class: diff.Conflict, action: diff.Update, writes: 1, after: "File text.", summary: "1 to update, 0 to delete, 0 drifted, 1 in conflict."},
	}
	for _, s := range subjects() {
		for _, row := range rows {
			t.Run(s.vendor+"/"+row.name, func(t *testing.T) {
				w := newWorld(t)
				s.with(w, "Base text.")
				w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
				if row.file != "" {
					s.with(w, row.file)
				}
				if row.live != "" {
					w.edit(s.vendor, w.id("mira", s.vendor), map[string]any{s.stored: row.live})
				}
				policy := func(o *Options) {
					if row.drift != "" {
						o.Policy.Drift = row.drift
					}
					if row.conflict != "" {
						o.Policy.Conflict = row.conflict
					}
				}
				p := w.plan(policy)
				checkRow(t, p, s.path, row.class, row.action, row.blocked)
				if got := p.Counts().Summary(); !strings.HasSuffix(got, row.summary) {
					t.Errorf("%s\nwant … %s", got, row.summary)
				}
				w.requests()
				r := w.apply(policy)
				if got := w.writes(); len(got) != row.writes {
					t.Errorf("%d writes, want %d: %s", len(got), row.writes, routes(got))
				}
				if r.Failed > 0 {
					t.Errorf("failed: %s", w.explain(r))
				}
				if got := w.live(s.vendor)[0].Doc[s.stored]; got != row.after {
					t.Errorf("live is %q, want %q", got, row.after)
				}
				if !row.stillThere {
					w.empty()
				} else if got := w.plan(policy); got.Digest != p.Digest {
					t.Error("what was left alone looks different now")
				}
			})
		}
	}
}

func checkRow(t *testing.T, p *diff.Plan, path spec.Path, class diff.Class, action diff.Action, blocked string) {
	t.Helper()
	if class == "" {
		if len(p.Changes) > 0 {
			t.Fatalf("changes: %+v", p.Changes)
		}
		return
	}
	if len(p.Changes) != 1 || len(p.Changes[0].Fields) != 1 {
		t.Fatalf("want one change of one field: %+v", p.Changes)
	}
	c := p.Changes[0]
	if c.Fields[0].Path != path || c.Fields[0].Class != class || c.Action != action {
		t.Errorf("%s of %s, %s; want %s of %s, %s", c.Fields[0].Class, c.Fields[0].Path, c.Action, class, path, action)
	}
	rule := ""
	if len(c.Blocked) > 0 {
		rule = c.Blocked[0].Rule
	}
	if rule != blocked {
		t.Errorf("blocked by %q, want %q", rule, blocked)
	}
}

// TestThreeWayWithoutBase covers the rows that have nothing in the lock.
func TestThreeWayWithoutBase(t *testing.T) {
	for _, s := range subjects() {
		for _, row := range []struct {
			name, file string
			class      diff.Class
			action     diff.Action
			writes     int
		}{
			{"adopted", "Base text.", diff.Adopted, diff.Record, 0},
			{"yours", "File text.", diff.Yours, diff.Update, 1},
		} {
			t.Run(s.vendor+"/"+row.name, func(t *testing.T) {
				w, s := newWorld(t), s
				s.target = strings.TrimSuffix(s.target, ", model: standard") // which can't be read back
				s.with(w, "Base text.")
				w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
				id := w.id("mira", s.vendor)
				w.delete("charsync.lock")
				s.target += ", id: " + id
				s.with(w, row.file)
				p := w.plan()
				if len(p.Changes) != 1 || p.Changes[0].Action != row.action {
					t.Fatalf("%+v", p.Changes)
				}
				for _, f := range p.Changes[0].Fields {
					if f.Path == s.path && f.Class != row.class {
						t.Errorf("%s is %s, want %s", f.Path, f.Class, row.class)
					}
				}
				w.requests()
				w.apply()
				if got := w.writes(); len(got) != row.writes {
					t.Errorf("writes: %s", routes(got))
				}
				if w.id("mira", s.vendor) != id {
					t.Error("bound to something else")
				}
				w.empty()
				if n := len(w.live(s.vendor)); n != 1 {
					t.Errorf("%d characters", n)
				}
			})
		}
	}
}

func TestUnverifiable(t *testing.T) {
	w := newWorld(t)
	with := func(model string) {
		w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"npcbuilder": "role: guard, model: " + model})
	}
	with("standard")
	w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.edit("npcbuilder", w.id("mira", "npcbuilder"), map[string]any{"model": "premium"})
	w.empty() // nobody can see that
	with("premium")
	p := w.plan()
	checkRow(t, p, "model", diff.Unverifiable, diff.Update, "")
	w.requests()
	w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
	if got := w.writes(); len(got) != 1 || string(got[0].Body) != `{"model":"premium"}` {
		t.Errorf("writes: %s", routes(got))
	}
	w.empty()
}

func TestReleasedOnce(t *testing.T) {
	for _, s := range subjects() {
		if s.vendor == "characterai" || s.vendor == "convai" {
			continue // these need the field at creation
		}
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.apply()
			s.with(w, "")
			checkRow(t, w.plan(), s.path, diff.Released, diff.Record, "")
			w.requests()
			w.applied("Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
			if got := w.writes(); len(got) > 0 {
				t.Error(routes(got))
			}
			if got := w.live(s.vendor)[0].Doc[s.stored]; got != "Base text." {
				t.Errorf("live is %q", got)
			}
			w.empty()
		})
	}
}

// Changing Character.AI's greeting alone keeps everything else, known or not.
func TestRegressionNaiveUpdateWipes(t *testing.T) {
	w := newWorld(t)
	s := subjects()[1]
	s.with(w, "Base text.")
	w.apply()
	id := w.id("mira", "characterai")
	w.edit("characterai", id, map[string]any{"definition": "Kept.", "voice_id": "22", "avatar_rel_path": "a/b.webp", "unknown_key": "stays"})
	before := w.live("characterai")[0].Doc
	s.with(w, "File text.")
	w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
	after := w.live("characterai")[0].Doc
	for k, v := range before {
		if k != "greeting" && fmt.Sprint(after[k]) != fmt.Sprint(v) {
			t.Errorf("%s was %v and is %v", k, v, after[k])
		}
	}
	if after["greeting"] != "File text." {
		t.Errorf("greeting is %v", after["greeting"])
	}
}
