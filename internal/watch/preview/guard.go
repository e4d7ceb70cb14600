package preview

import (
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// loopback completes an address, and refuses those that others can reach.
func loopback(address string) (string, error) {
	if address != "" && !strings.Contains(address, ":") {
		address = "127.0.0.1:" + address
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("%q is no address; write 127.0.0.1:8080, or a port alone", address)
	}
	if !spec.Loopback(host) {
		return "", fmt.Errorf("%q can be reached by others; only addresses of this machine are served, such as 127.0.0.1:%s", address, port)
	}
	return address, nil
}

// hostsFor are the Host headers of requests that mean this server. A page
// elsewhere whose name was made to lead here has another one.
func hostsFor(address net.Addr) []string {
	own := address.String()
	_, port, err := net.SplitHostPort(own)
	if err != nil {
		return []string{own}
	}
	return []string{own, "localhost:" + port}
}

// guarded lets in who has the token, from this page and no other. Everybody
// else gets an empty answer.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Content-Security-Policy", "frame-ancestors 'none'")
		if !s.ours(r) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		if given := r.URL.Query().Get("token"); given != "" && r.URL.Path == "/" && s.right(given) {
			s.letIn(w, r)
			return
		}
		cookie, err := r.Cookie(s.cookie())
		if err != nil || !s.right(cookie.Value) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ours reports a request that is meant for this server and comes from its
// page, or from nowhere: typed, or opened from a terminal.
func (s *Server) ours(r *http.Request) bool {
	if !slices.Contains(s.hosts, r.Host) || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return false
}

func (s *Server) right(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) == 1
}

// cookie is its name. Cookies know no ports, so the name has it: two watches
// side by side don't shut each other out.
func (s *Server) cookie() string {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String()) // a listener's address has a port
	return "charsync-" + port
}

// letIn keeps the token in a cookie, and the address without it in history.
func (s *Server) letIn(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: s.cookie(), Value: s.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	query := r.URL.Query()
	query.Del("token")
	to := "/"
	if len(query) > 0 {
		to += "?" + query.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
