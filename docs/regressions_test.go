package docs_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fault is something that went wrong for users of another tool.
type fault struct{ name, seen, here string }

// faults lists them all. Each has a test that bears its name: a promise without
// a test is none.
func faults() []fault {
	return []fault{
		{"one-word-edit-shows-one-word", "opentofu 2714", "a changed word in a long persona shows its sentence, not the text"},
		{"prose-is-never-escaped", "terraform 21817, 25096", "multi-line text prints as text in every format, inside lists too"},
		{"whitespace-is-its-own-class", "tencentcloud provider 1639", "line ends and trailing ones follow the provider's rule, are named as white space, and settle"},
		{"empty-null-absent-default", "deck 2175", "these are four things, and each comes to rest"},
		{"change-means-diff", "deck 1638, argo-cd 15898", "what counts as a change shows one, and what shows one counts"},
		{"two-comparers-disagree", "Vapi gitops 23, grizzly", "there is one comparison, and everything uses it"},
		{"dry-run-writes", "grafanactl 183, gcx 583", "reading commands go through a transport that refuses writing routes"},
		{"file-edited-after-plan", "pulumi 16806", "applying a frozen plan reads no manifest"},
		{"plan-text-compared", "dflook 54, 62, 166", "a plan's digest covers its operations and no words"},
		{"digest-moves-on-merge", "modernisation-platform 19162", "the same tree has the same digest on another machine and at another hour"},
		{"stale-plan-explains", "kapp 471", "what moved is shown, and only that character is refused"},
		{"lock-killed-in-CI", "terraform 14513", "a killed run leaves no lock behind that a person must remove"},
		{"scoped-run-churns-state", "Vapi gitops 15, 17", "a run touches the lock lines of what it ran, and their order is fixed"},
		{"rename-is-not-recreate", "terraform 591", "a renamed manifest keeps its live character"},
		{"create-timed-out-twice", "vultr provider 44, datadog provider 2635", "a creation whose answer was lost is adopted by the next run"},
		{"same-name-other-character", "SillyTavern 5756", "a name is no identity, and import overwrites nothing"},
		{"comment-too-long", "tf-plan-comment 25 and others", "Markdown keeps to a budget of bytes and is never cut inside a block"},
		{"failed-but-green", "elevenlabs cli, deck 1840", "a failed character fails the run, and the figures are true"},
		{"unknown-key-ignored", "ksail 6980", "an unknown key is an error at the key, with the nearest one"},
		{"caps-found-mid-push", "Vapi gitops 9, 18", "limits are checked before anything is written"},
		{"sdk-strips-fields", "elevenlabs cli 93, 96; TauriTavern 39", "unknown live fields survive a full replace"},
		{"key-case-rewritten", "elevenlabs cli 15 and others", "keys are spelled by the table, never converted wholesale"},
		{"unreadable-means-deleted", "auth0-deploy-cli 201, kodus-ai 1518", "a failed read never turns into a deletion"},
		{"protection-leaves-with-the-file", "terraform 17599", "the lock remembers protection"},
		{"naive-update-wipes", "PyCharacterAI edit_character", "changing a greeting on Character.AI keeps everything else"},
		{"colleague-overwritten", "Vapi gitops 1, 2, 7", "an edit in a console is named before it is touched"},
		{"defaults-adopted", "crossplane 3516", "what a service's documents say it fills in goes into no manifest, and is not fought"},
		{"secret-in-plan", "terraform 516, auth0-deploy-cli 121", "no credential reaches a plan, lock, log, error or report"},
		{"placeholder-pushed", "auth0-deploy-cli 437, 187", "an unresolved reference can't be sent"},
		{"masking-corrupts", "deck 1.62.1", "secrets are a type; no text is searched and replaced"},
		{"refresh-dominates", "terraform 18981, github provider 926", "the calls of a plan without changes are counted, and are the fewest"},
		{"rate-limit-in-plan", "auth0 provider 1313", "each provider has a token bucket, and the plan says how long it will take"},
		{"first-page-only", "elevenlabs cli 79", "lists are read to their end at every page size"},
		{"rollback-clobbers", "Vapi gitops 3, atlantis 734", "undoing compares three ways; a later edit is a conflict"},
		{"rollback-never-run", "soleur 7984", "undoing is part of the tests"},
		{"atomic-save-kills-watch", "fsnotify 17, 372; k9s 2258", "every way in which editors save is seen, once"},
		{"terminal-escape", "", "control characters in live prose don't reach the terminal"},
		{"comment-injection", "", "prose stays inert in Markdown and HTML"},
		{"partial-then-400", "Convai's documented errors", "an update that failed half-way is read back and reported as what it is"},
		{"long-numbers", "launchdarkly provider 14", "numbers are carried as they are spelled, and compared by what they are worth"},
		{"append-not-replace", "a report in Convai's forum", "a text that grew instead of changing is reported and not sent again"},
	}
}

// TestEveryFaultHasItsTest finds a test for each row.
func TestEveryFaultHasItsTest(t *testing.T) {
	tests := testNames(t)
	for _, f := range faults() {
		if tests[plain(f.name)] == "" {
			t.Errorf("no script, test or named case is called %s", f.name)
		}
	}
}

// TestGeneratedRegressions lists the faults whose tests exist, and where.
func TestGeneratedRegressions(t *testing.T) {
	var b strings.Builder
	b.WriteString("| name | seen at | charsync | test |\n| --- | --- | --- | --- |\n")
	tests := testNames(t)
	for _, f := range faults() {
		where := tests[plain(f.name)]
		fmt.Fprintf(&b, "| %s | %s | %s | [%s](../%s) |\n", f.name, f.seen, f.here, filepath.Base(where), where)
	}
	generated(t, "docs/regressions.md", "regressions", b.String())
}

var (
	testFunc = regexp.MustCompile(`(?m)^func (?:Test|Fuzz|Example)(\w+)\(`)
	testCase = regexp.MustCompile(`(?:name: *|t\.Run\()"([a-z0-9A-Z-]+)"`)
)

// testNames maps the name of every script, test function and named case to
// the file that has it. Names are compared without case and hyphens.
func testNames(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && p != root || rel == "docs"):
			return fs.SkipDir
		case strings.HasSuffix(rel, ".txtar"):
			found[plain(strings.TrimSuffix(d.Name(), ".txtar"))] = rel
		case strings.HasSuffix(rel, "_test.go"):
			text := read(t, rel)
			for _, m := range append(testCase.FindAllStringSubmatch(text, -1), testFunc.FindAllStringSubmatch(text, -1)...) {
				found[strings.TrimPrefix(plain(m[1]), "regression")] = rel
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))
}
