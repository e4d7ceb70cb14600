package postgres

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/internal/state/statetest"
)

var server statetest.Server

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "charsync-postgres")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	server = statetest.Postgres(dir)
	code := m.Run()
	server.Stop()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func need(t *testing.T) {
	t.Helper()
	if server.URL == "" {
		t.Skip("no PostgreSQL server: " + server.Reason)
	}
}

func TestConformance(t *testing.T) {
	need(t)
	statetest.Suite{Open: func(t *testing.T, project string) state.Backend {
		b, err := Open(t.Context(), Config{URL: server.URL, Project: project})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}}.Run(t)
}

func TestNewerSchemaIsRefused(t *testing.T) {
	need(t)
	open := func() *backend {
		b, err := Open(t.Context(), Config{URL: server.URL, Schema: "newer \" one", Project: "tavern"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = b.Close() })
		return b.(*backend)
	}
	b := open()
	if _, err := b.Acquire(t.Context(), state.Holder{}, state.LeaseTTL); err != nil {
		t.Fatal(err)
	}
	if _, err := b.pool.Exec(t.Context(), "update "+b.table("version")+" set version = version + 1"); err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func() error{
		"load":    func() error { _, err := open().Load(t.Context()); return err },
		"acquire": func() error { _, err := open().Acquire(t.Context(), state.Holder{}, state.LeaseTTL); return err },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "upgrade charsync") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrorsHoldNoPassword(t *testing.T) {
	const canary = "canary-0123456789"
	for _, url := range []string{
		"postgres://studio:" + canary + "@127.0.0.1:1/postgres", "postgres://studio:" + canary + "@/%zz", "postgres://" + canary + ":x@[::1",
	} {
		b, err := Open(t.Context(), Config{URL: url, Project: "tavern"})
		if err == nil {
			_, err = b.Load(t.Context())
			if strings.Contains(b.Name(), canary) {
				t.Error(b.Name())
			}
			_ = b.Close()
		}
		if err == nil || strings.Contains(err.Error(), canary) {
			t.Error(err)
		}
	}
}
