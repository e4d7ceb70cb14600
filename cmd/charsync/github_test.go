package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/charsync/charsync/internal/github"
	"github.com/charsync/charsync/internal/github/githubtest"
)

type githubKey struct{}

// ending lets a script's end stop the stand-in.
type ending struct{ *testscript.TestScript }

func (e ending) Cleanup(f func()) { e.Defer(f) }

// startGitHub serves the stand-in, and sets what a runner sets.
func startGitHub(ts *testscript.TestScript, _ bool, _ []string) {
	server := githubtest.Start(ending{ts})
	ts.Setenv("TOKEN", "ghs_canary")
	server.Token = "ghs_canary"
	*ts.Value(githubKey{}).(**githubtest.Server) = server
	for name, value := range map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_API_URL": server.URL, "GITHUB_REPOSITORY": githubtest.Repository,
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_RUN_ID": "1658821493",
		"GITHUB_STEP_SUMMARY": inWork(ts, "summary"), "RUNNER_TEMP": inWork(ts, ".runner/temp"),
		"GITHUB_EVENT_PATH": inWork(ts, ".runner/event.json"),
	} {
		ts.Setenv(name, value)
	}
	ts.Check(os.MkdirAll(inWork(ts, ".runner/temp"), 0o755))
	ts.Check(os.WriteFile(inWork(ts, ".runner/event.json"), []byte("{}"), 0o644))
}

func gitHub(ts *testscript.TestScript) *githubtest.Server {
	server := *ts.Value(githubKey{}).(**githubtest.Server)
	if server == nil {
		ts.Fatalf("start with the command github")
	}
	return server
}

// writeEvent writes what the workflow is started for.
func writeEvent(ts *testscript.TestScript, _ bool, args []string) {
	e := githubtest.Event{Name: args[0]}
	for name, value := range assignments(ts, args[1:]) {
		switch name {
		case "number":
			n, err := strconv.Atoi(value)
			ts.Check(err)
			e.Number = n
		case "fork":
			e.Fork = value == "true"
		case "head":
			e.Head = value
		case "base":
			e.Base = value
		case "before":
			e.Before = value
		case "after":
			e.After = value
		default:
			ts.Fatalf("an event has no %q", name)
		}
	}
	gitHub(ts)
	ts.Setenv("GITHUB_EVENT_NAME", e.Name)
	branch := ""
	if e.Name == "pull_request" {
		branch = "main"
	}
	ts.Setenv("GITHUB_BASE_REF", branch)
	ts.Check(os.WriteFile(ts.Getenv("GITHUB_EVENT_PATH"), e.Payload(), 0o644))
}

// injectGitHub queues a fault of the stand-in.
func injectGitHub(ts *testscript.TestScript, _ bool, args []string) {
	f := githubtest.Fault{Header: map[string]string{}}
	for name, value := range assignments(ts, args) {
		var err error
		switch name {
		case "method":
			f.Method = value
		case "status":
			f.Status, err = strconv.Atoi(value)
		case "times":
			f.Times, err = strconv.Atoi(value)
		case "after":
			f.After = value == "true"
		case "body":
			f.Body = value
		default:
			f.Header[name] = value
		}
		ts.Check(err)
	}
	gitHub(ts).Inject(f)
}

// addComment lets somebody write a comment: NUMBER LOGIN TEXT [TIMES]. @FILE is
// what a file says.
func addComment(ts *testscript.TestScript, _ bool, args []string) {
	number, err := strconv.Atoi(args[0])
	ts.Check(err)
	text := args[2]
	if file, ok := strings.CutPrefix(text, "@"); ok {
		text = ts.ReadFile(file)
	}
	times := 1
	if len(args) > 3 {
		times, err = strconv.Atoi(args[3])
		ts.Check(err)
	}
	for range times {
		gitHub(ts).Add(githubtest.Comment{Number: number, Login: args[1], Body: text})
	}
}

// printComments writes "AUTHOR, N bytes, MARK" and the text of each comment of
// a pull request to a file: NUMBER FILE.
func printComments(ts *testscript.TestScript, _ bool, args []string) {
	number, err := strconv.Atoi(args[0])
	ts.Check(err)
	var b strings.Builder
	for _, c := range gitHub(ts).Comments(number) {
		text, mark := c.Body, "no mark"
		if m, ok := github.ReadMark(c.Body); ok {
			_, text, _ = strings.Cut(c.Body, "\n")
			mark = "planned"
			if m.Digest == "" {
				mark = "not to be applied"
			}
		}
		if len(c.Body) > github.MaxBody {
			ts.Fatalf("a comment of %d bytes", len(c.Body))
		}
		fmt.Fprintf(&b, "== %s, %s\n%s\n", c.Login, mark, strings.TrimRight(text, "\n"))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o644))
}

// mergePull tells of a pull request that was merged: NUMBER HEAD COMMIT.
func mergePull(ts *testscript.TestScript, _ bool, args []string) {
	number, err := strconv.Atoi(args[0])
	ts.Check(err)
	gitHub(ts).Merge(githubtest.Merged{Number: number, Head: args[1], SHA: args[2]})
}

// countCalls wants exactly so many requests of a method: METHOD N.
func countCalls(ts *testscript.TestScript, _ bool, args []string) {
	n := 0
	for _, r := range gitHub(ts).Requests() {
		if strings.HasPrefix(r, args[0]+" ") {
			n++
		}
	}
	if strconv.Itoa(n) != args[1] {
		ts.Fatalf("%d requests of %s: %v", n, args[0], gitHub(ts).Requests())
	}
}

// setCommit sets a variable to the commit that a revision names: NAME REVISION.
func setCommit(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("git", "rev-parse", args[1]))
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}
