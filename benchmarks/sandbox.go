package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"time"
)

// sandbox is `charsync sandbox` in a process of its own, with its data in
// memory.
type sandbox struct {
	cmd *exec.Cmd
	in  io.ReadCloser
	env []string
	url string
}

func (b *bench) sandbox(ctx context.Context, latency time.Duration) (*sandbox, error) {
	s := &sandbox{cmd: exec.CommandContext(ctx, b.charsync, "sandbox", "--data", "-", "--format", "env", "--latency", latency.String(), "-q")}
	s.cmd.Dir = b.work
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.in = out
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		s.env = append(s.env, lines.Text())
		if base, ok := strings.CutPrefix(lines.Text(), "ALAKAZAM_BASE_URL="); ok {
			s.url = strings.TrimSuffix(base, "/alakazam")
		}
		if strings.HasPrefix(lines.Text(), "NPCBUILDER_TOKEN=") { // the last one
			return s, nil
		}
	}
	return nil, errors.Join(errors.New("the sandbox did not start"), s.cmd.Wait())
}

func (s *sandbox) close() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // it was killed: its exit says nothing
}

// requests counts what the sandbox was asked since the last call.
func (s *sandbox) requests(ctx context.Context) (reads, writes int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/_sandbox/requests", nil)
	if err != nil {
		return 0, 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, 0, err
	}
	defer resp.Body.Close()
	var log []struct {
		Write bool `json:"write"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&log); err != nil {
		return 0, 0, fmt.Errorf("the sandbox's log: %w", err)
	}
	for _, r := range log {
		if r.Write {
			writes++
		} else {
			reads++
		}
	}
	return reads, writes, s.forget(ctx)
}

// forget clears the sandbox's log.
func (s *sandbox) forget(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, s.url+"/_sandbox/requests", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// delay makes every answer take so long.
func (s *sandbox) delay(ctx context.Context, each time.Duration) error {
	body := fmt.Sprintf(`{"latency":"%d"}`, each.Milliseconds())
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, s.url+"/_sandbox/switches", strings.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the sandbox answers %s", resp.Status)
	}
	return errors.Join(err, resp.Body.Close())
}
