package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// pipelines are the workflows and actions of the repository, and the
// workflows that the docs hand out.
func pipelines(t *testing.T) map[string]map[string]any {
	t.Helper()
	found := map[string]map[string]any{}
	for _, pattern := range []string{".github/workflows/*.yml", "docs/workflows/*.yml", ".github/actions/*/action.yml"} {
		files, err := fs.Glob(os.DirFS(root), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			found[file] = parsed[map[string]any](t, file)
		}
	}
	if len(found) < 3 {
		t.Fatalf("only %d pipelines", len(found))
	}
	return found
}

func parsed[T any](t *testing.T, file string) T {
	t.Helper()
	var document T
	if err := yaml.Unmarshal([]byte(read(t, file)), &document); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return document
}

var (
	pinned   = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	ownParts = regexp.MustCompile(`^(\./|charsync/charsync/)`)
	usesLine = regexp.MustCompile(`(?m)uses: +(\S+)(.*)$`)
)

// TestPipelinesAreSafe holds the rules that workflows and actions obey:
// actions of others are pinned to a commit and say which release that is,
// nothing is put into a script by the template language, tokens get no right
// that is not named, and no credential stays in the checkout.
func TestPipelinesAreSafe(t *testing.T) {
	steps := 0
	for file, document := range pipelines(t) {
		for _, m := range usesLine.FindAllStringSubmatch(read(t, file), -1) {
			if ownParts.MatchString(m[1]) {
				continue
			}
			if !pinned.MatchString(m[1]) || !regexp.MustCompile(`^ # v\d+(\.\d+)*$`).MatchString(m[2]) {
				t.Errorf("%s: %s%s is not pinned, or does not say what it is", file, m[1], m[2])
			}
		}
		if _, ok := document["permissions"]; !ok && document["jobs"] != nil {
			t.Errorf("%s gives its token the default rights", file)
		}
		each(document, func(step map[string]any) {
			steps++
			if script, ok := step["run"].(string); ok && strings.Contains(script, "${{") && !strings.Contains(script, "${{ matrix.") {
				t.Errorf("%s: the script %q is put together by a template; use env", file, script)
			}
			if uses, ok := step["uses"].(string); ok && strings.HasPrefix(uses, "actions/checkout@") {
				with, _ := step["with"].(map[string]any)
				if with["persist-credentials"] != false {
					t.Errorf("%s: the checkout keeps its credential", file)
				}
			}
		})
	}
	if steps < 10 {
		t.Errorf("only %d steps", steps)
	}
}

// each calls f for everything in a document that runs or uses something.
func each(node any, f func(map[string]any)) {
	switch n := node.(type) {
	case map[string]any:
		if n["run"] != nil || n["uses"] != nil {
			f(n)
		}
		for _, v := range n {
			each(v, f)
		}
	case []any:
		for _, v := range n {
			each(v, f)
		}
	}
}

// TestReleaseFiles finds what the release configuration packs: in the
// repository, or made by its own hooks.
func TestReleaseFiles(t *testing.T) {
	type release struct {
		Before struct{ Hooks []string }
		Builds []struct {
			Main  string
			Flags []string
		}
		Archives []struct{ Files []struct{ Src string } }
		Casks    []struct {
			Binaries    []string
			Manpages    []string
			Completions map[string]string
		} `yaml:"homebrew_casks"`
	}
	config := parsed[release](t, ".goreleaser.yaml")
	if len(config.Builds) != 1 || len(config.Archives) != 1 || len(config.Casks) != 1 {
		t.Fatalf("%+v", config)
	}
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(config.Builds[0].Main), "main.go")); err != nil {
		t.Error(err)
	}
	made := strings.Join(config.Before.Hooks, "\n")
	want := append([]string{}, config.Casks[0].Manpages...)
	for _, file := range config.Casks[0].Completions {
		want = append(want, file)
		if !strings.Contains(made, "> "+file) {
			t.Errorf("no hook makes %s", file)
		}
	}
	for _, f := range config.Archives[0].Files {
		want = append(want, f.Src)
	}
	ignored := read(t, ".gitignore")
	for _, file := range want {
		folder, _, below := strings.Cut(file, "/")
		if _, err := os.Stat(filepath.Join(root, file)); err == nil {
			continue
		}
		if !below || !strings.Contains(made, folder) || !strings.Contains(ignored, "/"+folder+"/\n") {
			t.Errorf("%s is neither in the repository nor made by a hook in an ignored folder", file)
		}
	}
}

// TestGitLabTemplate follows what the jobs of the template refer to.
func TestGitLabTemplate(t *testing.T) {
	type job struct {
		Extends string
		Needs   []string
		Script  []string
		Rules   []map[string]any
	}
	document := parsed[map[string]yaml.Node](t, "ci/gitlab/charsync.gitlab-ci.yml")
	jobs := 0
	for name, node := range document {
		if name == "variables" || strings.HasPrefix(name, ".") {
			continue
		}
		jobs++
		var j job
		if err := node.Decode(&j); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, other := range append(j.Needs, j.Extends) {
			if _, ok := document[other]; !ok {
				t.Errorf("%s refers to %q, which is not there", name, other)
			}
		}
		if len(j.Script) == 0 || len(j.Rules) == 0 {
			t.Errorf("%s does nothing, or runs in every pipeline: %+v", name, j)
		}
	}
	if jobs < 4 {
		t.Errorf("only %d jobs", jobs)
	}
}

// TestPreCommitHooks holds the hooks to what pre-commit asks of them, and to
// running for commits that only delete: such a commit has no file that a
// pattern could match. What they run is played in hooks.txtar.
func TestPreCommitHooks(t *testing.T) {
	type hook struct {
		ID, Name, Description, Language, Entry, Files string
		PassFilenames                                 *bool `yaml:"pass_filenames"`
		AlwaysRun                                     bool  `yaml:"always_run"`
	}
	hooks := parsed[[]hook](t, ".pre-commit-hooks.yaml")
	if len(hooks) == 0 {
		t.Fatal("no hook")
	}
	played := read(t, "cmd/charsync/testdata/script/hooks.txtar")
	for _, h := range hooks {
		if h.ID == "" || h.Name == "" || h.Language != "golang" || h.PassFilenames == nil || *h.PassFilenames || !h.AlwaysRun || h.Files != "" {
			t.Errorf("%+v", h)
		}
		if !strings.Contains(played, h.Entry+"\n") {
			t.Errorf("hooks.txtar does not run %q", h.Entry)
		}
	}
}

// TestSupply: what may sign runs no tests and comes after them, images are
// named by digests that are kept up to date, builds can be repeated, and what
// is known of vulnerabilities is asked.
func TestSupply(t *testing.T) {
	type job struct {
		Needs       any
		Permissions any
		Steps       []struct{ Run string }
	}
	jobs := parsed[struct{ Jobs map[string]job }](t, ".github/workflows/release.yml").Jobs
	signing := 0
	for name, j := range jobs {
		rights, _ := j.Permissions.(map[string]any)
		tests := false
		for _, s := range j.Steps {
			tests = tests || strings.Contains(s.Run, "go test")
		}
		if rights["id-token"] == nil {
			continue
		}
		signing++
		if tests || j.Needs != "tests" || jobs["tests"].Permissions == nil {
			t.Errorf("job %s of release.yml signs, and runs tests or does not need them", name)
		}
	}
	if signing != 1 {
		t.Errorf("%d jobs of release.yml sign", signing)
	}
	ran := ""
	for _, s := range jobs["tests"].Steps {
		ran += s.Run + "\n"
	}
	if !strings.Contains(ran, "go test ./...") || !strings.Contains(ran, "go mod verify") {
		t.Errorf("the job tests runs %q", ran)
	}

	images := regexp.MustCompile(`(?m)^FROM (?:--\S+ )?(\S+)`).FindAllStringSubmatch(read(t, "Containerfile"), -1)
	digest := regexp.MustCompile(`^\S+:[\w.-]+@sha256:[0-9a-f]{64}$`)
	for _, image := range images {
		if !digest.MatchString(image[1]) {
			t.Errorf("Containerfile: %s is not named by tag and digest", image[1])
		}
	}
	if len(images) < 3 || !strings.Contains(read(t, ".github/dependabot.yml"), "package-ecosystem: docker") {
		t.Errorf("%d images, and nothing keeps their digests up to date", len(images))
	}

	for file, wanted := range map[string][]string{
		".goreleaser.yaml":         {"CGO_ENABLED=0", "-trimpath", "-buildvcs=true", "mod_timestamp:", "sboms:", "mtime:"},
		".github/workflows/ci.yml": {"govulncheck@v", "go mod verify", "schedule:"},
		".ci/run":                  {"go mod verify"},
		"Containerfile":            {"go mod verify", "-trimpath", "CGO_ENABLED=0"},
	} {
		for _, s := range wanted {
			if !strings.Contains(read(t, file), s) {
				t.Errorf("%s lacks %s", file, s)
			}
		}
	}
}
