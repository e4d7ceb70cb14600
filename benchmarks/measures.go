package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	latency     = 20 * time.Millisecond
	concurrency = 8 // charsync's towards loopback, unless --parallelism says otherwise
)

// validate compares with kubeconform, which checks the same files with the
// same schema.
func (b *bench) validate(ctx context.Context) error {
	dir := filepath.Join(b.work, "validate")
	if err := cast(dir, b.manifests); err != nil {
		return err
	}
	what := fmt.Sprintf("validate %d manifests", b.manifests)
	mine, err := b.median(ctx, program{args: []string{b.charsync, "validate"}, dir: dir}, nil)
	if err != nil {
		return err
	}
	b.out.add(row{what: what, who: "charsync", m: mine, requests: -1})
	kubeconform, _ := exec.LookPath("kubeconform")
	if kubeconform == "" {
		b.out.note(what, "kubeconform", "not installed: go install github.com/yannh/kubeconform/cmd/kubeconform@latest")
		return nil
	}
	schema := filepath.Join(b.work, "schema.json")
	_, text, err := program{args: []string{b.charsync, "schema", "character"}, dir: dir}.once(ctx)
	if err == nil {
		err = write(schema, text)
	}
	if err != nil {
		return err
	}
	theirs, err := b.median(ctx, program{args: []string{kubeconform, "-n", "4", "-schema-location", schema, "characters"}, dir: dir}, nil)
	if err != nil {
		return err
	}
	b.out.add(row{what: what, who: "kubeconform -n 4", m: theirs, requests: -1})
	b.out.note(what, "charsync ÷ kubeconform", fmt.Sprintf("wall %sCPU %smemory %.2f ×", ratio(mine.wall, theirs.wall), ratio(mine.cpu, theirs.cpu), float64(mine.memory)/float64(max(theirs.memory, 1))))
	return b.sameRejected(ctx, dir, kubeconform, schema)
}

// sameRejected breaks a few manifests and sees that both refuse them.
func (b *bench) sameRejected(ctx context.Context, dir, kubeconform, schema string) error {
	broken := map[string]string{
		"type.yaml":    "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: broken-type}\nspec: {name: [A, B], targets: {alakazam: {}}}\n",
		"unknown.yaml": "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: broken-key}\nspec: {nickname: A, targets: {alakazam: {}}}\n",
		"missing.yaml": "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {}\nspec: {name: A, targets: {alakazam: {}}}\n",
		"word.yaml":    "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: broken-word}\nspec: {name: A, visibility: secret, targets: {alakazam: {}}}\n",
	}
	agreed := 0
	for name, text := range broken {
		file := filepath.Join(dir, "broken", name)
		if err := write(file, text); err != nil {
			return err
		}
		_, _, mine := program{args: []string{b.charsync, "validate", file}, dir: dir, code: 3}.once(ctx)
		_, _, theirs := program{args: []string{kubeconform, "-schema-location", schema, file}, dir: dir, code: 1}.once(ctx)
		if mine == nil && theirs == nil {
			agreed++
		}
	}
	b.out.note("broken manifests", "both", fmt.Sprintf("%d of %d refused by both", agreed, len(broken)))
	return os.RemoveAll(filepath.Join(dir, "broken"))
}

// applied makes a project of n characters that a fresh sandbox holds.
func (b *bench) applied(ctx context.Context, name string, n int) (dir string, s *sandbox, err error) {
	dir = filepath.Join(b.work, name)
	if err := cast(dir, n); err != nil {
		return "", nil, err
	}
	if s, err = b.sandbox(ctx, 0); err != nil {
		return "", nil, err
	}
	if _, _, err = b.command(s, dir, "apply", "--yes", "-q").once(ctx); err == nil {
		err = s.forget(ctx)
	}
	if err != nil {
		s.close()
	}
	return dir, s, err
}

func (b *bench) command(s *sandbox, dir string, args ...string) program {
	return program{args: append([]string{b.charsync}, args...), dir: dir, env: s.env}
}

// unchanged measures the plan that finds nothing to do.
func (b *bench) unchanged(ctx context.Context, what string, s *sandbox, dir string) (row, error) {
	m, err := b.median(ctx, b.command(s, dir, "plan", "-q"), func() error { return s.forget(ctx) })
	if err != nil {
		return row{}, err
	}
	reads, writes, err := s.requests(ctx)
	return row{what: what, who: "charsync", m: m, requests: reads + writes}, err
}

func (b *bench) plan(ctx context.Context) error {
	dir, s, err := b.applied(ctx, "plan", b.n)
	if err != nil {
		return err
	}
	defer s.close()
	r, err := b.unchanged(ctx, fmt.Sprintf("unchanged plan of %d", b.n), s, dir)
	b.out.add(r)
	return err
}

// latency measures how full the pipe is kept: wall time ÷ the physical limit.
// The pages of a list follow one another, so theirs is their number × latency.
func (b *bench) latency(ctx context.Context) error {
	dir, s, err := b.applied(ctx, "latency", b.n)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.delay(ctx, latency); err != nil {
		return err
	}
	r, err := b.unchanged(ctx, fmt.Sprintf("the same, %v a request", latency), s, dir)
	if err != nil {
		return err
	}
	limit := time.Duration(r.requests) * latency
	r.note = fmt.Sprintf("%sthe limit of %v", ratio(r.m.wall, limit), limit)
	b.out.add(r)
	return b.createAt(ctx, latency)
}

func (b *bench) create(ctx context.Context) error { return b.createAt(ctx, 0) }

// createAt measures creating all characters.
func (b *bench) createAt(ctx context.Context, each time.Duration) error {
	dir := filepath.Join(b.work, "create")
	if err := cast(dir, b.n); err != nil {
		return err
	}
	var s *sandbox
	defer func() {
		if s != nil {
			s.close()
		}
	}()
	p := program{args: []string{b.charsync, "apply", "--yes", "-q"}, dir: dir}
	var all []measure
	reads, writes := 0, 0
	for range b.runs {
		if s != nil {
			s.close()
		}
		var err error
		if s, err = b.sandbox(ctx, each); err != nil {
			return err
		}
		if err := os.RemoveAll(filepath.Join(dir, "charsync.lock")); err != nil {
			return err
		}
		p.env = s.env
		m, _, err := p.once(ctx)
		if err != nil {
			return err
		}
		all = append(all, m)
		if reads, writes, err = s.requests(ctx); err != nil {
			return err
		}
	}
	r := row{what: fmt.Sprintf("create %d", b.n), who: "charsync", requests: reads + writes, note: fmt.Sprintf("%d writes", writes)}
	r.m = measure{
		wall: middle(all, func(m measure) time.Duration { return m.wall }), cpu: middle(all, func(m measure) time.Duration { return m.cpu }),
		memory: middle(all, func(m measure) int64 { return m.memory }),
	}
	if each > 0 {
		limit := time.Duration(writes)*each/concurrency + time.Duration(reads)*each
		r.what += fmt.Sprintf(", %v a request", each)
		r.note += fmt.Sprintf("; %sthe limit of %v", ratio(r.m.wall, limit), limit)
	}
	b.out.add(r)
	return nil
}

// change measures the apply of one changed text.
func (b *bench) change(ctx context.Context) error {
	dir, s, err := b.applied(ctx, "change", b.n)
	if err != nil {
		return err
	}
	defer s.close()
	version := 0
	m, err := b.median(ctx, b.command(s, dir, "apply", "--yes", "-q"), func() error {
		version++
		if err := character(dir, 7, fmt.Sprintf(" Winter %d.", version)); err != nil {
			return err
		}
		return s.forget(ctx)
	})
	if err != nil {
		return err
	}
	reads, writes, err := s.requests(ctx)
	b.out.add(row{what: fmt.Sprintf("one change in %d, applied", b.n), who: "charsync", m: m, requests: reads + writes, note: fmt.Sprintf("%d writes", writes)})
	return err
}

// growth measures unchanged plans of ever more characters.
func (b *bench) growth(ctx context.Context) error {
	var before row
	for n := 1000; n <= b.grow; n *= 10 {
		dir, s, err := b.applied(ctx, fmt.Sprintf("growth-%d", n), n)
		if err != nil {
			return err
		}
		r, err := b.unchanged(ctx, fmt.Sprintf("unchanged plan of %d", n), s, dir)
		s.close()
		if err != nil {
			return err
		}
		if before.m.wall > 0 {
			r.note = fmt.Sprintf("ten times as many: wall %sCPU %smemory %.2f ×", ratio(r.m.wall, before.m.wall), ratio(r.m.cpu, before.m.cpu), float64(r.m.memory)/float64(max(before.m.memory, 1)))
		}
		b.out.add(r)
		before = r
	}
	return nil
}
