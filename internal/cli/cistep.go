package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/charsync/charsync/internal/github"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

// step is a run of ci github: what the runner told it, and where it tells what
// came of it.
type step struct {
	*app
	flags    *ciFlags
	cmd      *cobra.Command
	event    event
	out      io.Writer // the step's log: one stream, so that a guard holds all of it
	dir      string    // of the reports
	project  *spec.Project
	key      string // of the comment for this project, environment and selection
	reviewed string // the key of the comment whose plan can be applied
}

// event is what the workflow was started for.
type event struct {
	Before string `json:"before"` // of a push: where the branch was
	Pull   *struct {
		Number int `json:"number"`
		Head   struct {
			SHA string `json:"sha"`
		} `json:"head"`
		Base struct {
			SHA string `json:"sha"`
		} `json:"base"`
	} `json:"pull_request"`
}

// maxEvent bounds the file with the event; GitHub cuts payloads at 25 MB.
const maxEvent = 32 << 20

func (a *app) newStep(cmd *cobra.Command, f *ciFlags) (*step, error) {
	s := &step{app: a, cmd: cmd, flags: f, out: &lockedWriter{w: a.env.Out}}
	if file := a.env.lookup("GITHUB_EVENT_PATH"); file != "" {
		if err := readJSON(file, maxEvent, &s.event); err != nil {
			return nil, failed("GITHUB_EVENT_PATH names it; unset it outside of GitHub Actions", "the event of the workflow: %w", err)
		}
	}
	project, err := a.loadLoosely() // what is wrong with it is told by the command that the step runs
	if err != nil {
		return nil, err
	}
	s.project = project
	about := func(command string) string {
		words := []string{command, project.Name, a.repository().Prefix, f.env, strings.Join(f.selectors, ","), strings.Join(f.targets, ",")}
		return github.KeyOf(words...)
	}
	s.key, s.reviewed = about(f.command), about(ciPlan)
	if s.dir = f.reportDir; s.dir == "" {
		if s.dir = a.env.lookup("RUNNER_TEMP"); s.dir == "" {
			s.dir = os.TempDir()
		}
		s.dir = filepath.Join(s.dir, "charsync", s.key)
	}
	s.dir = a.path(s.dir)
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return nil, failed("name another folder with --report-dir", "the folder for reports: %w", err)
	}
	return s, nil
}

func readJSON(file string, most int64, into any) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return err
	case int64(len(data)) > most:
		return fmt.Errorf("%s is larger than %d bytes", file, most)
	}
	return json.Unmarshal(data, into)
}

// run runs the command of the step.
func (s *step) run(ctx context.Context) error {
	switch s.flags.command {
	case ciValidate:
		return s.validateStep(ctx)
	case ciApply:
		return s.applyStep(ctx)
	}
	return s.planStep(ctx)
}

// validateStep shows findings as annotations, which can't be commands.
func (s *step) validateStep(ctx context.Context) error {
	c := s.child(ctx, s.out, append([]string{"validate", "--format", formatGitHub}, s.selected()...)...)
	if err := s.tell(outputs{}); err != nil {
		return err
	}
	return end(c)
}

// child runs a command line of charsync in this process. Its result goes to
// out, everything else to the log. The flags of the step are not its flags:
// it is told them, and sees none of their variables.
func (s *step) child(ctx context.Context, out io.Writer, args ...string) code {
	env := s.env
	env.Args = append(s.handedOn(), args...)
	env.In, env.Out, env.Err = strings.NewReader(""), out, s.out
	env.InTerminal, env.OutTerminal, env.ErrTerminal = false, false, false
	env.Interrupts, env.Stop = nil, nil // the context ends it
	env.Base = s.origin(ctx)
	env.Environ = nil
	own := map[string]bool{}
	s.cmd.Flags().VisitAll(func(f *pflag.Flag) { own[variable(f.Name)] = true })
	for _, entry := range s.env.Environ {
		if name, _, _ := strings.Cut(entry, "="); !own[name] && !slices.Contains(tokens(), name) {
			env.Environ = append(env.Environ, entry)
		}
	}
	return code(Main(ctx, env))
}

// tokens are the variables that speak for the pipeline. The step uses one of
// them for the comment; what it runs needs none.
func tokens() []string {
	return []string{"GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"}
}

// handedOn are the flags that every command takes, as the step got them.
func (s *step) handedOn() []string {
	var args []string
	s.cmd.InheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Changed {
			args = append(args, "--"+f.Name+"="+f.Value.String())
		}
	})
	return args
}

// selected are the flags that choose characters.
func (s *step) selected() []string {
	var args []string
	if s.flags.env != "" {
		args = append(args, "--env="+s.flags.env)
	}
	for _, selector := range s.flags.selectors {
		args = append(args, "--select="+selector)
	}
	for _, target := range s.flags.targets {
		args = append(args, "--target="+target)
	}
	if s.flags.empty {
		args = append(args, "--allow-empty")
	}
	return args
}

// decided are the flags that say what may be done.
func (s *step) decided() []string {
	f := s.flags
	args := []string{fmt.Sprintf("--prune=%t", f.prune)}
	if len(f.allow) > 0 {
		args = append(args, "--allow="+strings.Join(f.allow, ","))
	}
	if f.drift != "" {
		args = append(args, "--drift="+f.drift)
	}
	if f.conflict != "" {
		args = append(args, "--conflict="+f.conflict)
	}
	return args
}

// guarded keeps the runner from reading commands in what is printed meanwhile:
// prose of characters and of providers is nothing that a step says.
func (s *step) guarded(show func() error) error {
	token := "charsync-" + rand.Text()
	fmt.Fprintf(s.out, "::stop-commands::%s\n", token)
	err := show()
	fmt.Fprintf(s.out, "\n::%s::\n", token)
	return err
}

// remark is an annotation of the step: error, warning or notice.
func (s *step) remark(level, format string, args ...any) {
	fmt.Fprint(s.out, view.Remark(level, fmt.Sprintf(format, args...)))
}
