package cli

import (
	"errors"
	"path/filepath"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// sandboxDir is where the sandbox of a project keeps its data, its lock and
// its run records.
func sandboxDir(project string) string { return filepath.Join(project, ".charsync", "sandbox") }

// startSandbox serves the project's sandbox for the length of one command,
// and turns the project towards it: its own lock, and no instance with a
// credential or an address of its own.
func (s *session) startSandbox() error {
	server, err := s.openSandbox()
	if err != nil {
		return err
	}
	s.closers = append(s.closers, server.Close)
	s.useSandbox(server)
	return nil
}

// openSandbox serves the project's sandbox. The caller closes it.
func (s *session) openSandbox() (*sandbox.Server, error) {
	dir := sandboxDir(s.project.Dir)
	s.hideRecords()
	server, err := sandbox.Open(sandbox.Options{Dir: dir, Now: s.env.Now})
	if err != nil {
		return nil, failed("remove "+dir+" to start with an empty sandbox", "%w", err)
	}
	if err := server.Listen(""); err != nil {
		return nil, failed("allow listening on 127.0.0.1", "%w", errors.Join(err, server.Close()))
	}
	return server, nil
}

// useSandbox turns the project towards a sandbox.
func (s *session) useSandbox(server *sandbox.Server) {
	environ := server.Environ()
	own := map[string]bool{}
	for _, d := range all.Drivers() {
		own[d.BaseURLEnv] = true
		for _, group := range d.Env {
			for _, name := range group {
				own[name] = true
			}
		}
	}
	outside := s.lookup
	s.lookup = func(name string) string {
		if own[name] {
			return environ[name]
		}
		return outside(name)
	}
	instances := make(map[string]spec.Instance, len(s.project.Instances))
	for name, in := range s.project.Instances {
		in.APIKeyEnv, in.BaseURL = "", ""
		instances[name] = in
	}
	s.project.Instances = instances
}
