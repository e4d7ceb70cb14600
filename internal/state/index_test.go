package state

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/diff"
)

// TestLockIndex: whatever is put and dropped, the index says what looking
// through all entries says.
func TestLockIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, _, err := Open(t.Name() + "-is-not-there")
		if err != nil {
			t.Fatal(err)
		}
		word := rapid.SampledFrom([]string{"a", "b", "c"})
		ids := rapid.SampledFrom([]string{"", "1", "2", "g/w/1", "g/w/2", "g/v/1"})
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			a := diff.Address{Name: word.Draw(t, "name"), Target: word.Draw(t, "target")}
			if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
				err = l.Drop(a)
			} else {
				err = l.Put(Entry{Address: a, Provider: "p" + a.Target, ID: ids.Draw(t, "id"), Pending: &Intent{Action: diff.Create}})
			}
			if err != nil {
				t.Fatal(err)
			}
			l.index = rapid.SampledFrom([]*index{l.index, nil}).Draw(t, "index")
			l.Show("a")
			fresh := *l.index
			l.index = nil
			l.Show("a")
			same := cmp.Options{cmp.AllowUnexported(index{}, Live{}), cmpopts.EquateEmpty(), cmpopts.SortSlices(strings.Compare), cmpopts.SortSlices(diff.Address.Compare), cmpopts.IgnoreMapEntries(func(_ string, n int) bool { return n == 0 })}
			if d := cmp.Diff(*l.index, fresh, same, cmpopts.IgnoreMapEntries(func(_ string, m map[string]int) bool {
				for _, n := range m {
					if n > 0 {
						return false
					}
				}
				return true
			})); d != "" {
				t.Fatalf("the index (-anew +kept):\n%s", d)
			}
		}
	})
}
