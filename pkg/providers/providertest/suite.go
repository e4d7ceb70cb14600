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
	"os"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
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
	// Apart are words that go only with fields of their own, and that the
	// driver's own tests take through.
	Apart map[spec.Path][]string
	// Refuses says that a refusal of a creation is the last word: nothing was
	// made, and nothing is in doubt.
	Refuses bool
	// Blind says that a full page of the list does not tell whether another
	// one follows.
	Blind bool
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
