package cli

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/browsertest"
)

// writer is someone who has the page of a watch open.
type writer struct {
	*watching
	browser *browsertest.Browser
	page    *browsertest.Page
	url     string // with the token
	said    string // the greeting
}

func openWatch(t *testing.T) *writer {
	t.Helper()
	browser := browsertest.Start(t)
	files := map[string]string{"characters/mira.yaml": withProse, "texts/mira.md": "Come in.\n", "characters/tom.yaml": tom}
	for i := range 40 { // so that there is something to scroll
		files["texts/mira.md"] += "\nThe fire is high, and this is paragraph " + strconv.Itoa(i) + " of what she says to those who come in from the rain.\n"
	}
	w := &writer{said: files["texts/mira.md"], watching: watchProject(t, files, "--sandbox", "--serve"), browser: browser}
	address := regexp.MustCompile(`Preview: (\S+)`)
	await(t, func() bool { return address.MatchString(w.errs.String()) })
	w.until("Plan: ")
	w.url = address.FindStringSubmatch(w.errs.String())[1]
	return w
}

// open opens a character in a tab, and waits until it is followed.
func (w *writer) open(c string, r browsertest.Reader) {
	w.t.Helper()
	w.page = w.browser.Open(w.url+"&c="+c, r)
	w.page.Wait(`document.getElementById("live").dataset.state === "live"`)
}

// shows waits until an element holds a text.
func (w *writer) shows(selector, text string) {
	w.t.Helper()
	w.page.Wait(`[...document.querySelectorAll(` + strconv.Quote(selector) + `)].some((e) => e.checkVisibility() && e.innerText.includes(` + strconv.Quote(text) + `))`)
}

// picture keeps a screenshot where CHARSYNC_SHOTS names a folder, to be looked
// at.
func (w *writer) picture(name string) {
	if dir := os.Getenv("CHARSYNC_SHOTS"); dir != "" {
		w.page.Screenshot(filepath.Join(dir, name+".png"))
	}
}

// TestPageFollows: an edit arrives, a broken file shows its error at its line,
// mending takes it away, and the reader's place stays.
func TestPageFollows(t *testing.T) {
	w := openWatch(t)
	w.open("mira", browsertest.Reader{})
	w.shows("#greeting", "Come in.")
	w.shows("#targets", "create")
	w.page.Press("/")
	w.page.Wait(`document.activeElement.id === "find"`)
	browsertest.Eval[any](w.page, `document.getElementById("find").value = ""; null`) // no reader's key gets there
	browsertest.Eval[any](w.page, `scrollTo(0, 300); document.querySelector(".chat").scrollTop = 40; document.querySelector(".long summary")?.click(); null`)
	before := browsertest.Eval[float64](w.page, `scrollY`)

	w.save("texts/mira.md", "Come in, friend.\n"+strings.TrimPrefix(w.said, "Come in.\n"))
	w.shows("#greeting", "Come in, friend.")
	w.shows("#targets", "Come in, friend.")
	if at := browsertest.Eval[float64](w.page, `scrollY`); at != before || before == 0 {
		t.Errorf("scrolled from %v to %v", before, at)
	}
	if at := browsertest.Eval[float64](w.page, `document.querySelector(".chat").scrollTop`); at != 40 {
		t.Errorf("the chat is at %v", at)
	}
	if !browsertest.Eval[bool](w.page, `document.activeElement.id === "find"`) {
		t.Error("the focus went away")
	}
	w.picture("edited")

	w.save("characters/mira.yaml", strings.Replace(withProse, "  greeting: {", "  greeting: {{", 1))
	w.shows("#findings", "characters/mira.yaml:6:")
	w.shows("#findings pre", "greeting: {{")
	w.shows("#list .dot.bad", "")
	link := browsertest.Eval[string](w.page, `document.querySelector("#findings a.place").href`)
	if want := filepath.ToSlash(filepath.Join(w.dir, "characters/mira.yaml")) + ":6:"; !strings.HasPrefix(link, "vscode://file") || !strings.Contains(link, want) {
		t.Errorf("the link is %s, and not to %s", link, want)
	}
	w.shows("#greeting", "Come in, friend.") // as it was last good
	if at := browsertest.Eval[float64](w.page, `document.querySelector(".chat").scrollTop`); at != 40 {
		t.Errorf("beside an error the chat is at %v", at)
	}
	browsertest.Eval[any](w.page, `scrollTo(0, 0); null`)
	w.picture("broken")
	w.save("characters/mira.yaml", strings.Replace(withProse, "name: Mira", "name: Mira Aldous", 1))
	w.page.Wait(`!document.querySelector("#findings") && document.querySelector(".sheet h2").innerText === "Mira Aldous"`)

	if at := browsertest.Eval[float64](w.page, `document.querySelector(".chat").scrollTop`); at != 40 {
		t.Errorf("mended, the chat is at %v", at)
	}
	root, _, _ := strings.Cut(w.url, "?")
	for _, r := range w.page.Requests() {
		if !strings.HasPrefix(r, root) {
			t.Errorf("the page asked %s", r)
		}
	}
	if faults := w.page.Faults(); len(faults) > 0 {
		t.Errorf("faults: %v", faults)
	}
	w.stop()
	w.page.Wait(`document.getElementById("live").textContent.includes("charsync watch has ended")`)
}

// TestPageIsGoneAbout: by keyboard and mouse, in the dark and on a phone.
func TestPageIsGoneAbout(t *testing.T) {
	w := openWatch(t)
	w.open("mira", browsertest.Reader{Dark: true})
	if light := browsertest.Eval[bool](w.page, `getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).some((n) => n > 90)`); light {
		t.Error("it is not dark")
	}
	w.page.Click("#tab-convai")
	w.shows("#panel-convai", "Keeps the inn.")
	w.page.Wait(`document.getElementById("panel-alakazam").hidden`)
	w.page.Press("\ue012") // ArrowLeft
	w.picture("dark")
	browsertest.Eval[any](w.page, `document.getElementById("tab-convai").focus(); null`)
	w.save("characters/mira.yaml", strings.Replace(withProse, "Keeps the inn.", "Keeps the old inn.", 1))
	w.shows("#panel-convai", "Keeps the old inn.")
	if !browsertest.Eval[bool](w.page, `document.activeElement.id === "tab-convai" && !document.getElementById("panel-convai").hidden`) {
		t.Error("another provider came up, or the focus went away")
	}
	w.page.Click(`#list a[data-c="tom"]`)
	w.shows(".sheet h2", "Tom")
	if got := browsertest.Eval[string](w.page, `new URLSearchParams(location.search).get("c")`); got != "tom" {
		t.Errorf("the address is of %s", got)
	}
	browsertest.Eval[any](w.page, `history.back(); null`)
	w.shows(".sheet h2", "Mira")
	w.page.Click("#find")
	w.page.Press("tom")
	w.page.Wait(`document.querySelectorAll("#list a").length === 1`)
	w.page.Press("\r")
	w.shows(".sheet h2", "Tom")

	for _, name := range []string{"ana", "ben", "cleo", "dora", "emil", "flo"} { // a list that scrolls
		w.save("characters/"+name+".yaml", strings.NewReplacer("mira", name, "Mira", name, "Come in.", "Hello.").Replace(mira))
	}
	w.open("mira", browsertest.Reader{Width: 390, Height: 844})
	w.page.Wait(`document.querySelectorAll("#list a").length === 8`)
	if wide := browsertest.Eval[float64](w.page, `document.documentElement.scrollWidth`); wide > 390 {
		t.Errorf("on a phone it is %v wide", wide)
	}
	w.picture("phone")
	w.stop()
}

// TestPageIsPrivate: who has no token, and pages from elsewhere, see nothing.
func TestPageIsPrivate(t *testing.T) {
	w := openWatch(t)
	w.open("mira", browsertest.Reader{})
	root, _, _ := strings.Cut(w.url, "?")
	elsewhere := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = rw.Write([]byte("<!doctype html><title>elsewhere</title>"))
	}))
	defer elsewhere.Close()
	p := w.browser.Open(elsewhere.URL, browsertest.Reader{})
	for _, mode := range []string{"cors", "no-cors"} {
		browsertest.Eval[any](p, `window.got = null; fetch(`+strconv.Quote(root+"parts")+`, {credentials: "include", mode: "`+mode+`"}).then((r) => r.text()).then((s) => window.got = s, () => window.got = "", ); null`)
		p.Wait(`window.got !== null`)
		if got := browsertest.Eval[string](p, `window.got`); got != "" {
			t.Errorf("%s: another origin read %.200q", mode, got)
		}
	}
	browsertest.Eval[any](p, `window.heard = ""; const e = new EventSource(`+strconv.Quote(root+"events")+`, {withCredentials: true}); e.onopen = () => window.heard = "open"; e.onerror = () => { window.heard ||= "nothing"; e.close(); }; null`)
	p.Wait(`window.heard !== ""`)
	if got := browsertest.Eval[string](p, `window.heard`); got != "nothing" {
		t.Errorf("another origin hears: %s", got)
	}
	here := strings.Replace(root, "127.0.0.1", "localhost", 1) // which has no cookie
	for _, address := range []string{here, here + "?c=mira", here + "?token=AAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		if !w.browser.Refuses(address) {
			t.Errorf("%s shows something", address)
		}
	}
	w.stop()
}
