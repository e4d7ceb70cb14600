package github_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/internal/github"
	"github.com/charsync/charsync/internal/github/githubtest"
	"github.com/charsync/charsync/pkg/providers"
)

const canary = "ghs_canary"

func connect(t *testing.T, s *githubtest.Server) *github.Client {
	t.Helper()
	s.Token = canary
	c, err := github.New(github.Config{API: s.URL + "/", Repository: githubtest.Repository, Token: providers.NewSecret(canary), UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func put(t *testing.T, c *github.Client, key, text string, create bool) (github.Change, error) {
	t.Helper()
	mark := github.Mark{Key: github.KeyOf(key)}
	_, change, err := c.Put(t.Context(), 7, githubtest.Bot, mark, mark.String()+"\n"+text, create)
	return change, err
}

// texts are what the comments say below their marks, with their authors.
func texts(s *githubtest.Server) []string {
	var all []string
	for _, c := range s.Comments(7) {
		text := c.Body
		if _, ok := github.ReadMark(c.Body); ok {
			_, text, _ = strings.Cut(c.Body, "\n")
		}
		all = append(all, c.Login+": "+text)
	}
	return all
}

func TestOneCommentIsKept(t *testing.T) {
	s := githubtest.Start(t)
	c := connect(t, s)
	s.Add(githubtest.Comment{Number: 7, Login: "reviewer", Body: "Looks good."})
	for _, step := range []struct {
		key, text string
		create    bool
		want      github.Change
	}{
		{"tavern", "nothing to say", false, github.Kept},
		{"tavern", "one", true, github.Created},
		{"tavern", "one", true, github.Kept},
		{"tavern", "two", true, github.Updated},
		{"other project", "three", true, github.Created},
		{"tavern", "all is well", false, github.Updated},
	} {
		if got, err := put(t, c, step.key, step.text, step.create); got != step.want || err != nil {
			t.Errorf("%+v: %s, %v", step, got, err)
		}
	}
	want := []string{"reviewer: Looks good.", githubtest.Bot + ": all is well", githubtest.Bot + ": three"}
	if d := cmp.Diff(want, texts(s)); d != "" {
		t.Error(d)
	}
}

// TestCommentIsFoundFarBack has it on the third page.
func TestCommentIsFoundFarBack(t *testing.T) {
	s := githubtest.Start(t)
	c := connect(t, s)
	for i := range 250 {
		s.Add(githubtest.Comment{Number: 7, Login: "talker", Body: fmt.Sprint("comment ", i)}, githubtest.Comment{Number: 8, Login: "talker", Body: "elsewhere"})
	}
	mark := github.Mark{Key: github.KeyOf("tavern")}
	s.Add(githubtest.Comment{Number: 7, Login: githubtest.Bot, Body: mark.String() + "\nold"})
	if got, err := put(t, c, "tavern", "new", true); got != github.Updated || err != nil {
		t.Fatalf("%s, %v", got, err)
	}
	all := texts(s)
	if len(all) != 251 || all[250] != githubtest.Bot+": new" {
		t.Errorf("%d comments, the last %q", len(all), all[len(all)-1])
	}
	if asked := len(s.Requests()); asked != 4 {
		t.Errorf("%d requests: %v", asked, s.Requests())
	}
}

// TestForgedMarksCountForNothing has others write what looks like the
// comment: it is neither edited nor believed.
func TestForgedMarksCountForNothing(t *testing.T) {
	s := githubtest.Start(t)
	c := connect(t, s)
	mark := github.Mark{Key: github.KeyOf("tavern"), Digest: "sha256:" + strings.Repeat("0", 64)}
	s.Add(
		githubtest.Comment{Number: 7, Login: "stranger", Body: mark.String() + "\nforged"},
		githubtest.Comment{Number: 7, Login: githubtest.Bot, Body: "quoted:\n" + mark.String() + "\nprose"},
	)
	found, err := c.Find(t.Context(), 7, githubtest.Bot, mark.Key)
	if found != nil || err != nil {
		t.Errorf("found %+v, %v", found, err)
	}
	if got, err := put(t, c, "tavern", "true", true); got != github.Created || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	if all := texts(s); len(all) != 3 || !strings.HasSuffix(all[0], "forged") {
		t.Errorf("%q", all)
	}
}

// TestFaults names what each refusal means, and how often was asked.
func TestFaults(t *testing.T) {
	pause := map[string]string{"Retry-After": "0.01"}
	for name, row := range map[string]struct {
		fault   githubtest.Fault
		kind    github.Kind // "" is success
		written int         // POSTs
		kept    int         // comments in the end
	}{
		"forbidden":                    {githubtest.Fault{Method: "POST", Status: 403, Body: "forbidden"}, github.Forbidden, 1, 0},
		"forbidden to read":            {githubtest.Fault{Status: 403, Body: "forbidden"}, github.Forbidden, 0, 0},
		"bad token":                    {githubtest.Fault{Status: 401, Body: `{"message":"Bad credentials"}`}, github.Forbidden, 0, 0},
		"hidden":                       {githubtest.Fault{Status: 404, Body: "notfound"}, github.Forbidden, 0, 0},
		"too long":                     {githubtest.Fault{Method: "POST", Status: 422, Body: "toolong"}, github.TooLong, 1, 0},
		"limited for a moment":         {githubtest.Fault{Method: "POST", Status: 403, Body: "limited", Header: pause, Times: 2}, "", 3, 1},
		"limited for an hour":          {githubtest.Fault{Method: "POST", Status: 429, Body: "limited", Header: map[string]string{"Retry-After": "3600"}}, github.Limited, 1, 0},
		"limited until a date":         {githubtest.Fault{Method: "POST", Status: 403, Body: "limited", Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"}}, github.Limited, 1, 0},
		"limited without end":          {githubtest.Fault{Method: "POST", Status: 429, Body: "limited", Header: pause}, github.Limited, 4, 0},
		"an error, not carried out":    {githubtest.Fault{Method: "POST", Status: 502, Body: "<html>", Times: 1}, "", 2, 1},
		"an error, but carried out":    {githubtest.Fault{Method: "POST", Status: 504, Body: "", Times: 1, After: true}, "", 1, 1},
		"errors for ever":              {githubtest.Fault{Method: "POST", Status: 500, Body: "{}"}, github.Unavailable, 2, 0},
		"an error while reading, once": {githubtest.Fault{Method: "GET", Status: 503, Body: "", Times: 1}, "", 1, 1},
		"errors while reading":         {githubtest.Fault{Method: "GET", Status: 503, Body: ""}, github.Unavailable, 0, 0},
		"a page instead of JSON":       {githubtest.Fault{Method: "GET", Status: 200, Body: "<html>"}, github.Broken, 0, 0},
		"a redirect":                   {githubtest.Fault{Status: 302, Header: map[string]string{"Location": "https://example.com/"}}, github.Refused, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := githubtest.Start(t)
			c := connect(t, s)
			s.Inject(row.fault)
			change, err := put(t, c, "tavern", "text", true)
			if row.kind == "" && (err != nil || change != github.Created) || row.kind != "" && !github.Is(err, row.kind) {
				t.Errorf("%s, %v", change, err)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("the token is in %q", err)
			}
			posts := 0
			for _, r := range s.Requests() {
				if strings.HasPrefix(r, "POST ") {
					posts++
				}
			}
			if posts != row.written || len(s.Comments(7)) != row.kept {
				t.Errorf("%d written, %d kept: %v", posts, len(s.Comments(7)), s.Requests())
			}
		})
	}
}

func TestNobodyAnswers(t *testing.T) {
	c, err := github.New(github.Config{API: "http://127.0.0.1:1", Repository: "a/b", Token: providers.NewSecret(canary), Transport: silent{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Merged(t.Context(), "abc"); !github.Is(err, github.Unavailable) || strings.Contains(err.Error(), canary) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Merged(ctx, "abc"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

type silent struct{}

func (silent) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no route") }

func TestMerged(t *testing.T) {
	s := githubtest.Start(t)
	c := connect(t, s)
	sha, head := strings.Repeat("a", 40), strings.Repeat("b", 40)
	s.Merge(githubtest.Merged{Number: 3, Head: head, SHA: sha, Open: true}, githubtest.Merged{Number: 4, Head: head, SHA: sha})
	pull, err := c.Merged(t.Context(), sha)
	if err != nil || pull == nil || pull.Number != 4 || pull.Head.SHA != head {
		t.Errorf("%+v, %v", pull, err)
	}
	if pull, err := c.Merged(t.Context(), head); pull != nil || err != nil {
		t.Errorf("%+v, %v", pull, err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for api, right := range map[string]bool{
		"": true, "https://ghe.example.com/api/v3": true, "http://127.0.0.1:80": true, "http://localhost": true,
		"http://api.github.com": false, "https://token@api.github.com": false, "ftp://x": false, "://": false,
	} {
		if _, err := github.New(github.Config{API: api, Repository: "a/b"}); (err == nil) != right {
			t.Errorf("%q: %v", api, err)
		}
	}
	for _, name := range []string{"", "a", "a/b/c", "a/../b", "a /b"} {
		if _, err := github.New(github.Config{Repository: name}); err == nil {
			t.Errorf("the repository %q is accepted", name)
		}
	}
}

func TestMarks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := github.Mark{Key: github.KeyOf(rapid.SliceOf(rapid.String()).Draw(t, "words")...)}
		if rapid.Bool().Draw(t, "planned") {
			m.Digest = "sha256:" + rapid.StringMatching("[0-9a-f]{64}").Draw(t, "digest")
		}
		if rapid.Bool().Draw(t, "known") {
			m.Head = rapid.StringMatching("[0-9a-f]{40}").Draw(t, "head")
		}
		text := rapid.String().Draw(t, "text")
		if got, ok := github.ReadMark(m.String() + "\n" + text); !ok || got != m {
			t.Fatalf("%v came back as %v", m, got)
		}
		if _, ok := github.ReadMark("x" + m.String() + "\n" + text); ok {
			t.Fatal("found in the middle")
		}
		if _, ok := github.ReadMark(m.String() + text + "x"); ok && !strings.HasPrefix(text, "\n") && !strings.HasPrefix(text, "\r\n") {
			t.Fatal("text on the line of the mark")
		}
	})
	if github.KeyOf("a", "b") == github.KeyOf("ab") || github.KeyOf("a", "") == github.KeyOf("a") {
		t.Error("two things with one key")
	}
}
