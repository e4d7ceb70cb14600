package rest

import (
	"context"
	"maps"
	"strings"
	"sync"

	"github.com/charsync/charsync/pkg/providers"
)

// Named is a query parameter that takes an id, where the instance names what it
// means. The name is looked up once for each character, in the list that Route
// shows of it.
type Named struct {
	Query   string // the parameter
	Setting string // of the instance; while it is not set, nothing is sent
	Prefix  string // of a setting that is the id itself
	Route   Route  // with Items, ItemID and ItemName
	What    string // for messages: "branch"
}

// found are the ids that names were found to mean, by character.
type found struct {
	mu  sync.Mutex
	ids map[string]string
}

func (f *found) get(key string) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, ok := f.ids[key]
	return id, ok
}

func (f *found) put(key, id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ids == nil {
		f.ids = map[string]string{}
	}
	f.ids[key] = id
}

// named is the call with what the instance names in its query.
func (a *Account) named(ctx context.Context, r *Route, c Call) (Call, error) {
	n := r.Named
	if n == nil || a.settings[n.Setting] == "" {
		return c, nil
	}
	name := a.settings[n.Setting]
	id, known := name, strings.HasPrefix(name, n.Prefix)
	if !known {
		id, known = a.found.get(c.Scope + "/" + c.ID)
	}
	if !known {
		var err error
		if id, err = a.lookUp(ctx, n, name, Call{ID: c.ID, Scope: c.Scope}); err != nil {
			return c, err
		}
		a.found.put(c.Scope+"/"+c.ID, id)
	}
	c.Query = maps.Clone(c.Query)
	if c.Query == nil {
		c.Query = map[string]string{}
	}
	c.Query[n.Query] = id
	return c, nil
}

// lookUp finds the id of a name. What is not there is never made.
func (a *Account) lookUp(ctx context.Context, n *Named, name string, c Call) (string, error) {
	r := n.Route
	doc, err := a.Do(ctx, r, c)
	if err != nil {
		return "", err
	}
	items, _ := doc.Pick(r.Items)
	list, ok := items.([]any)
	if !ok {
		return "", a.fault(&r, providers.Unexpected, 0, "the list is not an array", nil)
	}
	for _, e := range list {
		item, _ := e.(map[string]any)
		called, _ := providers.Body(item).Pick(r.ItemName)
		v, _ := providers.Body(item).Pick(r.ItemID)
		if id, ok := v.(string); ok && id != "" && called == name {
			return id, nil
		}
	}
	e := a.fault(&r, providers.Rejected, 0, "there is no "+n.What+" "+name, nil)
	e.Hint = "make it at " + a.api.Driver.Title + ", or change " + n.Setting + " of " + a.instance + " in charsync.yaml"
	return "", e
}
