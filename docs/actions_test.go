package docs_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type action struct {
	Inputs  map[string]struct{ Description string }
	Outputs map[string]struct{ Description string }
}

var ownAction = regexp.MustCompile(`^(?:\./|charsync/charsync/)(\.github/actions/[\w-]+)(?:@\S+)?$`)

// TestOwnActionsAreUsedRight finds what the workflows give to the actions of
// this repository, and take from them, in their files.
func TestOwnActionsAreUsedRight(t *testing.T) {
	used := 0
	for file, document := range pipelines(t) {
		outputs := map[string]bool{}
		each(document, func(step map[string]any) {
			uses, _ := step["uses"].(string)
			m := ownAction.FindStringSubmatch(uses)
			if m == nil {
				return
			}
			used++
			a := parsed[action](t, m[1]+"/action.yml")
			with, _ := step["with"].(map[string]any)
			for name := range with {
				if _, ok := a.Inputs[name]; !ok {
					t.Errorf("%s: %s has no input %s", file, uses, name)
				}
			}
			for name := range a.Outputs {
				outputs[name] = true
			}
		})
		for _, m := range regexp.MustCompile(`steps\.charsync\.outputs\.([\w-]+)`).FindAllStringSubmatch(read(t, file), -1) {
			if !outputs[m[1]] {
				t.Errorf("%s: there is no output %s", file, m[1])
			}
		}
	}
	if used < 4 {
		t.Errorf("only %d uses", used)
	}
}

var firstCell = regexp.MustCompile("(?m)^\\| ((?:`[a-z-]+`(?:, )?)+) \\|")

// TestActionIsDocumented compares the tables in docs/ci.md with the action.
func TestActionIsDocumented(t *testing.T) {
	text := read(t, "docs/ci.md")
	a := parsed[action](t, ".github/actions/charsync/action.yml")
	for head, want := range map[string][]string{
		"\n| input | |\n":  slices.Sorted(maps.Keys(a.Inputs)),
		"\n| output | |\n": slices.Sorted(maps.Keys(a.Outputs)),
	} {
		_, table, _ := strings.Cut(text, head)
		table, _, _ = strings.Cut(table, "\n\n")
		var got []string
		for _, m := range firstCell.FindAllStringSubmatch(table, -1) {
			got = append(got, strings.Split(strings.ReplaceAll(m[1], "`", ""), ", ")...)
		}
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("the action (-) against docs/ci.md (+):\n%s", d)
		}
	}
	for name, in := range a.Inputs {
		if in.Description == "" {
			t.Errorf("the input %s has no description", name)
		}
	}
}
