package providertest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// fields takes every value of every field through creation and through an
// update, and looks each time that it arrived and that nothing else moved.
func fields(t *testing.T, k *kit) {
	id := k.create(t, k.want(t, full(k.d)))
	if k.d.Manner == providers.Forgets {
		// The first overlay sends back what the service alone had set: from
		// then on it stands in the store.
		k.update(t, id, diff.Doc{})
	}
	t.Run("everything", func(t *testing.T) { k.compare(t, k.want(t, full(k.d)), k.live(t, id)) })
	t.Run("list", func(t *testing.T) { k.listShows(t, id) })
	t.Run("read", func(t *testing.T) { k.readShows(t, id) })
	t.Run("bare", func(t *testing.T) { k.bare(t) })
	for _, f := range settable(k.d) {
		for _, c := range accepted(f, k.q) {
			name := string(f.Path) + "/" + c.name
			if c.value != nil {
				t.Run("create/"+name, func(t *testing.T) { k.atCreation(t, f, c) })
			}
			if !f.Fixed() {
				t.Run("update/"+name, func(t *testing.T) { k.asUpdate(t, id, f, c) })
			}
		}
		if f.Fixed() {
			t.Run("fixed/"+string(f.Path), func(t *testing.T) { k.staysFixed(t, f) })
		}
	}
	t.Run("again", func(t *testing.T) { k.sendsNothing(t, id) })
}

// listShows holds the table to what it says of the list.
func (k *kit) listShows(t *testing.T, id string) {
	want := k.want(t, full(k.d))
	live := k.d.Fields.Live(nil, k.listed(t, id))
	for _, f := range settable(k.d) {
		got, shown := live[f.Path]
		if f.List == "" || f.List == providers.Never {
			if shown {
				t.Errorf("%s: the list has it, the table says not", f.Path)
			}
			continue
		}
		if w, set := want[f.Path]; set && (!shown || !f.Rule().Equal(f.Shown(w), got)) {
			t.Errorf("%s: the list has %v (%v), want %v", f.Path, got, shown, w)
		}
	}
}

// readShows holds the table to what it says of one read, without the list's
// help.
func (k *kit) readShows(t *testing.T, id string) {
	want := k.want(t, full(k.d))
	get, err := k.p.Get(ctxOf(t), id)
	if err != nil {
		t.Fatal(err)
	}
	live := k.d.Fields.Live(get, nil)
	for _, f := range settable(k.d) {
		got, shown := live[f.Path]
		reads := f.Read != providers.Never && (f.Read != "" || f.Write != providers.Never)
		if reads != shown {
			t.Errorf("%s: shown %v, the table says %v", f.Path, shown, reads)
		}
		if w, set := want[f.Path]; set && shown && !f.Rule().Equal(f.Shown(w), got) {
			t.Errorf("%s: the read has %v, want %v", f.Path, got, w)
		}
	}
}

// bare: a character with the least in it shows every field that it is not
// optional to show, empty as they are, and can be updated.
func (k *kit) bare(t *testing.T) {
	want := k.want(t, minimal(k.d))
	id := k.create(t, want)
	live := k.live(t, id)
	for _, f := range settable(k.d) {
		if _, known := live[f.Path]; f.Readable() && !f.Optional && !known {
			t.Errorf("%s: not shown", f.Path)
		}
	}
	k.update(t, id, diff.Doc{"name": "Miriam"})
	live["name"] = "Miriam"
	k.compare(t, live, k.live(t, id))
}

func (k *kit) atCreation(t *testing.T, f providers.Field, c fieldCase) {
	values := with(with(minimal(k.d), k.q.With[f.Path]), map[spec.Path]any{f.Path: c.value})
	want := k.want(t, values)
	if k.srv != nil {
		k.srv.ResetRequests()
	}
	id := k.create(t, want)
	k.compare(t, want, k.live(t, id))
	if k.srv == nil || f.Readable() {
		return
	}
	if slices.Contains(k.q.Unstored, f.Path) {
		if !sentSomewhere(k, want[f.Path]) {
			t.Errorf("%s was not sent", f.Path)
		}
		return
	}
	if !holds(k.stored(t, id), want[f.Path]) {
		t.Errorf("%v is nowhere in what the service stores: %s", want[f.Path], pretty(k.stored(t, id)))
	}
}

// asUpdate changes one field of a full character, looks at everything, and
// changes it back. A word that decides what stands around it is changed in a
// character that has no more than goes with it.
func (k *kit) asUpdate(t *testing.T, id string, f providers.Field, c fieldCase) {
	if f.Union != nil {
		id = k.create(t, k.want(t, with(with(minimal(k.d), map[spec.Path]any{f.Path: f.Example}), k.q.With[f.Path])))
	}
	before, live := k.stored(t, id), k.live(t, id)
	want := k.want(t, with(k.q.With[f.Path], map[spec.Path]any{f.Path: c.value}))
	changes := diff.Doc{f.Path: want[f.Path]}
	if k.srv != nil {
		k.srv.ResetRequests()
	}
	k.update(t, id, changes)
	if k.srv != nil {
		k.oneWrite(t, f)
	}

	expected := diff.Doc{}
	for p, v := range live {
		expected[p] = v
	}
	if f.Readable() {
		expected[f.Path] = want[f.Path]
	}
	after := k.live(t, id)
	k.compare(t, expected, after)
	if k.srv != nil {
		moved := movedKeys(before, k.stored(t, id))
		k.onlyMoved(t, f, want[f.Path], moved, id)
	}
	if f.Union != nil {
		return // no other case has this character
	}
	// Back to the example, for the next case.
	k.update(t, id, diff.Doc{f.Path: k.want(t, map[spec.Path]any{f.Path: f.Example})[f.Path]})
	if f.Readable() {
		k.compare(t, live, k.live(t, id))
	}
}

// oneWrite looks at the log: one writing request, and where updates keep what
// they leave out, with this field alone in its body, or with the one object
// that it stands in.
func (k *kit) oneWrite(t *testing.T, f providers.Field) {
	t.Helper()
	writes := k.writes()
	if len(writes) != 1 {
		t.Fatalf("%d writing requests, want 1: %v", len(writes), writes)
	}
	if k.d.Manner == providers.Forgets {
		return
	}
	var body map[string]any
	if err := json.Unmarshal(writes[0].Body, &body); err != nil {
		t.Fatal(err)
	}
	_, own := k.d.SplitID(writes[0].ID)
	for key, v := range body {
		if v == own {
			delete(body, key) // the address
		}
	}
	top, _, _ := strings.Cut(strings.TrimPrefix(f.Write, "/"), "/")
	if _, there := body[top]; !there || len(body) != 1 {
		t.Errorf("the body holds %s, want %s alone", pretty(body), top)
	}
}

// onlyMoved holds an update against what the service stores: one key moved,
// or none when the value was the same, and a value that can't be read is there.
func (k *kit) onlyMoved(t *testing.T, f providers.Field, want any, moved []string, id string) {
	t.Helper()
	copied := func(key string) bool {
		return slices.ContainsFunc(f.Copies, func(c string) bool { return "/"+key == strings.TrimSuffix(c, "/0") })
	}
	if own := slices.DeleteFunc(slices.Clone(moved), copied); len(own) > 1 {
		t.Errorf("more than one key moved in the store: %v", moved)
	}
	if f.Readable() {
		return
	}
	if want == nil {
		key := strings.TrimPrefix(f.Write, "/")
		if v := k.stored(t, id)[key]; v != nil && v != "" && !same(v, []any{}) {
			t.Errorf("%s is still %v", key, v)
		}
		return
	}
	if !holds(k.stored(t, id), want) {
		t.Errorf("%v is nowhere in what the service stores: %s", want, pretty(k.stored(t, id)))
	}
}

// staysFixed: what is set at creation can't be part of an update.
func (k *kit) staysFixed(t *testing.T, f providers.Field) {
	if body, err := k.d.Fields.Updating(diff.Doc{f.Path: f.Example}, providers.Body{}, providers.Keeps); err == nil {
		t.Errorf("an update was made of it: %v", body)
	}
}

// sendsNothing: a character that is as wanted has no change.
func (k *kit) sendsNothing(t *testing.T, id string) {
	marks := map[spec.Path]diff.Mark{}
	want := k.want(t, full(k.d))
	live := k.live(t, id)
	for _, f := range k.d.Fields {
		rule := f.Rule()
		m := diff.Mark{File: rule.Digest(want[f.Path])}
		if v, known := live[f.Path]; known && rule.Digest(v) != m.File {
			m.Live = rule.Digest(v)
		}
		marks[f.Path] = m
	}
	for p := range marks {
		if _, managed := want[p]; !managed {
			delete(marks, p)
		}
	}
	if changes := diff.Fields(k.d.Fields.Rules(), want, live, marks); len(changes) > 0 {
		t.Errorf("changes: %+v", changes)
	}
}
