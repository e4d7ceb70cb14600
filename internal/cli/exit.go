package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// code is an exit code. Scripts and pipelines rely on the figures.
type code int

const (
	exitDone        code = 0
	exitError       code = 1
	exitChanges     code = 2
	exitInvalid     code = 3
	exitStale       code = 4
	exitRefused     code = 5
	exitPart        code = 6
	exitInterrupted code = 130
)

// meaning is the line of a code in every EXIT STATUS section.
func (c code) meaning() string {
	switch c {
	case exitDone:
		return "done, or nothing to do"
	case exitError:
		return "an error"
	case exitChanges:
		return "changes are present (with --detailed-exitcode)"
	case exitInvalid:
		return "validation failed"
	case exitStale:
		return "a stale plan, a conflict, or drift under the policy drift: fail"
	case exitRefused:
		return "a guard refused"
	case exitPart:
		return "applied in part"
	case exitInterrupted:
		return "interrupted"
	}
	return "unknown"
}

func exitStatus(codes []code) string {
	var b strings.Builder
	for _, c := range slices.Sorted(slices.Values(codes)) {
		fmt.Fprintf(&b, "  %-4d %s\n", int(c), c.meaning())
	}
	return b.String()
}

// failure is an error as users see it: the fact, and what to do next.
type failure struct {
	code code
	fact string
	hint string
	err  error // the cause; its text is part of fact already
}

func (f *failure) Error() string { return f.fact }
func (f *failure) Unwrap() error { return f.err }

// failed is a failure with exit code 1.
func failed(hint, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &failure{code: exitError, fact: err.Error(), hint: hint, err: errors.Unwrap(err)}
}

// told ends a command with a code when everything has been said already.
type told struct{ code code }

func (t told) Error() string { return "exit " + t.code.meaning() }

// end is nil for exitDone, and otherwise an error that carries the code.
func end(c code) error {
	if c == exitDone {
		return nil
	}
	return told{c}
}

// codeOf finds the exit code that an error stands for.
func codeOf(err error) code {
	var t told
	var f *failure
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &t):
		return t.code
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &f):
		return f.code
	}
	return exitError
}
