// Package page renders reports as HTML: one file that fetches nothing, reads
// without a script, and follows the reader's colour scheme. Its components
// (cards, prose, meters, findings) serve other pages too.
package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/charsync/charsync/internal/report"
)

//go:embed templates/*.gohtml
var templates embed.FS

//go:embed style.css
var style string

//go:embed filter.js
var filter string

var parsed = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(functions()).ParseFS(templates, "templates/*.gohtml"))
})

// Document is a whole page.
type Document struct {
	Title string
	// Body is what components made, and markup of the program's own. Prose
	// never gets here but through a template.
	Body template.HTML
	// Scripts are the page's own; the policy lets these run and no others.
	Scripts []string
	// Style is added to the components' own.
	Style string
	// Live pages may ask the server they came from, and no other.
	Live bool
}

// Write renders a report as one self-contained file.
func Write(w io.Writer, r *report.Report) error {
	body, err := render("report", r)
	if err != nil {
		return err
	}
	title := "charsync " + r.Kind
	if r.Title != "" {
		title = r.Title + " – " + title
	}
	return Document{Title: title, Body: body, Scripts: []string{filter}}.Write(w)
}

// Write renders the page with its style, and with a policy that lets it fetch
// nothing and run nothing but its own scripts.
func (d Document) Write(w io.Writer) error {
	scripts := make([]template.JS, len(d.Scripts))
	for i, s := range d.Scripts {
		scripts[i] = template.JS(s)
	}
	return parsed().ExecuteTemplate(w, "document", map[string]any{
		"Title": d.Title, "Body": d.Body, "Style": template.CSS(style + d.Style), "Scripts": scripts, "Policy": d.policy(),
	})
}

// policy is the page's Content-Security-Policy.
func (d Document) policy() string {
	words := []string{
		"default-src 'none'", "base-uri 'none'", "form-action 'none'", "img-src data:", "style-src " + hash(style+d.Style),
	}
	if len(d.Scripts) > 0 {
		src := "script-src"
		for _, s := range d.Scripts {
			src += " " + hash(s)
		}
		words = append(words, src)
	}
	if d.Live {
		words = append(words, "connect-src 'self'")
	}
	return strings.Join(words, "; ")
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Portrait renders who a character is: the first part of its card in a report.
func Portrait(c *report.Character) (template.HTML, error) { return render("portrait", c) }

// Pair renders what happens to a character at one target: a section of its
// card. Before and after name the two sides of its differences.
func Pair(name string, p report.Pair, before, after string) (template.HTML, error) {
	return render("pair", &pairsOf(side{report.Character{Name: name, Pairs: []report.Pair{p}}, before, after})[0])
}

// Text renders a text as it is, in lines or turns of a dialogue.
func Text(p report.Prose) (template.HTML, error) { return render("text", &p) }

// Meters renders limit meters.
func Meters(ms []report.Meter) (template.HTML, error) { return render("meters", ms) }

// Losses renders what is not kept as written, as badges.
func Losses(ls []report.Loss) (template.HTML, error) { return render("losses", ls) }

// Switch renders the choice between inline and side by side. It must stand at
// the top of a body, before and beside the elements that it switches.
func Switch() template.HTML {
	return `<input class="switch" type="radio" name="view" id="view-inline" checked><input class="switch" type="radio" name="view" id="view-split">`
}

func render(name string, data any) (template.HTML, error) {
	var b strings.Builder
	if err := parsed().ExecuteTemplate(&b, name, data); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}
