// Command cmd runs the fault harness: random histories and kills against the
// sandbox. It exits with 1 when something was not as promised.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"time"

	"github.com/charsync/charsync/internal/cli"
	"github.com/charsync/charsync/internal/harness"
)

// asCharsync makes this program be charsync: it is what gets killed.
const asCharsync = "CHARSYNC_HARNESS_CHILD"

func main() {
	if os.Getenv(asCharsync) != "" {
		os.Exit(cli.Main(context.Background(), cli.OS()))
	}
	var o harness.Options
	var vendors string
	flag.Uint64Var(&o.Seed, "seed", 1, "the first run's `number`; the others follow")
	flag.IntVar(&o.Runs, "runs", 2000, "random histories")
	flag.IntVar(&o.Kills, "kills", 0, "kills while creating, for each provider")
	flag.IntVar(&o.Clones, "clones", 0, "random histories over two clones of a Git repository")
	flag.IntVar(&o.Repeat, "repeat", 1, "how often each seed is run")
	flag.IntVar(&o.Parallel, "parallel", 2*runtime.GOMAXPROCS(0), "runs at a time")
	flag.IntVar(&o.Most, "most", 8, "characters of a project")
	flag.StringVar(&vendors, "vendor", "", "only these providers, joined by commas")
	flag.StringVar(&o.Dir, "dir", "", "where projects are made; the system's folder for temporary files when empty")
	flag.Parse()
	if vendors != "" {
		o.Vendors = strings.Split(vendors, ",")
	}
	self, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	o.Charsync, o.ChildEnv, o.Path = []string{self}, []string{asCharsync + "=1"}, os.Getenv("PATH")
	o.Now, o.Log = time.Now, os.Stdout
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	report, err := harness.Run(ctx, o)
	stop()
	fmt.Printf("%-38s %d\n%-38s %s/%s, %d processors, %s\n", "seed", o.Seed, "machine", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	fmt.Print(report)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
	}
	if err != nil || len(report.Failures) > 0 {
		os.Exit(1)
	}
}
