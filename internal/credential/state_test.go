package credential

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

func TestLineEndOfAKey(t *testing.T) {
	d := &providers.Driver{Name: "convai", Env: []providers.Env{{"CONVAI_API_KEY"}}}
	lookup := func(string) string { return "key\r\n" }
	for _, in := range []spec.Instance{{Name: "convai"}, {Name: "convai", APIKeyEnv: "CONVAI_STAGE_KEY"}} {
		found, err := NewPolicy(func(string) string { return "" }).Find(in, d, lookup)
		if err != nil || found["CONVAI_API_KEY"].Reveal() != "key" {
			t.Errorf("%q %v", found["CONVAI_API_KEY"].Reveal(), err)
		}
	}
}

func TestState(t *testing.T) {
	s3 := func(endpoint string) spec.State {
		return spec.State{Backend: spec.StateS3, Bucket: "b", Region: "r", Endpoint: endpoint, URLEnv: StateURL}
	}
	postgres := func(variable string) spec.State { return spec.State{Backend: spec.StatePostgres, URLEnv: variable} }
	for _, c := range []struct {
		name       string
		state      spec.State
		hosts, key string
		base       *spec.State
		code       string
	}{
		{name: "a file", state: spec.State{Backend: spec.StateFile, URLEnv: StateURL}},
		{name: "Amazon's own", state: s3("")},
		{name: "Amazon's, spelled out", state: s3("https://s3.eu-central-1.amazonaws.com")},
		{name: "another's", state: s3("https://storage.example.com"), code: CodeHost},
		{name: "a name that only ends so", state: s3("https://evilamazonaws.com"), code: CodeHost},
		{name: "allowed", state: s3("https://storage.example.com"), hosts: "storage.example.com"},
		{name: "loopback", state: s3("http://127.0.0.1:9000")},
		{name: "loopback in a review", state: s3("http://127.0.0.1:9000"), base: &spec.State{}, code: CodeHost},
		{name: "the base's in a review", state: s3("https://storage.example.com"), base: &spec.State{Endpoint: "https://storage.example.com"}},
		{name: "the usual variable", state: postgres(StateURL)},
		{name: "a variable of charsync's", state: postgres("CHARSYNC_KEY_TAVERN")},
		{name: "anybody's variable", state: postgres("GITHUB_TOKEN"), code: CodeKey},
		{name: "an allowed variable", state: postgres("DATABASE_URL"), key: "DATABASE_URL"},
		{name: "the base's variable", state: postgres("DATABASE_URL"), base: &spec.State{URLEnv: "DATABASE_URL"}},
	} {
		policy := NewPolicy(func(variable string) string {
			return map[string]string{AllowHosts: c.hosts, AllowKeys: c.key}[variable]
		})
		if c.base != nil {
			policy = policy.Review(&spec.Project{State: *c.base})
		}
		got := ""
		for _, d := range policy.State(&spec.Project{State: c.state}) {
			got += d.Code
		}
		if got != c.code {
			t.Errorf("%s: %q, want %q", c.name, got, c.code)
		}
	}
}
