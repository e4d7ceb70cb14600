// Package providertest holds every driver to the same suite. Its cases are
// derived from the driver's table; what they are checked against is the
// sandbox, which does not know the tables, or a real account.
//
// A vendor's test is one call of Run. With CHARSYNC_LIVE_TESTS=1 and the
// vendor's credentials in the environment, the cases that a real account can
// serve run against it as well: they create characters there and remove them
// again. NPCBuilder also needs NPCBUILDER_TEST_GAME and NPCBUILDER_TEST_WORLD.
package providertest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Quirks are what a table does not say and the suite must know.
type Quirks struct {
	// Settings of the instance, such as where characters are made.
	Settings map[string]string
	// Switches of the sandbox.
	Switches map[string]string
	// Samples are further values for fields that take only words the vendor
	// offers: at least one beside the row's example.
	Samples map[spec.Path][]any
	// With names fields that must be there when another one is set.
	With map[spec.Path]map[spec.Path]any
	// Unstored are fields that the vendor uses up at creation: only that they
	// were sent can be seen.
	Unstored []spec.Path
	// Bystander is a key of the stored document that charsync does not know.
	Bystander string
}

// kit is one account to test against, with what a case needs.
type kit struct {
	d     *providers.Driver
	q     Quirks
	srv   *sandbox.Server // nil for a real account
	p     providers.Provider
	in    spec.Instance
	scope string
	creds map[string]providers.Secret
	base  string
}

// Run holds a driver to the suite. Most drivers need no quirks; at most one
// set of them counts.
func Run(t *testing.T, d *providers.Driver, quirks ...Quirks) {
	t.Helper()
	var q Quirks
	if len(quirks) > 0 {
		q = quirks[0]
	}
	if q.Bystander == "" {
		q.Bystander = "x_bystander"
	}
	t.Run("fields", func(t *testing.T) { fields(t, sandboxKit(t, d, q)) })
	t.Run("refusals", func(t *testing.T) { refusals(t, sandboxKit(t, d, q)) })
	t.Run("calls", func(t *testing.T) { calls(t, d, q) })
	t.Run("faults", func(t *testing.T) { faults(t, d, q) })
	t.Run("live", func(t *testing.T) { fields(t, liveKit(t, d, q)) })
}

// Readings takes the cases of the fields through other readings of what
// nobody has settled about a vendor: each is a set of switches of the sandbox.
func Readings(t *testing.T, d *providers.Driver, q Quirks, readings ...map[string]string) {
	t.Helper()
	if q.Bystander == "" {
		q.Bystander = "x_bystander"
	}
	for _, switches := range readings {
		q := q
		q.Switches = map[string]string{}
		for name, value := range switches {
			q.Switches[d.Name+"."+name] = value
		}
		t.Run(pretty(switches), func(t *testing.T) {
			t.Run("fields", func(t *testing.T) { t.Parallel(); fields(t, sandboxKit(t, d, q)) })
			t.Run("delete twice", func(t *testing.T) { t.Parallel(); deleteTwice(t, sandboxKit(t, d, q)) })
			t.Run("unknown id", func(t *testing.T) { t.Parallel(); unknownID(t, sandboxKit(t, d, q)) })
			t.Run("settle", func(t *testing.T) { t.Parallel(); settle(t, sandboxKit(t, d, q)) })
		})
	}
}

// sandboxKit opens a sandbox of its own and an account in it.
func sandboxKit(t *testing.T, d *providers.Driver, q Quirks) *kit {
	t.Helper()
	srv, err := sandbox.Open(sandbox.Options{Switches: q.Switches, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := srv.Listen(""); err != nil {
		t.Fatal(err)
	}
	environ := srv.Environ()
	k := &kit{d: d, q: q, srv: srv, base: environ[d.BaseURLEnv], creds: map[string]providers.Secret{}}
	for _, name := range d.Env[0] {
		k.creds[name] = providers.NewSecret(environ[name])
	}
	k.instance()
	k.p = k.open(t, nil)
	return k
}

// liveKit opens a real account, where one is named.
func liveKit(t *testing.T, d *providers.Driver, q Quirks) *kit {
	t.Helper()
	if os.Getenv("CHARSYNC_LIVE_TESTS") != "1" {
		t.Skip("set CHARSYNC_LIVE_TESTS=1 and the credentials to test against a real account")
	}
	k := &kit{d: d, q: q, base: os.Getenv(d.BaseURLEnv), creds: map[string]providers.Secret{}}
	for _, name := range d.Env[0] {
		value := os.Getenv(name)
		if value == "" {
			t.Skip(name + " is not set")
		}
		k.creds[name] = providers.NewSecret(value)
	}
	if len(d.Scope) > 0 {
		upper := strings.ToUpper(d.Name)
		k.q.Settings = map[string]string{}
		for _, p := range d.Scope {
			name := upper + "_TEST_" + strings.ToUpper(strings.TrimSuffix(string(p), "_id"))
			if k.q.Settings[string(p)] = os.Getenv(name); k.q.Settings[string(p)] == "" {
				t.Skip(name + " is not set")
			}
		}
	}
	k.instance()
	k.p = k.open(t, nil)
	return k
}

func (k *kit) instance() {
	k.in = spec.Instance{Name: k.d.Name, Type: k.d.Name, Settings: k.q.Settings}
	var parts []string
	for _, p := range k.d.Scope {
		parts = append(parts, k.q.Settings[string(p)])
	}
	k.scope = strings.Join(parts, "/")
}

// open connects once more, with changes to the configuration.
func (k *kit) open(t *testing.T, change func(*providers.Config)) providers.Provider {
	t.Helper()
	cfg := providers.Config{Instance: k.d.Name, BaseURL: k.base, Credentials: k.creds, Settings: k.q.Settings}
	if change != nil {
		change(&cfg)
	}
	p, err := k.d.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := p.(interface{ Close() error }); ok {
		t.Cleanup(func() { _ = c.Close() })
	}
	return p
}

func ctxOf(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// want takes values through the crossing that manifests take.
func (k *kit) want(t *testing.T, values map[spec.Path]any) diff.Doc {
	t.Helper()
	got := k.d.Desired(&spec.Character{Name: "x"}, target(k.d.Name, values), k.in)
	for _, ds := range got.Diagnostics {
		if ds.Severity == spec.Error {
			t.Fatalf("%s refused: %v", ds.Path, ds)
		}
	}
	return got.Doc
}

// create makes a character as applying does: what creation takes, then the
// rest.
func (k *kit) create(t *testing.T, want diff.Doc) string {
	t.Helper()
	body, late := k.d.Fields.Creating(want)
	id, err := k.p.Create(ctxOf(t), uuid.NewString(), k.scope, body)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	t.Cleanup(func() { k.remove(id) })
	if len(late) == 0 {
		return id
	}
	changes := diff.Doc{}
	for _, p := range late {
		changes[p] = want[p]
	}
	k.update(t, id, changes)
	return id
}

// remove tidies up at a real account.
func (k *kit) remove(id string) {
	if k.srv == nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = k.p.Delete(ctx, id)
	}
}

func (k *kit) update(t *testing.T, id string, changes diff.Doc) {
	t.Helper()
	if err := k.send(t, id, changes); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func (k *kit) send(t *testing.T, id string, changes diff.Doc) error {
	t.Helper()
	live, err := k.p.Get(ctxOf(t), id)
	if err != nil {
		t.Fatalf("get before update: %v", err)
	}
	body, err := k.d.Fields.Updating(changes, live, k.d.Manner)
	if err != nil {
		return err
	}
	return k.p.Update(ctxOf(t), id, body)
}

// live reads everything that the vendor shows of a character, by one read and
// from the list.
func (k *kit) live(t *testing.T, id string) diff.Doc {
	t.Helper()
	get, err := k.p.Get(ctxOf(t), id)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return k.d.Fields.Live(get, k.listed(t, id))
}

func (k *kit) listed(t *testing.T, id string) providers.Body {
	t.Helper()
	for item, err := range k.p.List(ctxOf(t), k.scope) {
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		if item.ID == id {
			return item.Body
		}
	}
	t.Fatalf("the list lacks %s", id)
	return nil
}

// stored is what the sandbox keeps: an account of the truth that no table of
// ours has a part in. It is nil for a real account.
func (k *kit) stored(t *testing.T, id string) map[string]any {
	t.Helper()
	if k.srv == nil {
		return nil
	}
	_, own := k.d.SplitID(id)
	s, err := k.srv.Character(k.d.Name, own)
	if err != nil {
		t.Fatal(err)
	}
	return s.Doc
}

func (k *kit) count(t *testing.T) int {
	t.Helper()
	all, err := k.srv.Characters(k.d.Name)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// writes are the writing requests since the log was last emptied.
func (k *kit) writes() []sandbox.Request {
	var out []sandbox.Request
	for _, r := range k.srv.Requests(k.d.Name) {
		if r.Write {
			out = append(out, r)
		}
	}
	return out
}

// target makes a target that sets fields at their dotted paths.
func target(instance string, values map[spec.Path]any) *spec.Target {
	t := &spec.Target{Instance: instance, Fields: spec.Fields{}}
	for p, v := range values {
		fields := t.Fields
		segments := p.Segments()
		for _, s := range segments[:len(segments)-1] {
			if fields[s].Inner == nil {
				fields[s] = spec.Field{Value: spec.Value{Set: true, V: map[string]any{}}, Inner: spec.Fields{}}
			}
			fields = fields[s].Inner
		}
		fields[segments[len(segments)-1]] = spec.Field{Value: spec.Value{V: empty(providers.Plain(v)), Set: true}}
	}
	return t
}

// empty is what manifests make of empty values.
func empty(v any) any {
	switch e := v.(type) {
	case string:
		if e == "" {
			return nil
		}
	case []any:
		if len(e) == 0 {
			return nil
		}
	}
	return v
}

// same compares JSON values whatever Go types they are made of.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// canary is a value that must turn up nowhere.
func canary() string { return "canary-" + rand.Text() }
