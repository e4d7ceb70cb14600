package apply

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/charsync/charsync/internal/durable"
	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// lostKinds are faults after which the request was carried out and no answer
// says so.
func lostKinds() []sandbox.FaultKind {
	return []sandbox.FaultKind{
		sandbox.FaultResetAfter, sandbox.FaultTruncated, sandbox.FaultCut, sandbox.FaultEmpty, sandbox.FaultWrongTypes,
	}
}

// An answer that is lost after a create leads to one character, whether the
// request was carried out or not, and with the run record or without it.
func TestRegressionCreateTimedOutTwice(t *testing.T) {
	kinds := append(lostKinds(), sandbox.FaultResetBefore, sandbox.FaultServerError, sandbox.FaultBadGateway)
	for _, vendor := range vendors() {
		for _, kind := range kinds {
			for _, record := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/%s/record=%v", vendor, kind, record), func(t *testing.T) {
					w := newWorld(t)
					if !record {
						w.opts.RunDir = filepath.Join(w.dir, "nowhere-"+vendor)
					}
					w.castOf(vendor, 3, func(i int) string { return fmt.Sprint(i) })
					w.srv.Inject(sandbox.Fault{Vendor: vendor, Route: "character.create", Skip: 1, Kind: kind, Times: 5})
					r := w.apply()
					w.srv.ClearFaults()
					created := len(w.live(vendor))
					if !record {
						if err := os.RemoveAll(w.opts.RunDir); err != nil {
							t.Fatal(err)
						}
					}
					if r.Created+r.Failed != 3 {
						t.Fatal(r.Summary(), w.explain(r))
					}
					for i := range 3 { // it settles, whatever it takes
						if r := w.apply(); r.Failed == 0 {
							break
						} else if i == 2 {
							t.Fatal(w.explain(r))
						}
					}
					w.empty()
					if n := len(w.live(vendor)); n != 3 {
						t.Errorf("%d characters; %d were there after the first run", n, created)
					}
					if strings.Contains(w.lockText(), "pending") {
						t.Error(w.lockText())
					}
				})
			}
		}
	}
}

// An update whose answer is lost is read back: what is live decides.
func TestLostUpdate(t *testing.T) {
	for _, s := range subjects() {
		for _, kind := range append(lostKinds(), sandbox.FaultResetBefore) {
			t.Run(s.vendor+"/"+string(kind), func(t *testing.T) {
				w := newWorld(t)
				s.with(w, "Base text.")
				w.apply()
				s.with(w, "File text.")
				w.srv.Inject(sandbox.Fault{Vendor: s.vendor, Route: "character.update", Kind: kind, Times: 1})
				r := w.apply()
				live := w.live(s.vendor)[0].Doc[s.stored]
				if done := r.Updated == 1 && r.Failed == 0; done != (live == "File text.") {
					t.Errorf("%s, and live is %q: %s", r.Summary(), live, w.explain(r))
				}
				w.apply()
				w.empty()
			})
		}
	}
}

// A service that stores a part and answers 400 is reported as what it is.
func TestRegressionPartialThen400(t *testing.T) {
	w := newWorld(t)
	s := subjects()[2]
	s.with(w, "Base text.")
	w.apply()
	w.manifest("mira", map[string]string{"name": "Mirabel", "persona": "File text."}, map[string]string{"convai": `voiceType: "US MALE 1", temperature: 0.7`})
	if err := w.srv.Set("convai.partial-then-400", "on"); err != nil {
		t.Fatal(err)
	}
	r := w.apply()
	if r.Failed != 1 || r.Updated != 0 {
		t.Fatal(r.Summary())
	}
	o := r.Outcomes[0]
	if !strings.Contains(o.Reason, "stored all the same") || !strings.Contains(o.Reason, "not stored") {
		t.Errorf("%s", o.Reason)
	}
	if err := w.srv.Set("convai.partial-then-400", "off"); err != nil {
		t.Fatal(err)
	}
	w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
	w.empty()
}

// A backstory that grew instead of changing is named, and not sent again and
// again as if that would help.
func TestRegressionAppendNotReplace(t *testing.T) {
	w := newWorld(t)
	s := subjects()[2]
	s.with(w, "Base text.")
	w.apply()
	if err := w.srv.Set("convai.backstory-update", "append"); err != nil {
		t.Fatal(err)
	}
	s.with(w, "File text.")
	r := w.apply()
	if r.Failed != 1 || len(r.Outcomes[0].Fields) != 1 {
		t.Fatal(r.Summary(), w.explain(r))
	}
	if k := r.Outcomes[0].Fields[0]; k.Path != "backstory" || k.How != string(diff.KeptAppended) {
		t.Errorf("%+v", k)
	}
	if p := w.plan(); p.Counts().Conflict != 1 {
		t.Errorf("what grew is not a conflict: %s", p.Counts().Summary())
	}
	w.requests()
	w.apply()
	if got := w.writes(); len(got) > 0 {
		t.Errorf("sent again: %s", routes(got))
	}
}

// A key that expires in mid-run stops its account, and no other.
func TestExpiredKeyInMidRun(t *testing.T) {
	w := newWorld(t)
	w.cast(8)
	w.srv.Inject(sandbox.Fault{Vendor: "convai", Route: "character.create", Skip: 3, Kind: sandbox.FaultExpiredKey})
	r := w.apply()
	if r.Created < 24 || r.Failed == 0 || r.Created+r.Failed != 32 {
		t.Errorf("%s", r.Summary())
	}
	w.requests()
	w.srv.ClearFaults()
	for range 2 {
		if r := w.apply(); r.Failed > 0 {
			t.Error(w.explain(r))
		}
	}
	w.empty()
	for _, vendor := range vendors() {
		if n := len(w.live(vendor)); n != 8 {
			t.Errorf("%s has %d characters", vendor, n)
		}
	}
}

// Whatever fails, it is counted as failed.
func TestRegressionFailedButGreen(t *testing.T) {
	w := newWorld(t)
	w.cast(4)
	w.srv.Inject(sandbox.Fault{Vendor: "alakazam", Route: "character.create", Skip: 1, Kind: sandbox.FaultStatus, Status: 422, Body: `{"detail":"no"}`, Times: 2})
	r := w.apply()
	if r.Created != 14 || r.Failed != 2 {
		t.Fatal(r.Summary(), w.explain(r))
	}
	if got := len(w.live("alakazam")); got != 2 {
		t.Errorf("%d characters", got)
	}
	if strings.Contains(w.lockText(), "pending") {
		t.Error("what was refused is in doubt")
	}
	w.applied("Applied: 2 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
}

func TestOneAccountWithoutKey(t *testing.T) {
	w := newWorld(t)
	w.cast(2)
	e := w.engine()
	e.Accounts["convai"].Err = errors.New("no credential for Convai")
	p, err := e.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if p.Complete || len(p.Unplanned) != 2 || p.Counts().Create != 6 {
		t.Errorf("%v %+v %s", p.Complete, p.Unplanned, p.Counts().Summary())
	}
	r, err := e.Apply(context.Background(), p)
	if err != nil || r.Created != 6 || r.Failed != 2 {
		t.Errorf("%v %s", err, r.Summary())
	}
}

// hook lets a test step in between requests.
type hook struct {
	providers.Provider
	before func(op string)
}

func (h hook) Create(ctx context.Context, key, scope string, body providers.Body) (string, error) {
	h.before("create")
	return h.Provider.Create(ctx, key, scope, body)
}

func (h hook) Update(ctx context.Context, id string, body providers.Body) error {
	h.before("update")
	return h.Provider.Update(ctx, id, body)
}

// TestInterrupted: what is in flight is finished, checked and recorded;
// nothing new is begun; the rest is skipped.
func TestInterrupted(t *testing.T) {
	for _, vendor := range vendors() {
		t.Run(vendor, func(t *testing.T) {
			w := newWorld(t)
			w.castOf(vendor, 20, func(i int) string { return fmt.Sprint(i) })
			e := w.engine(func(o *Options) { o.Parallelism = 2 })
			p, err := e.Plan(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var creates atomic.Int64
			a := e.Accounts[vendor]
			a.Provider = hook{a.Provider, func(op string) {
				if op == "create" && creates.Add(1) == 5 {
					cancel()
				}
			}}
			r, err := e.Apply(ctx, p)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Interrupted || r.Failed > 0 || r.Created < 5 || r.Created > 7 || r.Created+r.Skipped != 20 {
				t.Fatalf("%v %s %s", r.Interrupted, r.Summary(), w.explain(r))
			}
			if n := len(w.live(vendor)); n != r.Created {
				t.Errorf("%d characters, %s", n, r.Summary())
			}
			if strings.Contains(w.lockText(), "pending") {
				t.Error("something is in doubt")
			}
			w.applied(fmt.Sprintf("Applied: %d created, 0 updated, 0 deleted, 0 failed, 0 skipped.", r.Skipped))
			w.empty()
		})
	}
}

func TestPlanIsInterrupted(t *testing.T) {
	w := newWorld(t)
	w.cast(1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.engine().Plan(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// brittle is a disk that is full after some lines.
type brittle struct {
	durable.AppendFile
	left *atomic.Int64
}

var errFull = errors.New("no space left on device")

func (b brittle) Write(p []byte) (int, error) {
	if b.left.Add(-1) < 0 {
		n, _ := b.AppendFile.Write(p[:len(p)/2])
		return n, errFull
	}
	return b.AppendFile.Write(p)
}

// TestFullDisk: the run stops before the next write to a provider, says so,
// and what was in doubt is settled later. The disk fills at every step.
func TestFullDisk(t *testing.T) {
	for _, vendor := range vendors() {
		for lines := range int64(9) {
			t.Run(fmt.Sprintf("%s/after %d lines", vendor, lines), func(t *testing.T) {
				w := newWorld(t)
				w.castOf(vendor, 3, func(i int) string { return fmt.Sprint(i) })
				e := w.engine(func(o *Options) { o.Parallelism = 1 })
				var left atomic.Int64
				left.Store(lines)
				open := e.Lock.OpenAppend
				e.Lock.OpenAppend = func(path string) (durable.AppendFile, error) {
					f, err := open(path)
					return brittle{f, &left}, err
				}
				p, err := e.Plan(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				w.requests()
				r, err := e.Apply(context.Background(), p)
				created := len(w.live(vendor))
				if left.Load() >= 0 {
					t.Fatalf("the disk was not filled: %d", left.Load())
				}
				if err == nil || !strings.Contains(err.Error(), "no space left") || r.Failed == 0 {
					t.Fatalf("%v %s", err, r.Summary())
				}
				if int64(created) > (lines+1)/2 { // an intent and an id for each
					t.Errorf("%d characters were created with %d lines recorded", created, lines)
				}
				for range 2 {
					w.apply()
				}
				w.empty()
				if n := len(w.live(vendor)); n != 3 {
					t.Errorf("%d characters: %s", n, w.lockText())
				}
			})
		}
	}
}

// A folder that can't be written to stops the run before anything is sent.
func TestReadOnlyFolder(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere")
	}
	w := newWorld(t)
	w.cast(1)
	e := w.engine()
	p, err := e.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(w.dir, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(w.dir, 0o700)
	w.requests()
	if _, err := e.Apply(context.Background(), p); err == nil || len(w.writes()) > 0 {
		t.Errorf("%v", err)
	}
}
