package preview

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// beat is how often a follower hears that nothing happened, and patience how
// long one may take to read what it is told.
const (
	beat     = 20 * time.Second
	patience = 10 * time.Second
)

// Publish takes in what a run came to, and tells everyone who follows.
func (s *Server) Publish(n News) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.Project == nil {
		n.Project = s.news.Project
	}
	if n.Unasked == nil {
		n.Unasked = s.news.Unasked
	}
	if n.Unread == nil {
		n.Unread = s.news.Unread
	}
	if n.Reset {
		clear(s.entries)
	}
	before := len(s.entries)
	maps.Copy(s.entries, n.Entries)
	came := len(s.entries) - before
	for _, name := range n.Gone {
		delete(s.entries, name)
	}
	if n.Reset || came > 0 || len(n.Gone) > 0 {
		s.names = slices.Sorted(maps.Keys(s.entries))
	}
	n.Entries, n.Gone, n.Reset = nil, nil, false
	s.news = n
	s.seq++
	for client := range s.clients {
		select {
		case client <- struct{}{}:
		default: // it has news to fetch already
		}
	}
}

// follow tells a page, by server-sent events, that there is news to fetch.
func (s *Server) follow(w http.ResponseWriter, r *http.Request) {
	news := make(chan struct{}, 1)
	if !s.join(news) {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	defer s.leave(news)
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	tell := func(text string) bool {
		// Where no deadline can be set, the client's going away ends it.
		_ = control.SetWriteDeadline(s.options.Now().Add(patience))
		if _, err := fmt.Fprint(w, text); err != nil {
			return false
		}
		return control.Flush() == nil
	}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for text := "retry: 1000\n\n" + s.event(); tell(text); {
		select {
		case <-news:
			text = s.event()
		case <-tick.C:
			text = ": still here\n\n"
		case <-s.closing:
			_ = tell("event: end\ndata: end\n\n")
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (s *Server) event() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return fmt.Sprintf("event: run\ndata: %d\n\n", s.seq)
}

func (s *Server) join(client chan struct{}) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.clients) >= maxFollow {
		return false
	}
	s.clients[client] = true
	return true
}

func (s *Server) leave(client chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.clients, client)
}
