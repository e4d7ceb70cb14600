package browsertest

import (
	"bytes"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/report/page"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// pictures is a folder for screenshots, to be looked at.
var pictures = flag.String("pictures", "", "write screenshots into this folder")

// attacks would do something, each in its own way, if prose were anything else
// than text. What they do is to set window.hit, or to fetch.
var attacks = []string{
	`<script>window.hit=1</script>`, `<img src=x onerror="window.hit=2">`, `<svg onload="window.hit=3">`, `"><iframe src="https://evil.example/">`,
	`' onmouseover='window.hit=4' x='`, `" onfocus="window.hit=5" autofocus x="`, `</style><style>@import url(https://evil.example/a.css)</style>`,
	`</script><script>window.hit=6</script>`, `<link rel=stylesheet href=https://evil.example/b.css>`, `<a href="javascript:window.hit=7">x</a>`,
	`javascript:window.hit=8`, `<meta http-equiv=refresh content="0;url=https://evil.example/">`, `<base href="https://evil.example/">`,
	`<form action="https://evil.example/"><input name=filter>`, `{{.}}`, `{{template "card"}}`, `${window.hit=9}`, "`${window.hit=10}`",
	"```\n<script>window.hit=11</script>\n```", "\x1b[31mred\x1b[0m", "@everyone", "#123", "\u202egnp.exe", `<!--`, `]]>`, `<plaintext>`, `<title>`,
	`<body onload="window.hit=12">`, `<input id="view-split" name="view" type="radio" checked>`, `</article></main></body></html>`,
}

// many makes a report of characters of every kind; prose of every seventh is
// hostile.
func many(n int) *report.Report {
	plan := &diff.Plan{Complete: true, Unchanged: 12, Meta: diff.Meta{Project: "many"}}
	for i := range n {
		words := "She keeps the last inn before the pass, and hears more than she repeats."
		if i%7 == 0 {
			words = attacks[i/7%len(attacks)] + " " + attacks[(i/7+1)%len(attacks)]
		}
		name := fmt.Sprintf("c%03d", i)
		labels := map[string]string{"game": []string{"tavern", "noir"}[i%2]}
		persona := strings.Repeat("A line that stays as it is, and is read by nobody twice.\n", 6)
		text := func(path, before, after string, class diff.Class) diff.FieldChange {
			return diff.FieldChange{Path: spec.Path(path), Kind: diff.Text, Class: class, Before: before, After: after, BeforeKnown: true, Send: true}
		}
		for _, target := range []string{"alakazam", "convai"} {
			c := diff.Change{
				Address: diff.Address{Target: target, Name: name}, Provider: target, Action: diff.Update, ID: words, Labels: labels,
				Source: spec.Pos{File: "characters/" + name + ".yaml", Line: 4, Col: 3}, Losses: []diff.Loss{{Path: "title", How: "dropped", Note: words}},
				Fields: []diff.FieldChange{text("greeting", "Hello. "+words, "Good day. "+words, diff.Yours), text("persona", persona+words, persona+words+" Not today.", diff.Yours)},
			}
			switch {
			case i%5 == 1 && target == "convai":
				c.Fields[0].Class = diff.Drift
			case i%5 == 2 && target == "convai":
				c.Fields[0].Class, c.Blocked = diff.Conflict, []diff.Block{{Rule: "conflict", Message: words, Hint: words}}
			case i%5 == 3:
				c.Action = diff.Create
				c.Fields = append(c.Fields, text("name", "", words, diff.Yours))
			}
			plan.Changes = append(plan.Changes, c)
		}
	}
	plan.Guards = []diff.Block{{Rule: "shrink", Message: attacks[0], Hint: attacks[1]}}
	plan.Diagnostics = []spec.Diagnostic{{Severity: spec.Warning, Code: "CS401", Message: attacks[4], Hint: attacks[5], Source: attacks[0], Pos: spec.Pos{File: attacks[3], Line: 1, Col: 2}}}
	plan.Seal()
	return report.New(plan, report.Sources{Driver: all.Driver})
}

func save(t *testing.T, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()
}

func (p *Page) picture(name string) {
	if *pictures != "" {
		p.Screenshot(filepath.Join(*pictures, name+".png"))
	}
}

// quiet holds that a page fetched nothing, broke nothing and was not taken
// over.
func (p *Page) quiet() {
	p.t.Helper()
	if r := p.Requests(); len(r) > 0 {
		p.t.Errorf("the page fetched %q", r)
	}
	if f := p.Faults(); len(f) > 0 {
		p.t.Errorf("in the page: %q", f)
	}
	if !Eval[bool](p, `window.hit === undefined`) {
		p.t.Errorf("prose ran as a script: %v", Eval[any](p, `window.hit`))
	}
	if n := Eval[int](p, `document.querySelectorAll('img, iframe, object, embed, base, svg[onload], main style, main script, main form, main meta, main link, main input').length`); n > 0 {
		p.t.Errorf("%d elements came out of prose", n)
	}
	if n := Eval[int](p, `Array.from(document.querySelectorAll('*')).filter(e => Array.from(e.attributes).some(a => a.name.startsWith('on') || a.name === 'style' || /javascript:/i.test(a.value) && a.name === 'href')).length`); n > 0 {
		p.t.Errorf("%d elements carry a handler, a style or a script's address", n)
	}
	if n := Eval[int](p, `Array.from(document.querySelectorAll('a')).filter(a => !a.getAttribute('href').startsWith('#')).length`); n > 0 {
		p.t.Errorf("%d links lead out of the page", n)
	}
}

const shown = `Array.from(document.querySelectorAll('article.card')).filter(c => c.checkVisibility()).length`

// TestReport opens a report of 200 characters as readers do.
func TestReport(t *testing.T) {
	const n = 200
	b := Start(t)
	address := save(t, many(n))
	for name, reader := range map[string]Reader{
		"light": {}, "dark": {Dark: true}, "phone": {Width: 390, Height: 844}, "phone-dark": {Width: 390, Height: 844, Dark: true},
		"print": {Print: true}, "no-script": {NoScript: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := b.Open(address, reader)
			p.t = t
			p.picture("report-" + name)
			if reader.NoScript {
				p.WithoutScript(t, n)
				return
			}
			p.quiet()
			if got := Eval[int](p, shown); got != n {
				t.Errorf("%d cards are shown, want %d", got, n)
			}
			if over := Eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("the page is %d pixels wider than the screen", over)
			}
			background := Eval[string](p, `getComputedStyle(document.body).backgroundColor`)
			if dark := luminance(t, background) < 0.3; dark != reader.Dark {
				t.Errorf("the background is %s", background)
			}
			if low := Eval[[]string](p, contrasts); len(low) > 0 {
				t.Errorf("too little contrast: %q", low)
			}
		})
	}
	t.Run("driven", func(t *testing.T) { drive(t, b.Open(address, Reader{}), n) })
}

// WithoutScript looks at a page in which no script runs, from outside.
func (p *Page) WithoutScript(t *testing.T, n int) {
	t.Helper()
	if got := p.count("article.card"); got != n {
		t.Errorf("%d cards without a script, want %d", got, n)
	}
	if got := p.count("form.filter[hidden]"); got != 1 {
		t.Error("the filter shows without a script")
	}
	if r := p.Requests(); len(r) > 0 {
		t.Errorf("the page fetched %q", r)
	}
}

// contrasts lists text colours that are too near to what is behind them.
const contrasts = `(() => {
  const parse = (c) => (c.match(/[\d.]+/g) || []).map(Number);
  const lum = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c.slice(0, 3); } return [255, 255, 255]; };
  const low = new Set();
  for (const e of document.querySelectorAll('ins, del, .why, .note, .title, .identity, .source, .verdict, .loss, .figures, .path, .hint, .counts li, .labels li, .labels span, summary, .speaker, .views label, h2, h3, .line, .avatar')) {
    if (!e.checkVisibility() || e.closest('svg')) continue;
    const a = lum(parse(getComputedStyle(e).color).slice(0, 3)), b = lum(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
  }
  return Array.from(low);
})()`

func luminance(t *testing.T, color string) float64 {
	t.Helper()
	var r, g, b float64
	if _, err := fmt.Sscanf(color, "rgb(%f, %f, %f)", &r, &g, &b); err != nil {
		t.Fatalf("%q: %v", color, err)
	}
	return (0.2126*r + 0.7152*g + 0.0722*b) / 255
}

// drive uses the page: filter, switch, fold and keyboard.
func drive(t *testing.T, p *Page, n int) {
	p.t = t
	choose := func(name, value string) {
		t.Helper()
		Eval[bool](p, fmt.Sprintf(`(() => { const e = document.querySelector('form.filter').elements.namedItem(%q); e.value = %q; e.dispatchEvent(new Event('input', { bubbles: true })); return true; })()`, name, value))
	}
	is := func(what string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	choose("class", "conflict")
	is("cards in conflict", Eval[int](p, shown), n/5)
	is("sections of them", Eval[int](p, `Array.from(document.querySelectorAll('.pair')).filter(e => e.checkVisibility()).length`), n/5)
	is("the count", Eval[string](p, `document.querySelector('output').value`), fmt.Sprintf("%d of %d", n/5, n))
	choose("label", "game=noir")
	is("of them in noir", Eval[int](p, shown), n/10)
	choose("target", "alakazam")
	is("no conflict on alakazam", Eval[int](p, shown), 0)
	is("and it says so", Eval[bool](p, `document.getElementById('none-shown').checkVisibility()`), true)
	p.Click("form.filter button[type=reset]")
	p.Wait(shown + ` === ` + fmt.Sprint(n))

	// The keyboard alone: to the search, and from card to card.
	p.Press("/")
	is("/ goes to the search", Eval[string](p, `document.activeElement.name`), "text")
	Eval[bool](p, `(document.activeElement.value = '', true)`) // the driver types the sign although the page refused it
	p.Press("c00")
	is("names with c00", Eval[int](p, shown), 10)
	p.Press("\x1b")
	p.Press("j")
	is("j goes to the first", Eval[string](p, `document.activeElement.closest('article').id`), "c000")
	p.Press("j")
	p.Press("j")
	p.Press("k")
	is("jjk to the second", Eval[string](p, `document.activeElement.closest('article').id`), "c001")

	// Sections and folds open and close with Enter.
	fold := `#c001 details.fold`
	Eval[bool](p, fmt.Sprintf(`(document.querySelector(%q).querySelector('summary').focus(), true)`, fold))
	is("a fold is closed", Eval[bool](p, fmt.Sprintf(`document.querySelector(%q).open`, fold)), false)
	p.Press("\r")
	is("Enter opens it", Eval[bool](p, fmt.Sprintf(`document.querySelector(%q).open`, fold)), true)

	open := `document.querySelectorAll('.pair[open]').length`
	p.Click("form.filter button[name=fold]")
	is("all sections fold", Eval[int](p, open), 0)
	p.Click("form.filter button[name=fold]")
	is("and open again", Eval[int](p, open), 2*n)

	// Side by side, by the arrow keys of the radio buttons.
	visible := func(class string) int {
		return Eval[int](p, fmt.Sprintf(`Array.from(document.querySelectorAll('#c001 .prose.%s')).filter(e => e.checkVisibility()).length`, class))
	}
	is("inline first", visible("split"), 0)
	Eval[bool](p, `(document.getElementById('view-inline').focus(), true)`)
	p.Press("\u0303") // the arrow to the right
	is("side by side", visible("split") > 0, true)
	is("and not inline", visible("inline"), 0)
	p.picture("report-split")
	p.quiet()
}
