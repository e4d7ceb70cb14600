package cards

import (
	"bytes"
	"encoding/json"
	"image/png"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/spec"
)

// reread is what a person gets who imports a card and exports it again: the
// sidecar goes through its file.
func reread(r *rapid.T, data []byte, f Format) (Exported, *Card) {
	c, err := Read(data)
	if err != nil {
		r.Fatalf("%v\n%s", err, data)
	}
	if c.Format != f {
		r.Fatalf("a %s was taken for a %s", f, c.Format)
	}
	in, err := c.Import()
	if err != nil {
		r.Fatal(err)
	}
	written, err := in.Sidecar.Encode()
	if err != nil {
		r.Fatal(err)
	}
	side, err := ParseSidecar(written)
	if err != nil {
		r.Fatal(err)
	}
	out, err := Export(in.Fields, &side, f)
	if err != nil {
		r.Fatal(err)
	}
	return out, c
}

// What comes in goes out with nothing lost, in every format, as JSON and in
// pictures.
func TestNothingIsLost(t *testing.T) {
	for _, f := range Formats() {
		t.Run(string(f), func(t *testing.T) {
			rapid.Check(t, rapid3(func(r *rapid.T) {
				card := generated(r, f)
				data, inside := card, f != ElizaOS && rapid.Bool().Draw(r, "picture?")
				if inside {
					data = carried(r, f, card)
				}
				out, c := reread(r, data, f)
				if !same(card, out.root.encode()) && !sameBroken(card, out.root.encode()) {
					r.Fatalf("lost:\n%s", cmp.Diff(string(card), string(out.root.encode())))
				}
				if !inside {
					return
				}
				again, err := out.PNG(c.Image)
				if err != nil {
					r.Fatal(err)
				}
				back, err := Read(again)
				if err != nil || !sameBroken(card, back.root.encode()) {
					r.Fatalf("the picture that was written holds another card: %v", err)
				}
				if !bytes.Contains(again, []byte("Software\x00a painter")) {
					r.Fatal("what else the picture said is gone")
				}
				if _, err := png.Decode(bytes.NewReader(again)); err != nil {
					r.Fatal(err)
				}
			}))
		})
	}
}

// rapid3 is a check of three cards: over a thousand in all.
func rapid3(check func(*rapid.T)) func(*rapid.T) {
	return func(r *rapid.T) {
		for range 3 {
			check(r)
		}
	}
}

// sameBroken compares values that hold half of a surrogate pair: apart from
// order, nothing may differ in a single byte.
func sameBroken(a, b []byte) bool {
	return cmp.Equal(levels(a), levels(b))
}

// levels takes objects apart and keeps all else as it is written.
func levels(raw json.RawMessage) any {
	switch kind(raw) {
	case "a mapping":
		o, err := parseObject(raw, "")
		if err != nil {
			return err.Error()
		}
		out := map[string]any{}
		for _, m := range o {
			out[m.key] = levels(m.raw)
		}
		return out
	case "a list":
		var list []json.RawMessage
		_ = json.Unmarshal(raw, &list)
		out := make([]any, len(list))
		for i, e := range list {
			out[i] = levels(e)
		}
		return out
	case "a text":
		if !broken(raw) {
			var s string
			_ = json.Unmarshal(raw, &s)
			return s
		}
	}
	return string(raw)
}

// What a person writes into the manifest stands in the card, and what they
// leave alone stays.
func TestEditsArrive(t *testing.T) {
	for _, f := range Formats() {
		rapid.Check(t, func(r *rapid.T) {
			c, err := Read(generated(r, f))
			if err != nil {
				r.Fatal(err)
			}
			in, err := c.Import()
			if err != nil {
				r.Fatal(err)
			}
			fields := maps.Clone(in.Fields)
			var paths []spec.Path
			for _, m := range f.mappings() {
				paths = append(paths, m.field)
			}
			edited := rapid.SampledFrom(paths).Draw(r, "edited")
			fields[edited] = "Eve: An edit.\nAdam: Another line."
			out, err := Export(fields, &in.Sidecar, f)
			if err != nil {
				r.Fatal(err)
			}
			again, err := (&Card{Format: f, root: out.root}).Import()
			if err != nil {
				r.Fatal(err)
			}
			if d := cmp.Diff(fields, again.Fields); d != "" {
				r.Fatalf("%s of %s:\n%s", edited, f, d)
			}
		})
	}
}

// From any format to any other, the texts that both have arrive.
func TestConversions(t *testing.T) {
	for _, from := range Formats() {
		for _, to := range Formats() {
			rapid.Check(t, func(r *rapid.T) {
				c, err := Read(generated(r, from))
				if err != nil {
					r.Fatal(err)
				}
				in, err := c.Import()
				if err != nil {
					r.Fatal(err)
				}
				out, err := Export(in.Fields, &in.Sidecar, to)
				if err != nil {
					r.Fatal(err)
				}
				file, err := out.JSON()
				if err != nil {
					r.Fatal(err)
				}
				back, err := Read(file)
				if err != nil || back.Format != to {
					r.Fatalf("%s to %s: %v\n%s", from, to, err, file)
				}
				got, err := back.Import()
				if err != nil {
					r.Fatal(err)
				}
				for _, m := range to.mappings() {
					had := slices.ContainsFunc(from.mappings(), func(n mapping) bool { return n.field == m.field })
					if m.field == "examples" && from != to && (from == ElizaOS || to == ElizaOS) || m.field == "persona" && to == ElizaOS || m.field == "lore" && to == ElizaOS {
						continue // lines and turns are told apart there
					}
					if had && in.Fields[m.field] != got.Fields[m.field] {
						r.Fatalf("%s to %s: %s is %q, was %q", from, to, m.field, got.Fields[m.field], in.Fields[m.field])
					}
				}
			})
		}
	}
}

func TestFields(t *testing.T) {
	for _, c := range []struct{ name, card, want string }{
		{
			"V1", `{"name":"Mira","description":"Keeps the inn.","personality":"gruff, kind","scenario":"An inn.","first_mes":"Boots!","mes_example":"<START>\n{{user}}: Hi"}`,
			"examples=<START>\n{{user}}: Hi|greeting=Boots!|name=Mira|persona=Keeps the inn.\n\ngruff, kind|scene=An inn.",
		},
		{
			"V2 with a book", `{"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"Mira","creator_notes":"For browsing.","character_book":{"entries":[
				{"content":"Snow.","enabled":true},{"content":"Off.","enabled":false},{"content":"Wolves.\r\n"}]}}}`,
			"description=For browsing.|lore=Snow.\n\nWolves.|name=Mira",
		},
		{
			"elizaOS", `{"name":"Eliza","bio":["One.","Two."],"lore":["Old."],"messageExamples":[[{"user":"{{user1}}","content":{"text":"Hi"}},{"user":"Eliza","content":{"text":"Yes?"}}],[{"name":"A","content":"B"}]]}`,
			"examples={{user1}}: Hi\nEliza: Yes?\n\nA: B|lore=Old.|name=Eliza|persona=One.\nTwo.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			card, err := Read([]byte(c.card))
			if err != nil {
				t.Fatal(err)
			}
			in, err := card.Import()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range slices.Sorted(maps.Keys(in.Fields)) {
				got = append(got, string(p)+"="+in.Fields[p])
			}
			if d := cmp.Diff(c.want, strings.Join(got, "|")); d != "" {
				t.Error(d)
			}
		})
	}
}

// A book keeps the entries that an edited lore still holds.
func TestEditedLore(t *testing.T) {
	c, err := Read([]byte(`{"spec":"chara_card_v3","spec_version":"3.0","data":{"name":"M","character_book":{"entries":[
		{"content":"Snow.","keys":["snow"]},{"content":"Off.","enabled":false},{"content":"Wolves.","keys":["wolf"]},{"content":"Snow."}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.Import()
	if err != nil {
		t.Fatal(err)
	}
	in.Fields["lore"] = "New first.\n\nSnow.\n\nWolves, many of them."
	out, err := Export(in.Fields, &in.Sidecar, V3)
	if err != nil {
		t.Fatal(err)
	}
	body, _, _ := V3.body(out.root)
	_, entries := entriesOf(body)
	var got []string
	for _, e := range entries {
		o, _ := parseObject(e.raw, "")
		text, _ := o.text("content", "")
		got = append(got, text)
	}
	if d := cmp.Diff([]string{"Snow.", "Off.", "New first.\n\nWolves, many of them."}, got); d != "" {
		t.Error(d)
	}
}

func TestSecretsAreWithheld(t *testing.T) {
	c, err := Read([]byte(`{"name":"E","bio":"b","secrets":{"K":"sk-1"},"settings":{"secrets":{"OPENAI_API_KEY":"sk-2"},"voice":{"model":"v"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.Import()
	if err != nil {
		t.Fatal(err)
	}
	file, err := in.Sidecar.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(file), "sk-") || len(in.Sidecar.Withheld) != 2 || !strings.Contains(string(file), `"model": "v"`) {
		t.Errorf("%v\n%s", in.Sidecar.Withheld, file)
	}
}
