package lint

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestFold: the short way over ASCII is the long one.
func TestFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("aBz \t\n\r\v\f-1ÄßİK")), 0, 40, -1).Draw(t, "s")
		if got, want := string(fold(nil, s)), strings.ToLower(strings.Join(strings.Fields(s), " ")); got != want {
			t.Errorf("%q: %q, not %q", s, got, want)
		}
	})
}
