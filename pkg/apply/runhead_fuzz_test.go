package apply

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/charsync/charsync/pkg/spec"
)

// FuzzRunHead: no text makes reading the head of a run record panic, what is
// refused says why, and what is read writes back to the same.
func FuzzRunHead(f *testing.F) {
	id := newRunID(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
	for _, head := range []RunHead{
		{FormatVersion: RunVersion, ID: id, Number: 7, At: "2026-11-02T09:00:00Z", Who: "mira@inn", Command: "apply", Plan: "x", Allow: []string{"replace"}},
		{FormatVersion: "2.0", ID: id},
		{FormatVersion: "", ID: id},
		{FormatVersion: "1.9", ID: "other"},
		{FormatVersion: "1", ID: id, Undoes: id, Resumes: "latest", Env: "stage"},
	} {
		data, err := json.Marshal(head)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Add([]byte(`{"format_version":1,"number":1e99}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		// The name of the folder is what the head says: else hardly any is read.
		var named struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(data, &named) != nil || named.ID == "" {
			named.ID = id
		}
		head, err := decodeRunHead(data, named.ID, spec.Pos{File: "run.json"})
		if err != nil {
			if code := codeOf(err); code != codeRunCorrupt && code != codeRunNewer {
				t.Fatal(err)
			}
			return
		}
		back, err := json.Marshal(head)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeRunHead(back, named.ID, spec.Pos{})
		if err != nil {
			t.Fatalf("%s became %s: %v", data, back, err)
		}
		if twice, err := json.Marshal(again); err != nil || !bytes.Equal(twice, back) {
			t.Fatalf("%s became %s: %v", back, twice, err)
		}
	})
}
