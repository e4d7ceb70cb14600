package revision

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// repo is a repository to look at, made with the git program.
type repo struct {
	testing.TB
	dir string
}

func newRepo(t testing.TB) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	r := &repo{t, t.TempDir()}
	r.git("init", "-q", "-b", "main")
	return r
}

func environ(home string) []string {
	env := []string{
		"HOME=" + home, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@localhost", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@localhost",
	}
	for _, name := range []string{"PATH", "SYSTEMROOT", "TEMP", "TMP"} {
		env = append(env, name+"="+os.Getenv(name)) //nolint:forbidigo // the programs of this machine
	}
	return env
}

func (r *repo) git(args ...string) string {
	r.Helper()
	cmd := exec.CommandContext(context.Background(), "git", args...)
	cmd.Dir, cmd.Env = r.dir, environ(r.dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repo) write(name, text string) {
	r.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.Fatal(err)
	}
}

func (r *repo) commit(message string) string {
	r.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.git("rev-parse", "HEAD")
}

func (r *repo) open(dir, ref string) (*Tree, error) {
	r.Helper()
	tree, err := Open(context.Background(), Options{Dir: dir, Environ: environ(r.dir)}, ref)
	if err == nil {
		r.Cleanup(func() { tree.Close() })
	}
	return tree, err
}

func (r *repo) tree(ref string) *Tree {
	r.Helper()
	tree, err := r.open(r.dir, ref)
	if err != nil {
		r.Fatal(err)
	}
	return tree
}

func TestTree(t *testing.T) {
	r := newRepo(t)
	odd := []string{"a b.txt", "ä \"q\".txt", "-n.txt"}
	if runtime.GOOS != "windows" {
		odd = append(odd, "line\nfeed.txt", "tab\t.txt")
	}
	files := []string{"charsync.yaml", "characters/mira.yaml", "characters/mira/persona.md", "empty"}
	for _, name := range append(files, odd...) {
		r.write(name, "was "+name)
	}
	r.write("empty", "")
	r.commit("one")
	r.write("characters/mira.yaml", "is not committed")
	r.write("new.yaml", "is not there yet")
	tree := r.tree("main")
	if err := fstest.TestFS(tree, files...); err != nil && runtime.GOOS != "windows" {
		t.Error(err)
	}
	for _, name := range append(files[:3:3], odd...) {
		if data, err := fs.ReadFile(tree, name); err != nil || string(data) != "was "+name {
			t.Errorf("%q: %q %v", name, data, err)
		}
	}
	if _, err := fs.Stat(tree, "new.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("new.yaml: %v", err)
	}
	// A folder of the repository is a tree of its own, also one that is new.
	sub, err := r.open(filepath.Join(r.dir, "characters"), "main")
	if err != nil {
		t.Fatal(err)
	}
	if data, err := fs.ReadFile(sub, "mira.yaml"); err != nil || string(data) != "was characters/mira.yaml" {
		t.Errorf("%q %v", data, err)
	}
	r.write("later/x.yaml", "x")
	later, err := r.open(filepath.Join(r.dir, "later"), "main")
	if err != nil {
		t.Fatal(err)
	}
	if list, err := fs.ReadDir(later, "."); err != nil || len(list) > 0 {
		t.Errorf("%v %v", list, err)
	}
}

func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	r := newRepo(t)
	r.write("texts/persona.md", "persona")
	for name, to := range map[string]string{
		"characters/file": "../texts/persona.md", "folder": "texts", "chain": "folder/persona.md",
		"loop": "loop", "outside": "../../etc/passwd", "absolute": "/etc/passwd", "dangling": "nowhere",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(r.dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(r.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r.commit("one")
	tree := r.tree("main")
	for _, name := range []string{"characters/file", "folder/persona.md", "chain"} {
		if data, err := fs.ReadFile(tree, name); err != nil || string(data) != "persona" {
			t.Errorf("%s: %q %v", name, data, err)
		}
	}
	for name, want := range map[string]string{
		"loop": "too many", "outside": "escapes from parent", "absolute": "escapes from parent", "dangling": "not exist",
	} {
		if _, err := fs.ReadFile(tree, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A branch is compared with where it left, and not with what others did since.
func TestForkPoint(t *testing.T) {
	r := newRepo(t)
	r.write("a", "first")
	first := r.commit("one")
	r.git("tag", "v1")
	r.git("checkout", "-q", "-b", "topic")
	r.write("a", "topic")
	second := r.commit("two")
	r.git("checkout", "-q", "main")
	r.write("a", "main")
	r.commit("three")
	r.git("checkout", "-q", "topic")
	for ref, want := range map[string]string{"main": first, "v1": first, "HEAD": second, first[:10]: first, "topic~1": first} {
		if tree := r.tree(ref); tree.Commit != want || tree.Ref != ref {
			t.Errorf("%s: %s, not %s", ref, tree.Commit, want)
		}
	}
}

func TestWhatCannotBeFound(t *testing.T) {
	r := newRepo(t)
	r.write("a", "first")
	r.commit("one")
	r.write("a", "second")
	r.commit("two")
	r.git("checkout", "-q", "--orphan", "other")
	r.commit("unrelated")
	r.git("checkout", "-q", "main")
	shallow := &repo{t, filepath.Join(t.TempDir(), "clone")}
	r.git("clone", "-q", "--depth", "1", "file://"+filepath.ToSlash(r.dir), shallow.dir)
	cut := &repo{t, filepath.Join(t.TempDir(), "cut")}
	r.git("clone", "-q", "--depth", "1", "--no-single-branch", "file://"+filepath.ToSlash(r.dir), cut.dir)
	cases := []struct {
		dir, ref, message, hint string
	}{
		{r.dir, "nowhere", `there is no revision "nowhere" here`, "git fetch"},
		{r.dir, "--output=x", "begins with a hyphen", "name a branch"},
		{r.dir, "-h", "begins with a hyphen", "name a branch"},
		{r.dir, "", "no revision is named", "name a branch"},
		{r.dir, "main\nother", "can't be one", "name a branch"},
		{r.dir, "main..other", "there is no revision", "git fetch"},
		{r.dir, "HEAD:a", "there is no revision", "git fetch"},
		{r.dir, "other", "share no history", "that this branch comes from"},
		{shallow.dir, "HEAD~1", "there is no revision", "fetch-depth: 0"},
		{cut.dir, "origin/other", "is not in this clone", "fetch-depth: 0"},
		{t.TempDir(), "main", "in no Git repository", "in a clone"},
	}
	for _, c := range cases {
		_, err := r.open(c.dir, c.ref)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Message, c.message) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%q: %v (%+v)", c.ref, err, e)
		}
	}
	if tree, err := r.open(shallow.dir, "HEAD"); err != nil || tree.Commit == "" {
		t.Errorf("a shallow clone holds its newest commit: %v", err)
	}
}

// Nothing that a repository's configuration names is run.
func TestHostileConfiguration(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the traps are shell scripts")
	}
	r := newRepo(t)
	r.write("a.md", "first")
	r.write(".gitattributes", "*.md diff=trap filter=trap\n")
	r.commit("one")
	trap := filepath.Join(t.TempDir(), "sprung")
	script := filepath.Join(t.TempDir(), "trap")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch '"+trap+"'\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy", "diff.external", "diff.trap.textconv",
		"diff.trap.command", "filter.trap.smudge", "filter.trap.clean", "alias.cat-file", "pager.ls-tree", "credential.helper",
	} {
		value := script
		if strings.HasPrefix(key, "alias") {
			value = "!" + script
		}
		r.git("config", key, value)
	}
	hooks := filepath.Join(r.dir, ".git", "hooks")
	for _, name := range []string{"post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"} {
		if err := os.MkdirAll(hooks, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(hooks, name), []byte("#!/bin/sh\ntouch '"+trap+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r.dir = filepath.Clean(r.dir)
	// What a hook that runs charsync has in its environment leads nowhere.
	env := append(environ(r.dir), "GIT_DIR=/nowhere", "GIT_INDEX_FILE=/nowhere", "GIT_EXTERNAL_DIFF="+script, "GIT_WORK_TREE=/nowhere")
	tree, err := Open(context.Background(), Options{Dir: r.dir, Environ: env}, "main")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if data, err := fs.ReadFile(tree, "a.md"); err != nil || string(data) != "first" {
		t.Errorf("%q %v", data, err)
	}
	if _, err := os.Stat(trap); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was run: %v", err)
	}
}

// TestPlantedRepository: a folder of the project that is laid out like a bare
// repository, as any commit can bring along, does not answer for Git.
func TestPlantedRepository(t *testing.T) {
	r := newRepo(t)
	r.write("game/a.md", "first")
	r.commit("one")
	planted := filepath.Join(r.dir, "game")
	r.git("init", "-q", "--bare", planted)
	_, err := r.open(planted, "HEAD")
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(e.Message, "laid out like a bare repository") || !strings.Contains(e.Hint, "HEAD, objects and refs") {
		t.Fatalf("%v (%+v)", err, e)
	}
	if tree, err := r.open(r.dir, "main"); err != nil || tree.Commit != r.git("rev-parse", "main") {
		t.Errorf("the repository around it: %v", err)
	}
	// A working tree that a bare repository made on purpose is one.
	bare := &repo{t, filepath.Join(t.TempDir(), "bare.git")}
	r.git("clone", "-q", "--bare", r.dir, bare.dir)
	work := filepath.Join(t.TempDir(), "work")
	bare.git("worktree", "add", "-q", work, "main")
	if _, err := r.open(work, "main"); err != nil {
		t.Errorf("a working tree of a bare repository: %v", err)
	}
}

func TestSubmodulesAndLFS(t *testing.T) {
	r := newRepo(t)
	const name = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
	r.write("persona.md", fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 7\n", name))
	r.write("lookalike.md", "version https://git-lfs.github.com/spec/v1\noid sha256:../../../../etc/passwd\n")
	commit := r.commit("one")
	r.git("update-index", "--add", "--cacheinfo", "160000,"+commit+",characters/shared")
	r.git("commit", "-q", "-m", "two")
	tree := r.tree("HEAD")
	if !slices.Equal(tree.Submodules, []string{"characters/shared"}) {
		t.Errorf("%q", tree.Submodules)
	}
	if list, err := fs.ReadDir(tree, "characters/shared"); err != nil || len(list) > 0 {
		t.Errorf("%v %v", list, err)
	}
	if _, err := fs.ReadFile(tree, "persona.md"); err == nil || !strings.Contains(err.Error(), "git lfs fetch") {
		t.Errorf("without the object: %v", err)
	}
	r.write(".git/lfs/objects/4d/7a/"+name, "persona")
	if data, err := fs.ReadFile(tree, "persona.md"); err != nil || string(data) != "persona" {
		t.Errorf("%q %v", data, err)
	}
	if data, err := fs.ReadFile(tree, "lookalike.md"); err != nil || !strings.HasPrefix(string(data), "version") {
		t.Errorf("%q %v", data, err)
	}
}

func TestEnds(t *testing.T) {
	r := newRepo(t)
	r.write("a", "first")
	r.commit("one")
	ctx, cancel := context.WithCancel(context.Background())
	tree, err := Open(ctx, Options{Dir: r.dir, Environ: environ(r.dir)}, "main")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	tree.blobs.cmd.Process.Kill() // as the context does, a moment later
	tree.Close()
	if _, err := fs.ReadFile(tree, "a"); err == nil {
		t.Error("a closed tree is read")
	}
	if _, err := Open(ctx, Options{Dir: r.dir, Environ: environ(r.dir)}, "main"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// What is no answer of Git is refused, whatever it is.
func FuzzListing(f *testing.F) {
	f.Add("100644 blob 4d7a214614ab2935c943f9e0ff69d22eadbb8f32       7\ta/b")
	f.Add("160000 commit 4d7a214614ab2935c943f9e0ff69d22eadbb8f32       -\ts")
	f.Add("120000 blob 4d7a214614ab2935c943f9e0ff69d22eadbb8f32 99999999999999999999\tl")
	f.Fuzz(func(t *testing.T, line string) {
		e, file, err := parseEntry(line)
		if err == nil && (file == "" || e.size < 0 || e.object != "" && !isName(e.object)) {
			t.Errorf("%q: %+v %q", line, e, file)
		}
	})
}

// TestVersions: what a branch said counts also when the merge kept nothing of it.
func TestVersions(t *testing.T) {
	r := newRepo(t)
	r.write("lock", "base")
	r.commit("one")
	r.git("checkout", "-q", "-b", "other")
	r.write("lock", "of other")
	r.commit("two")
	r.git("checkout", "-q", "main")
	r.write("lock", "of main")
	r.commit("three")
	r.git("merge", "-q", "--no-edit", "-X", "ours", "other")
	versions, err := Versions(t.Context(), Options{Dir: r.dir, Environ: environ(r.dir)}, "lock", 10)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, v := range versions {
		said[string(v)] = true
	}
	if !said["base"] || !said["of other"] || !said["of main"] {
		t.Errorf("%q", versions)
	}
}
