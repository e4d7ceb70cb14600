package cli

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/visible"
)

// An attack is a row of testdata/attacks.txt: harmless input of the kind that
// a stranger's pull request, or a broken service, might bring.
type attack struct {
	line    int
	kind    string
	what    string
	do      []string // what is done to the project or the service, a verb with its arguments each
	command string
	exit    string // the exit code
	says    string // what stdout or stderr holds, in part
}

const attackTable = "testdata/attacks.txt"

// readAttacks reads the table: a line "[kind]" opens a kind; a row has five
// columns, parted by " | "; "#" begins a comment.
func readAttacks(t testing.TB) []attack {
	t.Helper()
	data, err := os.ReadFile(attackTable)
	if err != nil {
		t.Fatal(err)
	}
	var out []attack
	kind := ""
	for n, line := range strings.Split(string(data), "\n") {
		switch line = strings.TrimSpace(line); {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			kind = strings.Trim(line, "[]")
			continue
		}
		cells := strings.Split(line, " | ")
		if len(cells) != 5 {
			t.Fatalf("%s:%d: %d columns, want 5", attackTable, n+1, len(cells))
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		out = append(out, attack{line: n + 1, kind: kind, what: cells[0], do: strings.Split(cells[1], " && "), command: cells[2], exit: cells[3], says: cells[4]})
	}
	return out
}

// secret stands in files that no command may show: outside of the project, and
// inside of .git and .charsync.
const secret = "outside-secret"

// siege is the project that is attacked, with what surrounds it.
type siege struct {
	*leak
	outside string            // a folder beside the project
	theirs  *httptest.Server  // a host of somebody else
	lock    string            // the lock of the project when all is well
	ids     map[string]string // what stands for a live character's id in the table
	live    map[string][]string

	mu      sync.Mutex
	reached []string
}

// TestAttacks plays the table. Whatever a row does, the command ends with its
// exit code and its words, and: no credential is printed or written; nothing
// outside of the project is read, written or removed, nor what is kept in .git
// and .charsync; no request reaches another host; no live character is
// deleted; what is printed holds nothing hidden; and nothing panics.
func TestAttacks(t *testing.T) {
	list := readAttacks(t)
	if len(list) < 150 {
		t.Errorf("%d rows, want 150 or more", len(list))
	}
	s := besiege(t)
	seen := map[string]bool{}
	for _, a := range list {
		if seen[a.kind+a.what] {
			t.Errorf("line %d stands there twice", a.line)
		}
		seen[a.kind+a.what] = true
		if testing.Short() && a.kind == "sizes" {
			continue // they take most of the time
		}
		t.Run(fmt.Sprintf("%s/%d %s", a.kind, a.line, a.what), func(t *testing.T) {
			s.T = t
			s.play(a)
		})
	}
}

func besiege(t *testing.T) *siege {
	t.Helper()
	s := &siege{leak: newLeak(t), outside: t.TempDir(), ids: map[string]string{}, live: map[string][]string{}}
	s.theirs = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.reached = append(s.reached, r.Method+" "+r.URL.String())
		w.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(s.theirs.Close)
	for name, text := range map[string]string{
		"secret.md": secret, "secret.yaml": strings.ReplaceAll(mira, "Mira", secret), "charsync.lock": `{"secret":"` + secret + `"}`,
		"card.json": `{"name":"` + secret + `"}`, "charsync.yaml": "apiVersion: charsync.dev/v1\nkind: Project\nmetadata: {name: " + secret + "}\n",
	} {
		if err := os.WriteFile(filepath.Join(s.outside, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.dir = s.fresh(t)
	if out := s.run([]string{"apply", "--yes"}); out.code != 0 {
		t.Fatal(out.err, out.out)
	}
	data, err := os.ReadFile(filepath.Join(s.dir, "charsync.lock"))
	if err != nil {
		t.Fatal(err)
	}
	s.lock = string(data)
	for _, vendor := range []string{"alakazam", "convai"} {
		stored, err := s.srv.Characters(vendor)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range stored {
			s.live[vendor] = append(s.live[vendor], c.ID)
			name := fmt.Sprint(c.Doc["name"])
			if vendor == "convai" {
				name = fmt.Sprint(c.Doc["charName"])
			}
			s.ids[strings.ToUpper(name+"@"+vendor)] = c.ID
		}
	}
	return s
}

// fresh is the project when all is well, without its lock the first time.
func (s *siege) fresh(t *testing.T) string {
	files := map[string]string{
		"charsync.yaml":        attackedProject(""),
		"characters/mira.yaml": mira,
		"characters/tom.yaml":  strings.NewReplacer("mira", "tom", "Mira", "Tom").Replace(mira),
		".git/secret.md":       secret,
		".charsync/secret.md":  secret,
	}
	if s.lock != "" {
		files["charsync.lock"] = s.lock
	}
	return project(t, files)
}

func attackedProject(settings string) string {
	return "apiVersion: charsync.dev/v1\nkind: Project\nmetadata: {name: attacked}\nspec:\n  providers: {alakazam: {}, convai: {}}\n" + settings
}

func (s *siege) play(a attack) {
	s.Helper()
	s.srv.ClearFaults()
	s.dir = s.fresh(s.T)
	before := s.picture(s.outside)
	for _, deed := range a.do {
		s.do(deed)
	}
	out := s.run(strings.Fields(s.fill(a.command)))
	s.srv.ClearFaults()
	where := fmt.Sprintf("%s:%d: charsync %s", attackTable, a.line, a.command)
	said := out.out + out.err
	if strconv.Itoa(out.code) != a.exit || !strings.Contains(said, s.fill(a.says)) {
		s.Errorf("%s: exit %d, want %s with %q\n%.1500s", where, out.code, a.exit, a.says, said)
	}
	s.search(where, out)
	s.files(where)
	if strings.Contains(said, secret) {
		s.Errorf("%s shows what it must not read:\n%.1500s", where, said)
	}
	if after := s.picture(s.outside); after != before {
		s.Errorf("%s: outside of the project is\n%s\nand was\n%s", where, after, before)
	}
	s.keptApart(where)
	if len(s.reached) > 0 {
		s.Errorf("%s: another host was reached: %s", where, s.reached)
		s.reached = nil
	}
	for vendor, ids := range s.live {
		for _, id := range ids {
			if _, err := s.srv.Character(vendor, id); err != nil {
				s.Fatalf("%s: a live character of %s is gone: %v", where, vendor, err)
			}
		}
	}
	for h := range visible.Hidden(said) {
		s.Errorf("%s prints %d %ss: %q", where, h.Characters, h.Kind, said[h.Offset:h.Offset+h.Length])
		break
	}
	if strings.Contains(said, "panic:") || strings.Contains(said, "goroutine ") {
		s.Errorf("%s panics:\n%.1500s", where, said)
	}
}

// keptApart searches the project for what was only outside of it, or in
// folders that are not to be read.
func (s *siege) keptApart(where string) {
	s.Helper()
	_ = filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fs.SkipDir // where the row took a folder away
		}
		if !d.Type().IsRegular() || d.Name() == "secret.md" || d.Name() == "secret.yaml" {
			return nil
		}
		if data, err := os.ReadFile(path); err == nil && strings.Contains(string(data), secret) {
			s.Errorf("%s: %s holds what stands elsewhere", where, path)
		}
		return nil
	})
}

// picture is what a folder holds, with modes and times of change.
func (s *siege) picture(dir string) string {
	var b strings.Builder
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, _ := os.ReadFile(path)
		fmt.Fprintf(&b, "%s %s %s %q\n", d.Name(), info.Mode(), info.ModTime(), data)
		return nil
	})
	return b.String()
}

// fill replaces the names of the table by what they stand for here.
func (s *siege) fill(text string) string {
	pairs := []string{"OUTSIDE", s.outside, "THEIRS", s.theirs.URL, "THERE", strings.TrimPrefix(s.theirs.URL, "http://"), "<>", "|"}
	for name, id := range s.ids {
		pairs = append(pairs, name, id)
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	if strings.Contains(text, `\`) {
		if out, err := strconv.Unquote(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`); err == nil {
			return out
		}
	}
	return text
}

// do carries out a verb of the table.
func (s *siege) do(deed string) {
	s.Helper()
	verb, rest, _ := strings.Cut(deed, " ")
	rest = s.fill(rest)
	first, second, _ := strings.Cut(rest, " ")
	switch verb {
	case "nothing":
	case "field": // NAME: YAML, in mira
		s.put("characters/mira.yaml", strings.Replace(mira, "  targets:", "  "+rest+"\n  targets:", 1))
	case "name": // what mira is called
		s.put("characters/mira.yaml", strings.Replace(mira, "name: Mira", "name: "+rest, 1))
	case "manifest": // the whole text of mira's file
		s.put("characters/mira.yaml", rest)
	case "metadata":
		s.put("characters/mira.yaml", strings.Replace(mira, "{name: mira}", "{name: mira, "+rest+"}", 1))
	case "settings": // under spec of charsync.yaml
		s.put("charsync.yaml", attackedProject("  "+rest+"\n"))
	case "convai": // the settings of the instance
		s.put("charsync.yaml", strings.Replace(attackedProject(""), "convai: {}", "convai: "+rest, 1))
	case "config": // the whole text of charsync.yaml
		s.put("charsync.yaml", rest)
	case "file":
		s.put(first, second)
	case "times": // PATH N TEXT, the text N times
		count, text, _ := strings.Cut(second, " ")
		n, err := strconv.Atoi(count)
		if err != nil {
			s.Fatal(err)
		}
		s.put(first, strings.Repeat(text, n))
	case "append": // PATH N TEXT, behind what is there
		data, err := os.ReadFile(filepath.Join(s.dir, first))
		if err != nil {
			s.Fatal(err)
		}
		count, text, _ := strings.Cut(second, " ")
		n, err := strconv.Atoi(count)
		if err != nil {
			s.Fatal(err)
		}
		s.put(first, string(data)+strings.Repeat(text, n))
	case "link":
		_ = os.RemoveAll(filepath.Join(s.dir, first))
		if err := os.MkdirAll(filepath.Dir(filepath.Join(s.dir, first)), 0o755); err != nil {
			s.Fatal(err)
		}
		if err := os.Symlink(second, filepath.Join(s.dir, first)); err != nil {
			s.Skip(err) // where links need a privilege
		}
	case "remove":
		if err := os.RemoveAll(filepath.Join(s.dir, rest)); err != nil {
			s.Fatal(err)
		}
	case "lock": // OLD => NEW
		old, now, _ := strings.Cut(rest, " => ")
		if !strings.Contains(s.lock, old) {
			s.Fatalf("the lock has no %q:\n%s", old, s.lock)
		}
		s.put("charsync.lock", strings.Replace(s.lock, old, now, 1))
	case "swap": // two texts of the lock
		s.put("charsync.lock", strings.NewReplacer(first, second, second, first).Replace(s.lock))
	case "answer": // KIND ROUTE BODY
		route, body, _ := strings.Cut(second, " ")
		f := sandbox.Fault{Kind: sandbox.FaultKind(first), Vendor: "alakazam", Route: strings.Trim(route, "-"), Times: -1, Body: body}
		if status, err := strconv.Atoi(first); err == nil && body != "" {
			f.Kind, f.Status = sandbox.FaultStatus, status
		}
		s.srv.Inject(f)
	case "live": // VENDOR FIELD JSON, of mira
		field, text, _ := strings.Cut(second, " ")
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			s.Fatal(err)
		}
		was, err := s.srv.Character(first, s.ids["MIRA@"+strings.ToUpper(first)])
		if err != nil {
			s.Fatal(err)
		}
		s.Cleanup(func() {
			if err := s.srv.Edit(first, was.ID, map[string]any{field: was.Doc[field]}); err != nil {
				s.Error(err)
			}
		})
		if err := s.srv.Edit(first, was.ID, map[string]any{field: v}); err != nil {
			s.Fatal(err)
		}
	default:
		s.Fatalf("no verb %q", verb)
	}
}

func (s *siege) put(name, text string) {
	s.Helper()
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
}
