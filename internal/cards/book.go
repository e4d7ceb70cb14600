package cards

import (
	"encoding/json"
	"strings"
)

// entry is an entry of a character book, with its text when it has one that
// is in use.
type entry struct {
	raw  json.RawMessage
	text string
	used bool
}

// entriesOf reads the entries of a book; none for a book of another shape,
// which is then only carried along.
func entriesOf(o object) (book object, entries []entry) {
	raw, _ := o.get("character_book")
	book, err := parseObject(raw, "character_book")
	if err != nil {
		return nil, nil
	}
	list, _ := book.get("entries")
	var raws []json.RawMessage
	if json.Unmarshal(list, &raws) != nil {
		return book, nil
	}
	for _, r := range raws {
		e := entry{raw: r}
		if inside, err := parseObject(r, "entry"); err == nil {
			text, err := inside.text("content", "")
			off, _ := inside.get("enabled")
			e.text = normal(text)
			e.used = err == nil && e.text != "" && string(off) != "false"
		}
		entries = append(entries, e)
	}
	return book, entries
}

// readBook is what the enabled entries say, in their order.
func readBook(o object, _ string) (string, error) {
	var parts []string
	if o.has("character_book") {
		_, entries := entriesOf(o)
		for _, e := range entries {
			if e.used {
				parts = append(parts, e.text)
			}
		}
	}
	return strings.Join(parts, "\n\n"), nil
}

// writeBook keeps the entries that the text still holds, and those that are
// not in use. What else the text says becomes one entry that is always in
// force.
func writeBook(o object, text string) object {
	book, entries := entriesOf(o)
	kept := []json.RawMessage{}
	var rest []string
	for _, e := range entries {
		if !e.used {
			kept = append(kept, e.raw)
			continue
		}
		before, after, ok := cutParagraphs(text, e.text)
		if !ok {
			continue
		}
		kept = append(kept, e.raw)
		rest = append(rest, before)
		text = after
	}
	more := text
	if len(rest) > 0 {
		more = strings.Trim(strings.Join(append(rest, text), "\n\n"), "\n")
	}
	if more != "" {
		kept = append(kept, encode(map[string]any{
			"keys": []string{}, "content": more, "extensions": map[string]any{}, "enabled": true, "insertion_order": len(kept),
			"constant": true, "use_regex": false,
		}))
	}
	if book == nil {
		book = object{{"extensions", json.RawMessage("{}")}}
	}
	return o.with("character_book", book.with("entries", encode(kept)).encode())
}

// cutParagraphs takes whole paragraphs out of a text.
func cutParagraphs(text, part string) (before, after string, ok bool) {
	for from := 0; ; {
		i := strings.Index(text[from:], part)
		if i < 0 {
			return text, "", false
		}
		i += from
		end := i + len(part)
		from = i + 1
		opens := i == 0 || strings.HasSuffix(text[:i], "\n\n")
		closes := end == len(text) || strings.HasPrefix(text[end:], "\n\n")
		if opens && closes {
			return strings.Trim(text[:i], "\n"), strings.Trim(text[end:], "\n"), true
		}
	}
}
