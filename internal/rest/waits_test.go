package rest

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charsync/charsync/pkg/providers"
)

// TestWaitsAreTold: a pause that the service asks for and a pace of less than
// one request a second are told when the wait begins.
func TestWaitsAreTold(t *testing.T) {
	for reason, c := range map[string]struct {
		pace      providers.Pace
		perSecond float64 // that the service takes
	}{
		"since the service asks to (429)":            {providers.Pace{PerSecond: 100}, 0.5},
		"to keep the pace of 0.25 requests a second": {providers.Pace{PerSecond: 0.25}, 100},
	} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var told []providers.Wait
			cfg := config("https://api.puppet.example")
			cfg.Transport, cfg.Pace = &meter{take: bucket(c.perSecond, 1)}, c.pace
			cfg.OnWait = func(w providers.Wait) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, w)
			}
			a, err := Open(puppet(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			crowd(t, a, 3)
			found := false
			for _, w := range told {
				found = found || strings.Contains(w.Reason, reason) && w.For >= time.Second && w.Instance == cfg.Instance
			}
			if !found {
				t.Errorf("%q was not told: %v", reason, told)
			}
		})
	}
}
