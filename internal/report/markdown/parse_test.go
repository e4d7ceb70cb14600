package markdown

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// tester is what tests and properties have in common.
type tester interface {
	Helper()
	Fatalf(string, ...any)
}

// ours are the elements that a comment is made of, with the attributes that
// they may have.
var ours = map[string][]string{
	"details": {"open"}, "summary": nil, "p": nil, "ul": nil, "li": nil, "h4": nil, "blockquote": nil, "code": nil,
	"b": nil, "i": nil, "del": nil, "ins": nil, "br": nil, "a": {"href"},
}

// hosts are what hosts make of plain text, beside what Markdown does.
var hosts = map[string]*regexp.Regexp{
	"a mention":     regexp.MustCompile(`@[0-9A-Za-z_]`),
	"a reference":   regexp.MustCompile(`#\w|\b(?i:GH)-\d|[!$%^]\d|&\d|~"?\w|[A-Za-z]-\d`),
	"a commit":      regexp.MustCompile(`[0-9a-fA-F]{7}`),
	"an address":    regexp.MustCompile(`(?i)\w+://|www\.[0-9A-Za-z]|mailto:\w|javascript:\w`),
	"a shortcode":   regexp.MustCompile(`:[0-9A-Za-z+_-]+:`),
	"a control":     regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u202a-\u202e\u2066-\u2069]"),
	"a math dollar": regexp.MustCompile(`\$\w`),
}

// wellFormed parses a comment as GitHub would and fails when it is longer than
// it may be, when anything in it is not closed, or when a word of a character
// became more than a word.
func wellFormed(t tester, comment string, budget int) {
	t.Helper()
	if len(comment) > budget {
		t.Fatalf("%d bytes, %d are allowed", len(comment), budget)
	}
	if strings.HasPrefix(comment, "---") {
		t.Fatalf("starts as front matter does: %.80q", comment)
	}
	source := []byte(comment)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.HTMLBlock:
			block := string(n.Lines().Value(source))
			if n.HasClosure() {
				return ast.WalkStop, fmt.Errorf("an HTML block of another kind: %.200q", block)
			}
			return ast.WalkContinue, balanced(block)
		case *ast.Text:
			if s := string(n.Segment.Value(source)); insideTable(n) || strings.Contains(s, "charsync") {
				return ast.WalkContinue, plainText(html.UnescapeString(s))
			}
			return ast.WalkContinue, nil
		}
		kind := n.Kind().String()
		if !slices.Contains([]string{"Document", "Heading", "Paragraph", "Emphasis", "Table", "TableHeader", "TableRow", "TableCell", "TextBlock"}, kind) {
			return ast.WalkStop, fmt.Errorf("a %s", kind)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, excerpt(comment))
	}
}

func insideTable(n ast.Node) bool {
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind().String() == "TableCell" {
			return true
		}
	}
	return false
}

func excerpt(s string) string {
	if len(s) > 4000 {
		return s[:4000] + "…"
	}
	return s
}

// balanced reads a block as HTML and holds every tag of it.
func balanced(block string) error {
	var open []string
	z := html.NewTokenizer(strings.NewReader(block))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				return fmt.Errorf("%v is not closed in %.300q", open, block)
			}
			return nil
		case html.CommentToken, html.DoctypeToken, html.SelfClosingTagToken:
			return fmt.Errorf("%q in %.300q", z.Token().String(), block)
		case html.StartTagToken:
			tok := z.Token()
			allowed, known := ours[tok.Data]
			if !known {
				return fmt.Errorf("<%s> in %.300q", tok.Data, block)
			}
			for _, a := range tok.Attr {
				if !slices.Contains(allowed, a.Key) || a.Key == "href" && a.Val != reportURL {
					return fmt.Errorf("%s=%q in %.300q", a.Key, a.Val, block)
				}
			}
			if tok.Data != "br" {
				open = append(open, tok.Data)
			}
		case html.EndTagToken:
			tok := z.Token()
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				return fmt.Errorf("</%s> closes %v in %.300q", tok.Data, open, block)
			}
			open = open[:len(open)-1]
		case html.TextToken:
			if !slices.Contains(open, "code") {
				if err := plainText(z.Token().Data); err != nil {
					return err
				}
			}
		}
	}
}

// reportURL is the only address that a comment of the tests links to.
const reportURL = "https://ci.example/1?a=b&c=d"

func plainText(s string) error {
	for what, pattern := range hosts {
		if m := pattern.FindString(s); m != "" {
			return fmt.Errorf("%s, %q, in %.200q", what, m, s)
		}
	}
	return nil
}
