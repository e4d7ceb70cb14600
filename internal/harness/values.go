package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
)

// dice is the randomness of one run.
type dice struct {
	*rand.Rand
	texts int // made so far: no two are alike
}

func newDice(seed uint64) *dice {
	return &dice{Rand: rand.New(rand.NewPCG(seed, seed^0x9e3779b97f4a7c15))}
}

// chance is true n times of a hundred.
func (d *dice) chance(n int) bool { return d.IntN(100) < n }

func pick[T any](d *dice, list []T) T { return list[d.IntN(len(list))] }

// prose is a text of at most that many characters, unlike every other.
func (d *dice) prose(most int) string {
	words := []string{
		"the", "pass", "closes", "with", "first", "snow", "und", "Wölfe", "ask", "her", "about", "鍵", "apple", "loft", "— never",
		"twice.", "\"No\",", "she", "said:", "#3", "{{char}}", "é", "yes", "0123", "<b>", "it's", "🜂",
	}
	d.texts++
	long := most
	if most > 40 {
		long = 20 + d.IntN(most-20)
	}
	out := fmt.Sprintf("%d", d.texts)
	for {
		gap := " "
		if d.chance(8) {
			gap = "\n"
		}
		next := out + gap + pick(d, words)
		if len([]rune(next)) > long {
			return out + "."[:min(1, max(0, long-len([]rune(out))))]
		}
		out = next
	}
}

// price is a figure, at times one that no floating point holds.
func (d *dice) price() any {
	if d.chance(30) {
		return json.Number(fmt.Sprintf("9007199254740993%d.5", d.IntN(900)))
	}
	return d.IntN(90)
}

// some is one or more of the words, in their order.
func (d *dice) some(words ...string) []any {
	out := []any{}
	for _, w := range words {
		if d.chance(50) {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		out = append(out, pick(d, words))
	}
	return out
}

// same compares two stored values by what they mean: absent, null, empty and
// false are one, and so are numbers written in different ways. Line ends at
// the end of a text do not count.
func same(a, b any) bool { return canonical(a) == canonical(b) }

func canonical(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("?%v", v)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var plain any
	if err := dec.Decode(&plain); err != nil {
		return string(raw)
	}
	out, _ := json.Marshal(simple(plain))
	return string(out)
}

func simple(v any) any {
	switch v := v.(type) {
	case string:
		if v = strings.TrimRight(strings.ReplaceAll(v, "\r\n", "\n"), "\n"); v != "" {
			return v
		}
	case bool:
		if v {
			return v
		}
	case json.Number:
		if worth, ok := new(big.Rat).SetString(v.String()); ok {
			return worth.RatString()
		}
		return v
	case []any:
		list := []any{}
		for _, e := range v {
			list = append(list, simple(e))
		}
		if len(list) > 0 {
			return list
		}
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			if e = simple(e); e != nil {
				out[k] = e
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// sameAt compares two values of a key. Where order means nothing to the
// vendor, it means nothing here.
func sameAt(key string, a, b any) bool {
	switch key {
	case "categories", "traits":
		return same(sorted(a), sorted(b))
	case "temperature": // of Convai, which may answer figures of 32 bits
		return same(sixPlaces(a), sixPlaces(b))
	}
	return same(a, b)
}

func sixPlaces(v any) any {
	if worth, ok := new(big.Rat).SetString(strings.Trim(canonical(v), `"`)); ok {
		return json.Number(worth.FloatString(6))
	}
	return v
}

func sorted(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	words := make([]string, len(list))
	for i, e := range list {
		words[i] = fmt.Sprint(e)
	}
	sort.Strings(words)
	return slices.Compact(words)
}

// changedKeys are the keys in which two stored documents differ.
func changedKeys(before, after map[string]any) []string {
	var out []string
	seen := map[string]bool{}
	for _, doc := range []map[string]any{before, after} {
		for key := range doc {
			if !seen[key] && !sameAt(key, before[key], after[key]) && !echoed(key, before[key], after[key]) {
				out = append(out, key)
			}
			seen[key] = true
		}
	}
	sort.Strings(out)
	return out
}

// echoed recognises the one field that Character.AI's sandbox shows without
// storing it. Whoever sends back what was read, as an update there must,
// stores it, and nobody can tell.
func echoed(key string, before, after any) bool {
	return key == "model_variant" && before == nil && after == "sandbox-1"
}

func short(v any) string {
	s := canonical(v)
	if len(s) > 120 {
		return s[:120] + "…"
	}
	return s
}
