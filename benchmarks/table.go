package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// row is one line of the table.
type row struct {
	what, who string
	m         measure
	requests  int    // -1: none are sent
	note      string // in place of the figures, or beside them
}

type table struct{ rows []row }

func (t *table) add(r row) { t.rows = append(t.rows, r) }

func (t *table) note(what, who, why string) {
	t.add(row{what: what, who: who, requests: -1, note: why})
}

func (t *table) write(w io.Writer, runs int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%s, %d processors, %s; medians of %d.\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), runs)
	b.WriteString("| what | program | wall | CPU | memory | requests | |\n| --- | --- | ---: | ---: | ---: | ---: | --- |\n")
	for _, r := range t.rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", r.what, r.who,
			seconds(r.m.wall), seconds(r.m.cpu), megabytes(r.m.memory), count(r.requests), r.note)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func seconds(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

func megabytes(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d MB", n>>20)
}

func count(n int) string {
	if n < 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func ratio(a, b time.Duration) string { return fmt.Sprintf("%.2f × ", float64(a)/float64(max(b, 1))) }
