package statetest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// Server is a real server for tests, on this machine alone. Where it can't be
// had, URL is empty and Reason says why.
type Server struct {
	URL    string
	Reason string
	stop   func()
}

// Stop ends the server.
func (s Server) Stop() {
	if s.stop != nil {
		s.stop()
	}
}

func none(format string, args ...any) Server { return Server{Reason: fmt.Sprintf(format, args...)} }

// Postgres starts a server with its data and its socket in dir. As root it
// runs as the user postgres, since PostgreSQL refuses to run as root.
func Postgres(dir string) Server {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return none("PostgreSQL is not installed")
	}
	slices.Sort(found)
	bin := filepath.Dir(found[len(found)-1])
	run := func(name string, args ...string) error {
		command := exec.Command(filepath.Join(bin, name), args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
		if err := unprivileged(command, dir); err != nil {
			return err
		}
		out, err := command.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, out)
		}
		return nil
	}
	data := filepath.Join(dir, "data")
	if err := run("initdb", "-D", data, "-U", "studio", "-A", "trust", "--no-sync"); err != nil {
		return none("%v", err)
	}
	options := fmt.Sprintf("-c listen_addresses= -c unix_socket_directories=%s -c fsync=off -c max_connections=200", dir)
	if err := run("pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", options, "start"); err != nil {
		return none("%v", err)
	}
	return Server{URL: "postgres://studio@/postgres?host=" + dir, stop: func() { _ = run("pg_ctl", "-D", data, "-m", "immediate", "stop") }}
}

// Bucket is the bucket that S3 makes.
const Bucket = "studio-state"

// S3Environ are the variables by which the AWS SDK finds the credential of S3
// and nothing else.
func S3Environ(dir, secret string) map[string]string {
	return map[string]string{
		"AWS_ACCESS_KEY_ID": "studio", "AWS_SECRET_ACCESS_KEY": secret, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": filepath.Join(dir, "none"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(dir, "none"),
	}
}

// S3 starts versitygw on folders in dir.
func S3(dir, secret string) Server {
	path, err := exec.LookPath("versitygw")
	if err != nil {
		return none("versitygw is not on the path; go install github.com/versity/versitygw/cmd/versitygw@v1.8.0 puts it there")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return none("%v", err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	root, sidecar := filepath.Join(dir, "buckets"), filepath.Join(dir, "sidecar")
	for _, folder := range []string{filepath.Join(root, Bucket), sidecar} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return none("%v", err)
		}
	}
	command := exec.Command(path, "--access", "studio", "--secret", secret, "--port", address, "--quiet", "posix", "--sidecar", sidecar, root)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		return none("%v", err)
	}
	stop := func() { _ = command.Process.Kill(); _ = command.Wait() }
	for range 600 {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return Server{URL: "http://" + address, stop: stop}
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	return none("versitygw did not start: %s", out.String())
}
