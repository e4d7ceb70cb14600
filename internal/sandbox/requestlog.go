package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Request is one line of the request log. Credentials are never in it.
type Request struct {
	Seq       int64             `json:"seq"` // from 1, in the order the requests were carried out
	Time      time.Time         `json:"time"`
	Vendor    string            `json:"vendor"`
	Method    string            `json:"method"`
	Path      string            `json:"path"` // behind the vendor's base URL, still escaped
	Query     string            `json:"query,omitempty"`
	Route     string            `json:"route,omitempty"` // "character.update"; empty for an unknown path or verb
	Write     bool              `json:"write"`           // whether the route is one that changes state
	Status    int               `json:"status"`          // 0 when no answer was sent
	Body      json.RawMessage   `json:"body,omitempty"`  // when it was JSON
	Header    map[string]string `json:"header,omitempty"`
	Committed bool              `json:"committed"` // whether state did change
	ID        string            `json:"id,omitempty"`
	Fault     string            `json:"fault,omitempty"` // the fault that was injected
}

const (
	keptBodies = 64 << 20 // bytes of bodies kept in memory; of the oldest only the rest of the entry is kept beyond it
	logLimit   = 64 << 20 // bytes of requests.jsonl at opening from which it is started anew, the old one kept as .old
)

type requestLog struct {
	path string

	mu      sync.Mutex
	entries []Request
	seq     int64
	bodies  int // bytes
	lean    int // entries whose body was let go
	file    *os.File
}

func openRequestLog(dir string) (*requestLog, error) {
	l := &requestLog{}
	if dir == "" {
		return l, nil
	}
	l.path = filepath.Join(dir, "requests.jsonl")
	if info, err := os.Stat(l.path); err == nil && info.Size() > logLimit {
		_ = os.Rename(l.path, l.path+".old") // when another process has it open (Windows), it goes on growing
	}
	f, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("request log: %w", err)
	}
	l.file = f
	return l, nil
}

func (l *requestLog) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	f := l.file
	l.file = nil
	return f.Close()
}

func (l *requestLog) add(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	r.Seq = l.seq
	l.entries = append(l.entries, r)
	l.bodies += len(r.Body)
	for l.bodies > keptBodies && l.lean < len(l.entries) {
		l.bodies -= len(l.entries[l.lean].Body)
		l.entries[l.lean].Body = nil
		l.lean++
	}
	if l.file == nil {
		return
	}
	if line, err := encode(r); err == nil {
		_, _ = l.file.Write(append(line, '\n')) // a full disk must not stop the answer
	}
}

// Requests is what was asked of a vendor since opening or the last reset, in order; "" is all of them. Edits made through
// this package's own methods are not requests.
func (s *Server) Requests(vendor string) []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	out := []Request{}
	for _, r := range s.log.entries {
		if vendor == "" || r.Vendor == vendor {
			out = append(out, r)
		}
	}
	return out
}

// ResetRequests empties the request log, its file too.
func (s *Server) ResetRequests() {
	l := s.log
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.seq, l.bodies, l.lean = nil, 0, 0, 0
	if l.path != "" {
		if err := os.Truncate(l.path, 0); err != nil && !errors.Is(err, os.ErrNotExist) {
			return
		}
	}
}

// selected keeps the headers that tell something about a client and nothing about its user.
func selected(h http.Header) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"Accept", "Content-Type", "Idempotency-Key", "User-Agent"} {
		if v := h.Get(name); v != "" {
			out[name] = v
		}
	}
	return out
}

// loggable is the body on one line if it is JSON.
func loggable(raw []byte) json.RawMessage {
	dec := json.NewDecoder(bytes.NewReader(raw))
	var first json.RawMessage
	if dec.Decode(&first) != nil {
		return nil
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil
	}
	var b bytes.Buffer
	if json.Compact(&b, first) != nil {
		return nil
	}
	return b.Bytes()
}
