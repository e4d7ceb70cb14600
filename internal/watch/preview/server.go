// Package preview serves the page of a watch: the characters as players meet
// them, what will be sent to each provider, and what is wrong where. It
// follows the files live.
//
// The page is served on loopback alone, to whoever has its token. It can
// change nothing: every route reads.
package preview

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Bounds of what is served at a time.
const (
	maxRequests = 32 // beside those that follow
	maxFollow   = 16
	maxListed   = 200 // characters in the list; more are found by typing
	maxProblems = 50
)

// Options are what a preview needs from outside.
type Options struct {
	Driver func(name string) (*providers.Driver, bool)
	// Documents gives what would be sent to create a character, by target.
	Documents func(ctx context.Context, p *spec.Project, c *spec.Character) ([]Document, error)
	Editor    Editor
	Env       string // the environment that targets are mapped by
	Where     string // what is written where, in words
	Now       func() time.Time
	Log       *slog.Logger
}

// Document is what a target would be sent.
type Document struct {
	Target   string
	Requests []Request
	From     []Origin
}

// Request is one request, without its headers.
type Request struct {
	Method, Path string
	Body         any
}

// Origin says where the value of a field stands.
type Origin struct {
	Path string
	Pos  spec.Pos
	File string // the referenced file, where there is one
}

// Entry is what is known of one character.
type Entry struct {
	Manifest  *spec.Character // as it was last good
	Held      bool            // there is an error, so it may not be what the file says
	Findings  []spec.Diagnostic
	Planned   bool // it was compared with a provider
	Changes   []diff.Change
	Unplanned []diff.Unplanned
}

// News is what a run of the watch came to.
type News struct {
	Project  *spec.Project // nil where charsync.yaml is wrong: the last good one stays
	At       string        // when, for people
	Because  string        // of which files
	Summary  string        // the last line of the plan, or what is to be said instead
	Problems []spec.Diagnostic
	Unasked  map[string]string // targets that are not asked, and why; nil: as before
	// Unread are the manifests that were never good, with what is wrong; nil: as
	// before.
	Unread  map[string][]spec.Diagnostic
	Reset   bool // entries are all there are
	Entries map[string]Entry
	Gone    []string
}

// Server is a preview. Its methods may be called at the same time.
type Server struct {
	options  Options
	token    string
	listener net.Listener
	hosts    []string // the Host headers that are meant for it
	http     *http.Server
	slots    chan struct{}
	ended    chan struct{}
	closing  chan struct{}

	mu      sync.RWMutex
	news    News // its entries are in entries
	seq     int
	entries map[string]Entry
	names   []string // sorted
	clients map[chan struct{}]bool
}

// Open listens on a loopback address, such as 127.0.0.1:0 for any free port,
// and serves until Close.
func Open(ctx context.Context, address string, o Options) (*Server, error) {
	address, err := loopback(address)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := &Server{
		options: o, token: rand.Text(), listener: listener, slots: make(chan struct{}, maxRequests),
		ended: make(chan struct{}), closing: make(chan struct{}), entries: map[string]Entry{}, clients: map[chan struct{}]bool{},
	}
	s.hosts = hostsFor(listener.Addr())
	s.http = &http.Server{
		Handler: s.guarded(s.routes()), ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
	}
	go func() {
		defer close(s.ended)
		_ = s.http.Serve(listener) // always ends with an error: Close closes the listener
	}()
	return s, nil
}

// URL is the page's address, with the token that lets one in.
func (s *Server) URL() string {
	return "http://" + s.listener.Addr().String() + "/?token=" + s.token
}

// Close ends serving, and lets go of everyone who follows.
func (s *Server) Close() error {
	close(s.closing)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	<-s.ended
	return err
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.bounded(s.page))
	mux.HandleFunc("GET /parts", s.bounded(s.parts))
	mux.HandleFunc("GET /events", s.follow)
	return mux
}

// bounded lets so many requests be worked on at a time.
func (s *Server) bounded(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
			h(w, r)
		case <-r.Context().Done():
		}
	}
}
