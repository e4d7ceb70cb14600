// Command benchmarks measures charsync beside what one would use instead, and
// prints a table in Markdown: the medians of several runs, each a process of
// its own, with its wall time, CPU time and memory, and the requests that the
// sandbox counted.
//
//	go run ./benchmarks                    # everything, medians of five
//	go run ./benchmarks -runs 1 -n 100     # a glance
//	go run ./benchmarks -only validate,plan
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		stop()
		os.Exit(1)
	}
}

// bench is what all measurements share.
type bench struct {
	runs      int
	n         int // characters of plans and applies
	manifests int // of validate
	grow      int // the largest number of characters that growth is measured with
	work      string
	charsync  string
	out       table
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("benchmarks", flag.ContinueOnError)
	b := &bench{}
	flags.IntVar(&b.runs, "runs", 5, "take the median of so many runs")
	flags.IntVar(&b.n, "n", 1000, "characters that are planned and applied")
	flags.IntVar(&b.manifests, "manifests", 10_000, "manifests that are validated")
	flags.IntVar(&b.grow, "grow", 10_000, "measure growth up to so many characters, in steps of ten")
	only := flags.String("only", "", "only these: validate, plan, latency, change, create, shared, growth, terraform")
	if err := flags.Parse(args); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "charsync-benchmarks-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	b.work, b.charsync = work, filepath.Join(work, "charsync")
	build := exec.CommandContext(ctx, "go", "build", "-o", b.charsync, "./cmd/charsync")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build charsync (run this in the repository): %w", err)
	}
	for _, part := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"validate", b.validate},
		{"plan", b.plan},
		{"latency", b.latency},
		{"change", b.change},
		{"create", b.create},
		{"shared", b.shared},
		{"growth", b.growth},
		{"terraform", b.terraform},
	} {
		if *only != "" && !contains(strings.Split(*only, ","), part.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", part.name)
		if err := part.do(ctx); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", part.name, err), b.out.write(os.Stdout, b.runs))
		}
	}
	return b.out.write(os.Stdout, b.runs)
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}
