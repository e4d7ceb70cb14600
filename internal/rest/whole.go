package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/charsync/charsync/pkg/providers"
)

// whole reads an answer to its end on routes that only read. One that is cut
// short on the way is then a failed attempt like one that never came, and is
// asked for again. What a write was answered is left to its caller: it may have
// been carried out, however short its answer is.
type whole struct{ next http.RoundTripper }

func (w *whole) RoundTrip(req *http.Request) (*http.Response, error) {
	t := tripOf(req)
	resp, err := w.next.RoundTrip(req)
	if err != nil || !t.route.Reads || resp.StatusCode < 200 || resp.StatusCode > 299 {
		return resp, err
	}
	got, f := read(resp, t.route.limit())
	if f == nil && unclosed(got.data) {
		f = &flaw{kind: providers.Truncated, message: "the JSON of the answer is cut short", err: io.ErrUnexpectedEOF}
	}
	if f != nil && f.mends() && req.Context().Err() == nil {
		f.status = got.status
		return nil, f
	}
	resp.Body = &wholeBody{Reader: bytes.NewReader(got.data), answer: got, flaw: f}
	return resp, nil
}

// mends reports a flaw that asking once more may mend. An answer that is too
// large stays so, and one that took all the time there is has used it up.
func (f *flaw) mends() bool {
	return f.kind != providers.TooLarge && !errors.Is(f.err, context.DeadlineExceeded) && !errors.Is(f.err, context.Canceled)
}

// wholeBody is a body that was read already, with what was found.
type wholeBody struct {
	*bytes.Reader
	answer *answer
	flaw   *flaw
}

func (*wholeBody) Close() error { return nil }

// unclosed reports a JSON text that ends inside a string, an array or an
// object. It finds nothing else wrong.
func unclosed(data []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case depth == 0 && c > ' ':
			return false // no object and no array: whatever it is, its end can't be told
		}
	}
	return quoted || depth > 0
}
