package cli

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/credential"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

func driver(t *testing.T, name string) *providers.Driver {
	t.Helper()
	d, ok := all.Driver(name)
	if !ok {
		t.Fatalf("no driver %s", name)
	}
	return d
}

func TestCredentials(t *testing.T) {
	for _, test := range []struct {
		name string
		in   spec.Instance
		vars map[string]string
		want map[string]string // nil: an error
		hint string
	}{
		{"the driver's variable", spec.Instance{Type: "convai"}, map[string]string{"CONVAI_API_KEY": "k"}, map[string]string{"CONVAI_API_KEY": "k"}, ""},
		{"apiKeyEnv", spec.Instance{Type: "convai", APIKeyEnv: "CONVAI_STAGE"}, map[string]string{"CONVAI_STAGE": "s", "CONVAI_API_KEY": "k"}, map[string]string{"CONVAI_API_KEY": "s"}, ""},
		{"apiKeyEnv does not fall back", spec.Instance{Type: "convai", APIKeyEnv: "CONVAI_STAGE"}, map[string]string{"CONVAI_API_KEY": "k"}, nil, "set CONVAI_STAGE"},
		{"a pair", spec.Instance{Type: "npcbuilder"}, map[string]string{"NPCBUILDER_CLIENT_ID": "i", "NPCBUILDER_CLIENT_SECRET": "s"}, map[string]string{"NPCBUILDER_CLIENT_ID": "i", "NPCBUILDER_CLIENT_SECRET": "s"}, ""},
		{"half a pair", spec.Instance{Type: "npcbuilder"}, map[string]string{"NPCBUILDER_CLIENT_ID": "i"}, nil, "NPCBUILDER_CLIENT_ID with NPCBUILDER_CLIENT_SECRET"},
		{"none", spec.Instance{Type: "alakazam"}, nil, nil, "set ALAKAZAM_API_KEY"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := new(credential.Policy).Find(test.in, driver(t, test.in.Type), func(name string) string { return test.vars[name] })
			if test.want == nil {
				if err == nil || !strings.Contains(hintFor(err), test.hint) {
					t.Fatalf("error %v, hint %q", err, hintFor(err))
				}
				return
			}
			if err != nil || len(got) != len(test.want) {
				t.Fatalf("%v, %v", got, err)
			}
			for name, value := range test.want {
				if got[name].Reveal() != value {
					t.Errorf("%s: %q", name, got[name].Reveal())
				}
			}
		})
	}
}

func TestBaseURL(t *testing.T) {
	for _, test := range []struct{ own, variable, want string }{
		{"", "", "https://api.convai.com"},
		{"", "https://proxy.example/convai/", "https://proxy.example/convai"},
		{"https://own.example", "https://proxy.example", "https://own.example"},
		{"", "http://127.0.0.1:7070/convai", "http://127.0.0.1:7070/convai"},
		{"", "http://[::1]:7070", "http://[::1]:7070"},
		{"", "http://localhost", "http://localhost"},
		{"", "http://api.convai.com", ""},
		{"http://localhost.example", "", ""},
		{"", "https://user:pw@api.convai.com", ""},
		{"", "https://api.convai.com?x=1", ""},
		{"", "ftp://api.convai.com", ""},
		{"", "api.convai.com", ""},
	} {
		in := spec.Instance{Name: "convai", Type: "convai", BaseURL: test.own}
		got, err := credential.NewPolicy(func(string) string { return "own.example" }).BaseURL(in, driver(t, "convai"), func(string) string { return test.variable })
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%+v: %q, %v", test, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "pw@") {
			t.Errorf("the error repeats a password: %v", err)
		}
	}
}

func TestPace(t *testing.T) {
	d := driver(t, "characterai")
	far, near := d.BaseURL, "http://127.0.0.1:1"
	for _, test := range []struct {
		name string
		in   spec.Instance
		base string
		want providers.Pace
	}{
		{"the provider's", spec.Instance{}, far, d.Pace},
		{"charsync.yaml's", spec.Instance{RequestsPerSecond: 4, Concurrency: 3}, far, providers.Pace{PerSecond: 4, Concurrency: 3, SerialWrite: d.Pace.SerialWrite}},
		{"none towards loopback", spec.Instance{}, near, providers.Pace{Concurrency: 8, SerialWrite: d.Pace.SerialWrite}},
		{"charsync.yaml's towards loopback", spec.Instance{RequestsPerSecond: 4}, near, providers.Pace{PerSecond: 4, Concurrency: 8, SerialWrite: d.Pace.SerialWrite}},
	} {
		if got := paceFor(test.in, d, test.base, 8); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

// TestOffline: what validates and renders opens no account, so there is
// nothing that a request could go through.
func TestOffline(t *testing.T) {
	p := spec.DefaultProject(t.TempDir())
	asked := func(name string) string { t.Errorf("%s was read", name); return "key" }
	for name, account := range openAccounts(p, accountOptions{access: offline, lookup: asked}) {
		if account.Provider != nil || account.Driver == nil {
			t.Errorf("%s: %+v", name, account)
		}
	}
}

// TestUserAgent: an instance may name its requests; others go under
// charsync's own name.
func TestUserAgent(t *testing.T) {
	var got string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.UserAgent()
		_, _ = w.Write([]byte(`{"characters":[]}`))
	}))
	t.Cleanup(srv.Close)
	d := driver(t, "convai")
	env := map[string]string{d.BaseURLEnv: srv.URL, d.Env[0][0]: "key"}
	for set, want := range map[string]string{"": "charsync/test", "studio-sync/2.1": "studio-sync/2.1"} {
		in := spec.Instance{Name: "convai", Type: "convai", UserAgent: set}
		account := openAccount(in, accountOptions{access: reading, lookup: func(name string) string { return env[name] }, parallelism: 1, userAgent: "charsync/test"})
		if account.Err != nil {
			t.Fatal(account.Err)
		}
		for _, err := range account.Provider.List(t.Context(), "") {
			t.Error(err)
		}
		if got != want {
			t.Errorf("%q: sent %q", set, got)
		}
	}
}
