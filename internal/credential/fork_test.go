package credential_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/cli"
	"github.com/charsync/charsync/internal/github/githubtest"
)

const canary = "canary-9f3b1c"

// TestFork plays a fork's pull request: every credential of the pipeline is
// set, and charsync.yaml names them and a host of the fork's. Nothing reaches
// that host, whatever is run, and no credential is printed.
func TestFork(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	var mu sync.Mutex
	var reached []string
	theirs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		reached = append(reached, fmt.Sprintf("%s %s %v", r.Method, r.URL, r.Header))
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer theirs.Close()

	for name, settings := range map[string]string{
		"their host":           "    convai: {baseURL: \"THEIRS\"}\n",
		"a new instance":       "    more: {type: convai, baseURL: \"THEIRS\"}\n",
		"a token of the forge": "    convai: {apiKeyEnv: GITHUB_TOKEN, baseURL: \"THEIRS\"}\n",
		"a job's token":        "    more: {type: convai, apiKeyEnv: CI_JOB_TOKEN, baseURL: \"THEIRS\"}\n",
		"a cloud's key":        "    alakazam: {apiKeyEnv: AWS_SECRET_ACCESS_KEY, baseURL: \"THEIRS\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := forked(t, strings.ReplaceAll(settings, "THEIRS", theirs.URL))
			for _, args := range commands() {
				var out bytes.Buffer
				code := cli.Main(context.Background(), cli.Env{
					Args: args, In: strings.NewReader(""), Out: &out, Err: &out, Environ: environment(t, dir), Now: time.Now, Dir: dir, Base: "main",
				})
				if code == 0 && args[0] != "ci" {
					t.Errorf("%q: exit 0: %s", args, &out)
				}
				if strings.Contains(out.String(), canary) {
					t.Errorf("%q prints a credential", args)
				}
			}
		})
	}
	if len(reached) > 0 {
		t.Errorf("%d requests reached their host, first %s", len(reached), reached[0])
	}
}

// TestForkComment: the comment on such a pull request shows what the change
// loosens, and neither it nor the log holds a credential.
func TestForkComment(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := forked(t, "    convai: {}\n  policy: {maxDeletes: 90%}\n")
	github := githubtest.Start(t)
	event := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(event, githubtest.Event{Name: "pull_request", Number: 7, Head: strings.Repeat("1", 40), Base: strings.Repeat("2", 40)}.Payload(), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{
		"GITHUB_ACTIONS=true", "GITHUB_API_URL=" + github.URL, "GITHUB_REPOSITORY=" + githubtest.Repository,
		"GITHUB_SERVER_URL=https://github.com", "GITHUB_EVENT_NAME=pull_request", "GITHUB_EVENT_PATH=" + event, "GITHUB_STEP_SUMMARY=" + filepath.Join(t.TempDir(), "summary"),
	}
	for _, e := range environment(t, dir) { // a fork's pull request has no credential of a provider
		if name, _, _ := strings.Cut(e, "="); !strings.HasSuffix(name, "_API_KEY") && name != "CHARACTERAI_TOKEN" && name != "NPCBUILDER_TOKEN" {
			env = append(env, e)
		}
	}
	var out bytes.Buffer
	code := cli.Main(context.Background(), cli.Env{
		Args: []string{"ci", "github", "--command", "plan", "--base", "main"}, In: strings.NewReader(""), Out: &out, Err: &out, Environ: env, Now: time.Now, Dir: dir, Base: "main",
	})
	comments := github.Comments(7)
	if code != 0 || len(comments) != 1 {
		t.Fatalf("exit %d, %d comments: %s", code, len(comments), &out)
	}
	for _, words := range []string{"charsync.yaml sets otherwise", "maxDeletes", "looser"} {
		if !strings.Contains(comments[0].Body, words) {
			t.Errorf("the comment lacks %q:\n%s", words, comments[0].Body)
		}
	}
	if strings.Contains(comments[0].Body+out.String(), canary) {
		t.Error("a credential is shown")
	}
}

// commands are those that would open an account, in the formats there are.
func commands() [][]string {
	var out [][]string
	for _, format := range []string{"text", "json", "markdown", "html"} {
		out = append(out, []string{"plan", "--base", "main", "--format", format}, []string{"plan", "--format", format}, []string{"drift", "--format", format})
	}
	for _, format := range []string{"text", "json", "sarif", "github"} {
		out = append(out, []string{"validate", "--base", "main", "--format", format})
	}
	out = append(out, []string{"apply", "--yes"}, []string{"apply", "--base", "main", "--yes"}, []string{"doctor"}, []string{"doctor", "--format", "json"},
		[]string{"providers", "values", "convai", "voiceType"}, []string{"import", "convai", "--all"}, []string{"pull", "--yes"}, []string{"destroy", "--yes"})
	for _, command := range []string{"plan", "drift", "validate", "apply"} {
		out = append(out, []string{"ci", "github", "--command", command, "--comment", "off", "--base", "main"})
	}
	return out
}

func environment(t *testing.T, dir string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "RUNNER_TEMP=" + t.TempDir()}
	for _, name := range []string{
		"ALAKAZAM_API_KEY", "CHARACTERAI_TOKEN", "CONVAI_API_KEY", "NPCBUILDER_TOKEN", "GITHUB_TOKEN", "GH_TOKEN", "CI_JOB_TOKEN",
		"AWS_SECRET_ACCESS_KEY", "CHARSYNC_KEY_LIVE", "ACTIONS_RUNTIME_TOKEN",
	} {
		env = append(env, name+"="+canary)
	}
	for _, name := range []string{"ALAKAZAM", "CHARACTERAI", "CONVAI", "NPCBUILDER"} {
		env = append(env, name+"_BASE_URL=http://127.0.0.1:1/"+strings.ToLower(name)) // nobody answers there
	}
	return env
}

// forked is a clone in which a branch has changed charsync.yaml.
func forked(t *testing.T, settings string) string {
	t.Helper()
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(context.Background(), "git", args...)
		cmd.Dir = dir
		cmd.Env = append(environment(t, dir), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@localhost", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@localhost")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	put := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const head = "apiVersion: charsync.dev/v1\nkind: Project\n"
	put("charsync.yaml", head)
	put("characters/mira.yaml", "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: mira}\nspec:\n  name: Mira\n  persona: Keeps the inn.\n  greeting: Come in.\n  targets: {alakazam: {}, convai: {voiceType: US MALE 1}}\n")
	git("init", "-q", "-b", "main")
	git("add", "-A")
	git("commit", "-q", "-m", "one")
	git("checkout", "-q", "-b", "theirs")
	put("charsync.yaml", head+"spec:\n  providers:\n"+settings)
	git("commit", "-q", "-a", "-m", "two")
	return dir
}
