package spec

import "testing"

func TestSelector(t *testing.T) {
	labels := map[string]string{"game": "tavern", "tier": "main", "empty": ""}
	for _, test := range []struct {
		selector string
		want     bool
	}{
		{"game=tavern", true},
		{"game==tavern", true},
		{"game=castle", false},
		{"game=tavern,tier=main", true},
		{"game=tavern,tier=side", false},
		{"game!=castle", true},
		{"game!=tavern", false},
		{"absent!=x", true},
		{"game", true},
		{"absent", false},
		{"!absent", true},
		{"!game", false},
		{" game = tavern , tier ", true},
		{"empty=", true},
		{"empty!=", false},
		{"absent=", false},
	} {
		s, err := ParseSelector(test.selector)
		if err != nil || s.Matches(labels) != test.want {
			t.Errorf("%s: %v %v", test.selector, s.Matches(labels), err)
		}
		again, err := ParseSelector(s.String())
		if err != nil || again.String() != s.String() || again.Matches(labels) != test.want {
			t.Errorf("%s is written as %s", test.selector, s)
		}
	}
	for _, bad := range []string{"", ",", "a=b,", "=b", "!", "a=b=c", "a b", "!=x", "a=b c", "!!a"} {
		if s, err := ParseSelector(bad); err == nil {
			t.Errorf("%q is %v", bad, s)
		}
	}
	if !Selector(nil).Matches(nil) {
		t.Error("the empty selector does not match")
	}
}

func TestDidYouMean(t *testing.T) {
	accepted := []string{"greeting", "title", "voiceType", "game_id", "id", "unlisted", "public", "private", "name"}
	for _, test := range []struct{ word, want string }{
		{"greting", "greeting"},
		{"GREETING", "greeting"},
		{"voice_type", "voiceType"},
		{"voicetype", "voiceType"},
		{"gameId", "game_id"},
		{"unlistd", "unlisted"},
		{"titel", "title"},
		{"nmae", "name"},
		{"xyzzy", ""},
		{"", ""},
		{"di", ""},
		{"pub", ""},
		{"wholly different", ""},
	} {
		if got := DidYouMean(test.word, accepted); got != test.want {
			t.Errorf("%s: %q, want %q", test.word, got, test.want)
		}
	}
}
