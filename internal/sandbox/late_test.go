package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestLateReads: what a request wrote shows after so many reads, creations,
// changes and deletions alike, and writes see it at once.
func TestLateReads(t *testing.T) {
	for _, where := range []string{"everywhere", "lists"} {
		t.Run(where, func(t *testing.T) {
			s, err := Open(Options{Seed: 3, Switches: map[string]string{"late-where": where}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Listen(""); err != nil {
				t.Fatal(err)
			}
			base := s.Environ()["CONVAI_BASE_URL"]
			post := func(path, body string) string {
				t.Helper()
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Convai-Api-Key", s.Environ()["CONVAI_API_KEY"])
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				var b strings.Builder
				_, _ = fmt.Fprint(&b, resp.StatusCode, " ")
				buf := make([]byte, 64<<10)
				for {
					n, err := resp.Body.Read(buf)
					b.Write(buf[:n])
					if err != nil {
						return b.String()
					}
				}
			}
			list := func() string { return post("/character/list", `{}`) }
			set := func(n string) {
				if err := s.Set("late-reads", n); err != nil {
					t.Fatal(err)
				}
			}
			shows := func(when, answer, words string, want bool) {
				t.Helper()
				if strings.Contains(answer, words) != want {
					t.Errorf("%s: %v expected: %s", when, want, answer)
				}
			}
			set("2")
			post("/character/create", `{"charName":"Mira","voiceType":"MALE","backstory":"An innkeeper."}`)
			stored, err := s.Characters("convai")
			if err != nil || len(stored) != 1 {
				t.Fatal(stored, err)
			}
			id := stored[0].ID
			get := func() string { return post("/character/get", `{"charID":"`+id+`"}`) }
			shows("created, first read", list(), id, false)
			shows("created, get", get(), "200 ", where == "lists")
			shows("created, third read", list(), id, true)
			post("/character/update", `{"charID":"`+id+`","charName":"Adalind"}`)
			shows("changed, first read", list(), `"Mira"`, true)
			shows("changed, get", get(), `"Adalind"`, where == "lists")
			shows("changed, third read", list(), `"Adalind"`, true)
			post("/character/delete", `{"charID":"`+id+`"}`)
			shows("deleted, first read", list(), id, true)
			shows("deleted, second read", list(), id, true)
			shows("deleted, third read", list(), id, false)
			set("0")
			post("/character/create", `{"charName":"Orla","voiceType":"MALE","backstory":"A smith."}`)
			shows("at once", list(), "Orla", true)
		})
	}
}
