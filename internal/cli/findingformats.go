package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/credential"
	"github.com/charsync/charsync/internal/review"
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

// Codes lists all codes that a finding can have, in order.
func Codes() []spec.CodeInfo {
	all := slices.Concat(spec.Codes(), providers.Codes(), lint.Codes(), credential.Codes(), review.Codes(), apply.Codes(), gitCodes())
	slices.SortFunc(all, func(a, b spec.CodeInfo) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// titles are the meanings of all codes, without a full stop.
func titles() map[string]string {
	words := map[string]string{}
	for _, c := range Codes() {
		words[c.Code] = strings.TrimSuffix(c.Meaning, ".")
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
