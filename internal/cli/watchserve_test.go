package cli

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"testing"
)

// reads is what the page of a watch shows of a character.
func (w *watching) reads(name string) func() string {
	w.t.Helper()
	address := regexp.MustCompile(`Preview: (\S+)`)
	await(w.t, func() bool { return address.MatchString(w.errs.String()) })
	url := address.FindStringSubmatch(w.errs.String())[1]
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(url string) string {
		res, err := client.Get(url)
		if err != nil {
			w.t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
		if err != nil || res.StatusCode != 200 {
			w.t.Fatalf("%s: %d, %v", url, res.StatusCode, err)
		}
		return string(body)
	}
	get(url)
	root, _, _ := strings.Cut(url, "?")
	return func() string { return get(root + "?c=" + name) }
}

// TestWatchServes: the page follows the files, with what is pending and what
// is wrong, and says why there is no plan where there is none.
func TestWatchServes(t *testing.T) {
	t.Parallel()
	w := watchProject(t, map[string]string{"characters/mira.yaml": withProse, "texts/mira.md": "Come in.\n", "characters/tom.yaml": tom}, "--sandbox", "--serve")
	page := w.reads("mira")
	shows := func(texts ...string) {
		t.Helper()
		await(t, func() bool {
			got := page()
			for _, text := range texts {
				if !strings.Contains(got, text) {
					return false
				}
			}
			return true
		})
	}
	shows("Come in.", "Plan: 4 to create", "Keeps the inn.", "/character/create", "tone-create")
	w.save("texts/mira.md", "Come in, friend.\n")
	shows("Come in, friend.", "texts/mira.md")
	w.save("characters/mira.yaml", strings.Replace(withProse, "greeting", "greting", 1))
	shows("characters/mira.yaml:6:3", "did you mean &#34;greeting&#34;", "last good", "Come in, friend.")
	w.save("characters/mira.yaml", withProse)
	shows("Plan: 2 to create", "Come in, friend.")
	await(t, func() bool { return !strings.Contains(page(), "greting") })
	zoe := strings.Replace(withProse, "name: mira", "name: zoe", 1)
	w.save("characters/zoe.yaml", strings.Replace(zoe, "greeting", "greting", 1)) // never was good
	shows(">zoe.yaml</span>", `title="1 error"`)
	w.save("characters/zoe.yaml", zoe)
	shows("<code>zoe</code>")
	await(t, func() bool { return !strings.Contains(page(), ">zoe.yaml</span>") })
	w.save("charsync.yaml", "apiVersion: charsync.dev/v2\n")
	shows("charsync.yaml:1:", "Come in, friend.")
	w.stop()
}

func TestWatchServesOffline(t *testing.T) {
	t.Parallel()
	w := watchProject(t, map[string]string{"characters/mira.yaml": mira}, "--serve=127.0.0.1:0", "-q")
	page := w.reads("mira")
	await(t, func() bool {
		got := page()
		return strings.Contains(got, "There is no pending plan: ") && strings.Contains(got, "no credential is set") && strings.Contains(got, "Keeps the inn.")
	})
	w.stop()
	for _, address := range []string{"0.0.0.0:0", "example.com:80", "x"} {
		if got := run(t, w.dir, nil, "watch", "--serve="+address); got.code != 1 || !strings.Contains(got.err, "--serve:") {
			t.Errorf("%s: %+v", address, got)
		}
	}
	if got := run(t, w.dir, nil, "watch", "--serve", "--editor", "javascript:{path}"); got.code != 1 || !strings.Contains(got.err, "--editor:") {
		t.Errorf("%+v", got)
	}
}
