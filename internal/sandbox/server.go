package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"
)

// Options say how a sandbox is opened. The zero value is a sandbox in memory with every switch at its default.
type Options struct {
	// Dir is the data folder, created when missing. Empty keeps everything in memory.
	Dir string
	// Switches sets switches by name; see [Switches].
	Switches map[string]string
	// Accept names further credentials per vendor, beside the built-in ones; they belong to the same account as the
	// built-in one. For Alakazam the prefix decides what a key may do (sk_test_…, pk_live_…); for NPCBuilder
	// "id:secret" is a clientId with its clientSecret.
	Accept map[string][]string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Seed, when not zero, makes ids and other random choices repeatable.
	Seed int64
}

// Server is an open sandbox. Its methods may be called from several goroutines at once, and several processes may open
// the same folder at the same time.
type Server struct {
	now      func() time.Time
	vendors  []*vendor
	stores   map[string]*store
	accounts map[string]map[string]account
	switches *switchboard
	faults   *faultQueue
	meter    meter
	log      *requestLog

	ctx    context.Context
	cancel context.CancelFunc

	mu     sync.Mutex
	http   *http.Server
	unused unusedConns
	addr   string
	served chan struct{}
	closed bool
}

// Vendors names the vendors, in the order used everywhere.
func Vendors() []string {
	var names []string
	for _, v := range allVendors() {
		names = append(names, v.name)
	}
	return names
}

func allVendors() []*vendor {
	return []*vendor{alakazam(), characterAI(), convai(), elevenLabs(), npcBuilder(), vapi()}
}

// Open opens the sandbox in o.Dir and reads what is stored there. It serves nothing until [Server.Listen], or until its
// [Server.Handler] is served by the caller. Close it after use.
func Open(o Options) (*Server, error) {
	s := &Server{
		now:      o.Now,
		vendors:  allVendors(),
		stores:   map[string]*store{},
		switches: newSwitchboard(),
	}
	if s.now == nil {
		s.now = time.Now //nolint:forbidigo // nobody handed a clock down
	}
	if err := s.switches.setAll(o.Switches); err != nil {
		return nil, err
	}
	accounts, err := credentials(s.vendors, o.Accept)
	if err != nil {
		return nil, err
	}
	s.accounts = accounts
	seed, err := seedBytes(o.Seed)
	if err != nil {
		return nil, err
	}
	if o.Dir != "" {
		if err := os.MkdirAll(o.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("sandbox: data folder: %w", err)
		}
	}
	for _, v := range s.vendors {
		st, err := openStore(o.Dir, v.name, seed)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("sandbox: %w", err), s.closeStores())
		}
		s.stores[v.name] = st
	}
	if s.log, err = openRequestLog(o.Dir); err != nil {
		return nil, errors.Join(fmt.Errorf("sandbox: %w", err), s.closeStores())
	}
	s.faults = newFaultQueue()
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

func seedBytes(seed int64) ([]byte, error) {
	b := make([]byte, 8)
	if seed != 0 {
		binary.BigEndian.PutUint64(b, uint64(seed))
		return b, nil
	}
	if _, err := rand.Read(b); err != nil {
		return nil, fmt.Errorf("sandbox: random seed: %w", err)
	}
	return b, nil
}

// Close ends what is under way, stops serving and closes the data files. Answers already begun get up to five seconds.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	srv, served := s.http, s.served
	s.mu.Unlock()

	s.cancel()
	var errs []error
	if srv != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		s.unused.close()
		if err := srv.Shutdown(ctx); err != nil {
			errs = append(errs, srv.Close())
		}
		<-served
	}
	errs = append(errs, s.closeStores(), s.log.close())
	return errors.Join(errs...)
}

func (s *Server) closeStores() error {
	var errs []error
	for _, st := range s.stores {
		errs = append(errs, st.close())
	}
	return errors.Join(errs...)
}
