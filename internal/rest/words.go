package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// mostWords is how much of a vendor's message is passed on, in characters.
const mostWords = 300

// words finds what a vendor says went wrong, in any of the forms seen:
// detail (with errors), ERROR, API_ERROR, INTERNAL_ERROR, message, error as a
// text or an object, a status that is a sentence, neo_error with a comment.
func words(data []byte) string {
	var v any
	if f := decode(data, &v); f != nil {
		return ""
	}
	return wordsOf(v)
}

func wordsOf(v any) string {
	doc, ok := v.(map[string]any)
	if !ok {
		return ""
	}
	lower := make(map[string]any, len(doc))
	for k, e := range doc {
		lower[strings.ToLower(k)] = e
	}
	for _, key := range []string{"detail", "error", "api_error", "internal_error", "message", "comment", "status", "errors"} {
		if _, number := lower[key].(json.Number); number {
			continue // a code says nothing to people, and may be a value of the wrong type
		}
		if message := sentence(lower["message"]); key == "error" && message != "" && hollowWord(sentence(lower[key])) {
			return message // "Bad Request" and "assistant_pinned" say less than the message beside them
		}
		if s := sentence(lower[key]); s != "" && !strings.EqualFold(s, "ok") && !strings.EqualFold(s, "success") && s != "NOT_OK" {
			if more := sentence(lower["errors"]); key == "detail" && more != "" {
				return s + ": " + more
			}
			return s
		}
	}
	return ""
}

// hollowWord reports the name of a status of HTTP, or a code for programs.
func hollowWord(s string) bool {
	if strings.Contains(s, "_") && !strings.Contains(s, " ") {
		return true
	}
	for status := http.StatusBadRequest; status < 600; status++ {
		if text := http.StatusText(status); text != "" && strings.EqualFold(text, s) {
			return true
		}
	}
	return false
}

// located is words for an answer that says of each fault where in the body it
// is: each is named as the manifest names it.
func (a *Account) located(data []byte) (string, []spec.Path) {
	var top map[string]any
	if f := decode(data, &top); f != nil {
		return words(data), nil
	}
	list, _ := top["detail"].([]any)
	var parts []string
	var fields []spec.Path
	for _, e := range list {
		fault, _ := e.(map[string]any)
		where, _ := fault["loc"].([]any)
		message := sentence(fault)
		if len(where) == 0 || message == "" {
			return words(data), nil
		}
		steps := make([]string, 0, len(where))
		for _, step := range where {
			steps = append(steps, fmt.Sprint(step))
		}
		if steps[0] == "body" {
			steps = steps[1:]
		}
		name := strings.Join(steps, ".")
		if p, ok := a.api.Driver.Fields.At("/" + strings.Join(steps, "/")); ok {
			fields, name = append(fields, p), string(p)
		}
		parts = append(parts, strings.TrimPrefix(name+": "+message, ": "))
	}
	if len(parts) == 0 {
		return words(data), nil
	}
	return strings.Join(parts, "; "), fields
}

// sentence makes a text of a value in an error body.
func sentence(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case []any:
		var parts []string
		for _, e := range v {
			if s := sentence(e); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, "; ")
	case map[string]any:
		for _, key := range []string{"message", "detail", "msg", "reason", "code"} {
			if s := sentence(v[key]); s != "" {
				return s
			}
		}
		return ""
	case json.Number:
		return v.String()
	}
	return ""
}

// clean makes foreign words fit for a terminal: no control or direction
// characters, one line, cut at a number of characters.
func clean(s string, most int) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			continue
		}
		if n >= most {
			b.WriteString("…")
			break
		}
		if space {
			b.WriteByte(' ')
			n++
			space = false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// secrets takes credentials out of what is about to be shown.
type secrets []string

// shortest is the length from which another account's credential is looked for
// in a service's words: what is shorter is a word of its own.
const shortest = 8

// newSecrets lists what must not come out, the longest first: one may be part
// of another.
func newSecrets(cfg providers.Config) secrets {
	var out secrets
	for _, s := range cfg.Credentials {
		if v := s.Reveal(); v != "" {
			out = append(out, v)
		}
	}
	for _, s := range cfg.Others {
		if v := s.Reveal(); len(v) >= shortest {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}

func (s secrets) scrub(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, "[secret]")
	}
	return text
}
