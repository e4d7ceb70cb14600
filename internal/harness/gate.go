package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/charsync/charsync/internal/sandbox"
)

// gate stands between charsync and the sandbox. It counts what passes, calls
// hooks at exact requests, and watches the store: what every write did to it
// is seen by looking before and after, whatever either side says.
type gate struct {
	sandbox *sandbox.Server
	http    *http.Server
	base    string
	journal *journal

	// carry is held while a write is carried out, and by whoever edits out of
	// band: so each change of the store has exactly one author.
	carry sync.Mutex

	mu      sync.Mutex
	idle    sync.Cond
	open    int               // requests under way
	conns   map[net.Conn]bool // made since the run began
	counts  map[string]int
	hooks   []*hook
	refuses []string // what was wrong with a request that was seen
	intent  func(*exchange) string
}

// exchange is one request on its way.
type exchange struct {
	vendor string
	method string
	path   string
	body   []byte
	header http.Header
	write  bool
	create bool
	id     string // the character it is about, as far as the path says
	number int    // of the requests to this vendor in this run, from 1
	writes int    // of the writes to this vendor in this run
	makes  int    // of the creates
	source bool   // it makes a character of another one
	lets   bool   // charsync is about to let the character go, by its lock
}

func (x *exchange) String() string {
	return fmt.Sprintf("%s %s %s (request %d)", x.vendor, x.method, x.path, x.number)
}

// hook is something to happen at one request. It fires once.
type hook struct {
	what  string
	when  func(*exchange) bool
	after bool // when it was carried out and before it is answered; else before anything
	// do reports whether the answer must not be sent.
	do    func(*exchange) bool
	fired bool
}

func openGate(s *sandbox.Server) (*gate, error) {
	g := &gate{sandbox: s, counts: map[string]int{}, journal: &journal{}}
	g.idle.L = &g.mu
	ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	g.base = "http://" + ln.Addr().String()
	g.http = &http.Server{Addr: ln.Addr().String(), Handler: g, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0), ConnState: g.follow}
	go func() { _ = g.http.Serve(ln) }() // ends with close
	return g, nil
}

func (g *gate) close() error { return errors.Join(g.http.Close(), g.sandbox.Close()) }

// environ points charsync here.
func (g *gate) environ() []string {
	var out []string
	for name, value := range g.sandbox.Environ() {
		if u, err := url.Parse(value); err == nil && strings.HasSuffix(name, "_BASE_URL") {
			value = g.base + u.Path
		}
		out = append(out, name+"="+value)
	}
	return out
}

// expect sets what judges the writes of the next run.
func (g *gate) expect(intent func(*exchange) string) {
	g.carry.Lock()
	defer g.carry.Unlock()
	g.intent = intent
}

// begin starts the counts of a run anew.
func (g *gate) begin(hooks []*hook) {
	g.carry.Lock()
	defer g.carry.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts, g.hooks, g.refuses = map[string]int{}, hooks, nil
	g.conns = map[net.Conn]bool{}
}

func (g *gate) follow(c net.Conn, state http.ConnState) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch state {
	case http.StateNew:
		if g.conns != nil {
			g.conns[c] = true
		}
	case http.StateClosed, http.StateHijacked:
		delete(g.conns, c)
		g.idle.Broadcast()
	}
}

// quiet waits until every request has been carried out. Those of a client
// that was killed may still be under way, or lie unread in a connection that
// it has left: what reaches a vendor only after the next run has looked can't
// be settled by anybody, so it is waited for.
func (g *gate) quiet(clientGone bool) {
	if clientGone {
		g.knock()
	}
	g.mu.Lock()
	for g.open > 0 || clientGone && len(g.conns) > 0 {
		g.idle.Wait()
	}
	g.mu.Unlock()
	g.disarm()
}

// disarm ends the run's say over requests: one that comes later is carried
// out, and touches nothing of the world, which is the judge's from here on.
func (g *gate) disarm() {
	g.carry.Lock()
	defer g.carry.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hooks, g.intent = nil, nil
}

// knock makes a connection of its own. When it has been let in, so have all
// that were made before it and lay in the system's queue.
func (g *gate) knock() {
	conn, err := new(net.Dialer).Dial("tcp", g.http.Addr)
	if err != nil {
		return // nobody can come any more
	}
	_, _ = fmt.Fprintf(conn, "GET /knock HTTP/1.0\r\nHost: %s\r\n\r\n", g.http.Addr)
	_, _ = io.Copy(io.Discard, conn) // ends when the gate has answered
	_ = conn.Close()
}

// seen gives what was wrong with requests of the run, and forgets it.
func (g *gate) seen() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.refuses
	g.refuses = nil
	return out
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	g.open++
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		g.open--
		g.idle.Broadcast()
		g.mu.Unlock()
	}()
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<20))
	if err != nil {
		panic(http.ErrAbortHandler) // the client went away while sending: nothing was carried out
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	x := newExchange(r, body)
	g.number(x)
	p := &passage{ResponseWriter: w, gate: g, x: x}
	p.enter()
	defer p.leave()
	g.sandbox.Handler().ServeHTTP(p, r)
}

func newExchange(r *http.Request, body []byte) *exchange {
	name, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	x := &exchange{vendor: name, method: r.Method, path: "/" + path, body: body, header: r.Header}
	last := path[strings.LastIndexByte(path, '/')+1:]
	switch name {
	case alakazam:
		x.write = r.Method != http.MethodGet
		x.create = r.Method == http.MethodPost
		x.source = strings.HasSuffix(path, "/forks")
		if last != "characters" && !x.source {
			x.id = last
		}
	case characterai, convai:
		x.source = strings.HasSuffix(path, "clone_character")
		x.create = x.source || strings.HasSuffix(strings.TrimSuffix(path, "/"), "character/create")
		x.write = x.create || strings.Contains(path, "update") || strings.Contains(path, "delete")
		o := object(body)
		x.id, _ = o["external_id"].(string)
		if id, ok := o["charID"].(string); ok {
			x.id = id
		}
	case npcbuilder:
		x.write = r.Method != http.MethodGet
		x.create = r.Method == http.MethodPost
		if !x.create && strings.HasPrefix(path, "api/context/characters/") {
			x.id = last
		}
	}
	return x
}

func (g *gate) number(x *exchange) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts[x.vendor]++
	x.number = g.counts[x.vendor]
	if x.write {
		g.counts[x.vendor+" writes"]++
	}
	if x.create {
		g.counts[x.vendor+" creates"]++
	}
	x.writes, x.makes = g.counts[x.vendor+" writes"], g.counts[x.vendor+" creates"]
}

// fire calls the hooks that wait for this moment.
func (g *gate) fire(x *exchange, after bool) (abort bool) {
	for {
		h := g.next(x, after)
		if h == nil {
			return abort
		}
		abort = h.do(x) || abort
	}
}

func (g *gate) next(x *exchange, after bool) *hook {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, h := range g.hooks {
		if !h.fired && h.after == after && h.when(x) {
			h.fired = true
			return h
		}
	}
	return nil
}

func (g *gate) complain(what string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refuses = append(g.refuses, what)
}
