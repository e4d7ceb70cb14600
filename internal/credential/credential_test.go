package credential_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/credential"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

func lookup(vars map[string]string) credential.Lookup {
	return func(name string) string { return vars[name] }
}

func instances(list ...spec.Instance) *spec.Project {
	p := spec.DefaultProject(os.DevNull)
	for _, in := range list {
		p.Instances[in.Name] = in
	}
	return p
}

// TestHosts: where a credential may go is decided outside of the project.
func TestHosts(t *testing.T) {
	base := instances(spec.Instance{Name: "stage", Type: "convai", BaseURL: "https://stage.example/v1"}, spec.Instance{Name: "own", Type: "convai", BaseURL: "http://127.0.0.1:7"})
	for _, test := range []struct {
		name, driver, base string
		vars               map[string]string
		review             *spec.Project
		want               bool
	}{
		{"the provider's", "convai", "https://api.convai.com", nil, nil, true},
		{"in capitals", "convai", "https://API.Convai.com", nil, nil, true},
		{"with the dot of a whole name", "convai", "https://api.convai.com.", nil, nil, true},
		{"with the port it has anyway", "convai", "https://api.convai.com:443/v2", nil, nil, true},
		{"the second host of a provider", "characterai", "https://neo.character.ai", nil, nil, true},
		{"another port", "convai", "https://api.convai.com:8443", nil, nil, false},
		{"another provider's", "convai", "https://api.alakazam.gg", nil, nil, false},
		{"a longer name", "convai", "https://api.convai.com.example", nil, nil, false},
		{"a name below", "convai", "https://x.api.convai.com", nil, nil, false},
		{"letters that look alike", "convai", "https://api.c\u043envai.com", nil, nil, false},
		{"anywhere", "convai", "https://elsewhere.example", nil, nil, false},
		{"an address", "convai", "https://192.0.2.1", nil, nil, false},
		{"a name below localhost", "convai", "https://x.localhost", nil, nil, false},
		{"allowed", "convai", "https://gateway.example/convai", map[string]string{"CHARSYNC_ALLOW_HOSTS": "a.example, gateway.example"}, nil, true},
		{"allowed, with any port", "convai", "https://gateway.example:8443", map[string]string{"CHARSYNC_ALLOW_HOSTS": "Gateway.Example"}, nil, true},
		{"allowed as a URL", "convai", "https://gateway.example", map[string]string{"CHARSYNC_ALLOW_HOSTS": "https://gateway.example/"}, nil, true},
		{"allowed with one port", "convai", "https://gateway.example:8443", map[string]string{"CHARSYNC_ALLOW_HOSTS": "gateway.example:8443"}, nil, true},
		{"allowed with another port", "convai", "https://gateway.example:9443", map[string]string{"CHARSYNC_ALLOW_HOSTS": "gateway.example:8443"}, nil, false},
		{"the end of what is allowed", "convai", "https://example", map[string]string{"CHARSYNC_ALLOW_HOSTS": "gateway.example"}, nil, false},
		{"an entry that is no host", "convai", "https://elsewhere.example", map[string]string{"CHARSYNC_ALLOW_HOSTS": "%%%, *, :"}, nil, false},
		{"the environment's", "convai", "https://gateway.example/v9", map[string]string{"CONVAI_BASE_URL": "https://gateway.example/convai"}, nil, true},
		{"another provider's of the environment", "alakazam", "https://gateway.example", map[string]string{"CONVAI_BASE_URL": "https://gateway.example"}, nil, false},
		{"loopback", "convai", "http://127.0.0.1:9", nil, nil, true},
		{"loopback by name", "convai", "http://LOCALHOST:9", nil, nil, true},
		{"loopback of IPv6", "convai", "http://[::1]:9", nil, nil, true},
		{"in a review, the base's", "convai", "https://stage.example/v2", nil, base, true},
		{"in a review, the base's for another provider", "alakazam", "https://stage.example", nil, base, false},
		{"in a review, a new one", "convai", "https://elsewhere.example", nil, base, false},
		{"in a review, the base's loopback", "convai", "http://127.0.0.1:7", nil, base, true},
		{"in a review, another port of loopback", "convai", "http://127.0.0.1:9", nil, base, false},
		{"in a review, the environment's loopback", "convai", "http://127.0.0.1:9/x", map[string]string{"CONVAI_BASE_URL": "http://127.0.0.1:9/convai"}, base, true},
		{"in a review, allowed loopback", "convai", "http://127.0.0.1:9", map[string]string{"CHARSYNC_ALLOW_HOSTS": "127.0.0.1"}, base, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			policy := credential.NewPolicy(lookup(test.vars))
			if test.review != nil {
				policy = policy.Review(test.review)
			}
			d, _ := all.Driver(test.driver)
			in := spec.Instance{Name: "mine", Type: test.driver, BaseURL: test.base}
			got, err := policy.BaseURL(in, d, lookup(test.vars))
			found := policy.Findings(instances(in), all.Driver, lookup(test.vars))
			if (err == nil) != test.want || (len(found) == 0) != test.want || test.want && got != strings.TrimRight(test.base, "/") {
				t.Fatalf("%q, %v, %v", got, err, found)
			}
			if !test.want && (found[0].Code != credential.CodeHost || !strings.Contains(found[0].Hint, "CHARSYNC_ALLOW_HOSTS=")) {
				t.Errorf("%+v", found[0])
			}
		})
	}
}

// TestKeys: which variables may be read is decided outside of the project.
func TestKeys(t *testing.T) {
	base := instances(spec.Instance{Name: "old", Type: "convai", APIKeyEnv: "LEGACY_KEY"})
	for _, test := range []struct {
		driver, key, allow string
		review             *spec.Project
		want               bool
	}{
		{"convai", "CONVAI_STAGE_KEY", "", nil, true},
		{"convai", "CHARSYNC_KEY_STAGE", "", nil, true},
		{"convai", "GITHUB_TOKEN", "", nil, false},
		{"convai", "CI_JOB_TOKEN", "", nil, false},
		{"convai", "AWS_SECRET_ACCESS_KEY", "", nil, false},
		{"convai", "ALAKAZAM_API_KEY", "", nil, false},
		{"convai", "CONVAIX", "", nil, false},
		{"convai", "CHARSYNC_KEY", "", nil, false},
		{"convai", "XCONVAI_KEY", "", nil, false},
		{"alakazam", "ALAKAZAM_STAGE", "", nil, true},
		{"convai", "LEGACY_KEY", "OTHER,LEGACY_KEY", nil, true},
		{"convai", "LEGACY_KEY", "LEGACY", nil, false},
		{"convai", "LEGACY_KEY", "", base, true},
		{"alakazam", "LEGACY_KEY", "", base, false},
		{"convai", "GITHUB_TOKEN", "", base, false},
	} {
		vars := map[string]string{test.key: "canary", "CHARSYNC_ALLOW_KEYS": test.allow}
		policy := credential.NewPolicy(lookup(vars))
		if test.review != nil {
			policy = policy.Review(test.review)
		}
		d, _ := all.Driver(test.driver)
		in := spec.Instance{Name: "mine", Type: test.driver, APIKeyEnv: test.key}
		read := false
		got, err := policy.Find(in, d, func(name string) string { read = read || name == test.key; return vars[name] })
		found := policy.Findings(instances(in), all.Driver, lookup(vars))
		if (err == nil) != test.want || read != test.want || (len(found) == 0) != test.want {
			t.Errorf("%+v: %v, %v, read %v, %v", test, got, err, read, found)
			continue
		}
		var refused spec.Diagnostic
		if !test.want && (!errors.As(err, &refused) || refused.Code != credential.CodeKey) {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// TestAtTheLine: a finding stands where the file says it.
func TestAtTheLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), spec.ConfigFile)
	text := "apiVersion: charsync.dev/v1\nkind: Project\nspec:\n  providers:\n    convai:\n      apiKeyEnv: GITHUB_TOKEN\n      baseURL: https://elsewhere.example/v1\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	p, found := spec.LoadProject(file)
	if len(found) > 0 {
		t.Fatal(found)
	}
	found = credential.Policy{}.Findings(p, all.Driver, lookup(nil))
	if len(found) != 2 || found[0].Pos.String() != "charsync.yaml:6:18" || found[1].Pos.String() != "charsync.yaml:7:16" || found[0].Source == "" {
		t.Errorf("%+v", found)
	}
}
