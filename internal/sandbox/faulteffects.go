package sandbox

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// effect sends an answer, or doesn't.
type effect func(http.ResponseWriter, *http.Request, reply)

// faulted gives the answer a fault makes of rep, and how it is sent.
func (s *Server) faulted(v *vendor, f *Fault, rep reply) (reply, effect) {
	plain := func(w http.ResponseWriter, _ *http.Request, r reply) { send(w, r) }
	switch f.Kind {
	case FaultLatency:
		return rep, plain
	case FaultRateLimit:
		return f.refusal(v, http.StatusTooManyRequests, "rate limit exceeded, slow down"), plain
	case FaultServerError:
		return f.refusal(v, http.StatusInternalServerError, "internal server error"), plain
	case FaultUnavailable:
		return f.refusal(v, http.StatusServiceUnavailable, "service unavailable, try again later"), plain
	case FaultBadGateway:
		r := htmlPage(http.StatusBadGateway, "502 Bad Gateway", "The upstream server did not answer.")
		return f.overridden(r), plain
	case FaultRefused:
		return f.overridden(v.reject("the values were not accepted")), plain
	case FaultStatus:
		return f.refusal(v, http.StatusInternalServerError, "something went wrong"), plain
	case FaultHTML:
		return f.overridden(htmlPage(http.StatusOK, "Signed out", "Please sign in to continue.")), plain
	case FaultChallenge:
		r := htmlPage(http.StatusForbidden, "Just a moment...", "Checking if the site connection is secure.")
		return f.overridden(r).with("Server", "cloudflare").with("CF-Mitigated", "challenge"), plain
	case FaultRedirect:
		to := "https://elsewhere.invalid/login"
		if f.Body != "" {
			to = f.Body
		}
		return reply{status: http.StatusFound}.with("Location", to), plain
	case FaultExpiredKey:
		return f.refusal(v, http.StatusUnauthorized, "the key has expired"), plain
	case FaultResetBefore, FaultResetAfter:
		return reply{}, reset
	case FaultTruncated:
		return rep, truncate
	case FaultCut:
		return rep, cut
	case FaultWrongTypes:
		rep.body = retyped(rep.body)
		return rep, plain
	case FaultSlow:
		every := f.Delay
		if every <= 0 {
			every = 50 * time.Millisecond
		}
		return rep, func(w http.ResponseWriter, r *http.Request, rep reply) { s.drip(w, r, rep, every) }
	case FaultEndless:
		return reply{status: http.StatusOK}, s.pour
	case FaultEmpty:
		return reply{status: rep.status}, plain
	}
	text := fmt.Sprintf("sandbox: no fault kind %q; accepted: %v", f.Kind, FaultKinds())
	return v.refuse(http.StatusInternalServerError, text), plain
}

// refusal is an error in the vendor's manner, with what the fault overrides.
func (f *Fault) refusal(v *vendor, status int, text string) reply {
	if f.Status != 0 {
		status = f.Status
	}
	r := f.overridden(v.refuse(status, text))
	if f.RetryAfter != "" {
		r = r.with("Retry-After", f.RetryAfter)
	}
	return r
}

func (f *Fault) overridden(r reply) reply {
	if f.Status != 0 {
		r.status = f.Status
	}
	switch {
	case strings.HasPrefix(f.Body, "<"):
		r.page, r.body = f.Body, nil
	case json.Valid([]byte(f.Body)):
		r.page, r.body = "", rawJSON(f.Body)
	case f.Body != "":
		r.page, r.body = "", f.Body
	}
	return r
}

// reset ends the connection with a TCP reset, or at least without an answer where there is no connection to be had.
func reset(w http.ResponseWriter, _ *http.Request, _ reply) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}

func truncate(w http.ResponseWriter, _ *http.Request, rep reply) {
	raw, kind, err := rep.render()
	if err != nil || len(raw) == 0 {
		raw, kind = []byte("{"), "application/json"
	}
	sendBytes(w, rep, raw[:max(1, len(raw)/2)], kind)
}

func cut(w http.ResponseWriter, _ *http.Request, rep reply) {
	raw, kind, _ := rep.render()
	raw = append(raw, "    "...) // so that even an empty body is cut
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(rep.status)
	_, _ = w.Write(raw[:len(raw)/2])
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}

// drip sends the body in 20 pieces.
func (s *Server) drip(w http.ResponseWriter, r *http.Request, rep reply, every time.Duration) {
	raw, kind, _ := rep.render()
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(rep.status)
	step := max(1, (len(raw)+19)/20)
	for len(raw) > 0 {
		n := min(step, len(raw))
		if _, err := w.Write(raw[:n]); err != nil {
			return
		}
		raw = raw[n:]
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		if !s.pause(r, every, nil) {
			panic(http.ErrAbortHandler)
		}
	}
}

// pour sends JSON without an end: at most a GiB, should nobody hang up.
func (s *Server) pour(w http.ResponseWriter, r *http.Request, rep reply) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(rep.status)
	chunk := []byte(strings.Repeat(`{"name":"and on and on","external_id":"x"},`, 1500))
	if _, err := w.Write([]byte(`{"characters":[`)); err != nil {
		return
	}
	for sent := 0; sent < 1<<30; sent += len(chunk) {
		if _, err := w.Write(chunk); err != nil || r.Context().Err() != nil || s.ctx.Err() != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

// retyped swaps the types inside a JSON value; its outermost object stays one.
func retyped(v any) any {
	raw, err := encode(v)
	if err != nil {
		return v
	}
	var plain any
	if json.Unmarshal(raw, &plain) != nil {
		return v
	}
	o, ok := plain.(map[string]any)
	if !ok {
		return retypedValue(plain)
	}
	for k, e := range o {
		o[k] = retypedValue(e)
	}
	return o
}

func retypedValue(v any) any {
	switch v := v.(type) {
	case string:
		return len(v)
	case float64:
		return fmt.Sprint(v)
	case bool:
		return "yes"
	case nil:
		return []any{}
	case []any:
		return map[string]any{"items": len(v)}
	case map[string]any:
		out := []any{}
		for range v {
			out = append(out, 1)
		}
		return out
	}
	return v
}
