package cards

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

// with puts chunks into a picture before its end.
func withChunks(t *testing.T, more ...chunk) []byte {
	t.Helper()
	chunks, err := chunksOf(picture())
	if err != nil {
		t.Fatal(err)
	}
	return joined(slices.Insert(chunks, 1, more...))
}

func TestMalformed(t *testing.T) {
	good := `{"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"Mira"}}`
	inside := func(text string) []byte { return withChunks(t, chunk{"tEXt", []byte("chara\x00" + text)}) }
	whole := inside(base64.StdEncoding.EncodeToString([]byte(good)))
	damaged := slices.Clone(whole)
	damaged[len(signature)+12+13+8+10]++
	long := slices.Clone(whole)
	binary.BigEndian.PutUint32(long[len(signature):], 1<<31)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "it is empty"},
		{"white space", []byte(" \n"), "it is empty"},
		{"no JSON", []byte("hello"), "it is no JSON"},
		{"cut short", []byte(good[:30]), "it is no JSON"},
		{"a list", []byte("[]"), "the card is a list, and a mapping was expected"},
		{"null", []byte("null"), "the card is null, and a mapping was expected"},
		{"deep", []byte(strings.Repeat("[", 20000)), "it nests deeper than 64 levels"},
		{"not UTF-8", []byte("{\"name\":\"\xff\"}"), "it is not UTF-8"},
		{"unknown spec", []byte(`{"spec":"chara_card_v9","data":{}}`), `its spec is "chara_card_v9"; known are`},
		{"a spec that is no text", []byte(`{"spec":2}`), "spec is a number, and a card has a text there"},
		{"no data", []byte(`{"spec":"chara_card_v2"}`), "it has a spec and no data"},
		{"data is a text", []byte(`{"spec":"chara_card_v2","data":"x"}`), "data is a text, and a mapping was expected"},
		{"a number for a text", []byte(`{"spec":"chara_card_v2","data":{"name":"M","description":3}}`), "data.description is a number, and a card has a text there"},
		{"a key twice", []byte(`{"spec":"chara_card_v2","data":{"name":"M","name":"N"}}`), `data has the key "name" twice`},
		{"no card at all", []byte(`{"hello":"world"}`), "neither a spec nor a name"},
		{"only a name", []byte(`{"name":"world"}`), "a name, and nothing else"},
		{"bio of numbers", []byte(`{"name":"E","bio":[1]}`), "bio is not a text or a list of texts"},
		{"examples of another shape", []byte(`{"name":"E","bio":"b","messageExamples":"x"}`), "messageExamples is not a list of conversations"},
		{"a picture without a card", picture(), "the picture holds no card"},
		{"a picture cut short", whole[:len(whole)-6], "the PNG is cut short"},
		{"a picture without its end", whole[:len(whole)-12], "the PNG is cut short: it has no end"},
		{"a damaged part", damaged, `the PNG is damaged: the sum of its part "tEXt" is wrong`},
		{"a length that is wrong", long, "the length of a part of it is wrong"},
		{"not in base64", inside("§§§"), "the card in the picture (chara): it is not in base64"},
		{"base64 of nothing useful", inside("aGVsbG8="), "the card in the picture: it is no JSON"},
		{"packed by something else", withChunks(t, chunk{"zTXt", []byte("chara\x00\x01x")}), "packed in an unknown way"},
		{"packed badly", withChunks(t, chunk{"zTXt", []byte("chara\x00\x00x")}), "it can't be unpacked"},
		{"international and cut short", withChunks(t, chunk{"iTXt", []byte("chara\x00\x00\x00en")}), "the text chara is cut short"},
		{"only the signature", []byte(signature), "it has no end"},
		{"not beginning with the header", joined([]chunk{{"IEND", nil}}), "does not begin with its header"},
		{"an archive", []byte("PK\x03\x04"), "it is an archive"},
		{"a JPEG", []byte("\xff\xd8\xff\xe0"), "it is a picture, but no PNG"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(c.data)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// A small text that unpacks to a very large one is not unpacked whole.
func TestBomb(t *testing.T) {
	zeros := bytes.Repeat([]byte("A"), 1<<20)
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	for range 3 * MaxCard >> 20 {
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	_, err := Read(withChunks(t, chunk{"zTXt", append([]byte("chara\x00\x00"), packed.Bytes()...)}))
	if err == nil || !strings.Contains(err.Error(), "has more than") {
		t.Error(err)
	}
}

// FuzzCard reads anything: it may refuse, and what it takes goes out as it
// came.
func FuzzCard(f *testing.F) {
	for _, s := range []string{
		`{"name":"M","description":"d","first_mes":"g"}`, `{"spec":"chara_card_v2","data":{"name":"M","character_book":{"entries":[{"content":"x"}]}}}`,
		`{"spec":"chara_card_v3","data":{"name":"M","personality":"p\r\n"},"x":1e999}`, `{"name":"E","bio":["a"],"messageExamples":[[{"user":"u","content":{"text":"t"}}]]}`,
	} {
		f.Add([]byte(s))
		chunks, _ := chunksOf(picture())
		f.Add(joined(slices.Insert(chunks, 1, chunk{"tEXt", []byte("chara\x00" + s)})))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Read(data)
		if err != nil {
			return
		}
		in, err := c.Import()
		if err != nil {
			t.Fatal(err)
		}
		out, err := Export(in.Fields, &in.Sidecar, c.Format)
		if err != nil {
			t.Fatal(err)
		}
		if len(in.Sidecar.Withheld) == 0 && !same(c.root.encode(), out.root.encode()) && !sameBroken(c.root.encode(), out.root.encode()) {
			t.Fatalf("was %s\nis  %s", c.root.encode(), out.root.encode())
		}
		if _, err := out.JSON(); err != nil {
			t.Fatal(err)
		}
		for _, to := range Formats() {
			if _, err := Export(in.Fields, &in.Sidecar, to); err != nil {
				t.Fatal(to, err)
			}
		}
		if c.Image != nil && c.Format != ElizaOS {
			if _, err := out.PNG(c.Image); err != nil {
				t.Fatal(err)
			}
		}
	})
}
