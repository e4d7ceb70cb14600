package page

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/pkg/visible"
)

// FuzzPageText: text from outside adds no element and no attribute to a page,
// and everything in it is seen.
func FuzzPageText(f *testing.F) {
	f.Add("Mira: Wipe your boots.\nGuest: No.\n")
	f.Add("<script>x</script><p onclick=y>'\"`\n</div><!--")
	f.Add("\U000E0041 ☺\ufe0f\ufe0f \u202e\x00\xff")
	allowed := map[string]bool{"div": true, "p": true, "b": true, "del": true, "ins": true, "details": true, "summary": true}
	f.Fuzz(func(t *testing.T, s string) {
		page, err := Text(report.Text(s))
		if err != nil {
			t.Fatal(err)
		}
		for h := range visible.Hidden(string(page)) {
			t.Fatalf("a %s in %q", h.Kind, page)
		}
		for z := html.NewTokenizer(strings.NewReader(string(page))); ; {
			switch z.Next() {
			case html.ErrorToken:
				return
			case html.CommentToken, html.DoctypeToken:
				t.Fatalf("a comment in %q", page)
			case html.StartTagToken, html.SelfClosingTagToken:
				token := z.Token()
				for _, a := range token.Attr {
					if a.Key != "class" && a.Key != "dir" {
						t.Fatalf("attribute %s in %q", a.Key, page)
					}
				}
				if !allowed[token.Data] {
					t.Fatalf("element %s in %q", token.Data, page)
				}
			}
		}
	})
}
