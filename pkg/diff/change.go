package diff

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Address names a character at a target: the unit that is counted.
type Address struct {
	Target string `json:"target"` // the provider instance
	Name   string `json:"name"`   // metadata.name
}

// String prints target/name, as plans and the lock do.
func (a Address) String() string { return a.Target + "/" + a.Name }

// Compare orders addresses by name, then by target: what one character does
// at all its targets stands together.
func (a Address) Compare(b Address) int {
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.Target, b.Target)
}

// Action is what a change does.
type Action string

// The actions.
const (
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace" // create anew and remove the old one
	Delete  Action = "delete"  // whatever the provider's removal really does
	Record  Action = "record"  // the lock alone: adopted, converged, released, bound
	Report  Action = "report"  // shown, not acted upon: drift under drift: report or fail
)

// Change is everything that is to happen to one character at one target. It
// holds all that applying needs: no manifest is read again.
type Change struct {
	Address
	Provider string `json:"provider"` // the driver: convai
	// At is a mark of where the requests go that were planned: the provider and
	// the host. A plan is carried out nowhere else. "" is not known.
	At      string `json:"at,omitempty"`
	Action  Action `json:"action"`
	Reason  string `json:"reason,omitempty"`   // why this action, for a reader: "not found on convai"
	ID      string `json:"id,omitempty"`       // the live character; "" before creation
	Scope   string `json:"scope,omitempty"`    // where it is created, for providers that have places
	CloneOf string `json:"clone_of,omitempty"` // create as a clone of this live character
	CloneKB bool   `json:"clone_kb,omitempty"` // with its knowledge bank
	Removal string `json:"removal,omitempty"`  // what deleting really does, in words
	Protect bool   `json:"protect,omitempty"`  // remembered in the lock
	// Superseded is a live character that an interrupted replacement left
	// behind; it is removed when the change is done.
	Superseded string `json:"superseded,omitempty"`
	// Gone is the character that the lock knows and that is not there any
	// more: creating anew takes its place.
	Gone string `json:"gone,omitempty"`
	// RenamedFrom is the name under which the lock has the binding so far.
	RenamedFrom string `json:"renamed_from,omitempty"`
	// Rebind binds the pair to ID whatever the lock binds it to, which then is
	// Superseded: an undo goes back to a character that is still there.
	Rebind bool `json:"rebind,omitempty"`
	// Restore brings the character back from its removal before anything else.
	Restore bool `json:"restore,omitempty"`
	// Marks are what the lock remembered before a run that is undone, as it
	// writes them. They count again for fields that live holds as they say.
	Marks    map[spec.Path]string `json:"marks,omitempty"`
	Labels   map[string]string    `json:"labels,omitempty"`   //
	Source   spec.Pos             `json:"source,omitzero"`    // the manifest; not part of the digest
	Blocked  []Block              `json:"blocked,omitempty"`  // why it will be skipped; empty: it will be done
	Fields   []FieldChange        `json:"fields,omitempty"`   //
	Requests []Request            `json:"requests,omitempty"` // the writing calls it will make
	Losses   []Loss               `json:"losses,omitempty"`   // what this provider does not keep
	Applied  *Applied             `json:"applied,omitempty"`  // in a report on drift: the last run that changed something here
	// Base holds the digest of every managed live value this was planned on.
	// Before writing, live is read again; a digest that moved makes the change
	// stale. Unreadable fields are absent.
	Base map[spec.Path]string `json:"base,omitempty"`
}

// Sends lists the fields that go to the provider.
func (c *Change) Sends() []FieldChange {
	var out []FieldChange
	for _, f := range c.Fields {
		if f.Send {
			out = append(out, f)
		}
	}
	return out
}

// Supersedes reports that the change also removes a character that another
// one has replaced: what an interrupted replacement left, or what an undo
// goes back behind.
func (c *Change) Supersedes() bool {
	return c.Superseded != "" && c.Action != Replace && c.Action != Delete
}

// Stopped reports that a policy, on conflict or drift, leaves the change out.
// Guards do not count: they refuse, and can be told to allow.
func (c *Change) Stopped() bool {
	return slices.ContainsFunc(c.Blocked, func(b Block) bool {
		return b.Rule == string(Conflict) || b.Rule == string(Drift)
	})
}

// Has reports whether a field of the change has the class.
func (c *Change) Has(class Class) bool {
	return slices.ContainsFunc(c.Fields, func(f FieldChange) bool { return f.Class == class })
}

// OnlyDrift reports that there is drift, and that nothing else is sent.
func (c *Change) OnlyDrift() bool {
	return c.Has(Drift) && !slices.ContainsFunc(c.Fields, func(f FieldChange) bool { return f.Send && f.Class != Drift })
}

// Block is a reason to leave a change out: a conflict, a guard's rule, drift
// under drift: fail.
type Block struct {
	Rule    string `json:"rule"`    // "conflict", "drift", "max-changes", "shrink", …
	Message string `json:"message"` // with the figures
	Hint    string `json:"hint"`    // the flag that allows it, or what to do instead
}

// Loss is a common field that a provider does not keep as it is.
type Loss struct {
	Path spec.Path `json:"path"`
	How  string    `json:"how"` // mapped, folded, dropped
	Note string    `json:"note,omitempty"`
	// Vendor is the provider's name for people: Convai.
	Vendor string `json:"vendor,omitempty"`
	// Known reports that a character which is bound at the provider loses the
	// field in the same way: whoever reads the plan has been told.
	Known bool `json:"known,omitempty"`
}

// Request is one writing call that a change will make.
type Request struct {
	Method string      `json:"method"`
	Path   string      `json:"path"` // below the base URL, with {id} where it isn't known yet
	Fields []spec.Path `json:"fields,omitempty"`
}
