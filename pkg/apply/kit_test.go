package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// world is a project on disk and a sandbox that it is synced to, over HTTP.
type world struct {
	testing.TB
	srv  *sandbox.Server
	dir  string
	now  time.Time
	opts Options // taken over by every engine
	// config changes how accounts are opened; may be nil.
	config func(*providers.Config)
	opened []io.Closer
}

// close lets go of everything; for those who make many worlds in one test.
func (w *world) close() {
	for _, c := range slices.Backward(w.opened) {
		_ = c.Close()
	}
	w.opened = nil
	if err := w.srv.Close(); err != nil {
		w.Error(err)
	}
}

const projectFile = `apiVersion: charsync.dev/v1
kind: Project
metadata: {name: test}
spec:
  providers:
    alakazam: {}
    characterai: {}
    convai: {}
    npcbuilder: {game_id: game123, world_id: world456}
    vapi: {}
  policy: {drift: enforce, conflict: fail, maxChanges: 100%, maxDeletes: 100%}
`

func newWorld(t testing.TB, switches ...string) *world {
	t.Helper()
	set := map[string]string{}
	for _, s := range switches {
		name, value, _ := strings.Cut(s, "=")
		set[name] = value
	}
	srv, err := sandbox.Open(sandbox.Options{Switches: set, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Listen(""); err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, srv: srv, dir: t.TempDir(), now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	t.Cleanup(w.close)
	w.write("charsync.yaml", projectFile)
	return w
}

func (w *world) write(name, text string) {
	w.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.Fatal(err)
	}
}

func (w *world) delete(name string) {
	w.Helper()
	if err := os.Remove(filepath.Join(w.dir, name)); err != nil {
		w.Fatal(err)
	}
}

// manifest writes a manifest: common fields and targets as YAML flow values.
func (w *world) manifest(name string, fields map[string]string, targets map[string]string) {
	w.Helper()
	w.write("characters/"+name+".yaml", manifestText(name, fields, targets))
}

func manifestText(name string, fields map[string]string, targets map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: %s}\nspec:\n", name)
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		fmt.Fprintf(&b, "  %s: %s\n", k, fields[k])
	}
	b.WriteString("  targets:\n")
	for _, k := range slices.Sorted(maps.Keys(targets)) {
		fmt.Fprintf(&b, "    %s: {%s}\n", k, targets[k])
	}
	return b.String()
}

func (w *world) lockPath() string { return filepath.Join(w.dir, "charsync.lock") }

func (w *world) lockText() string {
	data, err := os.ReadFile(w.lockPath())
	if err != nil && !os.IsNotExist(err) {
		w.Fatal(err)
	}
	return string(data)
}

// engine loads everything afresh, as a command does.
func (w *world) engine(change ...func(*Options)) *Engine {
	w.Helper()
	e := w.unloaded(change...)
	w.opened = append(w.opened, closing(e.ReadAhead(context.Background())))
	w.load(e, e.Examine)
	return e
}

type closing func()

func (c closing) Close() error { c(); return nil }

// wholeEngine is one that holds all manifests with all their values.
func (w *world) wholeEngine(change ...func(*Options)) *Engine {
	w.Helper()
	e := w.unloaded(change...)
	w.load(e, nil)
	return e
}

func (w *world) load(e *Engine, keep func(*spec.Character) *spec.Character) {
	w.Helper()
	set, err := spec.Load(context.Background(), e.Project, spec.LoadOptions{Keep: keep})
	if err != nil {
		w.Fatal(err)
	}
	e.Set = set
}

func (w *world) unloaded(change ...func(*Options)) *Engine {
	w.Helper()
	p, ds := spec.LoadProject(filepath.Join(w.dir, "charsync.yaml"))
	if p == nil {
		w.Fatalf("project: %v", ds)
	}
	lock, lds, err := OpenLock(w.lockPath())
	if err != nil {
		w.Fatalf("lock: %v %v", err, lds)
	}
	o := w.opts
	o.Now = func() time.Time { return w.now }
	o.Who, o.Version = "tester", "test"
	if o.Policy == (spec.Policy{}) {
		o.Policy = p.Policy
	}
	if o.RunDir == "" {
		o.RunDir = filepath.Join(w.dir, ".charsync", "runs")
	}
	for _, f := range change {
		f(&o)
	}
	return &Engine{Project: p, Accounts: w.accounts(p), Lock: lock, Options: o}
}

func (w *world) accounts(p *spec.Project) map[string]*Account {
	w.Helper()
	env := w.srv.Environ()
	accounts := map[string]*Account{}
	for name, in := range p.Instances {
		d, ok := all.Driver(in.Type)
		if !ok {
			w.Fatalf("no driver %s", in.Type)
		}
		creds := map[string]providers.Secret{}
		for _, v := range d.Env[0] {
			creds[v] = providers.NewSecret(env[v])
		}
		var sent atomic.Int64
		pace := providers.Pace{Concurrency: 4, SerialWrite: d.Pace.SerialWrite}
		cfg := providers.Config{
			Instance: name, BaseURL: env[d.BaseURLEnv], Credentials: creds, Settings: in.Settings, Pace: pace,
			OnRequest: func(providers.Request) { sent.Add(1) },
		}
		if w.config != nil {
			w.config(&cfg)
		}
		a := &Account{Instance: in, Driver: d, BaseURL: cfg.BaseURL, Pace: pace, Requests: sent.Load}
		a.Provider, a.Err = d.Open(cfg)
		if c, ok := a.Provider.(interface{ Close() error }); ok {
			w.opened = append(w.opened, c)
		}
		accounts[name] = a
	}
	return accounts
}

func (w *world) plan(change ...func(*Options)) *diff.Plan {
	w.Helper()
	p, err := w.engine(change...).Plan(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// apply plans and applies with one engine.
func (w *world) apply(change ...func(*Options)) *Result {
	w.Helper()
	e := w.engine(change...)
	for _, d := range e.Set.Diagnostics {
		if d.Severity == spec.Error {
			w.Fatalf("manifest: %v: %s", d, d.Hint)
		}
	}
	p, err := e.Plan(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	r, err := e.Apply(context.Background(), p)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// applied applies and insists on the last line.
func (w *world) applied(want string, change ...func(*Options)) *Result {
	w.Helper()
	r := w.apply(change...)
	if got := r.Summary(); got != want {
		w.Fatalf("%s\nwant %s\n%s", got, want, w.explain(r))
	}
	return r
}

// explain shows what did not go well.
func (w *world) explain(r *Result) string {
	bad := slices.DeleteFunc(slices.Clone(r.Outcomes), func(o Outcome) bool { return o.Status == Done })
	data, err := json.MarshalIndent(bad[:min(3, len(bad))], "", " ")
	if err != nil {
		w.Fatal(err)
	}
	return string(data)
}

// empty insists that a plan has nothing to do and nothing to say.
func (w *world) empty(change ...func(*Options)) {
	w.Helper()
	p := w.plan(change...)
	if len(p.Changes) > 0 || !p.Complete || len(p.Unplanned) > 0 {
		data, err := json.MarshalIndent(p, "", " ")
		if err != nil {
			w.Fatal(err)
		}
		w.Fatalf("the plan is not empty: %s", data)
	}
}

// requests are those since the last call of it, as "vendor route".
func (w *world) requests() []sandbox.Request {
	out := w.srv.Requests("")
	w.srv.ResetRequests()
	return out
}

func (w *world) writes() []sandbox.Request {
	return slices.DeleteFunc(w.requests(), func(r sandbox.Request) bool { return !r.Write })
}

func routes(requests []sandbox.Request) string {
	count := map[string]int{}
	for _, r := range requests {
		count[r.Vendor+" "+r.Route]++
	}
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(count)) {
		lines = append(lines, fmt.Sprintf("%d %s", count[k], k))
	}
	return strings.Join(lines, ", ")
}

// id is the live character of a pair, as the sandbox names it.
func (w *world) id(name, target string) string {
	w.Helper()
	lock, _, err := OpenLock(w.lockPath())
	if err != nil {
		w.Fatal(err)
	}
	entry, ok := lock.Entry(diff.Address{Name: name, Target: target})
	if !ok || entry.ID == "" {
		w.Fatalf("%s/%s is not bound: %s", target, name, w.lockText())
	}
	return entry.ID[strings.LastIndexByte(entry.ID, '/')+1:]
}

// edit changes a live character behind charsync's back.
func (w *world) edit(vendor, id string, patch map[string]any) {
	w.Helper()
	if err := w.srv.Edit(vendor, id, patch); err != nil {
		w.Fatal(err)
	}
}

func (w *world) live(vendor string) []sandbox.Stored {
	w.Helper()
	list, err := w.srv.Characters(vendor)
	if err != nil {
		w.Fatal(err)
	}
	return list
}

// cast writes n characters that live on all four services.
func (w *world) cast(n int) {
	w.Helper()
	for i := range n {
		w.manifest(fmt.Sprintf("npc-%03d", i), map[string]string{
			"name": fmt.Sprintf("Npc %d", i), "title": fmt.Sprintf("Guard number %d", i),
			"description": fmt.Sprintf("Stands at gate %d.", i), "greeting": fmt.Sprintf("Halt at gate %d!", i),
			"persona": fmt.Sprintf("A guard of gate %d who has seen it all.", i), "visibility": "unlisted",
		}, map[string]string{
			"alakazam":    "free: true",
			"characterai": "categories: [Books], copyable: false",
			"convai":      "voiceType: \"US MALE 1\", temperature: 0.5, model_group_name: gpt-4o, languageCodes: [en-US], actions: [Nod]",
			"npcbuilder":  "role: guard, tone: casual, traits: [brave], model: standard",
		})
	}
}

// entryFor is an entry with marks of two fields.
func entryFor(name, target, id string) Entry {
	return Entry{
		Address: diff.Address{Name: name, Target: target}, Provider: target, ID: id,
		Fields: map[spec.Path]diff.Mark{"greeting": {File: "aa"}, "persona": {File: "bb", Live: "cc"}},
	}
}

func openLock(t testing.TB, path string) *Lock {
	t.Helper()
	l, ds, err := OpenLock(path)
	if err != nil {
		t.Fatalf("%v %v", err, ds)
	}
	return l
}

// vendors are the services that the casts of these tests live at.
func vendors() []string { return []string{"alakazam", "characterai", "convai", "npcbuilder"} }
