package rest

import (
	"io"
	"net/http"
	"testing"

	"github.com/charsync/charsync/pkg/providers"
)

// An answer that shows no field is not a character whose fields are unknown:
// that would hide every drift.
func TestAnswerThatShowsNothing(t *testing.T) {
	for body, want := range map[string]providers.ErrorKind{
		`{"id":"1","name":"Mira"}`:              "",
		`{"response":{"id":"1","name":"Mira"}}`: "",
		`{"response":[1,1]}`:                    providers.Unexpected,
		`{"response":null}`:                     providers.Unexpected,
		`{"response":{}}`:                       providers.Unexpected,
		`{"id":"1"}`:                            providers.Unexpected,
		`{}`:                                    providers.Unexpected,
	} {
		a := served(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		a.api.Get.Unwrap = "/response"
		if _, err := a.Get(t.Context(), "1"); providers.KindOf(err) != want {
			t.Errorf("%s: %v", body, err)
		}
	}
}
