package rest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/charsync/charsync/pkg/providers"
)

// A list ends with a page that names no other. These bound one that never
// does: idlePages is how many pages in a row may show nothing new, and
// mostListed how many characters an account is believed to hold.
const (
	idlePages  = 20
	mostListed = 1_000_000
)

// List implements providers.Provider.
func (a *Account) List(ctx context.Context, scope string) iter.Seq2[providers.Remote, error] {
	return func(yield func(providers.Remote, error) bool) {
		r := a.api.List
		seen := map[string]bool{}
		cursors := map[onward]bool{}
		query := map[string]string{}
		for idle := 0; ; {
			known := len(seen)
			next, err := a.page(ctx, &r, Call{Scope: scope, Query: query}, func(item providers.Remote) bool {
				if seen[item.ID] {
					return true // rows moved between pages while we read
				}
				seen[item.ID] = true
				return yield(item, nil)
			})
			if idle++; len(seen) > known {
				idle = 0
			}
			switch {
			case errors.Is(err, errStopped):
				return
			case err == nil && next.value == "":
				return
			case err == nil:
				if err = a.endless(&r, cursors[next], idle, len(seen)); err == nil {
					cursors[next] = true
					query = map[string]string{next.query: next.value}
					continue
				}
			}
			yield(providers.Remote{}, err)
			return
		}
	}
}

// endless is the error of a list that names one page after another and gets
// nowhere.
func (a *Account) endless(r *Route, again bool, idle, seen int) error {
	var message string
	switch {
	case again:
		message = "the list goes in circles: a page names one that was read already"
	case idle >= idlePages:
		message = fmt.Sprintf("the list never ends: the cursor changes from page to page, but the last %d pages show no character that was not there before", idle)
	case seen > mostListed:
		message = fmt.Sprintf("the list shows more than %d characters", mostListed)
	default:
		return nil
	}
	return a.fault(r, providers.Unexpected, 0, message, nil)
}

type stopped struct{}

func (stopped) Error() string { return "stopped" }

var errStopped error = stopped{}

// onward is what asks for the next page; without a value there is none.
type onward struct{ query, value string }

// page reads one page and hands its items on. Its JSON is gone through once.
func (a *Account) page(ctx context.Context, r *Route, c Call, each func(providers.Remote) bool) (next onward, err error) {
	got, t, err := a.send(ctx, r, c)
	if err != nil {
		return onward{}, err
	}
	var answer any
	if f := got.decode(&answer); f != nil {
		return onward{}, a.broken(t, got, f)
	}
	items := answer
	top, enveloped := answer.(map[string]any)
	if bare := r.Items == "/"; !bare || enveloped {
		list, ok := top[strings.TrimPrefix(r.Items, "/")]
		switch {
		case !enveloped:
			return onward{}, a.fault(r, providers.Unexpected, 0, "the answer is no object", nil)
		case !ok || bare:
			return onward{}, a.unmet(t, got, top)
		}
		items = list
	}
	list, ok := items.([]any)
	if !ok {
		return onward{}, a.fault(r, providers.Unexpected, 0, "the list is not an array", nil)
	}
	if next, err = a.cursor(r, top, list); err != nil {
		return onward{}, err
	}
	return next, a.items(r, c.Scope, list, each)
}

func (a *Account) cursor(r *Route, top providers.Body, items []any) (onward, error) {
	if r.ByTime != nil {
		return a.byTime(r, items)
	}
	if r.Cursor == "" {
		return onward{}, nil
	}
	more, told := top[strings.TrimPrefix(r.More, "/")].(bool)
	told = told && r.More != ""
	if told && !more {
		return onward{}, nil
	}
	next, ok := top[strings.TrimPrefix(r.Cursor, "/")]
	if !ok {
		return onward{}, a.fault(r, providers.Unexpected, 0, "the page does not say whether another one follows", nil)
	}
	text, ok := next.(string)
	if !ok && next != nil {
		return onward{}, a.fault(r, providers.Unexpected, 0, "the cursor is not a text", nil)
	}
	if told && text == "" {
		return onward{}, a.fault(r, providers.Unexpected, 0, "the page says that another one follows, and not which", nil)
	}
	return onward{r.CursorQuery, text}, nil
}

// byTime goes on from the last item of a full page. Times may be told less
// finely than they are kept, so that a millisecond is asked for once more: what
// was seen already is passed over.
func (a *Account) byTime(r *Route, items []any) (onward, error) {
	if len(items) < r.ByTime.Full {
		return onward{}, nil
	}
	times := make([]time.Time, len(items))
	for i, e := range items {
		item, _ := e.(map[string]any)
		v, _ := providers.Body(item).Pick(r.ByTime.Item)
		text, _ := v.(string)
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return onward{}, a.fault(r, providers.Unexpected, 0, "an element of the list does not tell its time, and the list is longer than one page", nil)
		}
		times[i] = at
	}
	const finest = "2006-01-02T15:04:05.000Z"
	last := times[len(times)-1].UTC()
	switch {
	case slices.IsSortedFunc(times, func(x, y time.Time) int { return y.Compare(x) }):
		return onward{r.ByTime.Older, last.Add(time.Millisecond).Format(finest)}, nil
	case slices.IsSortedFunc(times, time.Time.Compare):
		return onward{r.ByTime.Newer, last.Add(-time.Millisecond).Format(finest)}, nil
	}
	return onward{}, a.fault(r, providers.Unexpected, 0, "the list is longer than one page and not sorted by time", nil)
}

func (a *Account) items(r *Route, scope string, list []any, each func(providers.Remote) bool) error {
	for i := range list {
		item, ok := list[i].(map[string]any)
		list[i] = nil // handed on: nothing here holds it any longer
		if !ok {
			return a.fault(r, providers.Unexpected, 0, "an element of the list is no object", nil)
		}
		remote, err := a.Remote(r, scope, item)
		if err != nil {
			return err
		}
		if !each(remote) {
			return errStopped
		}
	}
	return nil
}

// Remote makes a list item of a document.
func (a *Account) Remote(r *Route, scope string, item providers.Body) (providers.Remote, error) {
	v, _ := item.Pick(r.ItemID)
	id, ok := v.(string)
	if !ok || id == "" {
		return providers.Remote{}, a.fault(r, providers.Unexpected, 0, "an element of the list has no id", nil)
	}
	if err := a.api.Driver.Fields.Shape(nil, item); err != nil {
		return providers.Remote{}, a.fault(r, providers.Unexpected, 0, "an element of the list: "+err.Error(), nil)
	}
	name, _ := item.Pick(r.ItemName)
	text, _ := name.(string)
	a.api.Driver.Place(item, scope)
	return providers.Remote{ID: a.api.Driver.JoinID(scope, id), Name: text, Body: item}, nil
}
