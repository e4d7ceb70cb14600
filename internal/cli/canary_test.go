package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/providers/all"
)

// bird is in every credential of the canary test, and must be found nowhere.
const bird = "canary7f3c9a"

// canaryLines are the command lines that TestCanary takes each command through,
// in the order in which they make sense. A command without one fails the test.
func canaryLines() []canaryLine {
	return []canaryLine{
		{"version", nil},
		{"completion", []string{"bash"}},
		{"man", []string{"man"}},
		{"schema", []string{"plan"}},
		{"init", []string{"-C", "fresh"}},
		{"providers", nil},
		{"providers fields", []string{"convai"}},
		{"providers values", []string{"convai", "voiceType"}},
		{"doctor", nil},
		{"fmt", []string{"--check"}},
		{"validate", nil},
		{"render", []string{"--target", "convai"}},
		{"plan", []string{"--out", "first.plan"}},
		{"show", []string{"first.plan"}},
		{"apply", []string{"first.plan"}},
		{"apply", []string{"--yes"}},
		{"plan", []string{"--prune", "--detailed-exitcode"}},
		{"drift", nil},
		{"watch", nil},
		{"watch", []string{"--serve"}},
		{"pull", []string{"--yes"}},
		{"export", []string{"mira"}},
		{"runs", nil},
		{"show", []string{"latest"}},
		{"undo", []string{"--yes"}},
		{"apply", []string{"--yes"}},
		{"import", []string{"convai", "--all"}},
		{"import", []string{"alakazam", "no-such-id", "--name", "none"}},
		{"list", nil},
		{"status", nil},
		{"state", nil},
		{"state rebuild", []string{"--yes"}},
		{"state files", nil},
		{"state push", nil}, // of a file; cmd/charsync tests those of shared states
		{"state pull", nil},
		{"state unlock", []string{"--yes"}},
		{"state list", nil},
		{"state show", []string{"mira"}},
		{"state mv", []string{"mira", "mara"}},
		{"state mv", []string{"mara", "mira"}},
		{"destroy", []string{"--yes", "--target", "npcbuilder"}},
		{"state rm", []string{"mira/convai"}},
		{"sandbox", []string{"--addr", "127.0.0.1:0"}},
		{"sandbox serve", []string{"--addr", "127.0.0.1:0"}},
		{"sandbox switches", nil},
		{"sandbox characters", nil},
		{"sandbox requests", nil},
		{"sandbox edit", []string{"convai", "no-such-id", "charName=Mira"}},
		{"ci", nil},
		{"ci github", []string{"--report-dir", "reports"}},
		{"ci github", []string{"--command", "drift", "--report-dir", "reports"}},
		{"", nil},
	}
}

type canaryLine struct {
	command string
	args    []string
}

// leak is a run of commands with canaries for credentials.
type leak struct {
	*testing.T
	srv     *sandbox.Server
	dir     string
	environ []string
}

// TestCanary: every credential variable holds a canary that the services
// accept. Every command runs in every format, log level and log format, while
// all is well and while the services echo the credential in what they refuse;
// then no output and no file holds one, in plain or in another spelling.
func TestCanary(t *testing.T) {
	formats := []string{"", formatText, formatJSON, "markdown", "html", "sarif", "github"}
	if testing.Short() {
		t.Log("-short leaves out markdown, html, sarif and github")
		formats = []string{"", formatJSON}
	}
	l := newLeak(t)
	said := map[string]bool{}
	for _, trouble := range append([]string{""}, canaryTroubles()...) {
		l.srv.ClearFaults()
		for i, format := range formats {
			if i > 2 && trouble != "" && trouble != canaryTroubles()[0] {
				break // the other forms say the same of other troubles
			}
			l.dir = l.project()
			for i, line := range canaryLines() {
				said[line.command] = true
				l.breakAll(trouble)
				args := l.args(line, format, i)
				out := l.run(args)
				l.search(strings.Join(args, " ")+" ("+trouble+")", out)
			}
			l.files(trouble + " " + format)
		}
	}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		name := strings.TrimPrefix(strings.TrimPrefix(c.CommandPath(), "charsync"), " ")
		if !said[name] && c.Name() != "help" {
			t.Errorf("canaryLines has no %q: say with which arguments it is worth running", name)
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(newApp(Env{})))
}

func newLeak(t *testing.T) *leak {
	t.Helper()
	accept := map[string][]string{}
	credentials := map[string]string{"TAVERN_KEY": bird + "-tavern"}
	for _, d := range all.Drivers() {
		for _, group := range d.Env {
			for _, name := range group {
				credentials[name] = strings.ToLower(name) + "-" + bird
				if d.Name == "alakazam" {
					credentials[name] = "sk_live_" + bird
				}
				accept[d.Name] = append(accept[d.Name], credentials[name])
			}
		}
	}
	accept["convai"] = append(accept["convai"], credentials["TAVERN_KEY"])
	srv, err := sandbox.Open(sandbox.Options{Accept: accept, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	if err := srv.Listen(""); err != nil {
		t.Fatal(err)
	}
	l := &leak{T: t, srv: srv}
	for name, value := range srv.Environ() {
		if _, secret := credentials[name]; !secret {
			l.environ = append(l.environ, name+"="+value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(credentials)) {
		l.environ = append(l.environ, name+"="+credentials[name])
	}
	return l
}

// canaryTroubles are answers that echo the credential, as kind and body.
func canaryTroubles() []string {
	return []string{"400 json", "401 json", "403 page", "404 json", "200 page", "302 redirect", "500 json"}
}

// breakAll makes every provider answer like that to everything.
func (l *leak) breakAll(trouble string) {
	if trouble == "" {
		return
	}
	l.srv.ClearFaults()
	var status int
	var form string
	_, _ = fmt.Sscan(trouble, &status, &form) // written above
	for _, entry := range l.environ {
		name, secret, _ := strings.Cut(entry, "=")
		if !strings.Contains(secret, bird) {
			continue
		}
		f := sandbox.Fault{Kind: sandbox.FaultStatus, Status: status, Times: -1}
		switch form {
		case "json":
			f.Body = `{"detail":"bad key ` + secret + `","error":{"message":"` + secret + `"},"ERROR":"` + secret + `"}`
		case "page":
			f.Body = "<html><title>" + secret + "</title></html>"
		case "redirect":
			f.Kind, f.Status, f.Body = sandbox.FaultRedirect, 0, "https://"+secret+".example/"+secret+"?key="+secret
		}
		for _, d := range all.Drivers() {
			for _, group := range d.Env {
				if slices.Contains(group, name) {
					f.Vendor = d.Name
				}
			}
		}
		l.srv.Inject(f)
	}
}

func (l *leak) project() string {
	dir := project(l.T, map[string]string{
		"characters/mira.yaml": strings.Replace(mira, "}}\n", "}, tavern: {voiceType: US FEMALE 1, backstory: Keeps the inn.}, npcbuilder: {}, characterai: {}}\n", 1),
		"charsync.yaml": "apiVersion: charsync.dev/v1\nkind: Project\nmetadata: {name: p}\nspec:\n  providers:\n    alakazam: {}\n    convai: {}\n" +
			"    characterai: {}\n    npcbuilder: {game_id: game123, world_id: world456}\n    tavern: {type: convai, apiKeyEnv: TAVERN_KEY}\n",
	})
	if err := os.MkdirAll(filepath.Join(dir, "fresh"), 0o755); err != nil {
		l.Fatal(err)
	}
	return dir
}

// args turns a line into arguments; the log's level and form go round.
func (l *leak) args(line canaryLine, format string, n int) []string {
	args := append(strings.Fields(line.command), line.args...)
	levels := []string{"debug", "info", "debug", "warn", "debug", "error"}
	args = append(args, "--log-level", levels[n%len(levels)], "--log-format", []string{"text", "json"}[n/2%2])
	if format != "" {
		args = append(args, "--format", format)
	}
	return args
}

// run runs a command; one that goes on until it is interrupted is interrupted
// when it has said something.
func (l *leak) run(args []string) outcome {
	l.Helper()
	ctx, cancel := context.WithTimeout(l.Context(), time.Minute)
	defer cancel()
	interrupts := make(chan os.Signal, 1)
	stop := &interrupting{to: interrupts}
	errs := &interrupting{}
	if args[0] == "watch" || args[0] == "sandbox" {
		stop.at = "\n"
		errs.to, errs.at = interrupts, "\n"
	}
	code := Main(ctx, Env{
		Args: args, In: strings.NewReader(""), Out: stop, Err: errs, Environ: l.environ, Now: time.Now, Dir: l.dir,
		Interrupts: interrupts, Stop: func(int) {}, Patience: time.Hour,
	})
	if ctx.Err() != nil {
		l.Errorf("%q did not end", args)
	}
	return outcome{code, stop.String(), errs.String()}
}

// interrupting is a writer that sends an interrupt when it has been written a
// text.
type interrupting struct {
	mu sync.Mutex
	b  bytes.Buffer
	at string
	to chan<- os.Signal
}

func (w *interrupting) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.b.Write(p)
	if w.at != "" && strings.Contains(w.b.String(), w.at) {
		select {
		case w.to <- os.Interrupt:
		default:
		}
	}
	return len(p), nil
}

func (w *interrupting) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

func (l *leak) search(what string, o outcome) {
	l.Helper()
	for name, text := range map[string]string{"stdout": o.out, "stderr": o.err} {
		if s := leaked(l.environ, text); s != "" {
			l.Errorf("charsync %s: its %s holds a credential (%s):\n%s", what, name, s, text)
		}
	}
}

// leaked finds a credential in any of the spellings in which programs print
// what they were given.
func leaked(environ []string, text string) string {
	if strings.Contains(strings.ToLower(text), bird) {
		return bird
	}
	for _, entry := range environ {
		name, secret, _ := strings.Cut(entry, "=")
		if !strings.Contains(secret, bird) {
			continue
		}
		for _, s := range []string{
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
			url.QueryEscape(secret), fmt.Sprintf("%x", secret),
		} {
			if strings.Contains(text, s) {
				return name + " as " + s
			}
		}
	}
	return ""
}

// files searches everything below the project, names included.
func (l *leak) files(when string) {
	l.Helper()
	seen := 0
	err := filepath.WalkDir(l.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		if s := leaked(l.environ, path+"\n"+string(data)); s != "" {
			l.Errorf("%s: %s holds a credential (%s)", when, path, s)
		}
		return nil
	})
	if err != nil {
		l.Fatal(err)
	}
	if seen < 2 {
		l.Errorf("%s: only %d files were searched", when, seen)
	}
}
