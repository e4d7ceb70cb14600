package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Listen serves on addr in the background until Close. "" is 127.0.0.1:0, a free port; an address that is not loopback
// is refused, since the sandbox's credentials are public.
func (s *Server) Listen(addr string) error {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if !loopbackHost(addr) {
		return fmt.Errorf("sandbox: listen %s: only loopback addresses are served, for instance 127.0.0.1:0", addr)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errors.New("sandbox: listen: already closed")
	}
	if s.http != nil {
		return fmt.Errorf("sandbox: listen %s: already listening on %s", addr, s.addr)
	}
	ln, err := new(net.ListenConfig).Listen(s.ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("sandbox: listen: %w", err)
	}
	s.addr = ln.Addr().String()
	s.http = &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    1 << 20,
		BaseContext:       func(net.Listener) context.Context { return s.ctx },
		ConnState:         s.unused.note,
	}
	s.served = make(chan struct{})
	go func(srv *http.Server, done chan struct{}) {
		defer close(done)
		_ = srv.Serve(ln) // always ends with an error: the listener is closed by Close
	}(s.http, s.served)
	return nil
}

// URL is the base URL for a vendor, to be used as <VENDOR>_BASE_URL; "" gives the root, under which /_sandbox/ stands.
// Before Listen it names port 0, where nothing can answer.
func (s *Server) URL(vendor string) string {
	s.mu.Lock()
	addr := s.addr
	s.mu.Unlock()
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if vendor == "" {
		return "http://" + addr
	}
	return "http://" + addr + "/" + vendor
}

// Environ is the environment that points clients of the vendors here: base URLs, and credentials that are accepted.
func (s *Server) Environ() map[string]string {
	env := map[string]string{}
	for _, v := range s.vendors {
		env[v.baseEnv] = s.URL(v.name)
		env[v.keyEnv] = v.keys[0].secret
	}
	return env
}

// unusedConns are connections on which nothing was asked yet. Clients open some in reserve, and a shutdown would wait
// five seconds for each.
type unusedConns struct {
	mu    sync.Mutex
	conns map[net.Conn]bool
	open  int // connections in any state
}

// Connections counts the connections that clients hold open, those whose requests are being answered included. When it
// is 0, nothing that a client sent before it was killed can happen any more.
func (s *Server) Connections() int {
	s.unused.mu.Lock()
	defer s.unused.mu.Unlock()
	return s.unused.open
}

func (u *unusedConns) note(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch state {
	case http.StateNew:
		u.open++
	case http.StateClosed, http.StateHijacked:
		u.open--
	}
	if state != http.StateNew {
		delete(u.conns, c)
		return
	}
	if u.conns == nil {
		u.conns = map[net.Conn]bool{}
	}
	u.conns[c] = true
}

func (u *unusedConns) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for c := range u.conns {
		_ = c.Close() // nobody waits for anything on it
	}
}

// loopbackHost tells whether the host of "host:port", or a bare host, can only be this machine. A browser that is led
// here by a name that resolves to loopback still sends that name, so a Host that is not loopback is refused.
func loopbackHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
