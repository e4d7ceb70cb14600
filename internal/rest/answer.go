package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/charsync/charsync/pkg/providers"
)

// answer is what came back: the status and the bytes, read to the end.
type answer struct {
	status int
	header http.Header
	data   []byte
}

// flaw is what is wrong with an answer's form.
type flaw struct {
	kind    providers.ErrorKind
	message string
	err     error
	status  int // of the answer; 0 where that is known otherwise
}

func (f *flaw) Error() string { return f.message }

// read takes the whole answer, up to the bound.
func read(resp *http.Response, most int64) (*answer, *flaw) {
	if b, ok := resp.Body.(*wholeBody); ok {
		return b.answer, b.flaw
	}
	defer func() { _ = resp.Body.Close() }()
	var data bytes.Buffer
	const announced = 4 << 20 // as much room is made at once as an answer claims to need
	if n := min(resp.ContentLength, most, announced); n > 0 {
		data.Grow(int(n) + bytes.MinRead)
	}
	_, err := data.ReadFrom(io.LimitReader(resp.Body, most+1))
	a := &answer{status: resp.StatusCode, header: resp.Header, data: data.Bytes()}
	switch {
	case int64(data.Len()) > most:
		return a, &flaw{kind: providers.TooLarge, message: fmt.Sprintf("the answer is larger than %d MiB", most>>20)}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return a, &flaw{kind: providers.Truncated, message: "the connection ended in the middle of the answer", err: err}
	case err != nil:
		return a, &flaw{kind: providers.Unavailable, message: "the answer could not be read to its end: " + plainError(err), err: err}
	}
	return a, nil
}

// ok reports a status of success.
func (a *answer) ok() bool { return a.status >= 200 && a.status < 300 }

// form says what is wrong with the bytes before they are looked into.
func (a *answer) form() *flaw {
	text := bytes.TrimSpace(a.data)
	switch {
	case len(text) == 0:
		return &flaw{kind: providers.Unexpected, message: "the answer is empty"}
	case a.html(text):
		return &flaw{kind: providers.NotJSON, message: "the answer is a web page" + titled(text)}
	}
	return nil
}

func (a *answer) html(text []byte) bool {
	return text[0] == '<' || strings.HasPrefix(strings.ToLower(a.header.Get("Content-Type")), "text/html") && text[0] != '{' && text[0] != '['
}

var titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// titled quotes the title of a page, which says more than anything else on it.
func titled(page []byte) string {
	m := titleTag.FindSubmatch(page[:min(len(page), 64<<10)])
	if m == nil {
		return ""
	}
	return fmt.Sprintf(" titled %q", clean(string(m[1]), 80))
}

// decode reads JSON. Numbers stay as they were written.
func (a *answer) decode(into any) *flaw {
	if f := a.form(); f != nil {
		return f
	}
	return decode(a.data, into)
}

func decode(data []byte, into any) *flaw {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	err := dec.Decode(into)
	if err == nil {
		if _, err := dec.Token(); !errors.Is(err, io.EOF) {
			return &flaw{kind: providers.NotJSON, message: "something follows the JSON of the answer"}
		}
		return nil
	}
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &flaw{kind: providers.Truncated, message: "the JSON of the answer is cut short", err: err}
	case errors.As(err, &wrongType):
		return &flaw{kind: providers.Unexpected, message: "the answer is " + wrongType.Value + " where an object was expected", err: err}
	}
	return &flaw{kind: providers.NotJSON, message: "the answer is not JSON", err: err}
}

// object decodes an answer that must be an object, without its envelope.
func (a *answer) object(unwrap string) (providers.Body, *flaw) {
	var doc providers.Body
	if f := a.decode(&doc); f != nil {
		return nil, f
	}
	if doc == nil {
		return nil, &flaw{kind: providers.Unexpected, message: "the answer is null"}
	}
	if unwrap != "" {
		if inner, ok := doc.Pick(unwrap); ok {
			m, ok := inner.(map[string]any)
			if !ok {
				return nil, &flaw{kind: providers.Unexpected, message: "the envelope of the answer holds no object"}
			}
			return m, nil
		}
	}
	return doc, nil
}

// meets reports whether an answer says that the call succeeded.
func meets(doc providers.Body, conditions []Condition) bool {
	for _, c := range conditions {
		v, ok := doc.Pick(c.Pointer)
		if !ok || hollow(v) {
			return false
		}
		if s, isText := v.(string); c.Is != "" && (!isText || !strings.EqualFold(s, c.Is)) {
			return false
		}
	}
	return true
}

func hollow(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
