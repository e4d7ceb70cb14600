package markdown

import (
	"html"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/visible"
)

// FuzzMarkdownText: text from outside opens no tag and no line of its own,
// hides nothing, and loses nothing.
func FuzzMarkdownText(f *testing.F) {
	f.Add("Wipe your boots. @mira #12 https://example.invalid :smile: deadbeef12")
	f.Add("<details><!-- x -->\n\n# a\n```\n| a | $b$ | <br> &lt;")
	f.Add("🏴\U000E0061 ☺\ufe0f\ufe0f \u202e")
	f.Fuzz(func(t *testing.T, s string) {
		clean := view.Sanitize(s)
		for kind, out := range map[string]string{"prose": prose(clean), "word": word(clean), "name": name(clean)} {
			for h := range visible.Hidden(out) {
				t.Fatalf("%s: a %s in %q", kind, h.Kind, out)
			}
			bare := strings.NewReplacer("<br>", "\n", "<code>", "", "</code>", "").Replace(out)
			if strings.ContainsAny(bare, "<>") || strings.Contains(out, "\n") {
				t.Fatalf("%s: markup or a line end in %q", kind, out)
			}
			want := strings.ReplaceAll(clean, "\t", " ")
			if kind == "name" {
				want = strings.ReplaceAll(clean, "\n", " ")
			}
			if got := html.UnescapeString(strings.ReplaceAll(bare, parted, "")); got != want {
				t.Fatalf("%s: %q reads as %q", kind, want, got)
			}
		}
	})
}
