package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// measure is what one run of a process took.
type measure struct {
	wall, cpu time.Duration
	memory    int64 // bytes at its peak; 0 where the system does not say
}

// program is a process to be measured.
type program struct {
	args []string
	dir  string
	env  []string // beside this process's own
	code int      // the exit code that is expected
}

// once runs a program and gives what it took, and what it printed.
func (p program) once(ctx context.Context) (measure, string, error) {
	cmd := exec.CommandContext(ctx, p.args[0], p.args[1:]...)
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), p.env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	began := time.Now()
	err := cmd.Run()
	m := measure{wall: time.Since(began)}
	if cmd.ProcessState == nil {
		return m, "", err
	}
	m.cpu, m.memory = cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), peak(cmd.ProcessState)
	if code := cmd.ProcessState.ExitCode(); code != p.code {
		return m, "", fmt.Errorf("%s: exit code %d, want %d: %s", strings.Join(p.args, " "), code, p.code, tail(errs.String()))
	}
	return m, out.String(), nil
}

func tail(s string) string { return s[max(0, len(s)-600):] }

// median runs a program several times, each after prepare, which may be nil.
func (b *bench) median(ctx context.Context, p program, prepare func() error) (measure, error) {
	var all []measure
	for range b.runs {
		if prepare != nil {
			if err := prepare(); err != nil {
				return measure{}, err
			}
		}
		m, _, err := p.once(ctx)
		if err != nil {
			return measure{}, err
		}
		all = append(all, m)
	}
	return measure{
		wall:   middle(all, func(m measure) time.Duration { return m.wall }),
		cpu:    middle(all, func(m measure) time.Duration { return m.cpu }),
		memory: middle(all, func(m measure) int64 { return m.memory }),
	}, nil
}

// middle is the median of one figure.
func middle[T time.Duration | int64](all []measure, figure func(measure) T) T {
	list := make([]T, len(all))
	for i, m := range all {
		list[i] = figure(m)
	}
	slices.Sort(list)
	return list[len(list)/2]
}
