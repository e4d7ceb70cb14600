package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"runtime"
	"time"

	"github.com/charsync/charsync/internal/watch"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// watchEvent is what --exec gives to its command.
type watchEvent struct {
	At          string            `json:"at"` // RFC 3339
	Files       []string          `json:"files"`
	Env         string            `json:"env,omitempty"`
	Apply       bool              `json:"apply"`
	Characters  []string          `json:"characters"` // that have changes in the plan
	Valid       bool              `json:"valid"`
	Errors      int               `json:"errors"`
	Diagnostics []spec.Diagnostic `json:"diagnostics"`
	Plan        *diff.Counts      `json:"plan,omitempty"` // absent when nothing was planned
	Code        int               `json:"code"`           // what validate, plan or apply would have exited with
}

func newWatchEvent(l *lookout, b watch.Batch) watchEvent {
	e := watchEvent{
		At: l.env.Now().UTC().Format(time.RFC3339), Files: b.Files, Env: l.flags.env, Apply: l.flags.apply,
		Characters: []string{}, Diagnostics: []spec.Diagnostic{},
	}
	if e.Files == nil {
		e.Files = []string{}
	}
	return e
}

func (e *watchEvent) found(found []spec.Diagnostic) {
	f := newFindings(0, only(found, spec.Error, spec.Warning))
	e.Valid, e.Errors, e.Diagnostics = f.Valid, f.Errors, f.Diagnostics
}

func (e *watchEvent) planned(plan *diff.Plan) {
	counts := plan.Counts()
	e.Plan = &counts
	for i := range plan.Changes {
		if name := plan.Changes[i].Name; len(e.Characters) == 0 || e.Characters[len(e.Characters)-1] != name {
			e.Characters = append(e.Characters, name)
		}
	}
}

// grace is how long a command and its children have to end after they were
// asked to.
const grace = 2 * time.Second

// tell runs the command of --exec, in the working directory, and waits for
// it. An interrupt ends it with all its children; children that it leaves
// behind are ended with it.
func (r *watchRun) tell(ctx context.Context) error {
	event, err := json.Marshal(r.event)
	if err != nil {
		return err
	}
	shell := []string{"sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/c"}
	}
	cmd := exec.CommandContext(ctx, shell[0], shell[1], r.flags.exec)
	cmd.Dir, cmd.Env, cmd.WaitDelay = r.workDir(), r.env.Environ, grace
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(append(event, '\n')), r.env.Out, r.err
	family := newFamily(cmd)
	err = cmd.Start()
	if err == nil {
		err = errors.Join(family.adopt(), cmd.Wait())
		family.end()
	}
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return failed("run it by hand; the event comes as JSON on stdin", "--exec: %w", err)
	}
	return nil
}
