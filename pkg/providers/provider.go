// Package providers describes what is known of a vendor's API before anyone
// logs in, as tables that validation, plans, documentation and the wire code
// all read, and the small interface behind which a vendor's account stands.
package providers

import (
	"context"
	"iter"
	"slices"
)

// Body is a document as it travels: vendor key → JSON value. Numbers may be
// json.Number. Keys that start with "?" go to the query of the request; keys
// in braces, such as "{game_id}", are parts of the id and are filled in on
// reading.
type Body map[string]any

// Remote is one character in a list, with what the list shows of it.
type Remote struct {
	ID   string
	Name string // display name, for people
	Body Body
}

// Provider is the wire to one account. It carries documents and does not
// interpret them. All methods honour ctx, and all errors are *Error or wrap
// one, except for the context's own.
//
// IDs are opaque to callers. Where the vendor keeps characters in places
// (NPCBuilder's game and world), the id starts with the place: "game/world/id".
type Provider interface {
	// Create makes a character and returns its id. The key identifies the
	// attempt, where the vendor has a use for one. A scope is given for
	// vendors that have places, "" otherwise. An error of kind Lost means
	// that the character may or may not exist.
	Create(ctx context.Context, key, scope string, body Body) (id string, err error)
	// Get reads one character as its owner sees it.
	Get(ctx context.Context, id string) (Body, error)
	// Update changes what the body says; see Driver.Manner for what it leaves out.
	Update(ctx context.Context, id string, body Body) error
	// Delete does what Driver.Removal says.
	Delete(ctx context.Context, id string) error
	// List yields every character of the account, in a scope where the vendor
	// has places, to the last page. It stops at the first error: a list that
	// ended without one is whole.
	List(ctx context.Context, scope string) iter.Seq2[Remote, error]
}

type messageKey struct{}

// WithMessage returns a context under which updates carry a message, at the
// vendors that keep one with each change: which run made it.
func WithMessage(ctx context.Context, text string) context.Context {
	return context.WithValue(ctx, messageKey{}, text)
}

// MessageIn is the message that a context carries, or "".
func MessageIn(ctx context.Context) string {
	text, _ := ctx.Value(messageKey{}).(string)
	return text
}

// Without is the body with the values of some keys, at any depth, replaced by
// a placeholder. The body itself stays as it is.
func (b Body) Without(keys []string) Body {
	if b == nil || len(keys) == 0 {
		return b
	}
	out, _ := without(map[string]any(b), keys).(map[string]any)
	return out
}

func without(v any, keys []string) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			if slices.Contains(keys, k) && e != nil {
				out[k] = Secret{}.String()
			} else {
				out[k] = without(e, keys)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = without(e, keys)
		}
		return out
	}
	return v
}

// Cloner is a provider that can copy a live character.
type Cloner interface {
	// Clone copies the character from, with its knowledge bank where withKB
	// says so, and returns the id of the copy. Key and errors are as Create's.
	Clone(ctx context.Context, key, from string, withKB bool) (id string, err error)
}

// Restorer is a provider whose removal can be taken back.
type Restorer interface {
	// Removed reads a character that Delete removed, as its owner sees it. An
	// error of kind NotFound means that it can't be brought back.
	Removed(ctx context.Context, id string) (Body, error)
	// Restore brings it back as it was.
	Restore(ctx context.Context, id string) error
}

// Valuer is a provider that can be asked what it offers for a field.
type Valuer interface {
	// Values lists the choices for a manifest path. An error of kind
	// Unsupported means that the service has no such list.
	Values(ctx context.Context, field string) ([]Choice, error)
}

// Choice is one value that a service offers.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label,omitempty"`
}

// Settler is a provider that can find what became of a Create whose answer
// was lost, from the key it was sent with.
type Settler interface {
	// Settle returns the id of the character that the key created, or "" when
	// it is certain that there is none. It may repeat the very same request,
	// body included, where the vendor answers a repeated key with the original.
	Settle(ctx context.Context, key, scope string, body Body) (id string, err error)
}

// Quotas is a provider that says how much of an allowance is used up.
type Quotas interface {
	// Quotas asks for all allowances of the account. Asking costs a request.
	Quotas(ctx context.Context) ([]Allowance, error)
}

// Allowance is what may be used of one resource in a period.
type Allowance struct {
	Name   string `json:"name"`             // "generation"
	Used   int    `json:"used"`             // as the vendor counts: calls, generations
	Cap    int    `json:"cap"`              // the most, in the same unit
	Period string `json:"period,omitempty"` // "2026-11-02"
}

// Left is how much can still be used.
func (a Allowance) Left() int { return max(0, a.Cap-a.Used) }
