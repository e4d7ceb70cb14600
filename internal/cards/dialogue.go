package cards

import (
	"encoding/json"
	"errors"
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
// with the one before.
func writeDialogue(o object, text string) object {
	type message struct {
		Name    string            `json:"name"`
		Content map[string]string `json:"content"`
	}
	conversations := [][]message{}
	for part := range strings.SplitSeq(text, "\n\n") {
		var c []message
		for line := range strings.SplitSeq(part, "\n") {
			name, said, ok := strings.Cut(line, ": ")
			if !ok && len(c) > 0 {
				c[len(c)-1].Content["text"] += "\n" + line
				continue
			}
			if !ok {
				name, said = "{{name1}}", line
			}
			c = append(c, message{name, map[string]string{"text": said}})
		}
		if strings.TrimSpace(part) != "" {
			conversations = append(conversations, c)
		}
	}
	return o.with("messageExamples", encode(conversations))
}
