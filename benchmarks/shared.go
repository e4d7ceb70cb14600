package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/charsync/charsync/internal/state/statetest"
)

// shared measures creations with the state in a file, in S3 and in
// PostgreSQL, both as far away as the service.
func (b *bench) shared(ctx context.Context) error {
	file, _, err := b.createKept(ctx, kept{name: "a file"})
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "charsync-shared-") // the path of a socket must be short
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL may run as another user
		return err
	}
	for _, start := range []func(context.Context, string) (kept, func(), error){b.inS3, b.inPostgres} {
		k, stop, err := start(ctx, dir)
		if err != nil {
			return err
		}
		if k.missing != "" {
			b.out.note("create", k.name, k.missing)
			continue
		}
		r, sent, err := b.createKept(ctx, k)
		stop()
		if err != nil {
			return err
		}
		b.out.note(r.what, k.name+" ÷ a file", fmt.Sprintf("wall %s; %d bytes sent to the state for each creation", ratio(r.m.wall, file.m.wall), sent/int64(b.n)))
	}
	return nil
}

// kept is where the state of a measurement is.
type kept struct {
	name    string
	missing string // why it can't be measured here
	state   func(run int) string
	env     []string
	away    *distance
}

func (b *bench) inS3(ctx context.Context, dir string) (kept, func(), error) {
	const secret = "benchmark-secret"
	k := kept{name: "S3 (versitygw)"}
	s := statetest.S3(dir, secret)
	if s.URL == "" {
		k.missing = s.Reason
		return k, nil, nil
	}
	away, err := openDistance(ctx, "tcp", strings.TrimPrefix(s.URL, "http://"), latency)
	if err != nil {
		s.Stop()
		return k, nil, err
	}
	k.away = away
	for name, value := range statetest.S3Environ(dir, secret) {
		k.env = append(k.env, name+"="+value)
	}
	k.state = func(run int) string {
		return fmt.Sprintf("{backend: s3, bucket: %s, prefix: run-%d, region: us-east-1, endpoint: %q, usePathStyle: true}", statetest.Bucket, run, "http://"+away.addr())
	}
	return k, func() { away.close(); s.Stop() }, nil
}

func (b *bench) inPostgres(ctx context.Context, dir string) (kept, func(), error) {
	k := kept{name: "PostgreSQL"}
	data := filepath.Join(dir, "pg")
	if err := os.Mkdir(data, 0o755); err != nil {
		return k, nil, err
	}
	s := statetest.Postgres(data)
	if s.URL == "" {
		k.missing = s.Reason
		return k, nil, nil
	}
	away, err := openDistance(ctx, "unix", filepath.Join(data, ".s.PGSQL.5432"), latency)
	if err != nil {
		s.Stop()
		return k, nil, err
	}
	k.away = away
	k.env = []string{"CHARSYNC_STATE_URL=postgres://studio@" + away.addr() + "/postgres?sslmode=disable"}
	k.state = func(run int) string { return fmt.Sprintf("{backend: postgres, project: run-%d}", run) }
	return k, func() { away.close(); s.Stop() }, nil
}

// createKept measures creating all characters, each run with a state of its
// own. It returns how many bytes the last run sent to the state.
func (b *bench) createKept(ctx context.Context, k kept) (row, int64, error) {
	dir := filepath.Join(b.work, "kept")
	if err := cast(dir, b.n); err != nil {
		return row{}, 0, err
	}
	var all []measure
	var sent int64
	for run := range b.runs {
		s, err := b.sandbox(ctx, latency)
		if err != nil {
			return row{}, 0, err
		}
		m, err := b.createOnce(ctx, k, run, dir, s)
		s.close()
		if err != nil {
			return row{}, 0, err
		}
		all = append(all, m)
		if k.away != nil {
			sent = k.away.sent.Swap(0)
		}
	}
	r := row{what: fmt.Sprintf("create %d, %v a request, state in", b.n, latency), who: k.name, requests: -1}
	r.m = measure{
		wall: middle(all, func(m measure) time.Duration { return m.wall }), cpu: middle(all, func(m measure) time.Duration { return m.cpu }),
		memory: middle(all, func(m measure) int64 { return m.memory }),
	}
	b.out.add(r)
	return r, sent, nil
}

func (b *bench) createOnce(ctx context.Context, k kept, run int, dir string, s *sandbox) (measure, error) {
	project := benchmarkProject
	if k.state != nil {
		project += "  state: " + k.state(run) + "\n"
	}
	if err := write(filepath.Join(dir, "charsync.yaml"), project); err != nil {
		return measure{}, err
	}
	if err := os.RemoveAll(filepath.Join(dir, "charsync.lock")); err != nil {
		return measure{}, err
	}
	m, _, err := program{args: []string{b.charsync, "apply", "--yes", "-q"}, dir: dir, env: append(append([]string(nil), s.env...), k.env...)}.once(ctx)
	return m, err
}
