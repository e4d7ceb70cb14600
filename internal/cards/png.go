package cards

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
)

const signature = "\x89PNG\r\n\x1a\n"

// chunk is a piece of a PNG.
type chunk struct {
	kind string
	data []byte
}

// chunksOf takes a PNG apart, and checks lengths and sums. What follows the
// end is left out.
func chunksOf(data []byte) ([]chunk, error) {
	const most = 100_000
	rest, ok := bytes.CutPrefix(data, []byte(signature))
	if !ok {
		return nil, errors.New("it is no PNG")
	}
	var out []chunk
	for len(rest) > 0 {
		if len(rest) < 12 || len(out) == most {
			return nil, errors.New("the PNG is cut short")
		}
		size := binary.BigEndian.Uint32(rest)
		if uint64(size) > uint64(len(rest)-12) {
			return nil, errors.New("the PNG is cut short, or the length of a part of it is wrong")
		}
		c := chunk{string(rest[4:8]), rest[8 : 8+size]}
		if binary.BigEndian.Uint32(rest[8+size:]) != crc32.ChecksumIEEE(rest[4:8+size]) {
			return nil, fmt.Errorf("the PNG is damaged: the sum of its part %q is wrong", c.kind)
		}
		if len(out) == 0 && c.kind != "IHDR" {
			return nil, errors.New("the PNG does not begin with its header")
		}
		out = append(out, c)
		rest = rest[12+size:]
		if c.kind == "IEND" {
			return out, nil
		}
	}
	return nil, errors.New("the PNG is cut short: it has no end")
}

// readPNG finds the card in a picture, version 3 before the older ones, and
// gives the picture without it.
func readPNG(data []byte) (text, image []byte, err error) {
	chunks, err := chunksOf(data)
	if err != nil {
		return nil, nil, err
	}
	cards := map[string][]byte{}
	for _, c := range chunks {
		keyword, value, ok, err := c.text()
		if err != nil {
			return nil, nil, err
		}
		if _, twice := cards[keyword]; ok && !twice {
			cards[keyword] = value
		}
	}
	for _, keyword := range []string{"ccv3", "chara"} {
		if value, ok := cards[keyword]; ok {
			text, err := decoded(value)
			if err != nil {
				return nil, nil, fmt.Errorf("the card in the picture (%s): %w", keyword, err)
			}
			return text, joined(slices.DeleteFunc(chunks, chunk.isCard)), nil
		}
	}
	return nil, nil, errors.New("the picture holds no card: it has no text chara or ccv3")
}

// isCard reports a chunk that holds a card.
func (c chunk) isCard() bool {
	_, _, ok, err := c.text()
	return ok && err == nil
}

// text is the text of a chunk that holds a card; of others, ok is false and
// nothing is unpacked.
func (c chunk) text() (keyword string, value []byte, ok bool, err error) {
	if c.kind != "tEXt" && c.kind != "zTXt" && c.kind != "iTXt" {
		return "", nil, false, nil
	}
	name, rest, found := bytes.Cut(c.data, []byte{0})
	keyword = strings.ToLower(string(name[:min(len(name), 79)]))
	if !found || keyword != "chara" && keyword != "ccv3" {
		return "", nil, false, nil
	}
	packed := false
	switch c.kind {
	case "zTXt":
		if len(rest) < 1 || rest[0] != 0 {
			return "", nil, false, fmt.Errorf("the text %s is packed in an unknown way", keyword)
		}
		packed, rest = true, rest[1:]
	case "iTXt":
		if len(rest) < 2 || rest[0] > 1 || rest[1] != 0 {
			return "", nil, false, fmt.Errorf("the text %s is packed in an unknown way", keyword)
		}
		packed, rest = rest[0] == 1, rest[2:]
		for range 2 { // the language, and the keyword in it
			if _, rest, found = bytes.Cut(rest, []byte{0}); !found {
				return "", nil, false, fmt.Errorf("the text %s is cut short", keyword)
			}
		}
	}
	if packed {
		if rest, err = unpacked(rest); err != nil {
			return "", nil, false, fmt.Errorf("the text %s: %w", keyword, err)
		}
	}
	if len(rest) > 2*MaxCard {
		return "", nil, false, fmt.Errorf("the text %s has more than %d MB", keyword, 2*MaxCard>>20)
	}
	return keyword, rest, true, nil
}

func unpacked(data []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("it can't be unpacked: %w", err)
	}
	defer r.Close()
	out, err := io.ReadAll(io.LimitReader(r, 2*MaxCard+1))
	if err != nil {
		return nil, fmt.Errorf("it can't be unpacked: %w", err)
	}
	return out, nil
}

// decoded is the JSON of a card, which is in base64, or by some programs as
// it is.
func decoded(value []byte) ([]byte, error) {
	value = bytes.TrimSpace(value)
	if bytes.HasPrefix(value, []byte("{")) {
		return value, nil
	}
	plain := bytes.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', ' ':
			return -1
		case '-': // the alphabet for URLs, which some programs write
			return '+'
		case '_':
			return '/'
		}
		return r
	}, value)
	plain = bytes.TrimRight(plain, "=")
	out, err := base64.RawStdEncoding.DecodeString(string(plain))
	if err != nil {
		return nil, errors.New("it is not in base64")
	}
	return out, nil
}

// writePNG puts cards into a picture, in place of those that are there.
func writePNG(image []byte, texts map[string][]byte) ([]byte, error) {
	chunks, err := chunksOf(image)
	if err != nil {
		return nil, err
	}
	chunks = slices.DeleteFunc(chunks, chunk.isCard)
	end := chunks[len(chunks)-1]
	chunks = chunks[:len(chunks)-1]
	for _, keyword := range []string{"chara", "ccv3"} {
		if text, ok := texts[keyword]; ok {
			data := base64.StdEncoding.AppendEncode([]byte(keyword+"\x00"), text)
			chunks = append(chunks, chunk{"tEXt", data})
		}
	}
	return joined(append(chunks, end)), nil
}

// joined is the picture of some chunks, with their checksums.
func joined(chunks []chunk) []byte {
	var b bytes.Buffer
	b.WriteString(signature)
	for _, c := range chunks {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(c.data)))
		b.Write(n[:])
		sum := crc32.NewIEEE()
		body := io.MultiWriter(&b, sum)
		_, _ = io.WriteString(body, c.kind) // neither of the two can fail
		_, _ = body.Write(c.data)
		binary.BigEndian.PutUint32(n[:], sum.Sum32())
		b.Write(n[:])
	}
	return b.Bytes()
}
