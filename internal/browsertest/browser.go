// Package browsertest opens pages in a headless Chromium, as a reader would,
// and says what they fetched and what went wrong in them. Tests that use it
// skip where there is no Chromium.
package browsertest

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// longest is how long a page may take in all. It bounds a test that hangs.
const longest = 3 * time.Minute

// Reader is how a page is looked at.
type Reader struct {
	Dark     bool
	Width    int64 // CSS pixels; 0 is 1280
	Height   int64 // 0 is 900
	NoScript bool
	Print    bool
}

// Browser is a running Chromium.
type Browser struct {
	ctx context.Context
	t   testing.TB
}

// Start runs a Chromium for the length of a test, or skips the test.
func Start(t testing.TB) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes its time: left out with -short")
	}
	program := find()
	if program == "" {
		t.Skip("NOT RUN: there is no Chromium here (apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("hide-scrollbars", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	ctx, closeBrowser := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until it has gone, so that its folder can go too
		closeBrowser()
		stop()
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	return &Browser{ctx: ctx, t: t}
}

// find looks for a Chromium by the names that it has.
func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Page is a page that is open in a tab of its own.
type Page struct {
	ctx      context.Context
	t        testing.TB
	mu       sync.Mutex
	requests []string
	faults   []string
}

// Open opens an address and waits until it is loaded. What the page fetches
// and what goes wrong in it is collected from before its first byte.
func (b *Browser) Open(address string, r Reader) *Page {
	b.t.Helper()
	ctx, closeTab := chromedp.NewContext(b.ctx)
	b.t.Cleanup(closeTab)
	p := &Page{ctx: ctx, t: b.t}
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error { return p.prepare(ctx, r) }))
	if err := chromedp.Listen(ctx, p.note); err != nil {
		b.t.Fatal(err)
	}
	p.do(chromedp.Navigate(address))
	return p
}

// Refuses reports whether an address answers with an error and with nothing to
// show.
func (b *Browser) Refuses(address string) bool {
	b.t.Helper()
	ctx, closeTab := chromedp.NewContext(b.ctx)
	b.t.Cleanup(closeTab)
	err := chromedp.Do(ctx, chromedp.Navigate(address))
	return err != nil && strings.Contains(err.Error(), "ERR_HTTP_RESPONSE_CODE_FAILURE")
}

func (p *Page) prepare(ctx context.Context, r Reader) error {
	scheme := "light"
	if r.Dark {
		scheme = "dark"
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
	if r.Print {
		media.Media = "print"
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		return err
	}
	width, height := r.Width, r.Height
	if width == 0 {
		width = 1280
	}
	if height == 0 {
		height = 900
	}
	size := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 600}
	if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, size); err != nil {
		return err
	}
	if r.NoScript {
		if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			return err
		}
	}
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	return err
}

// note collects requests and faults. A page's own document and what it holds
// itself (data:) is fetched from nowhere.
func (p *Page) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.Type != network.ResourceTypeDocument && !strings.HasPrefix(e.Request.URL, "data:") {
			p.requests = append(p.requests, e.Request.URL)
		}
	case *network.EventWebSocketCreated:
		p.requests = append(p.requests, e.URL)
	case *runtime.EventExceptionThrown:
		p.faults = append(p.faults, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.faults = append(p.faults, string(e.Entry.Source)+": "+e.Entry.Text)
		}
	case *page.EventJavascriptDialogOpening:
		p.faults = append(p.faults, "dialog: "+e.Message)
	}
}

// Requests lists what the page fetched, beside itself.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...)
}

// Faults lists exceptions, refusals of the page's policy, and dialogs.
func (p *Page) Faults() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.faults...)
}
