package spec

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// glob is a pattern for paths with slashes: * ? and [a-z] inside a segment,
// and ** for any number of segments.
type glob []string

// parseGlob reads a pattern; it must stay inside the project.
func parseGlob(pattern string) (glob, error) {
	switch {
	case strings.Contains(pattern, `\`):
		return nil, fmt.Errorf("separate folders by /, also on Windows")
	case path.IsAbs(pattern) || len(pattern) > 1 && pattern[1] == ':':
		return nil, fmt.Errorf("use a pattern relative to charsync.yaml")
	}
	segments := strings.Split(path.Clean(pattern), "/")
	for i, s := range segments {
		if s == ".." {
			return nil, fmt.Errorf("use a pattern inside the project")
		}
		if s != "**" && strings.Contains(s, "**") {
			return nil, fmt.Errorf("** must be a whole segment, as in characters/**/*.yaml")
		}
		if _, err := path.Match(s, ""); err != nil {
			return nil, fmt.Errorf("close the bracket in %q", segments[i])
		}
	}
	return slices.CompactFunc(segments, func(a, b string) bool { return a == "**" && b == "**" }), nil
}

// match reports whether a path matches.
func (g glob) match(name string) bool { return matchSegments(g, strings.Split(name, "/")) }

func matchSegments(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for i := range len(name) + 1 {
				if matchSegments(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, _ := path.Match(pattern[0], name[0]); !ok {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}

// below reports whether a path inside the folder could match.
func (g glob) below(folder string) bool {
	if folder == "." {
		return true
	}
	pattern := []string(g)
	for segment := range strings.SplitSeq(folder, "/") {
		if len(pattern) == 0 {
			return false
		}
		if pattern[0] == "**" {
			return true
		}
		if ok, _ := path.Match(pattern[0], segment); !ok {
			return false
		}
		pattern = pattern[1:]
	}
	return len(pattern) > 0
}
