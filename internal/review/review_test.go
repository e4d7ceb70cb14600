package review_test

import (
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/review"
	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

func entry(name, id string, protect bool) state.Entry {
	return state.Entry{Address: diff.Address{Name: name, Target: "convai"}, Provider: "convai", ID: id, Protect: protect, Fields: map[spec.Path]diff.Mark{}}
}

// TestBindings: what the lock binds otherwise is shown, and a live character
// that another one has is an error.
func TestBindings(t *testing.T) {
	mira, otto := entry("mira", "m1", true), entry("otto", "o1", false)
	for _, test := range []struct {
		name      string
		then, now []state.Entry
		edits     []string // beginnings
		errors    int
	}{
		{"nothing", []state.Entry{mira, otto}, []state.Entry{otto, mira}, nil, 0},
		{"swapped", []state.Entry{mira, otto}, []state.Entry{entry("mira", "o1", true), entry("otto", "m1", false)}, []string{"convai/mira: m1 → o1", "convai/otto: o1 → m1"}, 2},
		{"taken", []state.Entry{mira, otto}, []state.Entry{mira, otto, entry("new", "o1", false)}, []string{"convai/new: o1; it is bound to the live character of convai/otto"}, 1},
		{"a line removed", []state.Entry{mira, otto}, []state.Entry{mira}, []string{"convai/otto: was o1; it is not bound any more"}, 0},
		{"everything removed", []state.Entry{mira, otto}, nil, []string{"convai/mira: was m1", "convai/mira: protected → not protected (looser)", "convai/otto: was o1"}, 0},
		{"protection dropped", []state.Entry{mira}, []state.Entry{entry("mira", "m1", false)}, []string{"convai/mira: protected → not protected (looser); it can be deleted"}, 0},
		{"renamed", []state.Entry{otto}, []state.Entry{entry("otto-the-smith", "o1", false)}, []string{"convai/otto: was o1", "convai/otto-the-smith: o1; it takes over"}, 0},
		{"bound", nil, []state.Entry{otto}, []string{"convai/otto: o1; it is bound to this live character"}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			edits, found := review.Bindings(test.then, test.now)
			compare(t, edits, test.edits)
			if len(found) != test.errors {
				t.Errorf("%v", found)
			}
		})
	}
}

// TestSettings: edits of charsync.yaml are shown by path, and what lets more
// pass is called looser.
func TestSettings(t *testing.T) {
	for _, test := range []struct{ path, was, is, want string }{
		{"policy.drift", "fail", "enforce", "policy.drift: fail → enforce (looser); a policy"},
		{"policy.drift", "report", "fail", "policy.drift: report → fail; a policy"},
		{"policy.drift", "", "report", "policy.drift: report (looser); a policy"},
		{"policy.conflict", "fail", "overwrite", "policy.conflict: fail → overwrite (looser)"},
		{"policy.maxDeletes", "10%", "100%", "policy.maxDeletes: 10% → 100% (looser); a guard"},
		{"policy.maxDeletes", "10%", "5%", "policy.maxDeletes: 10% → 5%; a guard"},
		{"policy.maxDeletes", "", "50%", "policy.maxDeletes: 50% (looser); a guard"},
		{"policy.maxChanges", "30%", "1000", "policy.maxChanges: 30% → 1000 (looser); a guard"},
		{"policy.maxLoss", "none", "", "policy.maxLoss: was none (looser)"},
		{"lint.secret", "error", "off", "lint.secret: error → off (looser); a rule of the lint"},
		{"providers.convai.baseURL", "", "https://x.example", "providers.convai.baseURL: https://x.example; where requests go"},
		{"providers.convai.apiKeyEnv", "CONVAI_A", "CONVAI_B", "providers.convai.apiKeyEnv: CONVAI_A → CONVAI_B; which credential is used"},
		{"environments.stage.targets.convai", "stage", "live", "environments.stage.targets.convai: stage → live; where an environment leads"},
		{"state.path", "charsync.lock", "other.lock", "state.path: charsync.lock → other.lock; where the lock is"},
		{"something.new", "", "x", "something.new: x"},
	} {
		side := func(v string) map[string]string {
			if v == "" {
				return map[string]string{}
			}
			return map[string]string{test.path: v}
		}
		compare(t, review.Settings(side(test.was), side(test.is), map[string]string{"policy.drift": "enforce", "policy.maxDeletes": "10%"}), []string{test.want})
	}
}

func compare(t *testing.T, edits []diff.Edit, want []string) {
	t.Helper()
	if len(edits) != len(want) {
		t.Errorf("%v, want %q", edits, want)
		return
	}
	for i, e := range edits {
		if !strings.HasPrefix(e.String(), want[i]) {
			t.Errorf("%q, want %q", e, want[i])
		}
	}
}
