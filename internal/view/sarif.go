package view

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Scan says of what a SARIF log is.
type Scan struct {
	Version    string          // of charsync
	Rules      []spec.CodeInfo // every code there is, in order
	Repository Repository
}

const (
	sarifSchema   = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifHome     = "https://github.com/charsync/charsync"
	sarifRoot     = "%SRCROOT%"
	sarifFinding  = "charsync/v1" // names the way in which fingerprints are made
	sarifMessages = 16 << 10      // bytes of one message

	// sarifResults is how many results of a run GitHub takes; it refuses a log
	// with more.
	sarifResults = 25000
)

// SARIF prints findings as a log of SARIF 2.1.0. Columns count Unicode code
// points. A finding keeps its fingerprint when lines above it come or go. Of
// more findings than GitHub takes, the least severe are left out, and the log
// says how many.
func SARIF(w io.Writer, ds []spec.Diagnostic, of Scan) error {
	driver := sarifDriver{Name: "charsync", Version: of.Version, InformationURI: sarifHome, Rules: []sarifRule{}}
	index := map[string]int{}
	for _, r := range of.Rules {
		index[r.Code] = len(driver.Rules)
		driver.Rules = append(driver.Rules, newSarifRule(r))
	}
	ds, left := mostSevere(ds, sarifResults)
	seen := map[string]int{}
	results := make([]sarifResult, 0, len(ds))
	for _, d := range ds {
		r := newSarifResult(d, of.Repository)
		if at, known := index[d.Code]; known {
			r.RuleIndex = &at
		}
		mark := lasting(d, of.Repository)
		seen[mark]++
		r.PartialFingerprints = map[string]string{sarifFinding: fmt.Sprintf("%s:%d", mark, seen[mark])}
		results = append(results, r)
	}
	invocation := sarifInvocation{ExecutionSuccessful: true}
	if left > 0 {
		invocation.Notifications = []sarifNotification{{Level: "warning", Message: sarifText{Text: fmt.Sprintf("%d less severe findings are not in this log.", left)}}}
	}
	return JSON(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{{
		Tool: sarifTool{driver}, Invocations: []sarifInvocation{invocation}, ColumnKind: "unicodeCodePoints",
		OriginalURIBaseIDs: map[string]sarifBase{sarifRoot: {Description: sarifText{Text: "The root of the repository."}}},
		Results:            results,
	}}})
}

// mostSevere keeps so many findings in their order, and counts the others.
func mostSevere(ds []spec.Diagnostic, most int) (kept []spec.Diagnostic, left int) {
	if len(ds) <= most {
		return ds, 0
	}
	rank := map[spec.Severity]int{spec.Error: 0, spec.Warning: 1, spec.Info: 2}
	ds = slices.Clone(ds)
	slices.SortStableFunc(ds, func(a, b spec.Diagnostic) int { return rank[severityOf(a)] - rank[severityOf(b)] })
	return ds[:most], len(ds) - most
}

func newSarifRule(r spec.CodeInfo) sarifRule {
	uri := sarifHome + "/blob/main/docs/errors.md#" + strings.ToLower(r.Code)
	return sarifRule{
		ID: r.Code, ShortDescription: sarifText{Text: plainly(r.Meaning)}, HelpURI: uri,
		Help:    sarifText{Text: plainly(r.Meaning) + " See " + uri, Markdown: r.Meaning + " [All codes](" + uri + ")"},
		Default: sarifLevel{level(r.Severity)},
	}
}

func newSarifResult(d spec.Diagnostic, in Repository) sarifResult {
	message := d.Message
	if d.Hint != "" {
		message += "\nhint: " + d.Hint
	}
	r := sarifResult{RuleID: d.Code, Level: level(severityOf(d)), Message: sarifText{Text: plainly(cutBytes(Sanitize(message), sarifMessages))}}
	var l sarifLocation
	if file := in.file(d.Pos); file != "" {
		l.Physical = &sarifPhysical{Artifact: sarifArtifact{URI: (&url.URL{Path: strings.ToValidUTF8(file, "\uFFFD")}).String(), BaseID: sarifRoot}, Region: region(d)}
	}
	if d.Character != "" {
		name := strings.TrimPrefix(d.Target+"/"+d.Character, "/")
		if d.Path != "" {
			name += "/" + string(d.Path)
		}
		l.Logical = []sarifLogical{{FullyQualifiedName: SanitizeLine(name), Kind: "member"}}
	}
	if l.Physical != nil || l.Logical != nil {
		r.Locations = []sarifLocation{l}
	}
	return r
}

func region(d spec.Diagnostic) *sarifRegion {
	if d.Pos.Line == 0 {
		return nil
	}
	r := &sarifRegion{StartLine: d.Pos.Line}
	if d.Pos.Col > 0 {
		r.StartColumn, r.EndColumn = d.Pos.Col, d.Pos.Col+max(d.Length, 1)
	}
	if d.Source != "" {
		r.Snippet = &sarifText{Text: Sanitize(d.Source)}
	}
	return r
}

// lasting tells findings apart by what they say and where in a manifest,
// not by the line: editing above one doesn't make it a new one.
func lasting(d spec.Diagnostic, in Repository) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{d.Code, in.file(d.Pos), d.Character, d.Target, string(d.Path), strings.TrimSpace(d.Source)}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

var placeholder = regexp.MustCompile(`\{(\d+)\}`)

// plainly keeps a text from being read as a message with links and
// placeholders, which SARIF's messages may have.
func plainly(s string) string {
	if strings.Contains(s, "](") {
		s = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(s)
	}
	return placeholder.ReplaceAllString(s, "{{$1}}")
}

func level(s spec.Severity) string {
	switch s {
	case spec.Info:
		return "note"
	case spec.Warning:
		return "warning"
	}
	return "error"
}
