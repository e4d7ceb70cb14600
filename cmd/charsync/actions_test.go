package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"gopkg.in/yaml.v3"
)

// composite is an action as its file has it.
type composite struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []struct {
			ID, Shell, Run, If, Uses string
			Env                      map[string]string
		}
	}
}

// runAction runs the steps of an action of this repository as a runner does:
// each script with bash, its variables filled from the inputs. What the steps
// put out is in the file outputs after that, their log in stdout.
//
//	action CODE NAME INPUT=VALUE…
func runAction(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: action CODE NAME INPUT=VALUE…")
	}
	folder := filepath.Join(ts.Getenv("ACTIONS"), args[1])
	data, err := os.ReadFile(filepath.Join(folder, "action.yml"))
	ts.Check(err)
	var action composite
	ts.Check(yaml.Unmarshal(data, &action))
	if action.Runs.Using != "composite" || len(action.Runs.Steps) == 0 {
		ts.Fatalf("%s is no composite action", args[1])
	}
	known := map[string]string{"github.token": ts.Getenv("TOKEN"), "github.action_ref": ts.Getenv("ACTION_REF")}
	for name, input := range action.Inputs {
		known["inputs."+name] = expand(ts, input.Default, known)
	}
	for name, value := range assignments(ts, args[2:]) {
		if _, ok := action.Inputs[name]; !ok {
			ts.Fatalf("%s has no input %q", args[1], name)
		}
		known["inputs."+name] = value
	}
	code := 0
	for _, step := range action.Runs.Steps {
		if step.Shell != "bash" || step.Uses != "" || step.If != "" || strings.Contains(step.Run, "${{") {
			ts.Fatalf("a step that this test can't run: %+v", step)
		}
		if code != 0 {
			break
		}
		env := map[string]string{"GITHUB_ACTION_PATH": folder}
		for name, value := range step.Env {
			env[name] = expand(ts, value, known)
		}
		code = runStep(ts, step.ID, step.Run, env, known)
	}
	var lines []string
	for name, output := range action.Outputs {
		lines = append(lines, name+"="+expand(ts, output.Value, known))
	}
	slices.Sort(lines)
	ts.Check(os.WriteFile(inWork(ts, "outputs"), []byte(strings.ReplaceAll(strings.Join(lines, "\n"), ts.Getenv("WORK"), "$WORK")+"\n"), 0o644))
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// inWork is a file in the script's own folder, wherever it has gone.
func inWork(ts *testscript.TestScript, file string) string {
	return filepath.Join(ts.Getenv("WORK"), filepath.FromSlash(file))
}

// runStep runs one script, and reads its outputs and what it adds to the PATH.
func runStep(ts *testscript.TestScript, id, script string, env, known map[string]string) int {
	output, path := inWork(ts, ".runner/output"), inWork(ts, ".runner/path")
	ts.Check(os.MkdirAll(filepath.Dir(output), 0o755))
	for _, file := range []string{output, path} {
		ts.Check(os.WriteFile(file, nil, 0o644))
	}
	env["GITHUB_OUTPUT"], env["GITHUB_PATH"] = output, path
	before := map[string]string{}
	for name, value := range env {
		before[name] = ts.Getenv(name)
		ts.Setenv(name, value)
	}
	// As a runner does: without the profile, ended by the first failure.
	file := inWork(ts, ".runner/step.sh")
	ts.Check(os.WriteFile(file, []byte(script+"\n"), 0o644))
	err := ts.Exec("bash", "--noprofile", "--norc", "-eo", "pipefail", file)
	for name, value := range before {
		ts.Setenv(name, value)
	}
	wantInert(ts)
	maps.Copy(known, outputsOf(ts, id, output))
	if added, err := os.ReadFile(path); err == nil && len(added) > 0 {
		ts.Setenv("PATH", strings.TrimSpace(string(added))+string(os.PathListSeparator)+ts.Getenv("PATH"))
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return exit.ExitCode()
	case err != nil:
		ts.Fatalf("%s: %v", id, err)
	}
	return 0
}

var (
	newerCommand = regexp.MustCompile(`^\s*::([\w-]+)(?: [^:]*)?::(.*)$`)
	olderCommand = regexp.MustCompile(`##\[[^\]]+\]`)
)

// wantInert reads the log of a step as a runner does, and wants no command in
// it but remarks: whatever a character or a provider says stands where commands
// are stopped.
func wantInert(ts *testscript.TestScript) {
	stopped := ""
	for _, stream := range []string{"stdout", "stderr"} {
		for line := range strings.Lines(ts.ReadFile(stream)) {
			line = strings.TrimRight(line, "\r\n")
			m := newerCommand.FindStringSubmatch(line)
			switch {
			case stopped != "":
				if m != nil && m[1] == stopped {
					stopped = ""
				}
			case m != nil && m[1] == "stop-commands" && stream == "stdout":
				stopped = m[2]
			case m != nil && (stream == "stderr" || !slices.Contains([]string{"error", "warning", "notice"}, m[1])), m == nil && olderCommand.MatchString(line):
				ts.Fatalf("the runner would take this for a command: %q", line)
			}
		}
	}
	if stopped != "" {
		ts.Fatalf("commands are stopped for good")
	}
}

var outputForm = regexp.MustCompile(`(?ms)\A(?:([\w-]+)=([^\n]*)\n|([\w-]+)<<(\S+)\n)`)

// outputsOf reads both forms that a runner knows: name=value, and a value up
// to a line that is agreed upon.
func outputsOf(ts *testscript.TestScript, id, file string) map[string]string {
	data, err := os.ReadFile(file)
	ts.Check(err)
	found := map[string]string{}
	for rest := string(data); rest != ""; {
		m := outputForm.FindStringSubmatch(rest)
		if m == nil {
			ts.Fatalf("the outputs can't be read: %q", rest)
		}
		rest = rest[len(m[0]):]
		name, value := m[1], m[2]
		if m[3] != "" {
			var ok bool
			name = m[3]
			if value, rest, ok = strings.Cut(rest, "\n"+m[4]+"\n"); !ok {
				ts.Fatalf("%s has no end", name)
			}
		}
		found["steps."+id+".outputs."+name] = value
	}
	return found
}

var expression = regexp.MustCompile(`\$\{\{ *([\w.-]+) *\}\}`)

// expand fills in what stands between braces.
func expand(ts *testscript.TestScript, text string, known map[string]string) string {
	return expression.ReplaceAllStringFunc(text, func(m string) string {
		name := expression.FindStringSubmatch(m)[1]
		value, ok := known[name]
		if !ok && !strings.HasPrefix(name, "steps.") {
			ts.Fatalf("nothing is known of %s", name)
		}
		return value
	})
}
