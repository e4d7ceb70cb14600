package sandbox

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Handler serves the vendors and /_sandbox/. Requests from anywhere but this machine's own names are refused, and so
// is every request that a web page makes (it carries an Origin).
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopbackHost(r.Host) || r.Header.Get("Origin") != "" || fromElsewhere(r.Header) {
			send(w, answer(http.StatusForbidden, doc{"error": "sandbox: only clients on this machine are served, and no web pages"}))
			return
		}
		first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
		if first == "_sandbox" {
			s.serveAdmin(w, r, rest)
			return
		}
		if v := vendorNamed(s.vendors, first); v != nil {
			s.serveVendor(w, r, v, "/"+rest)
			return
		}
		send(w, answer(http.StatusNotFound, doc{"error": "sandbox: no vendor at this path; there are /" + strings.Join(Vendors(), ", /") + " and /_sandbox/"}))
	})
}

// fromElsewhere reports a request that a browser sends for a page of another site, such as for an image: it carries no
// Origin. What a person types, and what is no browser, is let in.
func fromElsewhere(h http.Header) bool {
	site := h.Get("Sec-Fetch-Site")
	return site != "" && site != "none"
}

func (s *Server) serveVendor(w http.ResponseWriter, r *http.Request, v *vendor, path string) {
	entry := Request{Time: s.now(), Vendor: v.name, Method: r.Method, Path: path, Query: r.URL.RawQuery, Header: selected(r.Header)}
	rt, params, otherVerb := v.match(r.Method, path)
	if rt != nil {
		entry.Route, entry.Write = rt.name, rt.write
	}
	raw, tooLong, err := s.readBody(r)
	if err != nil {
		panic(http.ErrAbortHandler) // the client went away while sending
	}
	entry.Body = loggable(raw)
	f := s.faults.take(v.name, rt, r.Method)
	if f != nil {
		entry.Fault = string(f.Kind)
	}
	if !s.pause(r, time.Duration(s.switches.number("latency"))*time.Millisecond, nil) || f != nil && !s.pause(r, f.wait(), f.cleared) {
		panic(http.ErrAbortHandler) // the client or the sandbox went away: no answer, not an empty one
	}

	c := &call{srv: s, vendor: v, route: rt, req: r, params: params, query: r.URL.Query(), raw: raw}
	var rep reply
	run := func() {
		switch {
		case rt == nil && otherVerb:
			rep = v.refuse(http.StatusMethodNotAllowed, "method not allowed")
		case rt == nil:
			rep = v.refuse(http.StatusNotFound, "not found")
		case tooLong:
			rep = v.refuse(http.StatusRequestEntityTooLarge, "request body too large")
		default:
			rep = s.metered(c, func() (rep reply) {
				rep, entry.Committed = s.execute(c)
				return rep
			})
		}
		entry.ID, entry.Status = c.id, rep.status
	}
	if f == nil {
		run()
		s.log.add(entry)
		send(w, rep)
		return
	}
	if f.carriesOut() {
		run()
	}
	rep, effect := s.faulted(v, f, rep)
	entry.Status = rep.status
	s.log.add(entry)
	effect(w, r, rep)
}

// readBody reads at most the body limit, and drains no more than that.
func (s *Server) readBody(r *http.Request) (raw []byte, tooLong bool, err error) {
	limit := int64(s.switches.number("body-limit")) << 20
	raw, err = io.ReadAll(io.LimitReader(r.Body, limit+1))
	if int64(len(raw)) > limit {
		return nil, true, nil
	}
	return raw, false, err
}

// execute checks who asks and what was sent, and runs the route on the store.
func (s *Server) execute(c *call) (reply, bool) {
	if !c.route.open {
		who, no := c.vendor.authenticate(c)
		if no != nil {
			return *no, false
		}
		c.who = who
	}
	if no := c.parse(); no != nil {
		return *no, false
	}
	var rep reply
	var committed bool
	var err error
	run := func(t *tx) {
		c.tx = t
		if c.route.write {
			t.late = s.switches.number("late-reads")
		}
		rep = c.route.handle(c)
	}
	st := s.stores[c.vendor.name]
	if c.route.write {
		committed, err = st.write(c.req.Context(), s.now(), run)
	} else {
		err = st.readLate(s.now(), s.late(c.route), run)
	}
	if err != nil {
		return c.vendor.refuse(http.StatusServiceUnavailable, "sandbox storage: "+err.Error()), false
	}
	return rep, committed
}

// parse reads the body the way the route wants it.
func (c *call) parse() *reply {
	if c.route.body == noBody {
		return nil
	}
	kind, _, err := mime.ParseMediaType(c.req.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" && c.route.body == formBody {
		return nil
	}
	if err != nil || kind != "application/json" {
		no := c.vendor.refuse(http.StatusUnsupportedMediaType, "the content type must be application/json")
		return &no
	}
	body, err := decodeDoc(c.raw)
	if err != nil {
		no := c.vendor.refuse(http.StatusBadRequest, err.Error())
		return &no
	}
	c.body = body
	return nil
}

// pause waits for d, or until over is closed; a nil one never is. It reports
// false when the client or the sandbox goes away first.
func (s *Server) pause(r *http.Request, d time.Duration, over <-chan struct{}) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-over:
		return true
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
	return false
}

// bearer is the credential of an Authorization header with the given scheme; "" when there is none of that scheme.
func bearer(h http.Header, scheme string) string {
	s, secret, ok := strings.Cut(h.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(s, scheme) {
		return ""
	}
	return strings.TrimSpace(secret)
}

// queryNumber reads a whole number from the query; missing is the default.
func queryNumber(q url.Values, key string, otherwise int) (int, error) {
	if !q.Has(key) {
		return otherwise, nil
	}
	var n int
	if _, err := fmt.Sscanf(q.Get(key), "%d", &n); err != nil || fmt.Sprint(n) != q.Get(key) {
		return 0, errors.New(key + ": must be a whole number")
	}
	return n, nil
}
