package cards

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"slices"

	"pgregory.net/rapid"
)

// generated is a card of a format, as another program might have written it:
// with odd texts, missing and unknown keys, and everything optional.
func generated(r *rapid.T, f Format) []byte {
	body := object(nil)
	text := func(key string) {
		switch rapid.IntRange(0, 9).Draw(r, key+"?") {
		case 0: // missing
		case 1:
			body = body.with(key, encode(""))
		default:
			body = body.with(key, prose(r, key))
		}
	}
	if f == ElizaOS {
		body = body.with("name", prose(r, "name")).with("bio", rapid.SampledFrom([]json.RawMessage{
			encode("One text."), encode([]string{"One.", "Two."}), encode([]string{"", "With a blank", "a\nb"}), encode([]string{}),
		}).Draw(r, "bio"))
		body = body.with("messageExamples", rapid.SampledFrom([]json.RawMessage{
			json.RawMessage(`[]`), json.RawMessage(`[[{"name":"{{name1}}","content":{"text":"Hi"}},{"name":"Eliza","content":{"text":"Hello"}}],[{"name":"a","content":{"text":"b"}}]]`),
			json.RawMessage(`[[{"user":"{{user1}}","content":{"text":"Hi\n\nthere","action":"WAVE"}}],[]]`),
		}).Draw(r, "examples"))
		if rapid.Bool().Draw(r, "lore?") {
			body = body.with("lore", encode(rapid.SliceOfN(rapid.StringMatching(`[a-z ]{0,12}`), 0, 4).Draw(r, "lore")))
		}
		body = body.with("settings", json.RawMessage(`{"model":"m","secrets":{}}`)).with("plugins", json.RawMessage(`[]`))
		return unknown(r, body).encode()
	}
	for _, key := range []string{"description", "personality", "scenario", "first_mes", "mes_example"} {
		text(key)
	}
	body = body.with("name", prose(r, "name"))
	if f == V1 {
		if !body.has("first_mes") {
			body = body.with("first_mes", encode("Hi."))
		}
		return unknown(r, body).encode()
	}
	for _, key := range []string{"creator_notes", "system_prompt", "post_history_instructions", "creator", "character_version"} {
		text(key)
	}
	body = body.with("alternate_greetings", encode(rapid.SliceOfN(rapid.String(), 0, 3).Draw(r, "greetings")))
	body = body.with("tags", encode([]string{"inn", "千"})).with("extensions", unknown(r, nil).encode())
	if rapid.Bool().Draw(r, "book?") {
		body = body.with("character_book", book(r))
	}
	name, version := "chara_card_v2", "2.0"
	if f == V3 {
		name, version = "chara_card_v3", "3.0"
		body = body.with("assets", json.RawMessage(`[{"type":"icon","uri":"ccdefault:","name":"main","ext":"png"}]`)).with("group_only_greetings", json.RawMessage(`[]`)).
			with("creation_date", json.RawMessage(`1767225600`)).with("nickname", prose(r, "nickname"))
	}
	root := object{{"spec", encode(name)}, {"spec_version", encode(version)}, {"data", unknown(r, body).encode()}}
	return unknown(r, root).encode()
}

// prose is a text, mostly of the usual sort.
func prose(r *rapid.T, label string) json.RawMessage {
	odd := rapid.SampledFrom([]json.RawMessage{
		json.RawMessage(`"ends with lines\n\n"`), json.RawMessage(`"windows\r\nlines\r\n"`), json.RawMessage(`"half \ud83e a pair"`),
		json.RawMessage(`"\u0000 and \u001b[31m"`), json.RawMessage(`"\ufeffmark"`), encode("\n leading"), encode("a\rb\r\r\nc"), encode("   "), encode("null"), encode("no: yes # x"),
		encode("\u2028 \u0085"), encode("---\n- a: b\n"), json.RawMessage(`"\ud83e\udd8a fox \/"`),
	})
	plain := rapid.Map(rapid.SliceOfN(rapid.StringMatching(`[A-Za-zäß千🦊 .,{}*"':#<>-]{0,60}`), 1, 5), func(lines []string) json.RawMessage {
		var b bytes.Buffer
		for i, l := range lines {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(l)
		}
		return encode(b.String())
	})
	if rapid.IntRange(0, 4).Draw(r, label+" odd?") == 0 {
		return odd.Draw(r, label)
	}
	return plain.Draw(r, label)
}

func book(r *rapid.T) json.RawMessage {
	var entries []json.RawMessage
	for range rapid.IntRange(0, 3).Draw(r, "entries") {
		e := object{{"keys", json.RawMessage(`["inn"]`)}, {"content", prose(r, "content")}, {"enabled", encode(rapid.Bool().Draw(r, "enabled"))}, {"insertion_order", json.RawMessage("100")}}
		entries = append(entries, unknown(r, e).encode())
	}
	if rapid.IntRange(0, 9).Draw(r, "odd book?") == 0 {
		return json.RawMessage(`{"entries":{"0":{"content":"of another program"}}}`)
	}
	return unknown(r, object{{"name", prose(r, "book")}, {"entries", encode(append([]json.RawMessage{}, entries...))}}).encode()
}

// unknown adds what no specification names.
func unknown(r *rapid.T, o object) object {
	for _, key := range rapid.SliceOfNDistinct(rapid.StringMatching(`x_[a-zé]{1,6}`), 0, 3, rapid.ID[string]).Draw(r, "unknown") {
		o = o.with(key, rapid.SampledFrom([]json.RawMessage{
			json.RawMessage(`1e400`), json.RawMessage(`12345678901234567890`), json.RawMessage(`0.10`), json.RawMessage(`null`), json.RawMessage(`[[],{},[{"a":"\ud800"}]]`),
			json.RawMessage(`{"deep":{"er":[1,true,"x"]}}`), json.RawMessage(`"<b>&amp;</b>"`),
		}).Draw(r, key))
	}
	return o
}

// picture is a small PNG.
func picture() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 3, 2))
	m.Set(1, 1, color.RGBA{200, 100, 50, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// carried is a card in a picture, in one of the ways that programs use.
func carried(r *rapid.T, f Format, card []byte) []byte {
	keyword := "chara"
	if f == V3 {
		keyword = rapid.SampledFrom([]string{"ccv3", "chara", "CCV3"}).Draw(r, "keyword")
	}
	coded := []byte(base64.StdEncoding.EncodeToString(card))
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, _ = w.Write(coded)
	_ = w.Close()
	text := rapid.SampledFrom([]chunk{
		{"tEXt", append([]byte(keyword+"\x00"), coded...)},
		{"tEXt", append([]byte(keyword+"\x00"), bytes.TrimRight(coded, "=")...)},
		{"zTXt", append([]byte(keyword+"\x00\x00"), packed.Bytes()...)},
		{"iTXt", append([]byte(keyword+"\x00\x00\x00en\x00\x00"), card...)},
		{"iTXt", append([]byte(keyword+"\x00\x01\x00\x00\x00"), packed.Bytes()...)},
	}).Draw(r, "chunk")
	chunks, err := chunksOf(picture())
	if err != nil {
		panic(err)
	}
	chunks = slices.Insert(chunks, rapid.IntRange(1, len(chunks)-1).Draw(r, "at"), text, chunk{"tEXt", []byte("Software\x00a painter")})
	if f == V3 && keyword == "ccv3" {
		chunks = slices.Insert(chunks, 1, chunk{"tEXt", []byte("chara\x00e30=")}) // an older one beside it
	}
	return append(joined(chunks), "what follows"...)
}
