package cli

import (
	"log/slog"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/charsync/charsync/internal/credential"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// accountOptions say how accounts are opened.
type accountOptions struct {
	access      access
	lookup      func(variable string) string
	policy      credential.Policy
	parallelism int
	onWait      func(providers.Wait)
	log         *slog.Logger
	userAgent   string
	now         func() time.Time
	secrets     []providers.Secret // all credentials of the environment
}

// secretsOf are all credentials that the environment holds, whether this
// command uses them or not.
func secretsOf(p *spec.Project, lookup func(string) string) []providers.Secret {
	names := map[string]bool{}
	for _, d := range all.Drivers() {
		for _, group := range d.Env {
			for _, name := range group {
				names[name] = true
			}
		}
	}
	for _, in := range p.Instances {
		names[in.APIKeyEnv] = in.APIKeyEnv != ""
	}
	var out []providers.Secret
	for name, used := range names {
		if value := lookup(name); used && value != "" {
			out = append(out, providers.NewSecret(value))
		}
	}
	return out
}

// openAccounts opens every instance of the project. One that can't be opened
// is there with its error: the others go on without it.
func openAccounts(p *spec.Project, o accountOptions) map[string]*apply.Account {
	accounts := make(map[string]*apply.Account, len(p.Instances))
	if o.access != offline { // then no credential is read at all
		o.secrets = secretsOf(p, o.lookup)
	}
	for name, in := range p.Instances {
		accounts[name] = openAccount(in, o)
	}
	return accounts
}

func openAccount(in spec.Instance, o accountOptions) *apply.Account {
	account := &apply.Account{Instance: in, Requests: func() int64 { return 0 }}
	driver, ok := all.Driver(in.Type)
	if !ok {
		account.Err = failed("see charsync providers for the types there are", "%s: unknown provider type %q", in.Name, in.Type)
		return account
	}
	account.Driver = driver
	if o.access == offline {
		return account
	}
	credentials, err := o.policy.Find(in, driver, o.lookup)
	if err != nil {
		account.Err = err
		return account
	}
	base, err := o.policy.BaseURL(in, driver, o.lookup)
	if err != nil {
		account.Err = err
		return account
	}
	var sent atomic.Int64
	account.BaseURL = base
	account.Requests, account.Pace = sent.Load, paceFor(in, driver, base, o.parallelism)
	userAgent := o.userAgent
	if in.UserAgent != "" {
		userAgent = in.UserAgent
	}
	account.Provider, account.Err = driver.Open(providers.Config{
		Instance: in.Name, BaseURL: base, Credentials: credentials, KeyEnv: in.APIKeyEnv,
		Pace: account.Pace, Settings: in.Settings,
		Others: o.secrets, ReadOnly: o.access != writing, Log: o.log, UserAgent: userAgent, Now: o.now,
		OnRequest: func(providers.Request) { sent.Add(1) }, OnWait: o.onWait,
	})
	return account
}

// paceFor is the driver's pace with what charsync.yaml sets; towards loopback
// only what charsync.yaml sets.
func paceFor(in spec.Instance, d *providers.Driver, base string, parallelism int) providers.Pace {
	pace := d.Pace
	if u, err := url.Parse(base); err == nil && spec.Loopback(u.Hostname()) {
		pace.PerSecond, pace.Burst, pace.Concurrency = 0, 0, parallelism
	}
	if in.RequestsPerSecond > 0 {
		pace.PerSecond, pace.Burst = in.RequestsPerSecond, 0
	}
	if in.Concurrency > 0 {
		pace.Concurrency = in.Concurrency
	}
	return pace
}
