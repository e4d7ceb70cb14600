package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// screen stands for a terminal: it says when a plan's last line is written.
type screen struct {
	rest  []byte
	plans chan time.Time
}

func (s *screen) Write(p []byte) (int, error) {
	s.rest = append(s.rest, p...)
	for {
		line, rest, ended := bytes.Cut(s.rest, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		if s.rest = rest; bytes.HasPrefix(line, []byte("Plan: ")) {
			s.plans <- time.Now()
		}
	}
}

// BenchmarkSaveToPlan measures from a save to the last line of its plan, at
// 10,000 manifests that are all bound in the lock. The plan asks the sandbox
// over HTTP for the one character. It prints percentiles of the work alone and
// with the quiet time that is waited for the editor to finish.
//
//	go test ./internal/cli -run '^$' -bench SaveToPlan -benchtime 200x
func BenchmarkSaveToPlan(b *testing.B) {
	for _, manifests := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("manifests=%d", manifests), func(b *testing.B) { benchmarkSaves(b, manifests) })
	}
}

func benchmarkSaves(b *testing.B, manifests int) {
	const live = 20 // of them are in the sandbox, and are saved
	const quiet = 20 * time.Millisecond
	dir := b.TempDir()
	prose := strings.Repeat("She keeps the inn below the pass and has heard every story twice. ", 30)
	manifest := func(i int, greeting string) []byte {
		tier := "rest"
		if i < live {
			tier = "main"
		}
		return fmt.Appendf(nil, "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: c-%05d, labels: {tier: %s}}\nspec:\n  name: Mira %d\n  greeting: %s\n"+
			"  persona: |\n    %s\n  targets: {alakazam: {}}\n", i, tier, i, greeting, prose)
	}
	file := func(i int) string {
		return filepath.Join(dir, "characters", fmt.Sprintf("f%02d", i%50), fmt.Sprintf("c-%05d.yaml", i))
	}
	write := func(i int, greeting string) {
		if err := os.WriteFile(file(i), manifest(i, greeting), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for i := range manifests {
		if err := os.MkdirAll(filepath.Dir(file(i)), 0o755); err != nil {
			b.Fatal(err)
		}
		write(i, "Come in.")
	}
	env := Env{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Now: time.Now, Dir: dir, Interrupts: make(chan os.Signal), Stop: func(int) {}}
	env.Args = []string{"apply", "--sandbox", "--yes", "--select", "tier=main"}
	if code := Main(context.Background(), env); code != 0 {
		b.Fatalf("apply: exit %d", code)
	}
	bind(b, dir, live, manifests)

	interrupts, ended := make(chan os.Signal, 1), make(chan int, 1)
	out := &screen{plans: make(chan time.Time, 1)}
	env.Args, env.Out, env.Interrupts = []string{"watch", "--sandbox", "--select", "tier=main", "--quiet-time", quiet.String()}, out, interrupts
	go func() { ended <- Main(context.Background(), env) }()
	<-out.plans
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		saved := time.Now()
		write(n%live, fmt.Sprintf("Come in, number %d.", n))
		took = append(took, (<-out.plans).Sub(saved))
	}
	interrupts <- os.Interrupt
	<-ended
	slices.Sort(took)
	for _, percent := range []int{50, 95, 99} {
		t := took[min(len(took)-1, len(took)*percent/100)]
		b.ReportMetric(float64((t-quiet).Microseconds())/1000, fmt.Sprintf("p%d-work-ms", percent))
		b.ReportMetric(float64(t.Microseconds())/1000, fmt.Sprintf("p%d-all-ms", percent))
	}
	b.ReportMetric(0, "ns/op")
}

// bind writes lines into the sandbox's lock for characters that were never
// created: nobody asks for them.
func bind(b *testing.B, dir string, from, to int) {
	b.Helper()
	f, err := os.OpenFile(filepath.Join(dir, ".charsync", "sandbox", "charsync.lock"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for i := from; i < to; i++ {
		if _, err := fmt.Fprintf(f, `{"name":"c-%05d","target":"alakazam","provider":"alakazam","id":"x-%05d","rev":1}`+"\n", i, i); err != nil {
			b.Fatal(err)
		}
	}
}
