// Package githubtest stands in for the endpoints of GitHub's REST API that
// charsync uses. Its answers have the shapes of recorded ones.
package githubtest

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed recorded/*.json
var recorded embed.FS

// Bot is who the workflow's own token speaks for.
const Bot = "github-actions[bot]"

// Repository is the one that is served.
const Repository = "Codertocat/Hello-World"

// Comment is a comment that the server holds.
type Comment struct {
	ID     int64
	Number int // of the pull request
	Login  string
	Body   string
}

// Merged is a pull request that made a commit.
type Merged struct {
	Number    int
	Head, SHA string
	Open      bool // it only contains the commit
}

// Fault is what the next matching requests get in place of their answer.
type Fault struct {
	Method string // "" is any
	Status int
	Body   string            // the name of a recorded answer, or what it is
	Header map[string]string //
	Times  int               // 0 is always
	After  bool              // the request is carried out all the same
}

// Server is GitHub, for a test.
type Server struct {
	URL   string
	Token string // "" accepts any

	mu       sync.Mutex
	comments []Comment
	merged   []Merged
	faults   []Fault
	log      []string
	next     int64
}

// Stopper is the part of testing.TB and testscript.TestScript that ends a
// server.
type Stopper interface{ Cleanup(func()) }

// Start serves on loopback until the test ends.
func Start(t Stopper) *Server {
	s := &Server{next: 492700400}
	h := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(h.Close)
	s.URL = h.URL
	return s
}

// Add stores comments.
func (s *Server) Add(comments ...Comment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range comments {
		s.add(c)
	}
}

func (s *Server) add(c Comment) Comment {
	s.next++
	c.ID = s.next
	s.comments = append(s.comments, c)
	return c
}

// Merge tells of pull requests.
func (s *Server) Merge(m ...Merged) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.merged = append(s.merged, m...)
}

// Inject queues a fault.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1 << 30
	}
	s.faults = append(s.faults, f)
}

// Comments are those of a pull request, in their order.
func (s *Server) Comments(number int) []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Comment
	for _, c := range s.comments {
		if c.Number == number {
			found = append(found, c)
		}
	}
	return found
}

// Requests are "METHOD path" of every request that came in, oldest first.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.log...)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, r.Method+" "+r.URL.RequestURI())
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-RateLimit-Remaining", "4999")
	if s.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.Token {
		answer(w, http.StatusUnauthorized, []byte(`{"message":"Bad credentials"}`))
		return
	}
	for i := range s.faults {
		f := &s.faults[i]
		if f.Times == 0 || f.Method != "" && f.Method != r.Method {
			continue
		}
		f.Times--
		if f.After {
			s.route(httptest.NewRecorder(), r)
		}
		for name, value := range f.Header {
			w.Header().Set(name, value)
		}
		answer(w, f.Status, record(f.Body))
		return
	}
	s.route(w, r)
}

func record(name string) []byte {
	if data, err := recorded.ReadFile("recorded/" + name + ".json"); err == nil {
		return data
	}
	return []byte(name)
}

func answer(w http.ResponseWriter, status int, body []byte) {
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/repos/"+Repository+"/")
	parts := strings.Split(path, "/")
	switch {
	case ok && r.Method == http.MethodGet && len(parts) == 3 && parts[0] == "issues" && parts[2] == "comments":
		s.list(w, r, parts[1])
	case ok && r.Method == http.MethodPost && len(parts) == 3 && parts[0] == "issues" && parts[2] == "comments":
		s.write(w, r, func(body string) (Comment, bool) {
			number, err := strconv.Atoi(parts[1])
			return s.add(Comment{Number: number, Login: Bot, Body: body}), err == nil
		}, http.StatusCreated)
	case ok && r.Method == http.MethodPatch && len(parts) == 3 && parts[0] == "issues" && parts[1] == "comments":
		s.write(w, r, func(body string) (Comment, bool) { return s.edit(parts[2], body) }, http.StatusOK)
	case ok && r.Method == http.MethodGet && len(parts) == 3 && parts[0] == "commits" && parts[2] == "pulls":
		s.pulls(w, parts[1])
	default:
		answer(w, http.StatusNotFound, record("notfound"))
	}
}

func (s *Server) edit(id, body string) (Comment, bool) {
	for i := range s.comments {
		if strconv.FormatInt(s.comments[i].ID, 10) == id {
			s.comments[i].Body = body
			return s.comments[i], true
		}
	}
	return Comment{}, false
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, do func(string) (Comment, bool), status int) {
	var in struct{ Body string }
	data, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(data, &in)
	}
	switch {
	case err != nil || in.Body == "":
		answer(w, http.StatusBadRequest, []byte(`{"message":"Problems parsing JSON"}`))
		return
	case utf8.RuneCountInString(in.Body) > 65536:
		answer(w, http.StatusUnprocessableEntity, record("toolong"))
		return
	}
	c, ok := do(in.Body)
	if !ok {
		answer(w, http.StatusNotFound, record("notfound"))
		return
	}
	answer(w, status, encode(shape("comment", c.change)))
}

// list pages as GitHub does: 30 to a page unless asked, and a Link to the next.
func (s *Server) list(w http.ResponseWriter, r *http.Request, number string) {
	size, page := 30, 1
	if n, err := strconv.Atoi(r.URL.Query().Get("per_page")); err == nil {
		size = min(n, 100)
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil {
		page = n
	}
	var all []any
	for _, c := range s.comments {
		if strconv.Itoa(c.Number) == number {
			all = append(all, shape("comment", c.change))
		}
	}
	from, to := min((page-1)*size, len(all)), min(page*size, len(all))
	if to < len(all) {
		w.Header().Set("Link", fmt.Sprintf(`<%s/repositories/1000/issues/%s/comments?per_page=%d&page=%d>; rel="next"`, s.URL, number, size, page+1))
	}
	answer(w, http.StatusOK, encode(append([]any{}, all[from:to]...)))
}

func (c Comment) change(m map[string]any) {
	m["id"], m["body"] = c.ID, c.Body
	m["html_url"] = fmt.Sprintf("https://github.com/%s/pull/%d#issuecomment-%d", Repository, c.Number, c.ID)
	m["user"].(map[string]any)["login"] = c.Login
}

func (s *Server) pulls(w http.ResponseWriter, sha string) {
	found := []any{}
	for _, p := range s.merged {
		if p.SHA != sha {
			continue
		}
		found = append(found, shape("pull_request", func(event map[string]any) {
			m := event["pull_request"].(map[string]any)
			m["number"] = p.Number
			m["head"].(map[string]any)["sha"] = p.Head
			if p.Open {
				m["merge_commit_sha"], m["merged_at"] = nil, nil
			} else {
				m["merge_commit_sha"], m["merged_at"] = p.SHA, "2026-11-02T15:20:33Z"
			}
		}).(map[string]any)["pull_request"])
	}
	answer(w, http.StatusOK, encode(found))
}

// shape is a recorded document with other values in it.
func shape(name string, change func(map[string]any)) any {
	var m map[string]any
	if err := json.Unmarshal(record(name), &m); err != nil {
		panic(err)
	}
	change(m)
	return m
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}
