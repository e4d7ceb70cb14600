package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAlakazamKeys(t *testing.T) {
	s := opened(t, Options{Accept: map[string][]string{"alakazam": {"sk_live_mine", "pk_test_mine"}}})
	id := put(t, s, "alakazam", doc{"name": "Mira", "persona": "secret", "lore": "old"})
	for _, tc := range []struct {
		key, method, path, body string
		want                    int
	}{
		{"", "GET", "/v1/characters", "", 401},
		{"nope", "GET", "/v1/characters", "", 401},
		{"sk_live_mine", "GET", "/v1/characters/" + id, "", 200},
		{"pk_live_sandbox", "GET", "/v1/characters/" + id, "", 200},
		{"pk_live_sandbox", "PATCH", "/v1/characters/" + id, `{"name":"x"}`, 401},
		{"pk_live_sandbox", "POST", "/v1/characters", `{"name":"x"}`, 401},
		{"pk_test_mine", "GET", "/v1/characters/" + id, "", 404},
		{"sk_test_sandbox", "PATCH", "/v1/characters/" + id, `{"name":"x"}`, 404},
		{"sk_live_sandbox_stranger", "GET", "/v1/characters/" + id, "", 404},
		{"sk_live_sandbox_stranger", "PATCH", "/v1/characters/" + id, `{"name":"x"}`, 404},
		{"sk_live_sandbox", "PATCH", "/v1/characters/nope", `{"name":"x"}`, 404},
		{"sk_live_sandbox", "DELETE", "/v1/characters/" + id, "", 405},
		{"sk_live_sandbox", "PUT", "/v1/characters/" + id, `{}`, 405},
		{"sk_live_sandbox", "GET", "/v1/nonesuch", "", 404},
		{"sk_live_sandbox", "GET", "/v1/characters/", "", 404},
	} {
		g := ask(t, s, "alakazam", tc.method, tc.path, tc.body, "Authorization", "Bearer "+tc.key)
		if g.Status != tc.want || g.Status >= 400 && g.Doc["detail"] == nil {
			t.Errorf("%s %s with %q: %d %s, want %d", tc.method, tc.path, tc.key, g.Status, g.Text, tc.want)
		}
	}
	if g := ask(t, s, "alakazam", "GET", "/v1/characters/"+id, "", "Authorization", "Token sk_live_sandbox"); g.Status != 401 {
		t.Errorf("another scheme: %d", g.Status)
	}
	g := ask(t, s, "alakazam", "GET", "/v1/characters", "", "Authorization", "Bearer sk_test_sandbox")
	if len(list(g.Doc, "characters")) != 0 {
		t.Error("a test key sees live data")
	}
}

func TestAlakazamCreateModes(t *testing.T) {
	s := opened(t, Options{})
	for _, tc := range []struct {
		name, body string
		want       map[string]any // of the owner view
	}{
		{
			"explicit", `{"name":"Mira","persona":"p","scene":"s","greeting":"g","lore":"l","examples":"e","voiceId":"v","modelId":"m","free":true,"cover":"https://c","subject":"sub","style":"sty","stances":[{"id":"a","label":"A","mood":"calm","expression":"smile"}],"intro":{"title":"T"}}`,
			map[string]any{"name": "Mira", "persona": "p", "scene": "s", "free": true, "visibility": "private", "description": "", "subject": nil, "style": nil},
		},
		{"import", `{"world":{"scene":{},"character":{"name":"Nero","persona":"emperor"}}}`, map[string]any{"name": "Nero", "persona": "emperor", "greeting": nil}},
		{"authored", `{"authored":true,"premise":"a smith"}`, map[string]any{"persona": "An invention of the platform after: a smith", "premise": nil, "authored": nil}},
	} {
		g := ask(t, s, "alakazam", "POST", "/v1/characters", tc.body)
		if keys := slices.Sorted(mapKeys(g.Doc)); g.Status != 201 || fmt.Sprint(keys) != "[cover id kind schemaVersion slug]" {
			t.Fatalf("%s: %d %s", tc.name, g.Status, g.Text)
		}
		view := ask(t, s, "alakazam", "GET", "/v1/characters/"+text(g.Doc, "id"), "").Doc
		for k, want := range tc.want {
			if view[k] != want {
				t.Errorf("%s: %s is %v, want %v", tc.name, k, view[k], want)
			}
		}
		if strings.Contains(fmt.Sprint(view["stances"]), "expression") {
			t.Errorf("%s: expression reads back", tc.name)
		}
	}
	for _, body := range []string{
		`{}`, `{"name":""}`, `{"name":7}`, `{"authored":true}`, `{"world":{}}`, `{"world":{"character":{"persona":"x"}}}`,
		`{"name":"x","free":"yes"}`, `{"name":"x","stances":[{"label":"no id"}]}`, `{"name":"x","stances":[{"id":"a"},{"id":"a"}]}`, `{"name":"x","intro":[]}`, `{"name":"x","lore":null}`,
	} {
		if g := ask(t, s, "alakazam", "POST", "/v1/characters", body); g.Status != 422 || len(list(g.Doc, "errors")) == 0 {
			t.Errorf("%s: %d %s", body, g.Status, g.Text)
		}
	}
	if g := ask(t, s, "alakazam", "POST", "/v1/characters", `{"name":`); g.Status != 400 {
		t.Errorf("cut JSON: %d", g.Status)
	}
	if g := ask(t, s, "alakazam", "POST", "/v1/characters", `[]`); g.Status != 400 {
		t.Errorf("a list: %d", g.Status)
	}
	if g := ask(t, s, "alakazam", "POST", "/v1/characters", `{"name":"x"}`, "Content-Type", "text/plain"); g.Status != 415 {
		t.Errorf("text/plain: %d", g.Status)
	}
}

func mapKeys(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func TestAlakazamIdempotencyKey(t *testing.T) {
	s := opened(t, Options{})
	create := func(body, key string) got {
		return ask(t, s, "alakazam", "POST", "/v1/characters", body, "Idempotency-Key", key)
	}
	first := create(`{"name":"A"}`, "k")
	if again := create(`{"name":"A"}`, "k"); again.Text != first.Text {
		t.Errorf("again: %s, first %s", again.Text, first.Text)
	}
	if other := create(`{"name":"A"}`, "k2"); other.Text == first.Text {
		t.Error("another key gave the same character")
	}
	if g := create(`{}`, "k3"); g.Status != 422 {
		t.Errorf("invalid: %d", g.Status)
	}
	if g := create(`{"name":"B"}`, "k3"); g.Status != 201 {
		t.Errorf("a failed create has taken its key: %d", g.Status)
	}
	if n := len(idsOf(t, s, "alakazam")); n != 3 {
		t.Errorf("%d characters", n)
	}
	log := s.Requests("alakazam")
	if !log[0].Committed || log[1].Committed || log[1].ID != log[0].ID || log[0].Header["Idempotency-Key"] != "k" {
		t.Errorf("log: %+v", log[:2])
	}
}

func TestAlakazamQuota(t *testing.T) {
	c := newClock()
	s := opened(t, Options{Now: c.now, Switches: map[string]string{"alakazam.daily-generations": "2"}})
	for i, want := range []int{201, 422, 201, 402} {
		body := `{"name":"A"}`
		if want == 422 {
			body = `{}` // a failure costs nothing
		}
		if g := ask(t, s, "alakazam", "POST", "/v1/characters", body); g.Status != want {
			t.Errorf("create %d: %d, want %d", i, g.Status, want)
		}
	}
	usage := ask(t, s, "alakazam", "GET", "/v1/usage", "").Doc
	if fmt.Sprint(usage["day"], usage["usage"], usage["caps"]) != "2026-11-21map[generation:2 session:0] map[generation:2 session:200 session_seconds:7200]" {
		t.Errorf("usage: %v", usage)
	}
	c.move(24 * 3600e9)
	if g := ask(t, s, "alakazam", "POST", "/v1/characters", `{"name":"A"}`); g.Status != 201 {
		t.Errorf("the next day: %d", g.Status)
	}
}

func TestAlakazamPagesStayStable(t *testing.T) {
	for _, order := range []string{"newest", "oldest"} {
		s := opened(t, Options{Switches: map[string]string{"alakazam.list-order": order}})
		want := []string{}
		for i := range 45 {
			want = append(want, put(t, s, "alakazam", doc{"name": fmt.Sprint(i)}))
			put(t, s, "alakazam", doc{"name": "not ours", "owner": "somebody"})
		}
		seen := []string{}
		path := "/v1/characters"
		for page := 0; ; page++ {
			g := ask(t, s, "alakazam", "GET", path, "")
			for _, e := range list(g.Doc, "characters") {
				seen = append(seen, text(e.(map[string]any), "id"))
			}
			if page == 0 && len(seen) != 20 {
				t.Fatalf("the first page has %d", len(seen))
			}
			cursor, more := g.Doc["nextCursor"].(string)
			if !more {
				break
			}
			path = "/v1/characters?limit=7&cursor=" + cursor
			if order == "newest" { // where inserts land in front
				put(t, s, "alakazam", doc{"name": "late"})
			}
			if page%2 == 1 { // the very one the cursor names
				if err := s.Remove("alakazam", seen[len(seen)-1]); err != nil {
					t.Fatal(err)
				}
			}
		}
		if order == "newest" {
			slices.Reverse(want)
		}
		if !slices.Equal(seen, want) {
			t.Errorf("%s: saw %d, want %d, or in another order", order, len(seen), len(want))
		}
	}
}

func TestAlakazamListLimits(t *testing.T) {
	s := opened(t, Options{})
	for query, want := range map[string]int{"limit=1": 200, "limit=100": 200, "limit=101": 422, "limit=0": 422, "limit=-1": 422, "limit=x": 422, "limit=1.5": 422, "cursor=nonsense": 400, "cursor=": 200} {
		if g := ask(t, s, "alakazam", "GET", "/v1/characters?"+query, ""); g.Status != want {
			t.Errorf("%s: %d, want %d", query, g.Status, want)
		}
	}
	if g := ask(t, s, "alakazam", "GET", "/v1/characters", ""); !strings.Contains(g.Text, `"characters":[]`) || !strings.Contains(g.Text, `"nextCursor":null`) {
		t.Errorf("an empty list: %s", g.Text)
	}
}

func TestAlakazamPatchMerges(t *testing.T) {
	s := opened(t, Options{})
	id := put(t, s, "alakazam", doc{"name": "Mira", "persona": "p", "lore": "l", "stances": []any{doc{"id": "a", "label": "A", "mood": "m", "expression": "x"}}})
	g := ask(t, s, "alakazam", "PATCH", "/v1/characters/"+id, `{"greeting":"hé <b> & \u2028","visibility":"unlisted","subject":"ignored"}`)
	if g.Status != 200 || g.Doc["greeting"] != "hé <b> & \u2028" || g.Doc["lore"] != "l" || g.Doc["visibility"] != "unlisted" || g.Doc["previewFeatures"] == nil {
		t.Errorf("%d %s", g.Status, g.Text)
	}
	if d := storedDoc(t, s, "alakazam", id); d["subject"] != nil || !strings.Contains(fmt.Sprint(d["stances"]), "expression:x") {
		t.Errorf("stored: %v", d)
	}
	for _, body := range []string{`{"visibility":"PUBLIC"}`, `{"name":1}`, `{"free":"true"}`, `{"greeting":null}`, `{"stances":{}}`} {
		before := storedDoc(t, s, "alakazam", id)
		if g := ask(t, s, "alakazam", "PATCH", "/v1/characters/"+id, `{"name":"changed",`+body[1:]); g.Status != 422 {
			t.Errorf("%s: %d %s", body, g.Status, g.Text)
		}
		if after := storedDoc(t, s, "alakazam", id); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%s: a refused PATCH has changed something", body)
		}
	}
}

func TestAlakazamForkAndWorld(t *testing.T) {
	s := opened(t, Options{})
	id := put(t, s, "alakazam", doc{"name": "Mira", "persona": "secret", "visibility": "public", "stances": []any{doc{"id": "a", "label": "A"}}})
	hidden := put(t, s, "alakazam", doc{"name": "Theirs", "owner": "somebody"})
	theirs := put(t, s, "alakazam", doc{"name": "Theirs", "owner": "somebody", "visibility": "public"})
	g := ask(t, s, "alakazam", "POST", "/v1/worlds/"+id+"/forks", "")
	copied := text(g.Doc, "worldId")
	if g.Status != 201 || copied == "" || g.Doc["id"] != nil {
		t.Fatalf("fork: %d %s", g.Status, g.Text)
	}
	if v := ask(t, s, "alakazam", "GET", "/v1/characters/"+copied, "").Doc; v["persona"] != "secret" || v["visibility"] != "private" {
		t.Errorf("the copy: %v", v)
	}
	for other, want := range map[string]int{hidden: 403, theirs: 201, "none": 404} {
		if g := ask(t, s, "alakazam", "POST", "/v1/worlds/"+other+"/forks", ""); g.Status != want {
			t.Errorf("fork of %s: %d, want %d", other, g.Status, want)
		}
	}
	if g := ask(t, s, "alakazam", "GET", "/v1/worlds/"+id, ""); g.Status != 200 || strings.Contains(g.Text, "secret") {
		t.Errorf("the graph: %d %s", g.Status, g.Text)
	}
	if g := ask(t, s, "alakazam", "POST", "/v1/worlds/"+id+"/versions", ""); g.Status != 201 {
		t.Errorf("snapshot: %d", g.Status)
	}
	if g := ask(t, s, "alakazam", "GET", "/v1/worlds/"+id+"/versions", ""); len(list(g.Doc, "versions")) != 1 {
		t.Errorf("versions: %s", g.Text)
	}
}

// The allowance stands on every answer; beyond it nothing is done until the oldest request is a minute old.
func TestAlakazamRateLimit(t *testing.T) {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	s := opened(t, Options{Switches: map[string]string{"alakazam.rate-limit": "3"}, Now: func() time.Time { return now }})
	list := func() got { return ask(t, s, "alakazam", "GET", "/v1/characters", "") }
	for left := 2; left >= 0; left-- {
		g := list()
		if g.Status != 200 || g.Header.Get("X-RateLimit-Limit") != "3" || g.Header.Get("X-RateLimit-Remaining") != fmt.Sprint(left) {
			t.Fatalf("%d left: %d %v", left, g.Status, g.Header)
		}
		now = now.Add(10 * time.Second)
	}
	g := ask(t, s, "alakazam", "POST", "/v1/characters", `{"name":"Mira"}`)
	if g.Status != 429 || g.Header.Get("Retry-After") != "30" || g.Header.Get("X-RateLimit-Remaining") != "0" ||
		g.Doc["detail"] != "rate limit exceeded — slow down" {
		t.Errorf("%d %v %v", g.Status, g.Header, g.Doc)
	}
	if stored, err := s.Characters("alakazam"); err != nil || len(stored) != 0 {
		t.Errorf("a refused creation was carried out: %v %v", stored, err)
	}
	now = now.Add(30 * time.Second)
	if g := list(); g.Status != 200 || g.Header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("after a minute: %d %v", g.Status, g.Header)
	}
	s = opened(t, Options{})
	if g := ask(t, s, "alakazam", "GET", "/v1/characters", ""); g.Header.Get("X-RateLimit-Limit") != "120" || g.Header.Get("X-RateLimit-Remaining") != "119" {
		t.Errorf("by default: %v", g.Header)
	}
}
