package spec

import (
	"path"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestGlob(t *testing.T) {
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"characters/**/*.yaml", "characters/a.yaml", true},
		{"characters/**/*.yaml", "characters/a/b/c.yaml", true},
		{"characters/**/*.yaml", "other/a.yaml", false},
		{"characters/**/*.yaml", "characters/a.yml", false},
		{"**", "a/b", true},
		{"**/a/**/b", "a/b", true},
		{"**/a/**/b", "x/a/y/z/b", true},
		{"./a/*.yaml", "a/b.yaml", true},
		{"a/?.yaml", "a/漢.yaml", true},
		{"a/[b-d].yaml", "a/c.yaml", true},
		{"*.yaml", "a/b.yaml", false},
		{"**/**/**/x", "a/x", true},
		{"characters/**/*.yaml", "characters/.#mira.yaml", false},
		{"characters/**/*.yaml", "characters/._mira.yaml", false},
		{"characters/**/*.yaml", "characters/.trash/mira.yaml", false},
		{"**/*.yaml", ".trash/mira.yaml", false},
		{"characters/?mira.yaml", "characters/.mira.yaml", false},
		{"characters/[.m]ira.yaml", "characters/.ira.yaml", false},
		{"characters/**", "characters/mira.yaml~", false},
		{"characters/**", "characters/mira.yaml", true},
		{"**", "a~/b", true},
		{"**/.m*/*.yaml", "a/.mira/b.yaml", true},
		{"characters/.#mira.yaml", "characters/.#mira.yaml", true},
	} {
		g, err := parseGlob(test.pattern)
		if err != nil || g.match(test.name) != test.want {
			t.Errorf("%s and %s: %v %v", test.pattern, test.name, g.match(test.name), err)
		}
		if folder := path.Dir(test.name); test.want && !g.below(folder) {
			t.Errorf("%s does not enter %s", test.pattern, folder)
		}
	}
}

// TestGlobProperties: matching agrees with the regular expression that the
// pattern stands for, and every folder above a match is entered.
func TestGlobProperties(t *testing.T) {
	segment := rapid.SampledFrom([]string{"a", "b", "ab", "*", "a*", "?", "**", "*b"})
	rapid.Check(t, func(t *rapid.T) {
		pattern := strings.Join(rapid.SliceOfN(segment, 1, 5).Draw(t, "pattern"), "/")
		name := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab", "bb"}), 1, 6).Draw(t, "name"), "/")
		g, err := parseGlob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		expression := "^"
		for s := range strings.SplitSeq(pattern, "/") {
			switch s {
			case "**":
				expression += "(?:[^/]+/)*"
			default:
				expression += strings.NewReplacer("*", "[^/]*", "?", "[^/]").Replace(s) + "/"
			}
		}
		want := regexp.MustCompile(expression + "$").MatchString(name + "/")
		if got := g.match(name); got != want {
			t.Fatalf("%s and %s: %v, want %v", pattern, name, got, want)
		}
		for folder := path.Dir(name); want && folder != "."; folder = path.Dir(folder) {
			if !g.below(folder) {
				t.Fatalf("%s would not enter %s on the way to %s", pattern, folder, name)
			}
		}
	})
}
