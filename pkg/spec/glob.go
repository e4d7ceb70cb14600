package spec

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// glob is a pattern for paths with slashes: * ? and [a-z] inside a segment,
// and ** for any number of segments. What begins with a dot, and files of a
// moment, must be spelled out.
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
				if i < len(name) && !wild(name[i:]) {
					return false
				}
			}
			return false
		}
		if len(name) == 0 || !matchSegment(pattern[0], name) {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}

// matchSegment matches the first segment of a name.
func matchSegment(pattern string, name []string) bool {
	if pattern == name[0] {
		return true
	}
	ok, _ := path.Match(pattern, name[0])
	return ok && (wild(name) || strings.HasPrefix(pattern, ".") && strings.HasPrefix(name[0], "."))
}

// wild reports whether * may mean the first segment of a name. Only the last
// segment can be a file of a moment.
func wild(name []string) bool {
	return !strings.HasPrefix(name[0], ".") && (len(name) > 1 || !Passing(name[0]))
}

// below reports whether a path inside the folder could match.
func (g glob) below(folder string) bool {
	return folder == "." || belowSegments(g, append(strings.Split(folder, "/"), ""))
}

// belowSegments is below for a folder's segments and an empty one.
func belowSegments(pattern, folder []string) bool {
	switch {
	case len(pattern) == 0:
		return false
	case len(folder) == 1:
		return true
	case pattern[0] != "**":
		return matchSegment(pattern[0], folder) && belowSegments(pattern[1:], folder[1:])
	}
	return belowSegments(pattern[1:], folder) || wild(folder) && belowSegments(pattern, folder[1:])
}
