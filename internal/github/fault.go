package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Kind says what a fault means for whoever asked.
type Kind string

// The kinds of faults.
const (
	Forbidden   Kind = "forbidden"   // the token has no right to it, as on a fork; GitHub says 404 for some
	Limited     Kind = "limited"     // too many requests; the pause it asks for is too long
	TooLong     Kind = "too long"    // the body is longer than GitHub takes
	Unavailable Kind = "unavailable" // no answer, or an error on GitHub's side
	Broken      Kind = "broken"      // an answer that makes no sense
	Refused     Kind = "refused"     // anything else
)

// Fault is a call that failed.
type Fault struct {
	Kind    Kind
	Status  int    // 0: there was no answer
	Message string // what GitHub said, or what happened
}

func (f *Fault) Error() string {
	if f.Status == 0 {
		return f.Message
	}
	return fmt.Sprintf("GitHub answered %d: %s", f.Status, f.Message)
}

// Is reports whether an error is a fault of a kind.
func Is(err error, kinds ...Kind) bool {
	var f *Fault
	if !errors.As(err, &f) {
		return false
	}
	for _, k := range kinds {
		if f.Kind == k {
			return true
		}
	}
	return false
}

// refusal reads an answer that is not a success.
func refusal(resp *http.Response, data []byte) error {
	var said struct {
		Message string
		Errors  []struct{ Message string }
	}
	_ = json.Unmarshal(data, &said) // an answer of a proxy is no JSON; the status says enough
	words := []string{said.Message}
	for _, e := range said.Errors {
		words = append(words, e.Message)
	}
	message := strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	if message == "" {
		message = http.StatusText(resp.StatusCode)
	}
	if len(message) > 300 {
		message = strings.ToValidUTF8(message[:300], "") + "…"
	}
	f := &Fault{Kind: Refused, Status: resp.StatusCode, Message: message}
	switch {
	case limited(resp):
		f.Kind = Limited
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden, resp.StatusCode == http.StatusNotFound:
		f.Kind = Forbidden
	case resp.StatusCode == http.StatusUnprocessableEntity && strings.Contains(message, "too long"):
		f.Kind = TooLong
	case resp.StatusCode >= 500:
		f.Kind = Unavailable
	}
	return f
}
