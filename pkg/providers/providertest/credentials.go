package providertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/providers"
)

func wrongKey(t *testing.T, k *kit) {
	id := k.seed(t, "Mira")
	wrong := map[string]providers.Secret{}
	for name := range k.creds {
		wrong[name] = providers.NewSecret("sk_live_" + canary())
	}
	p := k.open(t, func(c *providers.Config) { c.Credentials = wrong })
	_, err := p.Get(ctxOf(t), id)
	expect(t, "get", err, providers.Unauthorized)
	if _, err := k.d.Open(providers.Config{Instance: "x", BaseURL: k.base}); err == nil || !strings.Contains(err.Error(), k.d.Env[0][0]) {
		t.Errorf("without a key: %v", err)
	}
}

// noSecret: secret-in-plan. Whatever a service echoes, no credential comes
// out in an error, a log line or a printed configuration.
func noSecret(t *testing.T, k *kit) {
	id := k.seed(t, "Mira")
	var log lockedBuffer
	p := k.open(t, func(c *providers.Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		log.text(fmt.Sprintf("%v %+v %#v", *c, *c, *c))
		if b, err := json.Marshal(c.Credentials); err == nil {
			log.text(string(b))
		}
	})
	for _, secret := range k.creds {
		for _, body := range []string{
			`{"detail":"bad key ` + secret.Reveal() + `"}`, `{"error":{"message":"` + secret.Reveal() + `"}}`, "<title>" + secret.Reveal() + "</title>",
		} {
			for _, status := range []int{200, 400, 401, 403, 404, 500} {
				k.srv.Inject(sandbox.Fault{Vendor: k.d.Name, Kind: sandbox.FaultStatus, Status: status, Body: body, Times: 8})
				_, err := p.Get(ctxOf(t), id)
				log.text(everything(err))
				log.text(everything(p.Update(ctxOf(t), id, providers.Body{})))
				k.srv.ClearFaults()
			}
		}
		if strings.Contains(log.String(), secret.Reveal()) {
			t.Errorf("the credential came out:\n%s", log.String())
		}
	}
}

// everything is an error in all the ways it may be printed, its causes
// included.
func everything(err error) string {
	var b strings.Builder
	for ; err != nil; err = errors.Unwrap(err) {
		fmt.Fprintf(&b, "%v %+v %#v\n", err, err, err)
	}
	return b.String()
}

// lockedBuffer is a buffer that several goroutines write to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) text(s string) { _, _ = l.Write([]byte(s + "\n")) }

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
