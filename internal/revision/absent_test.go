package revision

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAbsences(t *testing.T) {
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		c := exec.Command("git", append([]string{"-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "protocol.file.allow=always"}, args...)...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	git("init", "--quiet")
	for _, name := range []string{"p/main/ada.yaml", "p/extra/eve.yaml", "p/gone.yaml", "outside/x.yaml"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git("add", "-A")
	git("commit", "--quiet", "-m", "all")
	git("update-index", "--add", "--cacheinfo", "160000,1111111111111111111111111111111111111111,p/guests")
	absences := func() []Absence {
		t.Helper()
		found, err := Absences(t.Context(), Options{Dir: filepath.Join(dir, "p"), Environ: os.Environ()})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if err := os.Remove(filepath.Join(dir, "p", "gone.yaml")); err != nil { // by somebody: no absence
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Absence{{"guests", EmptySubmodule}}, absences()); diff != "" {
		t.Error(diff)
	}
	git("update-index", "--skip-worktree", "p/extra/eve.yaml", "p/main/ada.yaml")
	if err := os.Remove(filepath.Join(dir, "p", "extra", "eve.yaml")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Absence{{"extra/eve.yaml", SparseCheckout}, {"guests", EmptySubmodule}}, absences()); diff != "" {
		t.Error(diff)
	}
	if err := os.Remove(filepath.Join(dir, ".git", "index")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Absence{{".", NotCheckedOut}}, absences()); diff != "" {
		t.Error(diff)
	}
}

func TestBranches(t *testing.T) {
	r := newRepo(t)
	r.write("sub/lock", "of main")
	r.commit("one")
	r.git("checkout", "-q", "-b", "other")
	r.write("sub/lock", "of other")
	r.commit("two")
	r.git("checkout", "-q", "-b", "third")
	r.git("rm", "-q", "sub/lock")
	r.write("sub/more", "x")
	r.commit("three")
	r.git("checkout", "-q", "main")
	o := Options{Dir: filepath.Join(r.dir, "sub"), Environ: environ(r.dir)}
	found, err := Branches(t.Context(), o, "lock", 10)
	if err != nil || len(found) != 1 || found[0].Branch != "other" || string(found[0].Data) != "of other" {
		t.Errorf("%q, %v", found, err)
	}
	r.git("checkout", "-q", "--detach")
	if found, err := Branches(t.Context(), o, "lock", 10); err != nil || len(found) != 0 {
		t.Errorf("%q, %v: no branch is checked out", found, err)
	}
}
