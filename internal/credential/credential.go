// Package credential decides which variables of the environment may hold the
// credential of a provider instance, and which hosts it may be sent to.
//
// charsync.yaml may come from a stranger, as on a pull request, so it decides
// neither by itself: what it names counts where it is a provider's own, where
// the environment allows it, or where the revision under review has it already.
package credential

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// The variables that allow more than a provider's own. Each holds a list,
// separated by commas or white space.
const (
	AllowKeys  = "CHARSYNC_ALLOW_KEYS"  // names of variables
	AllowHosts = "CHARSYNC_ALLOW_HOSTS" // host or host:port; without a port, every port of it
)

// StateURL is the variable with the URL of the database that keeps states.
const StateURL = "CHARSYNC_STATE_URL"

// Prefix begins the variables that every provider's apiKeyEnv may name.
const Prefix = "CHARSYNC_KEY_"

// Lookup finds a variable of the environment; "" is one that is not set.
type Lookup func(variable string) string

// Policy is what the outside of a project allows. The zero value allows what
// is a provider's own, and loopback.
type Policy struct {
	keys, hosts []string
	review      bool          // charsync.yaml is part of a change that is looked at
	base        *spec.Project // as it was before that change; nil: not known
}

// NewPolicy reads what the environment allows.
func NewPolicy(lookup Lookup) Policy {
	list := func(variable string) []string {
		return strings.FieldsFunc(lookup(variable), func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
	}
	p := Policy{keys: list(AllowKeys)}
	for _, entry := range list(AllowHosts) {
		if host := hostOf(entry); host != "" {
			p.hosts = append(p.hosts, host)
		}
	}
	return p
}

// Review is the policy for a change against base, whose charsync.yaml counts
// as allowed. A base that is not known allows nothing. Loopback is then what
// the environment or the base names and no other port of this machine.
func (p Policy) Review(base *spec.Project) Policy {
	p.review, p.base = true, base
	return p
}

// Find reads an instance's credential: from the variable that apiKeyEnv
// names, else from the first of the driver's groups that is set whole. An
// absent one is a providers.Error of the kind Unauthorized.
func (p Policy) Find(in spec.Instance, d *providers.Driver, lookup Lookup) (map[string]providers.Secret, error) {
	if in.APIKeyEnv != "" {
		if refused := p.checkKey(in, d); refused != nil {
			return nil, *refused
		}
		value := whole(lookup, in.APIKeyEnv)
		if value == "" {
			return nil, absent(in, in.APIKeyEnv)
		}
		return map[string]providers.Secret{d.Env[0][0]: providers.NewSecret(value)}, nil
	}
	var groups []string
	for _, group := range d.Env {
		found := map[string]providers.Secret{}
		for _, name := range group {
			if value := whole(lookup, name); value != "" {
				found[name] = providers.NewSecret(value)
			}
		}
		if len(found) == len(group) {
			return found, nil
		}
		groups = append(groups, strings.Join(group, " with "))
	}
	return nil, absent(in, strings.Join(groups, ", or "))
}

// whole is the value of a variable without the line end that a file or a
// secret store may have left at its end: no credential holds one.
func whole(lookup Lookup, variable string) string { return strings.TrimRight(lookup(variable), "\r\n") }

func absent(in spec.Instance, variables string) error {
	return &providers.Error{
		Kind: providers.Unauthorized, Provider: in.Name, Message: "no credential is set in the environment",
		Hint: "set " + variables,
	}
}

// BaseURL is where an instance's requests go: its own baseURL where that is
// allowed, else the driver's variable, else the provider.
func (p Policy) BaseURL(in spec.Instance, d *providers.Driver, lookup Lookup) (string, error) {
	from, base := "its baseURL", in.BaseURL
	if base == "" {
		from, base = d.BaseURLEnv, lookup(d.BaseURLEnv)
	}
	if base == "" {
		return d.BaseURL, nil
	}
	if err := spec.CheckBaseURL(base); err != nil {
		return "", &providers.Error{
			Kind: providers.Unsupported, Provider: in.Name, Message: "the base URL can't be used: " + err.Error(),
			Hint: "correct " + from + ": https://host, or http towards this machine alone", Err: err,
		}
	}
	if refused := p.checkHost(in, d, lookup); refused != nil {
		return "", *refused
	}
	return strings.TrimRight(base, "/"), nil
}

// Findings are the instances of a project that name a variable or a host that
// is not allowed, as errors at their lines. It reads no credential.
func (p Policy) Findings(project *spec.Project, driver func(name string) (*providers.Driver, bool), lookup Lookup) []spec.Diagnostic {
	var found []spec.Diagnostic
	for _, in := range project.Instances {
		d, ok := driver(in.Type)
		if !ok {
			continue
		}
		for _, refused := range []*spec.Diagnostic{p.checkKey(in, d), p.checkHost(in, d, lookup)} {
			if refused != nil {
				found = append(found, *refused)
			}
		}
	}
	found = project.WithSource(found)
	found = append(found, p.State(project)...)
	spec.SortDiagnostics(found)
	return found
}

// State are the findings of where a project keeps its state: its endpoint and
// the variable with the database's URL are held to the rules of instances.
func (p Policy) State(project *spec.Project) []spec.Diagnostic {
	st := project.State
	var old spec.State
	if p.base != nil {
		old = p.base.State
	}
	var found []spec.Diagnostic
	if to := hostOf(st.Endpoint); st.Endpoint != "" {
		name := hostname(to)
		ours := strings.HasSuffix(name, ".amazonaws.com") || !p.review && spec.Loopback(name)
		if !ours && !slices.Contains(p.hosts, to) && !slices.Contains(p.hosts, name) && hostOf(old.Endpoint) != to {
			found = append(found, spec.Diagnostic{
				Pos: st.EndpointPos, Severity: spec.Error, Code: CodeHost,
				Message: fmt.Sprintf("the state's endpoint leads to %s, which is not Amazon's: no credential is used there", to),
				Hint:    fmt.Sprintf("remove endpoint, or allow the host outside of the project: %s=%s", AllowHosts, to),
			})
		}
	}
	name := st.URLEnv
	if st.Backend == spec.StatePostgres && name != StateURL && !strings.HasPrefix(name, Prefix) && !slices.Contains(p.keys, name) && old.URLEnv != name {
		found = append(found, spec.Diagnostic{
			Pos: st.URLEnvPos, Length: len(name), Severity: spec.Error, Code: CodeKey,
			Message: fmt.Sprintf("urlEnv names %s, which charsync does not read for a project", name),
			Hint:    fmt.Sprintf("name %s or a variable that begins with %s, or allow this one outside of the project: %s=%s", StateURL, Prefix, AllowKeys, name),
		})
	}
	return project.WithSource(found)
}

// checkKey is nil for a variable that may be read.
func (p Policy) checkKey(in spec.Instance, d *providers.Driver) *spec.Diagnostic {
	name, own := in.APIKeyEnv, strings.ToUpper(d.Name)+"_"
	if name == "" || strings.HasPrefix(name, own) || strings.HasPrefix(name, Prefix) || slices.Contains(p.keys, name) {
		return nil
	}
	if slices.ContainsFunc(p.before(in.Type), func(old spec.Instance) bool { return old.APIKeyEnv == name }) {
		return nil
	}
	return &spec.Diagnostic{
		Pos: in.KeyPos, Length: len(name), Severity: spec.Error, Code: CodeKey, Target: in.Name,
		Message: fmt.Sprintf("apiKeyEnv names %s, which charsync does not read for a project", name),
		Hint: fmt.Sprintf("name a variable that begins with %s or %s, or allow this one outside of the project: %s=%s",
			own, Prefix, AllowKeys, name),
	}
}

// checkHost is nil for a base URL whose host may be sent the credential.
func (p Policy) checkHost(in spec.Instance, d *providers.Driver, lookup Lookup) *spec.Diagnostic {
	if in.BaseURL == "" {
		return nil
	}
	to := hostOf(in.BaseURL)
	name := hostname(to)
	if !p.review && spec.Loopback(name) || slices.Contains(p.hosts, to) || slices.Contains(p.hosts, name) {
		return nil
	}
	known := append([]string{d.BaseURL, lookup(d.BaseURLEnv)}, d.OtherURLs...)
	for _, old := range p.before(in.Type) {
		known = append(known, old.BaseURL)
	}
	if slices.ContainsFunc(known, func(base string) bool { return base != "" && hostOf(base) == to }) {
		return nil
	}
	return &spec.Diagnostic{
		Pos: in.BaseURLPos, Severity: spec.Error, Code: CodeHost, Target: in.Name,
		Message: fmt.Sprintf("the base URL leads to %s, which is not %s's: no credential is sent there", to, d.Title),
		Hint: fmt.Sprintf("remove baseURL, or allow the host outside of the project: %s=%s, or %s with the whole URL",
			AllowHosts, to, d.BaseURLEnv),
	}
}

// before are the instances of a type at the base of a review.
func (p Policy) before(driver string) []spec.Instance {
	var out []spec.Instance
	if p.base != nil {
		for _, in := range p.base.Instances {
			if in.Type == driver {
				out = append(out, in)
			}
		}
	}
	return out
}

// hostOf is the host of a base URL or of an entry of AllowHosts, in one
// spelling: small letters, no dot at the end, and the port unless it is the
// one that https has anyway.
func hostOf(base string) string {
	if !strings.Contains(base, "://") {
		base = "https://" + base
	}
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port := u.Port()
	if port == "" && u.Scheme == "http" {
		port = "80"
	}
	if port == "" || port == "443" {
		return host
	}
	return host + ":" + port
}

// hostname is a host without its port and without brackets.
func hostname(host string) string {
	u, err := url.Parse("//" + host)
	if err != nil {
		return host
	}
	return u.Hostname()
}
