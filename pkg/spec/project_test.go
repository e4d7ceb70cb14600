package spec

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const fullProject = `# yaml-language-server: $schema=./schemas/project.schema.json
apiVersion: charsync.dev/v1
kind: Project
metadata: {name: tavern}
spec:
  manifests: ["characters/**/*.yaml", drafts/*.yml]
  providers:
    convai:        {}
    convai-stage:  {type: convai, apiKeyEnv: CONVAI_STAGE_KEY, baseURL: https://api.convai.com/}
    npcbuilder:    {requestsPerSecond: 4.5, concurrency: 8, game_id: game123, filters: object, compose: {description: [persona, lore]}}
    characterai:
  environments:
    stage: {targets: {convai: convai-stage}}
    empty:
  policy:
    drift: report
    conflict: overwrite
    maxChanges: 12.5%
    maxDeletes: 3
  state: {backend: file, path: state/charsync.lock}
`

// TestProject reads every part of a configuration.
func TestProject(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, ConfigFile, []byte(fullProject))
	file := filepath.Join(dir, ConfigFile)
	got, findings := LoadProject(file)
	if len(findings) > 0 {
		t.Fatal(render(findings))
	}
	at := func(line int) Pos { return Pos{ConfigFile, line, 5} }
	want := DefaultProject(dir)
	want.File, want.Name = file, "tavern"
	want.Manifests = []string{"characters/**/*.yaml", "drafts/*.yml"}
	none := map[string]string{}
	want.Instances["convai"] = Instance{Name: "convai", Type: "convai", Settings: none, Pos: at(8)}
	want.Instances["convai-stage"] = Instance{Name: "convai-stage", Type: "convai", APIKeyEnv: "CONVAI_STAGE_KEY", BaseURL: "https://api.convai.com", Settings: none, Pos: at(9), KeyPos: Pos{ConfigFile, 9, 46}, BaseURLPos: Pos{ConfigFile, 9, 73}}
	want.Instances["npcbuilder"] = Instance{
		Name: "npcbuilder", Type: "npcbuilder", RequestsPerSecond: 4.5, Concurrency: 8, Pos: at(10),
		Compose:  map[Path][]Path{"description": {"persona", "lore"}},
		Settings: map[string]string{"game_id": "game123", "filters": "object"},
	}
	want.Instances["characterai"] = Instance{Name: "characterai", Type: "characterai", Settings: none, Pos: at(11)}
	want.Environments = map[string]Environment{
		"stage": {Targets: map[string]string{"convai": "convai-stage"}, Pos: at(13)},
		"empty": {Targets: none, Pos: at(14)},
	}
	want.Policy = Policy{Drift: DriftReport, Conflict: ConflictOverwrite, MaxChanges: Percent(12.5), MaxDeletes: Share{Value: 3}}
	want.State = State{Backend: StateFile, Path: "state/charsync.lock", URLEnv: "CHARSYNC_STATE_URL", Schema: "charsync"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// TestDefaults: the smallest configuration and none at all agree, but for
// where manifests may lie.
func TestDefaults(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, ConfigFile, []byte("apiVersion: charsync.dev/v1\nkind: Project\n"))
	p, findings := LoadProject(filepath.Join(dir, ConfigFile))
	if len(findings) > 0 {
		t.Fatal(render(findings))
	}
	want := DefaultProject(dir)
	want.File, want.Manifests = p.File, []string{"characters/**/*.yaml"}
	if d := cmp.Diff(want, p); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Drivers(), sortedKeys(p.Instances)); d != "" {
		t.Error(d)
	}
}

func TestProjectUnreadable(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "folder/x", nil)
	for _, file := range []string{"none.yaml", "none/charsync.yaml", "folder"} {
		p, findings := LoadProject(filepath.Join(dir, filepath.FromSlash(file)))
		if p != nil || len(findings) != 1 || findings[0].Code != CodeUnreadable || findings[0].Hint == "" {
			t.Errorf("%s: %v", file, findings)
		}
	}
}

// TestFindProject: up to the root of the Git working tree, and no further.
func TestFindProject(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, ConfigFile, nil)
	write(t, dir, "a/b/x", nil)
	write(t, dir, "repository/.git/HEAD", nil)
	write(t, dir, "repository/c/x", nil)
	write(t, dir, "worktree/.git", []byte("gitdir: elsewhere"))
	write(t, dir, "worktree/charsync.yaml", nil)
	write(t, dir, "worktree/deep/down/x", nil)
	for _, test := range []struct {
		from, want string
	}{
		{"a/b", ""}, // outside of Git nothing above counts
		{"worktree/deep/down", "worktree/" + ConfigFile},
		{".", ConfigFile},
		{"repository/c", ""},
		{"repository", ""},
		{"worktree", "worktree/" + ConfigFile},
	} {
		file, ok, err := FindProject(filepath.Join(dir, filepath.FromSlash(test.from)))
		want := ""
		if test.want != "" {
			want = filepath.Join(dir, filepath.FromSlash(test.want))
		}
		if err != nil || ok != (want != "") || file != want {
			t.Errorf("from %s: %q %v %v", test.from, file, ok, err)
		}
	}
}

func TestRoute(t *testing.T) {
	p := DefaultProject(t.TempDir())
	p.Instances["convai-stage"] = Instance{Name: "convai-stage", Type: "convai"}
	p.Environments["stage"] = Environment{Targets: map[string]string{"convai": "convai-stage"}}
	for _, test := range []struct {
		environment, target, want string
	}{
		{"", "convai", "convai"},
		{"stage", "convai", "convai-stage"},
		{"stage", "alakazam", "alakazam"},
		{"stage", "convai-stage", "convai-stage"},
		{"prod", "convai", ""},
		{"", "nobody", ""},
	} {
		in, ok := p.Route(test.environment, test.target)
		if in.Name != test.want || ok != (test.want != "") {
			t.Errorf("%v: %q %v", test, in.Name, ok)
		}
	}
}

// TestRelative: also through a symbolic link to the project.
func TestRelative(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "real/a/b.yaml", nil)
	p := DefaultProject(filepath.Join(dir, "real"))
	for _, test := range []struct {
		name, want string
	}{
		{"a/b.yaml", "a/b.yaml"},
		{"./a/../a", "a"},
		{".", "."},
		{filepath.Join(dir, "real", "a"), "a"},
		{filepath.Join(dir, "real"), "."},
		{"../real/a", ""},
		{filepath.Join(dir, "other"), ""},
		{dir, ""},
	} {
		got, ok := p.Relative(test.name)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("%s: %q %v", test.name, got, ok)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "link")); err != nil {
		if runtime.GOOS == "windows" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	if got, ok := p.Relative(filepath.Join(dir, "link", "a", "b.yaml")); got != "a/b.yaml" || !ok {
		t.Errorf("through a link: %q %v", got, ok)
	}
}

func TestShare(t *testing.T) {
	for _, test := range []struct {
		text        string
		part, whole int
		exceeded    bool
	}{
		{"30%", 3, 10, false},
		{"30%", 4, 10, true},
		{"0%", 0, 10, false},
		{"0%", 1, 10, true},
		{"100%", 10, 10, false},
		{"12.5%", 1, 8, false},
		{"12.5%", 2, 8, true},
		{"5", 5, 6, false},
		{"5", 6, 1000, true},
		{"0", 1, 1, true},
	} {
		s, err := ParseShare(test.text)
		if err != nil || s.Exceeded(test.part, test.whole) != test.exceeded || s.String() != test.text {
			t.Errorf("%v: %v %v", test, s, err)
		}
	}
	for _, bad := range []string{"", "%", "101%", "-1", "1.5", "x", "30 %", "1e9%", "NaN", "Inf%", "0x1%", "1_0"} {
		if s, err := ParseShare(bad); err == nil {
			t.Errorf("%q is %v", bad, s)
		}
	}
}

func TestCheckBaseURL(t *testing.T) {
	for _, good := range []string{"https://api.convai.com", "https://api.convai.com/v1", "http://127.0.0.1:8080", "http://[::1]:80", "http://LOCALHOST", "http://127.9.9.9"} {
		if err := CheckBaseURL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "api.convai.com", "http://api.convai.com", "http://localhost.example.com", "http://10.0.0.1", "https://", "ftp://x", "file:///etc/passwd", "https://a:b@c", "https://a?b", "https://a?", "https://a#b", "https:a", "http://127.0.0.1.nip.io", "https://a\x00"} {
		if err := CheckBaseURL(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

// A folder or a broken link where the configuration should be is no reason to
// take the defaults, which keep their lock elsewhere.
func TestConfigurationThatIsNoFile(t *testing.T) {
	for name, make := range map[string]func(string) error{
		"folder": func(file string) error { return os.Mkdir(file, 0o755) },
		"link":   func(file string) error { return os.Symlink("nowhere", file) },
	} {
		file := filepath.Join(t.TempDir(), ConfigFile)
		if err := make(file); err != nil {
			t.Skip(err)
		}
		got, ok, err := FindProject(filepath.Dir(file))
		if err != nil || !ok || got != file {
			t.Fatalf("%s: %q, %v, %v", name, got, ok, err)
		}
		if p, found := LoadProject(got); p != nil || len(found) != 1 || found[0].Severity != Error {
			t.Errorf("%s: %v %v", name, p, found)
		}
	}
}
