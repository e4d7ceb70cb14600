package harness

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"

	"github.com/charsync/charsync/internal/sandbox"
)

// passage is one request going through. The sandbox carries a request out
// before it sends the first byte of an answer, or hangs up: that is the
// moment after.
type passage struct {
	http.ResponseWriter
	gate   *gate
	x      *exchange
	before map[string]sandbox.Stored
	done   bool
}

// enter is the moment before. A write is alone from here until it is carried
// out.
func (p *passage) enter() {
	p.gate.carry.Lock()
	if p.gate.fire(p.x, false) {
		p.gate.carry.Unlock()
		panic(http.ErrAbortHandler)
	}
	if !p.x.write {
		p.gate.carry.Unlock()
		return
	}
	if p.gate.intent != nil {
		if what := p.gate.intent(p.x); what != "" {
			p.gate.complain(what)
		}
	}
	p.before = p.gate.stored(p.x.vendor)
}

// carried is the moment after.
func (p *passage) carried() {
	if p.done {
		return
	}
	p.done = true
	if p.x.write {
		p.gate.note(p.x, p.before)
	} else {
		p.gate.carry.Lock()
	}
	abort := p.gate.fire(p.x, true)
	p.gate.carry.Unlock()
	if abort {
		panic(http.ErrAbortHandler)
	}
}

// leave comes when the sandbox has returned, or has hung up without a byte.
func (p *passage) leave() { p.carried() }

func (p *passage) WriteHeader(status int) {
	p.carried()
	p.ResponseWriter.WriteHeader(status)
}

func (p *passage) Write(b []byte) (int, error) {
	p.carried()
	return p.ResponseWriter.Write(b)
}

// Flush implements http.Flusher.
func (p *passage) Flush() {
	p.carried()
	if f, ok := p.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Hijack implements http.Hijacker: the sandbox resets connections.
func (p *passage) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	p.carried()
	h, ok := p.ResponseWriter.(http.Hijacker)
	if !ok {
		return nil, nil, http.ErrNotSupported
	}
	return h.Hijack()
}

// stored is everything a vendor holds, by id.
func (g *gate) stored(vendor string) map[string]sandbox.Stored {
	out := map[string]sandbox.Stored{}
	list, err := g.sandbox.Characters(vendor)
	if err != nil {
		g.complain(fmt.Sprintf("the store of %s can't be read: %v", vendor, err))
	}
	for _, c := range list {
		out[c.ID] = c
	}
	return out
}

func object(raw []byte) map[string]any {
	var out map[string]any
	_ = json.Unmarshal(raw, &out) // what is no object has no keys
	return out
}
