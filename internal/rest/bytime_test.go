package rest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charsync/charsync/pkg/providers"
)

// dated is a vendor whose list is a bare array of three items a page.
func dated(a *Account) {
	a.api.List = Route{
		Name: "list", Method: "GET", Path: "/p", Reads: true, Items: "/", ItemID: "/id", ItemName: "/name",
		ByTime: &ByTime{Item: "/at", Older: "to", Newer: "from", Full: 3},
	}
}

func listed(t *testing.T, a *Account) (ids string, err error) {
	t.Helper()
	var all []string
	for item, err := range a.List(t.Context(), "") {
		if err != nil {
			return strings.Join(all, " "), err
		}
		all = append(all, item.ID)
	}
	return strings.Join(all, " "), nil
}

// Every item of a list that goes on by times is found, once, in whatever order
// the vendor sorts it, and however finely it keeps times that it tells in
// milliseconds.
func TestListByTime(t *testing.T) {
	day := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for name, after := range map[string][]time.Duration{
		"nothing":               {},
		"less than a page":      {0, 1},
		"a whole page":          {0, 1e9, 2e9},
		"some pages":            {0, 1e9, 2e9, 3e9, 4e9, 5e9, 6e9, 7e9},
		"two at the boundary":   {0, 1e9, 1e9, 2e9, 3e9},
		"finer than what shows": {0, 10_000_100, 10_000_900, 20_000_000, 30_000_000},
	} {
		for _, oldest := range []bool{false, true} {
			kept := make([]time.Time, len(after))
			want := make([]string, len(after))
			for i, d := range after {
				kept[i], want[i] = day.Add(d), fmt.Sprint(i)
			}
			order := slices.Clone(want)
			if !oldest {
				slices.Reverse(order)
			}
			pages := 0
			a := served(t, func(w http.ResponseWriter, r *http.Request) {
				pages++
				bound := func(name string, otherwise time.Time) time.Time {
					if v := r.URL.Query().Get(name); v != "" {
						at, err := time.Parse(time.RFC3339Nano, v)
						if err != nil {
							t.Error(err)
						}
						return at
					}
					return otherwise
				}
				from, to := bound("from", day.Add(-time.Hour)), bound("to", day.Add(time.Hour))
				page := []map[string]string{}
				for _, id := range order {
					var i int
					_, _ = fmt.Sscan(id, &i)
					if at := kept[i]; !at.Before(from) && !at.After(to) && len(page) < 3 {
						page = append(page, map[string]string{"id": id, "name": "x", "at": at.Format("2006-01-02T15:04:05.000Z")})
					}
				}
				_ = json.NewEncoder(w).Encode(page)
			})
			dated(a)
			ids, err := listed(t, a)
			got := strings.Fields(ids)
			slices.Sort(got)
			if err != nil || !slices.Equal(got, want) || pages > len(after)/2+2 {
				t.Errorf("%s, oldest first %v: %v %v in %d pages", name, oldest, got, err, pages)
			}
		}
	}
}

// A list that can't be read to its end is an error, and never a short list.
func TestListByTimeThatStops(t *testing.T) {
	const at = `"at":"2026-11-30T12:00:0%d.000Z"`
	item := func(id, second int) string { return fmt.Sprintf(`{"id":"%d",`+at+`}`, id, second) }
	for name, c := range map[string]struct{ page, ids, words string }{
		"unsorted":           {"[" + item(1, 1) + "," + item(2, 3) + "," + item(3, 2) + "]", "", "not sorted"},
		"no time":            {`[{"id":"1"},{"id":"2"},{"id":"3"}]`, "", "does not tell its time"},
		"one instant":        {"[" + item(1, 1) + "," + item(2, 1) + "," + item(3, 1) + "]", "1 2 3", "circles"},
		"an object":          {`{"message":["limit is too large"],"error":"Bad Request","statusCode":400}`, "", "limit is too large"},
		"an object of lists": {`{"results":[]}`, "", "does not say that it succeeded"},
		"null":               {`null`, "", "not an array"},
		"a word":             {`"none"`, "", "not an array"},
	} {
		a := served(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.page) })
		dated(a)
		ids, err := listed(t, a)
		if err == nil || ids != c.ids || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %q %v", name, ids, err)
		}
	}
}

// A page may say by a word of its own whether another one follows, and is then
// not believed to be the last when it names none.
func TestListThatSaysMore(t *testing.T) {
	for name, c := range map[string]struct{ page, ids, words string }{
		"no more, no cursor":     {`{"list":[{"id":"1"}],"more":false}`, "1", ""},
		"no more, an old cursor": {`{"list":[{"id":"1"}],"more":false,"next":"x"}`, "1", ""},
		"more, and no cursor":    {`{"list":[{"id":"1"}],"more":true,"next":null}`, "", "not which"},
		"more, and a cursor":     {`{"list":[{"id":"1"}],"more":true,"next":"x"}`, "1", "circles"},
		"a word, no cursor":      {`{"list":[{"id":"1"}],"more":"no"}`, "", "does not say whether"},
	} {
		a := served(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.page) })
		a.api.List.More = "/more"
		ids, err := listed(t, a)
		if ids != c.ids || (c.words == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %q %v", name, ids, err)
		}
	}
}

// What an instance sets goes into the query, and the message of the run into
// the body; what is not set is not sent.
func TestQueryAndMessageOfARun(t *testing.T) {
	var query string
	var body map[string]any
	for _, c := range []struct {
		settings map[string]string
		message  string
		query    string
		body     string
	}{
		{nil, "", "", `{"name":"Mira"}`},
		{map[string]string{"branch": ""}, "charsync 1", "", `{"meta":{"by":"charsync 1"},"name":"Mira"}`},
		{map[string]string{"branch": "b 1"}, "", "branch_id=b+1", `{"name":"Mira"}`},
	} {
		a := served(t, func(w http.ResponseWriter, r *http.Request) {
			query, body = r.URL.RawQuery, nil
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			_, _ = io.WriteString(w, `{"status":"ok"}`)
		})
		a.settings = c.settings
		a.api.Update.QuerySettings = map[string]string{"branch_id": "branch"}
		a.api.Update.Message = "/meta/by"
		if err := a.Update(providers.WithMessage(t.Context(), c.message), "1", providers.Body{"name": "Mira"}); err != nil {
			t.Fatal(err)
		}
		got, _ := json.Marshal(body)
		if query != c.query || string(got) != c.body {
			t.Errorf("%v %q: %q %s", c.settings, c.message, query, got)
		}
	}
}
