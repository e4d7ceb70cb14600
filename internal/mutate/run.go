package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// verdict is what became of a mutant.
type verdict struct {
	mutant
	outcome string // "caught", "SURVIVED", "does not build"
	by      string // the first test that failed
}

// run tries every mutant on copies of the tree, one for each worker, and
// hands out the verdicts in the order of the list.
func run(ctx context.Context, root string, mutants []mutant, workers int, each func(verdict)) error {
	trees := make([]string, workers)
	for i := range trees {
		dir, err := os.MkdirTemp("", "charsync-mutants-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := copyTree(root, dir); err != nil {
			return err
		}
		trees[i] = dir
	}
	work := make(chan int)
	verdicts := make([]chan verdict, len(mutants))
	for i := range verdicts {
		verdicts[i] = make(chan verdict, 1)
	}
	failures := make(chan error, workers)
	var wg sync.WaitGroup
	for _, dir := range trees {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range work {
				v, err := try(ctx, dir, mutants[i])
				if err != nil {
					failures <- err
				}
				verdicts[i] <- v
			}
		}()
	}
	go func() {
		defer close(work)
		for i := range mutants {
			work <- i
		}
	}()
	for i := range mutants {
		each(<-verdicts[i])
	}
	wg.Wait()
	close(failures)
	var errs []error
	for err := range failures {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// try makes one change in a copy of the tree, runs the vendor's suite, and
// takes the change back.
func try(ctx context.Context, dir string, m mutant) (verdict, error) {
	v := verdict{mutant: m}
	path, before, after, err := m.apply(dir)
	if err != nil {
		v.outcome = "not applied"
		return v, err
	}
	if err := os.WriteFile(path, after, 0o644); err != nil {
		return v, err
	}
	defer func() { _ = os.WriteFile(path, before, 0o644) }()
	out, failed := suite(ctx, dir, m.vendor)
	switch {
	case bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")):
		v.outcome = "does not build"
		err = fmt.Errorf("mutants, line %d: does not build:\n%s", m.line, out)
	case failed:
		v.outcome, v.by = "caught", firstFailure(out)
	default:
		v.outcome = "SURVIVED"
	}
	return v, err
}

// suite runs a vendor's tests in a tree.
func suite(ctx context.Context, dir, vendor string) (out []byte, failed bool) {
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-failfast", "-timeout=3m", "./pkg/providers/"+vendor)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return out, err != nil
}

// firstFailure names the innermost test of the first failure.
func firstFailure(out []byte) string {
	name := ""
	for _, line := range strings.Split(string(out), "\n") {
		trimmed := strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(trimmed, "--- FAIL: "); ok {
			test, _, _ := strings.Cut(rest, " (")
			if name != "" && !strings.HasPrefix(test, name+"/") {
				break
			}
			name = test
		}
	}
	if name == "" {
		return "panic or time-out"
	}
	return name
}

// copyTree copies what the tests need: Go files, their data and the module.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") && rel != "." {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o644)
	})
}
