package harness

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/charsync/charsync/internal/cli"
)

// asCharsync makes the test's own program be charsync: it is what gets killed.
const asCharsync = "CHARSYNC_HARNESS_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asCharsync) != "" {
		os.Exit(cli.Main(context.Background(), cli.OS()))
	}
	os.Exit(m.Run())
}

func options(t *testing.T) Options {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Seed: 1, Parallel: 2 * runtime.GOMAXPROCS(0), Dir: t.TempDir(), Now: time.Now,
		Charsync: []string{self}, ChildEnv: []string{asCharsync + "=1"}, Path: os.Getenv("PATH"),
	}
}

// run makes the runs and fails for everything that was found.
func run(t *testing.T, o Options) *Report {
	t.Helper()
	report, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Failures {
		t.Error(f)
	}
	t.Logf("\n%s", report)
	return report
}

// TestHistories is a slice of what `go run ./internal/harness/cmd` does.
func TestHistories(t *testing.T) {
	o := options(t)
	o.Runs, o.Most = 40, 5
	if r := run(t, o); r.Runs != o.Runs || r.Commands < 2*o.Runs || len(r.Faults) < 12 {
		t.Errorf("the slice is too tame: %d runs, %d commands, %d kinds of faults", r.Runs, r.Commands, len(r.Faults))
	}
}

// TestKillsWhileCreating kills creations of every vendor.
func TestKillsWhileCreating(t *testing.T) {
	o := options(t)
	o.Kills, o.Most = 12, 4
	r := run(t, o)
	for _, v := range Vendors() {
		if r.Kills[v] != o.Kills {
			t.Errorf("%s: %d kills, want %d", v, r.Kills[v], o.Kills)
		}
	}
}

// TestClones is a slice of the histories over two clones of a repository.
func TestClones(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil || runtime.GOOS == "windows" {
		t.Skip("it needs git, and a file system that lets go of open files")
	}
	o := options(t)
	o.Clones = 12
	if r := run(t, o); r.Clones != o.Clones || r.Commands < 3*o.Clones {
		t.Errorf("the slice is too tame: %d histories, %d commands", r.Clones, r.Commands)
	}
}

// TestSeedRepeats makes the same run twice: project, history and flags follow
// from the seed. With one character at one vendor nothing interleaves.
func TestSeedRepeats(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	o := options(t)
	o.Charsync, o.Vendors, o.Most = nil, []string{alakazam}, 1
	var histories [2][]string
	for i := range histories {
		w, err := runOne(t.Context(), o, job{seed: 77})
		if err != nil {
			t.Fatal(err)
		}
		histories[i] = w.steps
	}
	if len(histories[0]) == 0 {
		t.Fatal("nothing happened")
	}
	for i, step := range histories[0] {
		if i >= len(histories[1]) || histories[1][i] != step {
			t.Fatalf("step %d is %q, and was %q", i, histories[1][min(i, len(histories[1])-1)], step)
		}
	}
}
