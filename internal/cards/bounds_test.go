package cards

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// What spread foretells is no less than what laying out adds.
func TestSpread(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `{"a":[1,2,{"b":"],\"{"}],"c":"\\"}`, `[[[[]]]]`, `"[[["`, `{"a":{"b":{"c":[null,true]}}}`,
	} {
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
			t.Fatal(err)
		}
		if _, added := spread([]byte(text)); b.Len() > len(text)+added {
			t.Errorf("%s: %d bytes foretold, %d came", text, len(text)+added, b.Len())
		}
	}
	if deepest, _ := spread([]byte(`{"a":"[[[[\"[","b":[[1]]}`)); deepest != 3 {
		t.Errorf("it nests 3 deep, not %d", deepest)
	}
}

// A small card can't become a file that fills the disk, or that nothing reads.
func TestLaidOutWithinBounds(t *testing.T) {
	nested := strings.Repeat("[", maxDepth-4) + strings.Repeat("1,", 400_000) + "1" + strings.Repeat("]", maxDepth-4)
	c, err := Read([]byte(`{"spec":"chara_card_v2","data":{"name":"M","first_mes":"x","extensions":{"a":` + nested + `}}}`))
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.Import()
	if err != nil {
		t.Fatal(err)
	}
	data, err := in.Sidecar.Encode()
	if err != nil || len(data) > MaxCard {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
	side, err := ParseSidecar(data)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Export(in.Fields, &side, V2)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := out.JSON(); err != nil || len(text) > MaxCard {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

func TestTooManyKeys(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"name":"M","description":"d"`)
	for i := range maxKeys {
		fmt.Fprintf(&b, `,"k%d":1`, i)
	}
	b.WriteString("}")
	if _, err := Read([]byte(b.String())); err == nil || !strings.Contains(err.Error(), "the card has more than 2048 keys") {
		t.Error(err)
	}
}
