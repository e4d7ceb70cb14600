package docs_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
)

// TestGeneratedSwitches keeps the list of the sandbox's switches.
func TestGeneratedSwitches(t *testing.T) {
	var b strings.Builder
	b.WriteString("| switch | values | what it turns | source |\n| --- | --- | --- | --- |\n")
	for _, s := range sandbox.Switches() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.Name, values(s), cell(s.Doc), s.Source)
	}
	generated(t, "docs/sandbox.md", "switches", b.String())
}

func values(s sandbox.Switch) string {
	if len(s.Values) == 0 {
		return fmt.Sprintf("`%s`; %d to %d", s.Default, s.Min, s.Max)
	}
	words := []string{"`" + s.Default + "`"}
	for _, v := range s.Values {
		if v != s.Default {
			words = append(words, "`"+v+"`")
		}
	}
	return strings.Join(words, ", ")
}

// TestGeneratedFaultKinds keeps the list of what can go wrong on demand.
func TestGeneratedFaultKinds(t *testing.T) {
	var words []string
	for _, k := range sandbox.FaultKinds() {
		words = append(words, "`"+string(k)+"`")
	}
	slices.Sort(words)
	generated(t, "docs/sandbox.md", "faults", strings.Join(words, ", ")+".")
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// TestGeneratedAdmin keeps the list of operations below /_sandbox: the sandbox names
// them all to whoever asks for one that it does not have.
func TestGeneratedAdmin(t *testing.T) {
	server, err := sandbox.Open(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	w := httptest.NewRecorder()
	server.Handler().ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1/_sandbox/nothing", nil))
	var answer struct{ Accepted []string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Accepted) == 0 {
		t.Fatalf("no operation is named: %s", w.Body)
	}
	var b strings.Builder
	b.WriteString("| operation | does |\n| --- | --- |\n")
	for _, line := range answer.Accepted {
		operation, does, _ := strings.Cut(line, "  ")
		fmt.Fprintf(&b, "| `%s` | %s |\n", operation, cell(does))
	}
	generated(t, "docs/sandbox.md", "admin", b.String())
}
