package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/watch"
)

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestSandboxServes: it prints the variables, answers at them, follows the
// requests, keeps its data, and ends with 0 when it is interrupted.
func TestSandboxServes(t *testing.T) {
	dir := project(t, nil)
	interrupts := make(chan os.Signal, 1)
	reader, writer := io.Pipe()
	var errs lockedBuffer
	ended := make(chan int, 1)
	go func() {
		ended <- Main(context.Background(), Env{
			Args: []string{"sandbox", "--format", "json", "--verbose"}, Out: writer, Err: &errs, Now: time.Now, Dir: dir,
			Interrupts: interrupts, Stop: func(int) {},
		})
	}()
	vars := map[string]string{}
	if err := json.NewDecoder(bufio.NewReader(reader)).Decode(&vars); err != nil {
		t.Fatal(err)
	}
	answer := ask(t, vars["CONVAI_BASE_URL"]+"/character/list", vars["CONVAI_API_KEY"])
	if !strings.Contains(answer, `"characters"`) {
		t.Errorf("answer: %s", answer)
	}
	await(t, func() bool { return strings.Contains(errs.String(), "convai      POST   character.list         200") })
	interrupts <- os.Interrupt
	if code := <-ended; code != 0 {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	if said := errs.String(); !strings.Contains(said, "\nInterrupted: nothing is in flight.\n") || strings.Contains(said, "finishing") {
		t.Errorf("said %q", said)
	}
	got := run(t, dir, nil, "sandbox", "requests", "--count")
	if got.out != "convai      character.list         1\n" {
		t.Errorf("the log that is kept: %+v", got)
	}
}

func ask(t *testing.T, url, key string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Convai-Api-Key", key)
	req.Header.Set("Content-Type", "application/json")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// await polls until a condition holds, for ten seconds at most.
func await(t *testing.T, condition func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline:
			t.Fatal("it did not come to that")
		case <-tick.C:
		}
	}
}

// TestSecondInterrupt: the first asks to finish, the second stops at once.
func TestSecondInterrupt(t *testing.T) {
	interrupts := make(chan os.Signal, 2)
	stopped := make(chan int, 1)
	var errs lockedBuffer
	a := newApp(Env{Err: &errs, Interrupts: interrupts, Stop: func(code int) { stopped <- code }})
	ctx, release := a.interruptible(context.Background())
	interrupts <- os.Interrupt
	<-ctx.Done()
	select {
	case code := <-stopped:
		t.Fatalf("stopped with %d after one interrupt", code)
	default:
	}
	interrupts <- os.Interrupt
	if code := <-stopped; code != 130 {
		t.Errorf("stopped with %d", code)
	}
	release()
	if got := errs.String(); !strings.Contains(got, "Interrupt again to stop at once") || !strings.Contains(got, "Stopped") {
		t.Errorf("said %q", got)
	}
}

// TestInterruptedQuestion: an interrupt at the question changes nothing and
// exits with 130.
func TestInterruptedQuestion(t *testing.T) {
	interrupts := make(chan os.Signal, 1)
	in, closeIn := io.Pipe()
	var out, errs lockedBuffer
	ended := make(chan int, 1)
	dir := project(t, map[string]string{"characters/mira.yaml": mira})
	go func() {
		ended <- Main(context.Background(), Env{
			Args: []string{"apply", "--sandbox"}, In: in, InTerminal: true, Out: &out, Err: &errs, Now: time.Now, Dir: dir,
			Interrupts: interrupts, Stop: func(int) {},
		})
	}()
	await(t, func() bool { return strings.Contains(errs.String(), ", in the sandbox?") })
	interrupts <- os.Interrupt
	if code := <-ended; code != 130 {
		t.Errorf("exit %d", code)
	}
	_ = closeIn.Close()
	if said := errs.String(); strings.Contains(said, "finishing") {
		t.Errorf("it is said to finish what nobody agreed to: %s", said)
	}
	if strings.Contains(out.String(), "Applied:") {
		t.Errorf("it applied: %s", out.String())
	}
	if got := run(t, dir, nil, "sandbox", "requests", "--writes"); got.out != "" {
		t.Errorf("it wrote: %s", got.out)
	}
}

// sayer calls a function whenever something is printed.
type sayer func()

func (s sayer) Write(p []byte) (int, error) {
	s()
	return len(p), nil
}

// TestIdleWatch: a run of a watch is in flight until it is over, so that an
// interrupt between two runs has nothing to finish.
func TestIdleWatch(t *testing.T) {
	dir := project(t, map[string]string{"characters/mira.yaml": mira})
	said := 0
	var a *app
	out := sayer(func() {
		said++
		if a.idle.Load() {
			t.Error("it is idle while it prints")
		}
	})
	interrupts := make(chan os.Signal, 1)
	var errs lockedBuffer
	a = newApp(Env{Out: out, Err: &errs, Now: time.Now, Dir: dir, Interrupts: interrupts})
	a.flags.parallelism, a.flags.logLevel, a.flags.logFormat = 1, "warn", "text"
	l := &lookout{app: a, flags: &watchFlags{}, dir: dir, pending: map[string]bool{}, missed: map[string]bool{}, unasked: map[string]string{}, stop: func() {}}
	var err error
	if l.world, _, err = l.newWorld(context.Background()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		l.run(context.Background(), watch.Batch{First: true})
	}
	if said == 0 {
		t.Fatal("it printed nothing, so that nothing is shown here")
	}
	ctx, release := a.interruptible(context.Background())
	defer release()
	interrupts <- os.Interrupt
	<-ctx.Done()
	if got := errs.String(); !strings.Contains(got, "Interrupted: nothing is in flight.\n") {
		t.Errorf("said %q", got)
	}
}
