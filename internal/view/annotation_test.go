package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/internal/view/viewtest"
	"github.com/charsync/charsync/pkg/spec"
)

var someRules = []spec.CodeInfo{
	{Code: "CS101", Severity: spec.Error, Meaning: "The YAML is broken."},
	{Code: "CS201", Severity: spec.Error, Meaning: "A field that does not exist."},
	{Code: "CS402", Severity: spec.Warning, Meaning: "Past what the provider shows."},
	{Code: "CS400", Severity: spec.Info, Meaning: "The provider has no such field."},
}

// TestFindingsForTools compares both forms with golden files.
func TestFindingsForTools(t *testing.T) {
	schema := sarifValidator(t)
	walk(t, "diagnostic/*.json", func(t *testing.T, file string, data []byte) {
		var ds []spec.Diagnostic
		decode(t, data, &ds)
		var out strings.Builder
		titles := map[string]string{}
		for _, r := range someRules {
			titles[r.Code] = r.Meaning
		}
		if err := Annotations(&out, ds, Repository{Prefix: "games/tavern"}, titles); err != nil {
			t.Fatal(err)
		}
		viewtest.Golden(t, strings.TrimSuffix(file, ".json")+".github", out.String())
		out.Reset()
		if err := SARIF(&out, ds, Scan{Version: "v1.2.3", Rules: someRules, Repository: Repository{Prefix: "games/tavern"}}); err != nil {
			t.Fatal(err)
		}
		viewtest.Golden(t, strings.TrimSuffix(file, ".json")+".sarif", out.String())
		conforms(t, schema, out.String())
	})
}

// sarifValidator is the schema that OASIS publishes, errata 01.
func sarifValidator(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "sarif", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft4
	c.AssertFormat = true
	if err := c.AddResource(sarifSchema, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile(sarifSchema)
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func conforms(t failer, schema *jsonschema.Schema, text string) sarifLog {
	t.Helper()
	var document any
	var log sarifLog
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatalf("%v", err)
	}
	if err := schema.Validate(document); err != nil {
		t.Fatalf("%#v\n%s", err, text)
	}
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatalf("%v", err)
	}
	return log
}

// TestSchemaRefuses shows that the schema is not one that takes everything.
func TestSchemaRefuses(t *testing.T) {
	schema := sarifValidator(t)
	for _, text := range []string{
		`{"version":"2.1.0"}`,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"columnKind":"bytes"}]}`,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"level":"info","message":{"text":"x"}}]}]}`,
	} {
		var document any
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			t.Fatal(err)
		}
		if schema.Validate(document) == nil {
			t.Errorf("accepted: %s", text)
		}
	}
}

// hostile makes texts of what could end a command or begin one.
func hostile(t *rapid.T, label string) string {
	pieces := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]string{
			"::", "::error::", "\n::set-output name=x::y", "\r\n", "\r", "%", "%0A", "%0A::error::x", ",line=1", "file=x,", "]", "[x](https://example.com)",
			"##[add-mask]x", "##[", "\x1b[31m", "\u2028", "{0}", "{{0}}", "\\", "<script>", "::stop-commands::x", "\xff", "\u202e", "千代", "👩‍🚀", strings.Repeat("x", 5000),
		}),
		rapid.String(),
	), 0, 6).Draw(t, label)
	return strings.Join(pieces, "")
}

func hostileFindings(t *rapid.T) []spec.Diagnostic {
	ds := make([]spec.Diagnostic, rapid.IntRange(0, 45).Draw(t, "findings"))
	for i := range ds {
		ds[i] = spec.Diagnostic{
			Severity: rapid.SampledFrom([]spec.Severity{spec.Error, spec.Warning, spec.Info, ""}).Draw(t, "severity"),
			Code:     rapid.SampledFrom([]string{"CS101", "CS201", "CS402", "CSxxx"}).Draw(t, "code"),
			Message:  hostile(t, "message"), Hint: hostile(t, "hint"), Source: hostile(t, "source"),
			Character: hostile(t, "character"), Target: hostile(t, "target"), Path: spec.Path(hostile(t, "path")),
			Length: rapid.IntRange(0, 40).Draw(t, "length"),
		}
		if rapid.Bool().Draw(t, "placed") {
			ds[i].Pos = spec.Pos{File: hostile(t, "file"), Line: rapid.IntRange(0, 999).Draw(t, "line"), Col: rapid.IntRange(0, 999).Draw(t, "column")}
		}
	}
	return ds
}

// command reads a line as the runner does: newer commands at the start, older
// ones anywhere.
var (
	command      = regexp.MustCompile(`^\s*::([a-zA-Z-]+)(?: +([^:]*(?::[^:]+)*))?::(.*)$`)
	olderCommand = regexp.MustCompile(`##\[[^\]]+\]`)
)

// TestHostileFindingsStayInert lets findings try to break out of the command
// that shows them.
func TestHostileFindingsStayInert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ds := hostileFindings(t)
		var out strings.Builder
		if err := Annotations(&out, ds, Repository{Prefix: "a"}, map[string]string{"CS101": hostile(t, "title")}); err != nil {
			t.Fatal(err)
		}
		shown := map[string]int{}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		for _, line := range lines {
			m := command.FindStringSubmatch(line)
			if m == nil {
				if strings.HasPrefix(strings.TrimSpace(line), "::") || olderCommand.MatchString(line) {
					t.Fatalf("a command of its own: %q", line)
				}
				continue
			}
			shown[m[1]]++
			if !slices.Contains([]string{"error", "warning", "notice"}, m[1]) {
				t.Fatalf("another command: %q", line)
			}
			for _, property := range strings.Split(m[2], ",") {
				name, value, ok := strings.Cut(property, "=")
				if !ok || !slices.Contains([]string{"file", "line", "endLine", "col", "endColumn", "title"}, name) || strings.Contains(value, ":") {
					t.Fatalf("another property: %q in %q", property, line)
				}
			}
			if strings.ContainsAny(line, "\r\x1b\u202e\u2028") || len(line) > 3*(annotationMessage+annotationTitle)+40000 {
				t.Fatalf("not safe to print: %q", line)
			}
		}
		want := map[string]int{}
		total := 0
		for _, d := range ds {
			name := map[spec.Severity]string{spec.Error: "error", spec.Warning: "warning", spec.Info: "notice"}[severityOf(d)]
			want[name] = min(want[name]+1, annotationsShown)
			total++
		}
		if fmt.Sprint(want) != fmt.Sprint(shown) {
			t.Fatalf("%v annotations for %v", shown, want)
		}
		if plain := len(lines) - want["error"] - want["warning"] - want["notice"]; total > 0 {
			rest := total - want["error"] - want["warning"] - want["notice"]
			if heads := min(rest, 1); plain != rest+heads+1 { // the lines, what they are, the summary
				t.Fatalf("%d plain lines for %d findings", plain, rest)
			}
		}
	})
}

// TestHostileSARIF validates logs of hostile findings against the schema.
func TestHostileSARIF(t *testing.T) {
	schema := sarifValidator(t)
	rapid.Check(t, func(t *rapid.T) {
		ds := hostileFindings(t)
		var out strings.Builder
		if err := SARIF(&out, ds, Scan{Version: "v1", Rules: someRules}); err != nil {
			t.Fatal(err)
		}
		log := conforms(t, schema, out.String())
		run := log.Runs[0]
		if len(run.Results) != len(ds) {
			t.Fatalf("%d results for %d findings", len(run.Results), len(ds))
		}
		prints := map[string]bool{}
		for i, r := range run.Results {
			if prints[r.PartialFingerprints[sarifFinding]] {
				t.Fatalf("two findings with one fingerprint: %v", r)
			}
			prints[r.PartialFingerprints[sarifFinding]] = true
			if r.RuleIndex != nil && run.Tool.Driver.Rules[*r.RuleIndex].ID != ds[i].Code {
				t.Fatalf("%v points at another rule", r)
			}
			if strings.ContainsAny(r.Message.Text, "\x1b\u202e\u2028") || linked.MatchString(r.Message.Text) {
				t.Fatalf("not inert: %q", r.Message.Text)
			}
		}
	})
}

var linked = regexp.MustCompile(`(?:^|[^\\])(?:\\\\)*\[[^\[\]]*[^\\\[\]]\]\(`)

// TestFingerprintsLast moves a finding down a few lines.
func TestFingerprintsLast(t *testing.T) {
	d := spec.Diagnostic{Pos: spec.Pos{File: "a.yaml", Line: 3, Col: 2}, Code: "CS201", Message: "unknown field", Source: "  greting: x"}
	moved, indented, other := d, d, d
	moved.Pos.Line, indented.Source, other.Source = 40, "      greting: x", "  greeeting: x"
	in := Repository{Prefix: "p"}
	if lasting(d, in) != lasting(moved, in) || lasting(d, in) != lasting(indented, in) {
		t.Error("the fingerprint moves with the line")
	}
	if lasting(d, in) == lasting(other, in) || lasting(d, in) == lasting(d, Repository{}) {
		t.Error("two findings look the same")
	}
}

func TestTooManyForOneLog(t *testing.T) {
	ds := make([]spec.Diagnostic, 0, sarifResults+2)
	for range sarifResults + 1 {
		ds = append(ds, spec.Diagnostic{Severity: spec.Info, Code: "CS400", Message: "note"})
	}
	ds = append(ds, spec.Diagnostic{Severity: spec.Error, Code: "CS101", Message: "wrong"})
	var out strings.Builder
	if err := SARIF(&out, ds, Scan{Rules: someRules}); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	decode(t, []byte(out.String()), &log)
	run := log.Runs[0]
	if len(run.Results) != sarifResults || run.Results[0].Level != "error" {
		t.Errorf("%d results, the first of level %s", len(run.Results), run.Results[0].Level)
	}
	if n := run.Invocations[0].Notifications; len(n) != 1 || !strings.HasPrefix(n[0].Message.Text, "2 ") {
		t.Errorf("what is left out is not told: %v", n)
	}
}
