package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// The formats of findings beside those that every command has.
const (
	formatGitHub = "github"
	formatSARIF  = "sarif"
)

func formatsOfFindings() []string {
	return []string{formatText, formatJSON, formatGitHub, formatSARIF}
}

// rules are all codes that a finding can have, in order.
func rules() []view.Rule {
	var all []view.Rule
	for _, c := range spec.Codes() {
		all = append(all, view.Rule{Code: c.Code, Severity: c.Severity, Text: strings.ToUpper(c.Title[:1]) + c.Title[1:] + "."})
	}
	for _, c := range append(providers.Codes(), lint.Codes()...) {
		all = append(all, view.Rule{Code: c.Code, Severity: c.Severity, Text: c.Doc})
	}
	for _, c := range apply.Codes() {
		all = append(all, view.Rule{Code: c.Code, Severity: c.Severity, Text: c.Doc})
	}
	slices.SortFunc(all, func(a, b view.Rule) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// titles are the meanings of all codes, without a full stop.
func titles() map[string]string {
	words := map[string]string{}
	for _, r := range rules() {
		words[r.Code] = strings.TrimSuffix(r.Text, ".")
	}
	return words
}

// repository finds the Git root above the project. Without one, or when it
// can't be told, paths start at the project.
func (a *app) repository() view.Repository {
	project, err := a.projectDir()
	if err != nil {
		return view.Repository{}
	}
	if project, err = filepath.Abs(project); err != nil {
		return view.Repository{}
	}
	for root := project; ; root = filepath.Dir(root) {
		if _, err := os.Lstat(filepath.Join(root, ".git")); err == nil {
			return below(root, project)
		}
		if filepath.Dir(root) == root {
			return view.Repository{}
		}
	}
}

func below(root, project string) view.Repository {
	prefix, err := filepath.Rel(root, project)
	if err != nil || prefix == "." {
		return view.Repository{}
	}
	return view.Repository{Prefix: filepath.ToSlash(prefix)}
}
