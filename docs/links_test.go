package docs_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	named   = regexp.MustCompile(`<a id="([^"]+)">`)
	notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinks follows every relative link, to the heading where it names one.
func TestLinks(t *testing.T) {
	followed := 0
	for _, name := range texts(t) {
		for _, m := range link.FindAllStringSubmatch(withoutCode(read(t, name)), -1) {
			target, fragment, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			followed++
			file := name
			if target != "" {
				file = path.Join(path.Dir(name), target)
			}
			info, err := os.Stat(filepath.Join(root, filepath.FromSlash(file)))
			if err != nil {
				t.Errorf("%s: %s leads nowhere", name, m[1])
				continue
			}
			if fragment != "" && !info.IsDir() && !anchors(read(t, file))[fragment] {
				t.Errorf("%s: %s has no heading #%s", name, file, fragment)
			}
		}
	}
	if followed == 0 {
		t.Error("no link was followed")
	}
}

// withoutCode blanks fenced blocks: their brackets are no links.
func withoutCode(text string) string {
	parts := strings.Split(text, "```")
	for i := 1; i < len(parts); i += 2 {
		parts[i] = ""
	}
	return strings.Join(parts, "")
}

func anchors(text string) map[string]bool {
	found := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(withoutCode(text), -1) {
		slug := notSlug.ReplaceAllString(strings.ToLower(strings.ReplaceAll(m[1], "`", "")), "")
		found[strings.ReplaceAll(slug, " ", "-")] = true
	}
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		found[m[1]] = true
	}
	return found
}
