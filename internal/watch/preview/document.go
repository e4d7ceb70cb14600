package preview

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/report/page"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

// sent is a request as it is shown: what is in it, to be read, and its body
// to the letter.
type sent struct {
	Method, Path string
	Fields       []sentField
	JSON         string
}

type sentField struct {
	Name  string
	Prose template.HTML // a text
	Value string        // anything else
}

// origin is where a value stands, with a link to it.
type origin struct {
	Path  string
	Place place
}

type place struct {
	Text string
	Link template.URL
}

func (s *Server) place(p *spec.Project, at spec.Pos) place {
	if p == nil {
		return place{Text: view.SanitizeLine(at.String())}
	}
	return place{Text: view.SanitizeLine(at.String()), Link: s.options.Editor.link(p.Dir, at)}
}

// sentOf makes a request fit to show.
func sentOf(r Request) (sent, error) {
	out := sent{Method: view.SanitizeLine(r.Method), Path: view.SanitizeLine(r.Path)}
	if r.Body == nil {
		return out, nil
	}
	text, err := indented(r.Body)
	if err != nil {
		return out, err
	}
	out.JSON = text
	body, ok := r.Body.(map[string]any)
	if !ok {
		return out, nil
	}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		f := sentField{Name: view.SanitizeLine(name)}
		if text, isText := body[name].(string); isText && text != "" {
			f.Prose, err = page.Text(report.Text(text))
		} else {
			f.Value, err = literal(body[name])
		}
		if err != nil {
			return out, err
		}
		out.Fields = append(out.Fields, f)
	}
	return out, nil
}

func literal(v any) (string, error) {
	text, err := indented(v)
	if err != nil {
		return "", err
	}
	if flat := strings.Join(strings.Fields(text), " "); len(flat) <= 72 {
		return flat, nil
	}
	return text, nil
}

func indented(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("show a request: %w", err)
	}
	return view.Sanitize(strings.TrimRight(b.String(), "\n")), nil
}
