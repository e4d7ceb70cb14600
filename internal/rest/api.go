// Package rest makes a provider out of a description of a JSON API: routes
// with their paths, where ids and documents stand, which answers mean
// success, and what the vendor's errors mean. Requests go through a stack of
// transports, each of which does one thing; see stack.go.
package rest

import (
	"net/http"

	"github.com/charsync/charsync/pkg/providers"
)

// API describes a vendor's API.
type API struct {
	Driver *providers.Driver
	// Auth turns the credentials into the headers that every request carries.
	Auth func(credentials map[string]providers.Secret) (http.Header, error)

	// The routes of the Provider interface. One without a Path is a call that
	// the vendor does not have.
	Create, Get, Update, Delete, List Route

	// Encode changes a body on its way out, where the instance's settings
	// decide; may be nil.
	Encode func(settings map[string]string, body map[string]any)
	// Verdicts say what errors mean; the first that fits counts. What none
	// fits goes by its status.
	Verdicts []Verdict
	// PageHint is the advice when an HTML page comes in place of JSON; may
	// be empty.
	PageHint string
}

// Route is one call.
//
// ID, Answer, NewID, Items, ItemID, ItemName and Cursor are pointers as in
// providers.Field.
type Route struct {
	Name   string // "character.update": in errors, logs and counts
	Method string
	Path   string // "/v1/characters/{id}"; further names in braces are parts of the scope
	Host   string // another base URL, unless the base URL is overridden
	Reads  bool   // changes nothing, whatever the verb
	Repeat bool   // sending it twice does what sending it once does

	// QuerySettings are parameters that are sent where the instance sets them:
	// parameter → setting.
	QuerySettings map[string]string
	// Named is a parameter that takes the id of what the instance names; nil
	// for none.
	Named *Named
	// Message is where the body takes the message of the run that sends it; ""
	// where the vendor keeps none.
	Message string

	ID    string            // where the id goes in the body; "" when it is in the path
	Query map[string]string // always sent
	Fixed map[string]any    // always in the body, unless the body says otherwise

	// KeyHeader carries the idempotency key. A request that carries one may
	// be repeated, whatever it is. KeyField puts the key into the body.
	KeyHeader string
	KeyField  string

	// Doubts are the refusals that say nothing of what was done: the call may
	// have been carried out all the same.
	Doubts []Doubt

	// Apart are keys of the body that the vendor may want in calls of their
	// own; nil for none.
	Apart *Apart

	OK     []Condition // all must hold in a 2xx answer; with none, the status alone counts
	Unwrap string      // an envelope that some answers have and others lack: "/response"
	Answer string      // where the document is; "" is the whole answer
	IDEcho string      // where a document repeats the id it was asked by; "" is not looked at
	NewID  string      // where the id of a new character is

	Items       string // the list: one key, "/characters"; "/" is the whole answer
	ItemID      string
	ItemName    string
	Cursor      string // the next page's cursor; null or "" ends the list
	CursorQuery string // the parameter that takes it
	More        string // where a page says, with true, that another one follows; "" where the cursor alone does
	// ByTime is for lists without a cursor; nil for all others.
	ByTime *ByTime
	Max    int64 // bytes an answer may have; 0 is 8 MiB
}

// repeatable reports whether the call may be sent again although the first
// one may have been carried out.
func (r *Route) repeatable(keyed bool) bool {
	return r.Reads || r.Repeat || keyed && r.KeyHeader != ""
}

func (r *Route) limit() int64 {
	if r.Max > 0 {
		return r.Max
	}
	return 8 << 20
}

// ByTime asks for the rest of a list by the times of its items. The list may
// begin with the newest or with the oldest.
type ByTime struct {
	Item  string // where an item tells its time, in RFC 3339
	Older string // the parameter that asks for what is as old as a time, or older
	Newer string // the parameter that asks for what is as new as a time, or newer
	Full  int    // items in a page that another one may follow
}

// Condition is what a good answer says.
type Condition struct {
	Pointer string
	Is      string // this word, in any case; "" asks only that something stands there
}

// Apart says what is sent apart. A body that holds one of the keys and
// something else is sent whole first; when that is refused, the rest is sent,
// and then each of the keys alone.
type Apart struct {
	Keys   []string
	Status int // of the refusal
	Source providers.Source
}

// Doubt is a refusal after which a call may have been carried out: a vendor
// that answers like this for troubles of its own, half-way through included.
type Doubt struct {
	Status int // as answered; 200 where a refusal hides behind success
	Source providers.Source
}

// Verdict is what an error means. Empty parts fit everything.
type Verdict struct {
	Route    string // the name of the route
	Status   int
	Contains string // in the vendor's words, in lower case
	Kind     providers.ErrorKind
	Confirm  bool // see providers.Error
	Hint     string
}
