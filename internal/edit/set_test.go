package edit

import (
	"bytes"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/spec"
)

// hostile are pieces of texts that YAML gives a meaning to, or that it has
// been seen to lose.
var hostile = []string{
	"\n", "\n\n", "\t", " ", "  ", "a", "b: c", "word", "The inn is warm.", "- ", "? ", ": ", " #", "#", ", ", "[", "]", "{", "}",
	"&a", "*a", "!", "!!str ", "|", ">", "'", "''", "\"", "%", "@", "`", "\\", "\\n", "\n---\n", "\n...\n", "~", "null", "no", "yes", "1", "0123", "1e3",
	"12:30", "2024-01-02", "<<", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\ufeff", "\u00a0", "漢字かな", "👩‍👩‍👧", "e\u0301", "\U0010ffff", "\ufffd",
	"\x00", "\x07", "\x1b[31m", "\x7f", "<<<<<<< file\n", strings.Repeat("A long line. ", 30),
}

func anyText(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(hostile), 0, 6).Draw(t, "text"), "")
}

// paths lists the paths of all values below a node, and where they stand.
func paths(n *node, path []string, visit func(path []string, n *node, at entry)) {
	for i, e := range n.list {
		key := strconv.Itoa(i)
		if e.key != nil {
			key = e.key.yaml.Value
		}
		below := append(append([]string{}, path...), key)
		visit(below, e.value, e)
		paths(e.value, below, visit)
	}
}

// asCharacter gives a manifest a name by which it can be found.
func asCharacter(data []byte) []byte {
	data = bytes.ReplaceAll(data, []byte("metadata:"), []byte("other:"))
	data = bytes.Replace(data, []byte("apiVersion:"), []byte("metadata: {name: mira}\napiVersion:"), 1)
	return bytes.ReplaceAll(data, []byte("kind: Project"), []byte("kind: Character"))
}

// TestSetMovesNothingElse: in a manifest of any style, a value takes the
// place of another and every byte outside of that node is as it was.
func TestSetMovesNothingElse(t *testing.T) {
	outcomes(t, func(t *rapid.T) []string {
		data := asCharacter(manifest(t))
		f, found, err := read("x.yaml", data)
		values, other := spec.Values("x.yaml", data)
		if err != nil || len(found)+len(other) > 0 {
			return nil
		}
		index := f.character("mira")
		if index < 0 {
			return nil
		}
		type leaf struct {
			path   []string
			lo, hi int
		}
		var leaves []leaf
		paths(f.roots[index], nil, func(path []string, n *node, e entry) {
			if n.block() && len(n.list) > 2 || bytes.Contains(f.src[n.start:n.value], []byte("!")) {
				return // comments inside would go, and a tag says what may stand there
			}
			if path[0] == "metadata" || path[0] == "apiVersion" || path[0] == "kind" {
				return
			}
			leaves = append(leaves, leaf{path, min(n.start, max(e.colon, e.dash)), max(after(f.src, n.end), nextLine(f.src, n.value))})
		})
		if len(leaves) == 0 {
			return nil
		}
		at := rapid.SampledFrom(leaves).Draw(t, "leaf")
		var value any = anyText(t)
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			value = rapid.SampledFrom([]any{nil, true, 1.5, []any{}, map[string]any{}}).Draw(t, "scalar")
		case 1:
			value = []any{anyText(t), "b", anyText(t)}
		case 2:
			value = map[string]any{"a": anyText(t), "z": []any{anyText(t)}}
		}
		out, refused, err := Set("x.yaml", data, Change{"mira", at.path, value})
		if err != nil {
			t.Fatal(err)
		}
		if refusal := refused[0]; refusal != nil {
			if s, ok := value.(string); ok && utf8.ValidString(s) && strings.Contains(refusal.Reason, "in place") && !strings.Contains(string(data), "#") {
				t.Fatalf("%q could not take the place of %v in\n%s", s, at.path, data)
			}
			return []string{"tried"}
		}
		src, trimmed := bytes.CutPrefix(data, []byte(mark))
		got, still := bytes.CutPrefix(out, []byte(mark))
		if trimmed != still {
			t.Fatal("the byte order mark")
		}
		if !bytes.HasPrefix(got, src[:at.lo]) || !bytes.HasSuffix(got, src[at.hi:]) {
			t.Fatalf("%v is not all that changed\n%s\n-- became --\n%s", at.path, data, out)
		}
		after, other := spec.Values("x.yaml", out)
		want, err := replaced(values[index], at.path, value)
		if err != nil || len(other) > 0 || !reflect.DeepEqual(after[index], want) {
			t.Fatalf("%v %v\n%v\n%v", err, other, after[index], want)
		}
		return []string{"tried", "made"}
	}, func(n map[string]int) bool { return n["made"]*4 >= n["tried"]*3 && n["tried"] > 0 })
}

// outcomes checks a property, and that its draws are worth something: what
// became of files that every run draws alike must satisfy enough.
func outcomes(t *testing.T, property func(*rapid.T) []string, enough func(map[string]int) bool) {
	t.Helper()
	draws := rapid.Custom(property)
	rapid.Check(t, func(t *rapid.T) { draws.Draw(t, "outcome") })
	n := map[string]int{}
	for seed := range 100 {
		for _, o := range draws.Example(seed) {
			n[o]++
		}
	}
	t.Log(n)
	if !enough(n) {
		t.Errorf("the generator is worth little: %v", n)
	}
}

// TestSetTogether: several changes at once come to what they come to one
// after the other, byte for byte, and the same ones are refused.
func TestSetTogether(t *testing.T) {
	outcomes(t, func(t *rapid.T) []string {
		data := asCharacter(manifest(t))
		f, err := open("x.yaml", data)
		if err != nil || f.character("mira") < 0 {
			return nil
		}
		all := [][]string{{"spec", "greeting"}, {"spec", "targets", "here", "name"}}
		paths(f.roots[f.character("mira")], nil, func(path []string, _ *node, _ entry) {
			if path[0] != "metadata" && path[0] != "apiVersion" && path[0] != "kind" {
				all = append(all, path)
			}
		})
		var changes []Change
		for range rapid.IntRange(2, 4).Draw(t, "changes") {
			changes = append(changes, Change{"mira", rapid.SampledFrom(all).Draw(t, "path"), anyText(t)})
		}
		one, refusedOne := data, make([]*Refusal, len(changes))
		for i, c := range changes {
			out, refused, err := Set("x.yaml", one, c)
			if err != nil {
				t.Fatal(err)
			}
			one, refusedOne[i] = out, refused[0]
		}
		got, refused, err := Set("x.yaml", data, changes...)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, one) || !reflect.DeepEqual(refused, refusedOne) {
			t.Fatalf("%+v\n%s\n-- one after the other --\n%s\n-- together --\n%s", changes, data, one, got)
		}
		if f.together(changes) != nil {
			return []string{"at once"}
		}
		return nil
	}, func(n map[string]int) bool { return n["at once"] > 0 })
}
