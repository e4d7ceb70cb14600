package rest

import (
	"context"
	"errors"
	"maps"

	"github.com/charsync/charsync/pkg/providers"
)

// update sends a body whole, or, where the vendor refuses that, in the parts
// that the route tells. What one part is refused with does not keep the others
// from being sent; the first refusal is the error.
func (a *Account) update(ctx context.Context, c Call) error {
	r := a.api.Update
	parts := r.Apart.split(c.Body)
	if len(parts) < 2 {
		_, err := a.Do(ctx, r, c)
		return err
	}
	if !a.apart.Load() {
		_, err := a.Do(ctx, r, c)
		if !r.Apart.refused(err) {
			return err
		}
	}
	var first error
	for _, part := range parts {
		c.Body = part
		_, err := a.Do(ctx, r, c)
		switch {
		case err == nil:
		case providers.KindOf(err) != providers.Rejected:
			return err
		case first == nil:
			first = err
		}
	}
	if first == nil {
		a.apart.Store(true) // so it is this, and the next update is not sent in vain
	}
	return first
}

// split gives the parts of a body, those that belong together first. Without
// anything to send apart it is the body alone.
func (p *Apart) split(body map[string]any) []map[string]any {
	if p == nil {
		return nil
	}
	rest, parts := maps.Clone(body), []map[string]any{}
	for _, key := range p.Keys {
		if v, there := body[key]; there {
			parts = append(parts, map[string]any{key: v})
			delete(rest, key)
		}
	}
	if len(rest) > 0 {
		parts = append([]map[string]any{rest}, parts...)
	}
	return parts
}

func (p *Apart) refused(err error) bool {
	var e *providers.Error
	return errors.As(err, &e) && e.Kind == providers.Rejected && e.Status == p.Status
}
