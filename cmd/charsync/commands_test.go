package main

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/charsync/charsync/internal/sandbox"
)

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

// scriptCommands are the commands of the scripts beside testscript's own.
//
//	sandbox [NAME=VALUE…]           serve the providers for this script, and set their variables
//	switch NAME=VALUE…              turn switches of it
//	fault KEY=VALUE…                queue a fault: kind, vendor, route, method, skip, times, delay, retry-after, status, body
//	clearfaults                     drop them
//	requests [-writes|-reads] [-bodies|-count|-clear] [VENDOR…]   what was asked of it, ids as names
//	edit VENDOR NAME KEY=VALUE…     change a character behind our back; KEY:=JSON for what is no text
//	remove VENDOR NAME              delete one behind our back
//	put VENDOR FILE                 store the JSON document, or the list of them, in FILE
//	holds VENDOR NAME KEY…          print stored fields as JSON; NAME alone prints them all
//	named FILE                      print a file, or stdout, with ids as names and without what differs from run to run
//	sandboxid VENDOR NAME           set $ID to the id in the data that --sandbox left here
//	count VENDOR N                  it holds exactly so many characters
//	exits CODE PROGRAM ARG…         run it and want exactly this exit code
//	interrupt WRITES PROGRAM ARG…   run it, interrupt it after so many writes, want exit code 130
//	await WRITES                    wait until so many writes were carried out
//	killafter WRITES PROGRAM ARG…   run it, kill it after so many writes
//	body FILE                       print a page, or stdout, without styles, scripts and what differs from run to run
//	picture FILE                    write a small PNG
//	sub FILE OLD NEW                replace the one occurrence of OLD in FILE
//	subenv FILE OLD NAME            replace it by the value of a variable
//	nowhere TEXT DIR                no file below DIR holds TEXT
//	samedigest PLAN PLAN            two plan documents have the same digest
//	digest PLAN                     set $DIGEST to the digest of a plan document
//	copytree FROM TO                copy a folder
//	cutline FILE TEXT               remove the one line of FILE that holds TEXT
//	github                          stand in for GitHub, and set what a runner of its Actions sets
//	event NAME KEY=VALUE…           what the workflow is started for: number, fork, head, base, before, after
//	githubfault KEY=VALUE…          queue a fault of it: method, status, times, after, body, and headers
//	comment NUMBER LOGIN TEXT [N]   somebody comments on a pull request, N times
//	comments NUMBER FILE            write its comments to a file
//	merged NUMBER HEAD COMMIT       a pull request was merged
//	calls METHOD N                  it was asked exactly so often
//	commit NAME REVISION            set a variable to what git rev-parse says
//	releases VERSION [altered|replaced|unlisted|old]   serve a release of charsync, and set $RELEASES, $ARCHIVE and $CHECKSUM
//	action CODE NAME INPUT=VALUE…   run the steps of an action of this repository, want this exit code
//	generate KIND FILE [N]          write a file too large for an archive: see generators
func scriptCommands() map[string]scriptCommand {
	return map[string]scriptCommand{
		"sandbox":     startVendors,
		"switch":      turnSwitches,
		"fault":       injectFault,
		"clearfaults": func(ts *testscript.TestScript, _ bool, _ []string) { served(ts).ClearFaults() },
		"requests":    printRequests,
		"edit":        editCharacter,
		"remove":      removeCharacter,
		"put":         putCharacters,
		"picture":     makePicture,
		"holds":       printHeld,
		"named":       printNamed,
		"sandboxid":   findStored,
		"count":       countCharacters,
		"exits":       wantExit,
		"interrupt":   func(ts *testscript.TestScript, _ bool, args []string) { cutShort(ts, args, os.Interrupt) },
		"killafter":   func(ts *testscript.TestScript, _ bool, args []string) { cutShort(ts, args, os.Kill) },
		"await":       awaitWrites,
		"body":        printBody,
		"sub":         substitute,
		"subenv": func(ts *testscript.TestScript, neg bool, args []string) {
			substitute(ts, neg, []string{args[0], args[1], ts.Getenv(args[2])})
		},
		"nowhere":     wantNowhere,
		"samedigest":  compareDigests,
		"digest":      setDigest,
		"copytree":    copyTree,
		"action":      runAction,
		"github":      startGitHub,
		"event":       writeEvent,
		"githubfault": injectGitHub,
		"comment":     addComment,
		"comments":    printComments,
		"merged":      mergePull,
		"calls":       countCalls,
		"commit":      setCommit,
		"releases":    serveReleases,
		"cutline":     cutLine,
		"generate":    generate,
	}
}

func served(ts *testscript.TestScript) *sandbox.Server {
	v := ts.Value(vendorsKey{}).(*vendors)
	if v.server == nil {
		ts.Fatalf("no sandbox is served: start with the command sandbox")
	}
	return v.server
}

func startVendors(ts *testscript.TestScript, _ bool, args []string) {
	v := ts.Value(vendorsKey{}).(*vendors)
	if v.server != nil {
		ts.Fatalf("a sandbox is served already")
	}
	server, err := sandbox.Open(sandbox.Options{Switches: assignments(ts, args), Seed: 1})
	ts.Check(err)
	ts.Defer(func() { ts.Check(server.Close()) })
	ts.Check(server.Listen(""))
	v.server = server
	for name, value := range server.Environ() {
		ts.Setenv(name, value)
	}
	ts.Setenv("SANDBOX_URL", server.URL(""))
}

func turnSwitches(ts *testscript.TestScript, _ bool, args []string) {
	for name, value := range assignments(ts, args) {
		ts.Check(served(ts).Set(name, value))
	}
}

func assignments(ts *testscript.TestScript, args []string) map[string]string {
	values := map[string]string{}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			ts.Fatalf("%q is not NAME=VALUE", arg)
		}
		values[name] = value
	}
	return values
}

func injectFault(ts *testscript.TestScript, _ bool, args []string) {
	var f sandbox.Fault
	var err error
	for name, value := range assignments(ts, args) {
		switch name {
		case "kind":
			f.Kind = sandbox.FaultKind(value)
			if !slices.Contains(sandbox.FaultKinds(), f.Kind) {
				ts.Fatalf("no fault %q; there are %v", value, sandbox.FaultKinds())
			}
		case "vendor":
			f.Vendor = value
		case "route":
			f.Route = value
		case "method":
			f.Method = value
		case "skip":
			f.Skip, err = strconv.Atoi(value)
		case "times":
			f.Times, err = strconv.Atoi(value)
		case "delay":
			f.Delay, err = time.ParseDuration(value)
		case "retry-after":
			f.RetryAfter = value
		case "status":
			f.Status, err = strconv.Atoi(value)
		case "body":
			f.Body = value
		default:
			ts.Fatalf("fault: unknown key %q", name)
		}
		ts.Check(err)
	}
	served(ts).Inject(f)
}

// environ is what the script's programs see.
func environ(ts *testscript.TestScript) []string {
	env := []string{"WORK=" + ts.Getenv("WORK")}
	for _, name := range []string{"PATH", "HOME", "USERPROFILE", "LANG", "TMPDIR", "TMP", "TEMP", "SYSTEMROOT"} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	for name := range served(ts).Environ() {
		env = append(env, name+"="+ts.Getenv(name))
	}
	return env
}
