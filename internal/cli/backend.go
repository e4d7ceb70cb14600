package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/charsync/charsync/internal/history"
	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/internal/state/postgres"
	"github.com/charsync/charsync/internal/state/s3"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/spec"
)

const (
	// recordsFetched is how many of the newest records of other machines a
	// command fetches.
	recordsFetched = 50
	// recordsTimeout bounds sending the record of a run.
	recordsTimeout = 2 * time.Minute
)

// backend is where the state is kept when that is not a file of the project;
// nil for a file, and under --sandbox. It is opened once, and closed with the
// session.
func (s *session) backend(ctx context.Context) (state.Backend, error) {
	st := s.project.State
	if !s.shared() || s.remote != nil {
		return s.remote, nil
	}
	if refused := s.policy(s.project).State(s.project); len(refused) > 0 {
		if err := s.diagnose(refused); err != nil {
			return nil, err
		}
		return nil, end(exitInvalid)
	}
	b, err := s.openBackend(ctx, st)
	if err != nil {
		return nil, failed("run charsync doctor, which tests the state's backend", "the state: %w", err)
	}
	s.remote = b
	s.closers = append(s.closers, b.Close)
	return b, nil
}

func (s *session) openBackend(ctx context.Context, st spec.State) (state.Backend, error) {
	if st.Backend == spec.StateS3 {
		return s3.Open(ctx, s3.Config{
			Bucket: st.Bucket, Prefix: st.Prefix, Region: st.Region, Endpoint: st.Endpoint, PathStyle: st.UsePathStyle,
			SSE: st.Encryption, KMSKey: st.KMSKey,
		})
	}
	url := s.env.lookup(st.URLEnv)
	if url == "" {
		return nil, fmt.Errorf("the environment variable %s is not set: it holds the database's URL", st.URLEnv)
	}
	project := st.Project
	if project == "" {
		project = s.project.Name
	}
	return postgres.Open(ctx, postgres.Config{URL: url, Schema: st.Schema, Project: project})
}

// holdRemote takes the lease on a shared state, and sends the records of this
// machine's runs before it gives it up.
func (s *session) holdRemote(ctx context.Context, h state.Holder, wait time.Duration) error {
	b, err := s.backend(ctx)
	if b == nil || err != nil {
		return err
	}
	lease, release, err := state.Hold(ctx, b, h, wait, func(err error) { s.log.Warn("the state's lease", "error", err) })
	if err != nil {
		var d spec.Diagnostic
		if errors.As(err, &d) || errors.Is(err, context.Canceled) {
			return err
		}
		return spec.Diagnostic{
			Severity: spec.Error, Code: state.CodeIO, Message: "nothing was begun, since the state at " + b.Name() + " can't be written: " + err.Error(),
			Hint: "run charsync doctor, which tests the state's backend",
		}
	}
	s.lease = lease
	before := runsHere(s.runDir)
	s.closers = append(s.closers, release, func() error {
		return s.sendRecords(b, slices.DeleteFunc(runsHere(s.runDir), func(run string) bool { return slices.Contains(before, run) }))
	})
	return nil
}

// readLock reads the lock from where the project keeps it.
func (s *session) readLock(ctx context.Context) (*apply.Lock, []spec.Diagnostic, error) {
	b, err := s.backend(ctx)
	switch {
	case err != nil:
		return nil, nil, err
	case b != nil:
		return state.OpenBackend(ctx, b, s.lease)
	}
	return apply.OpenLock(s.lockPath)
}

// runsHere are the runs that have a record on this machine.
func runsHere(dir string) []string {
	entries, _ := os.ReadDir(dir) // a folder that is not there holds none
	var runs []string
	for _, e := range entries {
		if e.IsDir() && e.Name()[0] != '.' {
			runs = append(runs, e.Name())
		}
	}
	return runs
}

// sendRecords puts the records of runs beside the state.
func (s *session) sendRecords(b state.Backend, runs []string) error {
	ctx, done := context.WithTimeout(context.Background(), recordsTimeout)
	defer done()
	var failures []error
	for _, run := range runs {
		data, err := history.Pack(s.runDir, run)
		if err == nil {
			err = b.PutRecord(ctx, run, data)
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("the record of run %s stays on this machine alone: %w", run, err))
		}
	}
	return errors.Join(failures...)
}

// fetchRecords brings the newest records of other machines' runs here.
func (s *session) fetchRecords(ctx context.Context) error {
	b, err := s.backend(ctx)
	if b == nil || err != nil {
		return err
	}
	ids, err := b.RecordIDs(ctx)
	if err != nil {
		return failed("run charsync doctor, which tests the state's backend", "the records of runs: %w", err)
	}
	here := runsHere(s.runDir)
	for _, id := range ids[:min(len(ids), recordsFetched)] {
		if slices.Contains(here, id) {
			continue
		}
		data, err := b.Record(ctx, id)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile
		}
		if err == nil {
			err = history.Unpack(s.runDir, id, data)
		}
		if err != nil {
			return failed("", "the record of run %s: %w", id, err)
		}
	}
	return nil
}

// fetchRuns is fetchRecords for commands that need no project.
func (a *app) fetchRuns(ctx context.Context) error {
	p, err := a.loadLoosely()
	if err != nil || !p.State.Shared() || a.flags.sandbox {
		return nil // runs of a folder are listed whatever its configuration is
	}
	s, err := a.newSession(p)
	if err != nil {
		return err
	}
	defer s.close()
	return s.fetchRecords(ctx)
}

// examineBackend tests what a run does with a shared state, on a project of
// its own beside this one where that changes something.
func (s *session) examineBackend(ctx context.Context) []finding {
	if !s.shared() {
		return nil
	}
	b, err := s.backend(ctx)
	if err != nil {
		return []finding{{"state", statusWrong, err.Error(), "correct spec.state in charsync.yaml, or the environment"}}
	}
	if _, err := b.Load(ctx); err != nil {
		return []finding{{"state", statusWrong, b.Name() + " can't be read: " + err.Error(), "check bucket or database, region, endpoint and credential"}}
	}
	lease, err := b.Acquire(ctx, s.holder(), state.LeaseTTL)
	var held *state.HeldError
	switch {
	case errors.As(err, &held):
		return []finding{{Check: "state", Status: statusOK, Message: b.Name() + " is read; " + held.Error()}}
	case err != nil:
		return []finding{{"state", statusWrong, b.Name() + " can be read, and its lease can't be taken: " + err.Error(), "allow this credential to write there, with conditions"}}
	}
	const probe = "00000000T000000Z-probe"
	err = errors.Join(b.PutRecord(ctx, probe, []byte("probe")), b.DropRecord(ctx, probe), lease.Renew(ctx), lease.Release(ctx))
	if err != nil {
		return []finding{{"state", statusWrong, b.Name() + ": " + err.Error(), "allow this credential to write and delete there"}}
	}
	return []finding{{Check: "state", Status: statusOK, Message: b.Name() + ": reading, writing, conditions and the lease work"}}
}

// holder is who this command runs for.
func (s *session) holder() state.Holder {
	where, _ := os.Hostname() // for people; an unknown host is no reason to stop
	return state.Holder{Who: s.env.who(), Where: where, Since: s.env.Now().UTC().Format(time.RFC3339), PID: os.Getpid()}
}

// stateFile is the file that stands for the state in a project that keeps it
// elsewhere: for push and pull.
func (s *session) stateFile() string { return filepath.Join(s.project.Dir, "charsync.lock") }
