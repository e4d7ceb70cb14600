package apply

import "testing"

func TestCreateThenNothing(t *testing.T) {
	w := newWorld(t)
	w.cast(3)
	w.applied("Applied: 12 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.requests()
	w.empty()
	w.applied("Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	if got := w.writes(); len(got) > 0 {
		t.Errorf("the second apply wrote: %s", routes(got))
	}
}
