package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

func jsonNumber(s string) json.Number { return json.Number(s) }

// faults makes answers go wrong in every way, and looks at what is made of
// each, and at what was done.
func faults(t *testing.T, d *providers.Driver, q Quirks) {
	for _, c := range readFaults() {
		t.Run("read/"+c.name, func(t *testing.T) { t.Parallel(); faultyRead(t, sandboxKit(t, d, q), c) })
	}
	for _, c := range writeFaults() {
		t.Run("create/"+c.name, func(t *testing.T) { t.Parallel(); faultyCreate(t, sandboxKit(t, d, q), c) })
		t.Run("update/"+c.name, func(t *testing.T) { t.Parallel(); faultyUpdate(t, sandboxKit(t, d, q), c) })
	}
	for _, commit := range []bool{false, true} {
		t.Run(fmt.Sprintf("create/refused, carried out %v", commit), func(t *testing.T) { t.Parallel(); refusedCreate(t, sandboxKit(t, d, q), commit) })
		t.Run(fmt.Sprintf("update/refused, carried out %v", commit), func(t *testing.T) { t.Parallel(); refusedUpdate(t, sandboxKit(t, d, q), commit) })
	}
	t.Run("wrong key", func(t *testing.T) { wrongKey(t, sandboxKit(t, d, q)) })
	t.Run("cancelled", func(t *testing.T) { cancelled(t, sandboxKit(t, d, q)) })
	t.Run("no secret", func(t *testing.T) { noSecret(t, sandboxKit(t, d, q)) })
	t.Run("nobody there", func(t *testing.T) { nobodyThere(t, sandboxKit(t, d, q)) })
}

// faultCase is a fault and what must come of it: a kind, or "" for success
// all the same, because the client repeated the call.
type faultCase struct {
	name  string
	fault sandbox.Fault
	kind  providers.ErrorKind
}

func readFaults() []faultCase {
	always := func(f sandbox.Fault) sandbox.Fault { f.Times = -1; return f }
	return []faultCase{
		{"429 once", sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: "0"}, ""},
		{"429, an hour", sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: "3600"}, providers.RateLimited},
		{"429 always", always(sandbox.Fault{Kind: sandbox.FaultRateLimit}), providers.RateLimited},
		{"plan used up", always(sandbox.Fault{Kind: sandbox.FaultRateLimit, Body: `{"ERROR":"You have reached the usage limit of your current plan."}`}), providers.Quota},
		{"503 once", sandbox.Fault{Kind: sandbox.FaultUnavailable, RetryAfter: "0"}, ""},
		{"500 twice", sandbox.Fault{Kind: sandbox.FaultServerError, Times: 2}, ""},
		{"502 always", always(sandbox.Fault{Kind: sandbox.FaultBadGateway}), providers.Unavailable},
		{"reset once", sandbox.Fault{Kind: sandbox.FaultResetBefore}, ""},
		{"reset always", always(sandbox.Fault{Kind: sandbox.FaultResetBefore}), providers.Unavailable},
		{"html", sandbox.Fault{Kind: sandbox.FaultHTML}, providers.NotJSON},
		{"challenge", sandbox.Fault{Kind: sandbox.FaultChallenge}, providers.NotJSON},
		{"truncated once", sandbox.Fault{Kind: sandbox.FaultTruncated}, ""},
		{"truncated always", always(sandbox.Fault{Kind: sandbox.FaultTruncated}), providers.Truncated},
		{"cut once", sandbox.Fault{Kind: sandbox.FaultCut}, ""},
		{"cut always", always(sandbox.Fault{Kind: sandbox.FaultCut}), providers.Truncated},
		{"redirect", sandbox.Fault{Kind: sandbox.FaultRedirect}, providers.Redirected},
		{"wrong types", sandbox.Fault{Kind: sandbox.FaultWrongTypes}, providers.Unexpected},
		{"endless", sandbox.Fault{Kind: sandbox.FaultEndless}, providers.TooLarge},
		{"empty", sandbox.Fault{Kind: sandbox.FaultEmpty}, providers.Unexpected},
		{"expired", sandbox.Fault{Kind: sandbox.FaultExpiredKey}, providers.Unauthorized},
		{"slow", sandbox.Fault{Kind: sandbox.FaultSlow, Delay: time.Millisecond}, ""},
		{"an array", sandbox.Fault{Kind: sandbox.FaultStatus, Status: 200, Body: `[1]`}, providers.Unexpected},
		{"null", sandbox.Fault{Kind: sandbox.FaultStatus, Status: 200, Body: `null`}, providers.Unexpected},
		{"a text", sandbox.Fault{Kind: sandbox.FaultStatus, Status: 200, Body: `"done"`}, providers.Unexpected},
	}
}

// faultyRead: a list and a read that go wrong. A failed list never looks like
// a short one.
func faultyRead(t *testing.T, k *kit, c faultCase) {
	id := k.seed(t, "Mira")
	k.seed(t, "Somebody Else")
	inject := func(route string) {
		c.fault.Vendor, c.fault.Route = k.d.Name, route
		k.srv.ClearFaults()
		k.srv.Inject(c.fault)
	}
	inject("character.get")
	_, err := k.p.Get(ctxOf(t), id)
	expect(t, "get", err, c.kind)
	for _, route := range []string{"character.list", "world.get"} {
		inject(route)
		if len(k.d.Scope) == 0 == (route == "character.list") {
			n := 0
			err = nil
			for _, e := range k.p.List(ctxOf(t), k.scope) {
				if e != nil {
					err = e
					break
				}
				n++
			}
			expect(t, "list", err, c.kind)
			if err == nil && n != 2 {
				t.Errorf("list: %d characters and no error", n)
			}
		}
	}
}

func expect(t *testing.T, call string, err error, kind providers.ErrorKind) {
	t.Helper()
	if kind == "" && err != nil || kind != "" && providers.KindOf(err) != kind {
		t.Errorf("%s: %v, want kind %q", call, err, kind)
	}
	var e *providers.Error
	if errors.As(err, &e) {
		if e.Kind != providers.Rejected && e.Kind != providers.NotFound && e.Kind != providers.RateLimited && e.Kind != providers.Quota &&
			e.Hint == "" && e.Kind != providers.Truncated && e.Kind != providers.TooLarge && e.Kind != providers.Unexpected {
			t.Errorf("%s: no advice: %v", call, err)
		}
		if e.Provider == "" || e.Op == "" {
			t.Errorf("%s: does not say where: %v", call, err)
		}
	}
}

// writeFaults are faults of a write. Those that leave its outcome open must
// be told as Lost, unless the client could repeat the call safely.
func writeFaults() []faultCase {
	return []faultCase{
		{"429 once", sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: "0"}, ""},
		{"429, an hour", sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: "3600"}, providers.RateLimited},
		{"503 with a pause", sandbox.Fault{Kind: sandbox.FaultUnavailable, RetryAfter: "1"}, ""},
		{"500", sandbox.Fault{Kind: sandbox.FaultServerError}, providers.Lost},
		{"502", sandbox.Fault{Kind: sandbox.FaultBadGateway}, providers.Lost},
		{"reset before", sandbox.Fault{Kind: sandbox.FaultResetBefore}, providers.Lost},
		{"reset after", sandbox.Fault{Kind: sandbox.FaultResetAfter}, providers.Lost},
		{"truncated", sandbox.Fault{Kind: sandbox.FaultTruncated}, providers.Lost},
		{"cut", sandbox.Fault{Kind: sandbox.FaultCut}, providers.Lost},
		{"html", sandbox.Fault{Kind: sandbox.FaultHTML, Commit: true}, providers.Lost},
		{"wrong types", sandbox.Fault{Kind: sandbox.FaultWrongTypes}, providers.Lost},
		{"empty", sandbox.Fault{Kind: sandbox.FaultEmpty}, providers.Lost},
		{"challenge", sandbox.Fault{Kind: sandbox.FaultChallenge}, providers.NotJSON},
		{"redirect", sandbox.Fault{Kind: sandbox.FaultRedirect}, providers.Redirected},
	}
}

// resent are the faults after which a safe call is sent again.
func resent(c faultCase) bool {
	switch c.fault.Kind {
	case sandbox.FaultBadGateway, sandbox.FaultResetBefore, sandbox.FaultResetAfter:
		return true
	}
	return false
}

// faultyCreate: create-timed-out-twice. However it goes wrong, there is at
// most one character afterwards, and what is told is true.
func faultyCreate(t *testing.T, k *kit, c faultCase) {
	c.fault.Vendor, c.fault.Route = k.d.Name, "character.create"
	k.srv.Inject(c.fault)
	key := uuid.NewString()
	body, _ := k.d.Fields.Creating(k.want(t, full(k.d)))
	_, err := k.p.Create(ctxOf(t), key, k.scope, body)
	kind := c.kind
	if resent(c) && k.d.Key == providers.ByHeader {
		kind = ""
	}
	expect(t, "create", err, kind)
	n := k.count(t)
	switch {
	case n > 1:
		t.Errorf("%d characters", n)
	case err == nil && n != 1:
		t.Error("told as done, and is not there")
	case err != nil && n == 1 && providers.KindOf(err) != providers.Lost:
		t.Errorf("told as %s, and is there", providers.KindOf(err))
	}
	if s, ok := k.p.(providers.Settler); ok && providers.KindOf(err) == providers.Lost {
		id, err := s.Settle(ctxOf(t), key, k.scope, body)
		if err != nil || (id == "") != (k.count(t) == 0) {
			t.Errorf("settled on %q with %d characters: %v", id, k.count(t), err)
		}
	}
	if k.count(t) > 1 {
		t.Errorf("%d characters after settling", k.count(t))
	}
}

// faultyUpdate: an update that goes wrong is sent again where that is safe,
// and else told as what it is.
func faultyUpdate(t *testing.T, k *kit, c faultCase) {
	id := k.create(t, k.want(t, full(k.d)))
	live, err := k.p.Get(ctxOf(t), id)
	if err != nil {
		t.Fatal(err)
	}
	body, err := k.d.Fields.Updating(diff.Doc{"name": "Miriam"}, live, k.d.Manner)
	if err != nil {
		t.Fatal(err)
	}
	c.fault.Vendor, c.fault.Route = k.d.Name, "character.update"
	k.srv.Inject(c.fault)
	err = k.p.Update(ctxOf(t), id, body)
	kind := c.kind
	if resent(c) {
		kind = ""
	}
	if kind == providers.Lost && err == nil {
		// No promise was made in the answer's body, so its loss is no loss:
		// the next read tells.
		if c.fault.Kind == sandbox.FaultTruncated || c.fault.Kind == sandbox.FaultCut || c.fault.Kind == sandbox.FaultHTML {
			t.Error("an answer that can't be read was taken for a success")
		}
		kind = ""
	}
	expect(t, "update", err, kind)
	if got := k.live(t, id)["name"]; err == nil && got != "Miriam" {
		t.Errorf("told as done, and the name is %v", got)
	}
}

// cancelled: a command that is stopped stops at once, and a write that was
// already sent is told as lost.
func cancelled(t *testing.T, k *kit) {
	id := k.create(t, k.want(t, full(k.d)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.p.Get(ctx, id); !errors.Is(err, context.Canceled) {
		t.Errorf("get: %v", err)
	}
	for _, route := range []string{"character.get", "character.update"} {
		ctx, cancel := context.WithCancel(t.Context())
		k.srv.ClearFaults()
		k.srv.Inject(sandbox.Fault{Vendor: k.d.Name, Route: route, Kind: sandbox.FaultLatency, Delay: 30 * time.Second})
		done := make(chan error, 1)
		go func() {
			if route == "character.get" {
				_, err := k.p.Get(ctx, id)
				done <- err
				return
			}
			done <- k.p.Update(ctx, id, providers.Body{})
		}()
		time.AfterFunc(50*time.Millisecond, cancel)
		select {
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", route, err)
			}
			if route == "character.update" && providers.KindOf(err) != providers.Lost {
				t.Errorf("a write that was sent: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: did not stop", route)
		}
		cancel()
	}
	k.srv.ClearFaults()
}

// nobodyThere asks port 1, on which nothing listens. The port of a server that
// was closed may be another test's a moment later.
func nobodyThere(t *testing.T, k *kit) {
	p, err := k.d.Open(providers.Config{Instance: k.d.Name, BaseURL: "http://127.0.0.1:1", Credentials: k.creds, Settings: k.q.Settings})
	if err != nil {
		t.Fatal(err)
	}
	body, _ := k.d.Fields.Creating(k.want(t, full(k.d)))
	_, err = p.Create(ctxOf(t), uuid.NewString(), k.scope, body)
	expect(t, "create", err, providers.Unavailable)
	_, err = p.Get(ctxOf(t), k.d.JoinID(k.scope, uuid.NewString()))
	expect(t, "get", err, providers.Unavailable)
}
