package preview

import (
	"errors"
	"html/template"
	"net/url"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// DefaultEditor opens places in Visual Studio Code.
const DefaultEditor = "vscode://file{path}:{line}:{column}"

// Editor makes the address that opens a place in an editor, from a pattern with {path},
// {line} and {column}. "" makes none.
type Editor string

// ParseEditor refuses patterns that would run something in the page instead.
func ParseEditor(pattern string) (Editor, error) {
	if pattern == "" || pattern == "none" {
		return "", nil
	}
	scheme, _, found := strings.Cut(pattern, ":")
	switch strings.ToLower(scheme) {
	case "javascript", "data", "vbscript", "blob", "about":
		return "", errors.New("such an address opens no editor")
	}
	if !found || !strings.Contains(pattern, "{path}") || strings.ContainsAny(scheme, "/{}") {
		return "", errors.New("it must be an address with {path} in it")
	}
	return Editor(pattern), nil
}

// link is the address of a place; "" where there is none.
func (e Editor) link(dir string, at spec.Pos) template.URL {
	if e == "" || at.File == "" {
		return ""
	}
	file := path.Join(filepath.ToSlash(dir), at.File)
	if !strings.HasPrefix(file, "/") {
		file = "/" + file // C:/… on Windows
	}
	escaped := (&url.URL{Path: file}).EscapedPath()
	return template.URL(strings.NewReplacer(
		"{path}", escaped, "{line}", strconv.Itoa(max(at.Line, 1)), "{column}", strconv.Itoa(max(at.Col, 1)),
	).Replace(string(e)))
}
