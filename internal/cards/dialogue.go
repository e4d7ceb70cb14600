package cards

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
)

// turn is one message of an example of elizaOS. Older files say user, newer
// ones name.
type turn struct {
	Name    string          `json:"name,omitempty"`
	User    string          `json:"user,omitempty"`
	Content json.RawMessage `json:"content"`
}

func (t turn) said() (string, bool) {
	var text string
	if json.Unmarshal(t.Content, &text) == nil {
		return text, true
	}
	var content struct {
		Text *string `json:"text"`
	}
	if json.Unmarshal(t.Content, &content) != nil || content.Text == nil {
		return "", false
	}
	return *content.Text, true
}

// conversationsOf reads conversations: lists of turns, or objects that hold
// such a list under examples.
func conversationsOf(raw json.RawMessage) ([][]turn, bool) {
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return nil, false
	}
	out := make([][]turn, len(parts))
	for i, part := range parts {
		var group struct {
			Examples []turn `json:"examples"`
		}
		switch {
		case json.Unmarshal(part, &out[i]) == nil:
		case json.Unmarshal(part, &group) == nil && group.Examples != nil:
			out[i] = group.Examples
		default:
			return nil, false
		}
	}
	return out, true
}

// readDialogue writes conversations as people do: a turn in each line, and a
// blank line between two.
func readDialogue(o object, where string) (string, error) {
	const key = "messageExamples"
	raw, _ := o.get(key)
	if !o.has(key) {
		return "", nil
	}
	conversations, ok := conversationsOf(raw)
	if !ok {
		return "", errors.New(join(where, key) + " is not a list of conversations")
	}
	var parts []string
	for _, c := range conversations {
		var said []string
		for _, t := range c {
			if text, ok := t.said(); ok {
				said = append(said, t.Name+t.User+": "+text)
			}
		}
		if len(said) > 0 {
			parts = append(parts, strings.Join(said, "\n"))
		}
	}
	return strings.Join(parts, "\n\n"), nil
}

// writeDialogue reads conversations back. A line without a speaker goes on
// with the one before. Turns that are there already stay as they are, and one
// whose words alone changed keeps everything else: its actions, and whether its
// speaker is a user or a name.
func writeDialogue(o object, text string) object {
	const key = "messageExamples"
	raw, _ := o.get(key)
	old := oldTurns(raw)
	conversations := []any{}
	for _, c := range conversationsIn(text, speakersOf(old)) {
		var was []json.RawMessage
		if n := len(conversations); n < len(old.turns) {
			was = old.turns[n]
		}
		turns := matched(c, was)
		if old.grouped {
			conversations = append(conversations, map[string]any{"examples": turns})
			continue
		}
		conversations = append(conversations, turns)
	}
	return o.with(key, encode(conversations))
}

// message is a turn as the text has it.
type message struct{ name, text string }

// conversationsIn takes a text apart. A blank line ends a conversation when a
// turn follows it; otherwise it is part of what was said.
func conversationsIn(text string, speakers []string) [][]message {
	var all [][]message
	for part := range strings.SplitSeq(text, "\n\n") {
		var c []message
		for line := range strings.SplitSeq(part, "\n") {
			name, said, ok := strings.Cut(line, ": ")
			ok = ok && (len(speakers) == 0 || slices.Contains(speakers, name) || spokenName.MatchString(name))
			switch {
			case ok:
				c = append(c, message{name, said})
			case len(c) > 0:
				c[len(c)-1].text += "\n" + line
			case len(all) > 0 && strings.TrimSpace(line) != "": // after a blank line
				last := all[len(all)-1]
				last[len(last)-1].text += "\n\n" + line
				all = all[:len(all)-1]
				c = last
			case strings.TrimSpace(line) != "":
				c = append(c, message{"{{name1}}", line})
			}
		}
		if len(c) > 0 {
			all = append(all, c)
		}
	}
	return all
}

// spokenName is what a speaker is called whom no turn has named yet: a macro,
// or up to three words.
var spokenName = regexp.MustCompile(`^(\{\{\w+\}\}|\pL[\pL\pN'-]*( [\pL\pN'-]+){0,2})$`)

// turns are those of a card, as they are written.
type turns struct {
	turns   [][]json.RawMessage
	grouped bool // each conversation is an object with examples
}

func oldTurns(raw json.RawMessage) turns {
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return turns{}
	}
	out := turns{turns: make([][]json.RawMessage, len(parts))}
	for i, part := range parts {
		var group struct {
			Examples []json.RawMessage `json:"examples"`
		}
		if json.Unmarshal(part, &out.turns[i]) != nil && json.Unmarshal(part, &group) == nil {
			out.turns[i], out.grouped = group.Examples, true
		}
	}
	return out
}

func turnOf(raw json.RawMessage) (name, text string, ok bool) {
	var t turn
	if json.Unmarshal(raw, &t) != nil {
		return "", "", false
	}
	text, ok = t.said()
	return t.Name + t.User, text, ok
}

func speakersOf(old turns) []string {
	var names []string
	for _, c := range old.turns {
		for _, raw := range c {
			if name, _, ok := turnOf(raw); ok && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// matched writes a conversation with the turns that it had: those that say the
// same first, then those of the same speaker in their order.
func matched(c []message, was []json.RawMessage) []json.RawMessage {
	out := make([]json.RawMessage, len(c))
	used := make([]bool, len(was))
	take := func(i int, fits func(name, text string) bool) bool {
		for j, raw := range was {
			name, text, ok := turnOf(raw)
			if used[j] || !ok || !fits(name, text) {
				continue
			}
			out[i], used[j] = says(raw, c[i].text), true
			return true
		}
		return false
	}
	for i, m := range c {
		take(i, func(name, text string) bool { return name == m.name && text == m.text })
	}
	for i, m := range c {
		if out[i] != nil || take(i, func(name, _ string) bool { return name == m.name }) {
			continue
		}
		out[i] = encode(struct {
			Name    string            `json:"name"`
			Content map[string]string `json:"content"`
		}{m.name, map[string]string{"text": m.text}})
	}
	return out
}

// says is a turn with other words.
func says(raw json.RawMessage, text string) json.RawMessage {
	if _, now, _ := turnOf(raw); now == text {
		return raw
	}
	o, err := parseObject(raw, "a turn")
	if err != nil {
		return raw
	}
	content, _ := o.get("content")
	inner, err := parseObject(content, "content")
	if err != nil { // the words alone
		return o.with("content", encode(text)).encode()
	}
	return o.with("content", inner.with("text", encode(text)).encode()).encode()
}
