package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/spec"
)

// cardProse is text as people and programs leave it in cards.
func cardProse() *rapid.Generator[string] {
	line := rapid.StringMatching(`[A-Za-zäß千🦊 .,{}*"':#<>\[\]|&%@!?-]{0,70}`)
	return rapid.OneOf(
		rapid.Map(rapid.SliceOfN(line, 0, 30), func(lines []string) string { return strings.Join(lines, "\n") }),
		rapid.SampledFrom([]string{
			"", " ", "no", "0123", "null", "~", "- a\n- b", "a: b # c", "---", "...\n", "\ttab\n\ttabs", "ends\n\n", "windows\r\nlines\r\n", "a\rb", "\x00\x1b[31m",
			"\ufeffmark", "\u2028\u0085", "'quotes\" \\", "\n\n  leading", "%", "`", "@x", "&a *b !c", "|", ">", "{file: x}", strings.Repeat("long ", 300),
		}),
	)
}

// cardDocument is a card of a version, with unknown keys at every level.
func cardDocument(version int) *rapid.Generator[map[string]any] {
	return rapid.Custom(func(t *rapid.T) map[string]any {
		body := map[string]any{"name": cardProse().Draw(t, "name"), "x_unknown": []any{1.5, nil, map[string]any{"deep": true}}}
		for _, key := range []string{"description", "personality", "scenario", "first_mes", "mes_example"} {
			body[key] = cardProse().Draw(t, key)
		}
		if version == 1 {
			return body
		}
		for _, key := range []string{"creator_notes", "system_prompt", "post_history_instructions", "creator", "character_version"} {
			body[key] = cardProse().Draw(t, key)
		}
		body["alternate_greetings"] = []any{cardProse().Draw(t, "greeting")}
		body["tags"], body["extensions"] = []any{"inn"}, map[string]any{"program/key": cardProse().Draw(t, "extension")}
		body["character_book"] = map[string]any{"extensions": map[string]any{}, "entries": []any{
			map[string]any{"keys": []any{"inn"}, "content": cardProse().Draw(t, "entry"), "enabled": true},
			map[string]any{"keys": []any{}, "content": cardProse().Draw(t, "entry"), "enabled": rapid.Bool().Draw(t, "enabled")},
		}}
		return map[string]any{"spec": fmt.Sprintf("chara_card_v%d", version), "spec_version": fmt.Sprintf("%d.0", version), "data": body, "x_beside": "kept"}
	})
}

// A thousand cards become manifests and prose on disk, load without an error,
// and go out as they came in.
func TestThousandCards(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	cards := map[string]map[string]any{}
	for i := range 1000 {
		version := 1 + i%3
		card := cardDocument(version).Example(i)
		data, err := json.Marshal(card)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, fmt.Sprintf("card-%d.json", i))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
		if err := json.Unmarshal(data, &card); err != nil {
			t.Fatal(err)
		}
		cards[path] = card
	}
	project := filepath.Join(dir, "project")
	if err := os.Mkdir(project, 0o755); err != nil {
		t.Fatal(err)
	}
	env := Env{In: strings.NewReader(""), Now: time.Now, Dir: project}
	run := func(args ...string) []byte {
		var out, errs bytes.Buffer
		env.Args, env.Out, env.Err = args, &out, &errs
		if code := Main(context.Background(), env); code != 0 {
			t.Fatalf("%v: exit %d\n%s", args[:2], code, &errs)
		}
		return out.Bytes()
	}
	var done []importedCharacter
	if err := json.Unmarshal(run(append([]string{"import", "--format", "json", "--target", "alakazam"}, paths...)...), &done); err != nil || len(done) != 1000 {
		t.Fatal(len(done), err)
	}
	env.Out, env.Err = io.Discard, io.Discard
	a := newApp(env)
	a.flags.logLevel, a.flags.logFormat = "warn", "text"
	s, err := a.newSession(spec.DefaultProject(project))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if err := s.load(context.Background(), nil); err != nil || !s.set.Complete || len(s.set.Characters) != 1000 {
		t.Fatal(err, s.set.Diagnostics)
	}
	for _, d := range done {
		c := s.set.Find(d.Name)
		side, err := s.sidecar(c)
		if err != nil {
			t.Fatal(err)
		}
		data, err := s.card(c, side, exportFlags{}, false)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(cards[d.From], got); diff != "" {
			t.Errorf("%s: (-in +out)\n%s", d.From, diff)
		}
	}
}
