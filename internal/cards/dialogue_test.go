package cards

import (
	"strings"
	"testing"
)

// TestOneWordOfADialogue changes one word of one turn: everything else of all
// turns stays as it was written.
func TestOneWordOfADialogue(t *testing.T) {
	for name, c := range map[string]struct{ card, from, to, want string }{
		"user and action": {
			`[[{"user":"{{user1}}","content":{"text":"Is it late?"}},{"user":"Ida","content":{"text":"It is noon.","action":"RING","extra":[1]}}]]`,
			"noon", "midnight",
			`[[{"user":"{{user1}}","content":{"text":"Is it late?"}},{"user":"Ida","content":{"text":"It is midnight.","action":"RING","extra":[1]}}]]`,
		},
		"a blank line inside a turn": {
			`[[{"name":"Ida","content":{"text":"Listen.\n\nThe bell is cracked."}},{"name":"{{user1}}","content":{"text":"Oh."}}],[{"name":"Ida","content":{"text":"Go."}}]]`,
			"cracked", "whole",
			`[[{"name":"Ida","content":{"text":"Listen.\n\nThe bell is whole."}},{"name":"{{user1}}","content":{"text":"Oh."}}],[{"name":"Ida","content":{"text":"Go."}}]]`,
		},
		"groups": {
			`[{"examples":[{"name":"Ida","content":{"text":"Go: now.","actions":["LEAVE"]}}]}]`, "now", "soon",
			`[{"examples":[{"name":"Ida","content":{"text":"Go: soon.","actions":["LEAVE"]}}]}]`,
		},
	} {
		o := object(nil).with("messageExamples", []byte(c.card))
		text, err := readDialogue(o, "")
		if err != nil {
			t.Fatal(err)
		}
		if same := writeDialogue(o, text); !strings.Contains(string(same.encode()), c.card) {
			t.Errorf("%s: untouched, it is %s", name, same.encode())
		}
		out, _ := writeDialogue(o, strings.Replace(text, c.from, c.to, 1)).get("messageExamples")
		if string(out) != c.want {
			t.Errorf("%s: %s", name, out)
		}
	}
}
