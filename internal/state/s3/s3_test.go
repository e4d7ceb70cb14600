package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/internal/state/statetest"
)

const secret = "canary-secret-0123456789"

var server statetest.Server

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "charsync-s3")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for name, value := range statetest.S3Environ(dir, secret) {
		_ = os.Setenv(name, value)
	}
	server = statetest.S3(dir, secret)
	code := m.Run()
	server.Stop()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func need(t *testing.T) {
	t.Helper()
	if server.URL == "" {
		t.Skip("no S3 server: " + server.Reason)
	}
}

func open(t *testing.T, c Config) *backend {
	t.Helper()
	if c.Bucket == "" {
		c.Bucket = statetest.Bucket
	}
	c.Region, c.PathStyle = "us-east-1", true
	if c.Endpoint == "" {
		c.Endpoint = server.URL
	}
	b, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return b.(*backend)
}

func TestConformance(t *testing.T) {
	need(t)
	statetest.Suite{Open: func(t *testing.T, project string) state.Backend { return open(t, Config{Prefix: project}) }}.Run(t)
}

// TestLostAnswers loses the answer of each writing in turn: what was written
// counts as written, once.
func TestLostAnswers(t *testing.T) {
	need(t)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	var lose, puts atomic.Int64
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	proxy.ModifyResponse = func(r *http.Response) error {
		if r.Request.Method == http.MethodPut && puts.Add(1) == lose.Load() {
			return errors.New("the answer is lost")
		}
		return nil
	}
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) {
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = c.Close()
		}
	}
	front := &http.Server{Handler: proxy, ReadHeaderTimeout: time.Minute, ErrorLog: nil}
	go func() { _ = front.Serve(listener) }()
	t.Cleanup(func() { _ = front.Close() })

	for n := int64(0); n < 8; n++ {
		puts.Store(0)
		lose.Store(n)
		b := open(t, Config{Prefix: fmt.Sprint("lost-", n), Endpoint: "http://" + listener.Addr().String()})
		l, err := b.Acquire(t.Context(), state.Holder{Who: "ci"}, time.Minute)
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if err := l.Append(t.Context(), []byte("{}\n")); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if err := l.Renew(t.Context()); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		seen, err := b.Load(t.Context())
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if _, err := l.Replace(t.Context(), seen, []byte("{\"charsync_lock\":1}\n{}\n")); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if err := l.Release(t.Context()); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if s, err := b.Load(t.Context()); err != nil || s.Serial != 1 || string(s.Data) != "{\"charsync_lock\":1}\n{}\n" {
			t.Errorf("%d: serial %d, %q, %v", n, s.Serial, s.Data, err)
		}
	}
}

// TestDamaged is an object whose bytes are not those that were written.
func TestDamaged(t *testing.T) {
	need(t)
	b := open(t, Config{Prefix: t.Name()})
	l, err := b.Acquire(t.Context(), state.Holder{}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Replace(t.Context(), state.Snapshot{}, []byte("{\"charsync_lock\":1}\n{}\n")); err != nil {
		t.Fatal(err)
	}
	whole, err := b.get(t.Context(), "state", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"cut": whole.data[:len(whole.data)-2], "empty": nil, "other": bytes.Replace(whole.data, []byte("{}"), []byte("[]"), 1),
		"newer": bytes.Replace(whole.data, []byte(`"charsync_state":1`), []byte(`"charsync_state":2`), 1),
	} {
		if _, err := b.client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: &b.config.Bucket, Key: aws.String(b.config.Prefix + "state"), Body: bytes.NewReader(data),
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Load(t.Context()); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// TestRefusals are the ways in which a configuration is wrong.
func TestRefusals(t *testing.T) {
	need(t)
	t.Run("bucket", func(t *testing.T) {
		_, err := open(t, Config{Bucket: "nobody-has-this"}).Load(t.Context())
		if err == nil || !strings.Contains(err.Error(), "no bucket") {
			t.Error(err)
		}
	})
	t.Run("credential", func(t *testing.T) {
		t.Setenv("AWS_SECRET_ACCESS_KEY", "canary-wrong")
		_, err := open(t, Config{}).Load(t.Context())
		if err == nil || !strings.Contains(err.Error(), "credential") || strings.Contains(err.Error(), "canary") {
			t.Error(err)
		}
	})
	t.Run("no-server", func(t *testing.T) {
		ctx, done := context.WithTimeout(t.Context(), time.Minute)
		defer done()
		_, err := open(t, Config{Endpoint: "http://127.0.0.1:1"}).Load(ctx)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Error(err)
		}
	})
}

// TestUnchangedReads counts what a plan without changes asks.
func TestUnchangedReads(t *testing.T) {
	need(t)
	b := open(t, Config{Prefix: t.Name()})
	l, err := b.Acquire(t.Context(), state.Holder{}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Replace(t.Context(), state.Snapshot{}, []byte("{\"charsync_lock\":1}\n{}\n")); err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	counting := open(t, Config{Prefix: t.Name()})
	counting.client = s3.New(counting.client.Options(), func(o *s3.Options) {
		o.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
			asked.Add(1)
			return http.DefaultClient.Do(r)
		})
	})
	if _, err := counting.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("%d requests", n)
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }
