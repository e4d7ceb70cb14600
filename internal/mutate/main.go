// Command mutate attacks the conformance suite: it changes one line of a
// field table, a route or the sandbox at a time, on a copy of the tree, and
// expects the vendor's suite to fail each time. Run it from the project's
// folder:
//
//	go run ./internal/mutate            all mutants
//	go run ./internal/mutate convai     those of one vendor, or of one file
//
// It prints a table and exits 1 when a mutant survives.
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"text/tabwriter"
)

//go:embed mutants.txt
var list []byte

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := attack(ctx, ".", os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func attack(ctx context.Context, root string, only []string, out io.Writer) error {
	mutants, err := parse(list)
	if err != nil {
		return err
	}
	mutants = chosen(mutants, only)
	if len(mutants) == 0 {
		return errors.New("no mutant is called like that")
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LINE\tFILE\tWAS\tIS\tOUTCOME\tBY")
	survived := 0
	err = run(ctx, root, mutants, min(runtime.NumCPU(), len(mutants)), func(v verdict) {
		if v.outcome != "caught" {
			survived++
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", v.line, v.file, short(v.old), short(v.new), v.outcome, v.by)
	})
	if flushed := table.Flush(); err == nil {
		err = flushed
	}
	fmt.Fprintf(out, "\n%d mutants, %d caught, %d not.\n", len(mutants), len(mutants)-survived, survived)
	if err == nil && survived > 0 {
		err = errors.New("the suite let a mutant through")
	}
	return err
}

// chosen are the mutants of the named vendors or files.
func chosen(mutants []mutant, only []string) []mutant {
	if len(only) == 0 {
		return mutants
	}
	var out []mutant
	for _, m := range mutants {
		for _, word := range only {
			if m.vendor == word || strings.HasPrefix(m.file, word) {
				out = append(out, m)
				break
			}
		}
	}
	return out
}

func short(s string) string {
	const most = 48
	if r := []rune(strings.TrimSpace(s)); len(r) > most {
		return string(r[:most]) + "…"
	}
	return strings.TrimSpace(s)
}
