package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// FormatVersion is the version of the plan document. A minor step adds keys;
// a major step changes their meaning, and older programs refuse it.
const FormatVersion = "1.0"

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
	Action   Action `json:"action"`
	Reason   string `json:"reason,omitempty"`   // why this action, for a reader: "not found on convai"
	ID       string `json:"id,omitempty"`       // the live character; "" before creation
	Scope    string `json:"scope,omitempty"`    // where it is created, for providers that have places
	CloneOf  string `json:"clone_of,omitempty"` // create as a clone of this live character
	CloneKB  bool   `json:"clone_kb,omitempty"` // with its knowledge bank
	Removal  string `json:"removal,omitempty"`  // what deleting really does, in words
	Protect  bool   `json:"protect,omitempty"`  // remembered in the lock
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
}

// Request is one writing call that a change will make.
type Request struct {
	Method string      `json:"method"`
	Path   string      `json:"path"` // below the base URL, with {id} where it isn't known yet
	Fields []spec.Path `json:"fields,omitempty"`
}

// Calls counts requests per target.
type Calls struct {
	Target string `json:"target"`
	Made   int    `json:"made"`           // by this plan
	Least  int    `json:"least"`          // the fewest that the provider's table allows for this plan
	Writes int    `json:"writes"`         // that applying will make
	Reads  int    `json:"reads"`          // that applying will make, to check before and after
	Wait   string `json:"wait,omitempty"` // how long the pace alone will take, e.g. "12s"
}

// Plan is the document between comparing and applying.
type Plan struct {
	FormatVersion string            `json:"format_version"`
	Digest        string            `json:"digest"` // see Seal
	Complete      bool              `json:"complete"`
	Env           string            `json:"env,omitempty"`
	Undo          string            `json:"undo,omitempty"`    // the run that this takes back
	About         About             `json:"about,omitempty"`   // "": what an apply would do; else it can't be applied
	Against       *Revision         `json:"against,omitempty"` // the revision that chose the characters
	Changes       []Change          `json:"changes"`
	Orphans       []Orphan          `json:"orphans,omitempty"`     // bound, but the manifest is gone
	Guards        []Block           `json:"guards,omitempty"`      // what would refuse the whole run
	Unplanned     []Unplanned       `json:"unplanned,omitempty"`   // pairs that could not be read: they fail in an apply
	Calls         []Calls           `json:"calls,omitempty"`       //
	Unchanged     int               `json:"unchanged"`             // pairs that need nothing
	Diagnostics   []spec.Diagnostic `json:"diagnostics,omitempty"` // warnings, and why it is incomplete
	// Meta is for people and is not part of the digest.
	Meta Meta `json:"meta,omitzero"`
}

// Meta says where a plan comes from.
type Meta struct {
	CreatedAt string `json:"created_at,omitempty"` // RFC 3339
	Version   string `json:"version,omitempty"`
	Project   string `json:"project,omitempty"`
	Sandbox   bool   `json:"sandbox,omitempty"` // made against the built-in sandbox: for no real account
}

// Unplanned is a pair that nothing could be planned for.
type Unplanned struct {
	Address
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Orphan is a binding in the lock that no manifest mentions.
type Orphan struct {
	Address
	ID      string `json:"id"`
	Protect bool   `json:"protect,omitempty"`
}

// Counts are the figures of the last line, in pairs of character and target.
type Counts struct {
	Create   int `json:"create"`
	Update   int `json:"update"`
	Delete   int `json:"delete"`
	Drifted  int `json:"drifted"`
	Conflict int `json:"conflict"`
}

// Counts adds the plan up. A replacement counts as one to create and one to
// delete. A drifted pair that is written back counts under update too; a pair
// that a conflict stops does not, for nothing is written. What a guard would
// refuse counts: it is what the guard's figures are about.
func (p *Plan) Counts() Counts {
	var n Counts
	for i := range p.Changes {
		c := &p.Changes[i]
		switch c.Action {
		case Create:
			n.Create++
		case Update:
			if !c.Stopped() {
				n.Update++
			}
		case Replace:
			n.Create++
			n.Delete++
		case Delete:
			if !c.Stopped() {
				n.Delete++
			}
		}
		if c.Supersedes() && !c.Stopped() {
			n.Delete++
		}
		if c.Has(Drift) || p.About == AboutDrift && c.Gone != "" {
			n.Drifted++
		}
		if c.Has(Conflict) {
			n.Conflict++
		}
	}
	return n
}

// Empty reports that applying would neither write to a provider nor leave
// drift or a conflict unmentioned. Lock-only records do not count.
func (p *Plan) Empty() bool { return p.Counts() == Counts{} }

// Summary is the last line of a plan.
func (n Counts) Summary() string {
	return fmt.Sprintf("Plan: %d to create, %d to update, %d to delete, %d drifted, %d in conflict.",
		n.Create, n.Update, n.Delete, n.Drifted, n.Conflict)
}

// Seal sorts the plan and computes its digest: SHA-256 over the canonical
// operations. Times, paths, versions, counts of requests and diagnostics are
// left out, so the same operations have the same digest on every machine.
func (p *Plan) Seal() {
	if p.Changes == nil {
		p.Changes = []Change{} // [] and not null, for those who read the document
	}
	slices.SortStableFunc(p.Changes, func(a, b Change) int { return a.Address.Compare(b.Address) })
	slices.SortFunc(p.Unplanned, func(a, b Unplanned) int { return a.Address.Compare(b.Address) })
	slices.SortFunc(p.Orphans, func(a, b Orphan) int { return a.Address.Compare(b.Address) })
	slices.SortFunc(p.Calls, func(a, b Calls) int { return strings.Compare(a.Target, b.Target) })
	p.Digest = p.operationsDigest()
}

// Intact reports whether the digest still fits the operations.
func (p *Plan) Intact() bool { return p.Digest != "" && p.Digest == p.operationsDigest() }

func (p *Plan) operationsDigest() string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	if p.About != "" { // what is no plan can't be made one by cutting that out
		if err := enc.Encode(p.About); err != nil {
			return ""
		}
	}
	for i := range p.Changes {
		if err := enc.Encode(p.Changes[i].canonical()); err != nil {
			return "" // a value that no Doc holds; never Intact
		}
	}
	if len(p.Guards) > 0 { // what refuses the run can't be cut out of the file
		if err := enc.Encode(rulesOf(p.Guards)); err != nil {
			return ""
		}
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// canonical is a change without what is no operation: places, words, counts of
// requests. The order of its fields is not the table's, which is a matter of
// versions.
func (c *Change) canonical() *Change {
	out := *c
	out.Source, out.Requests, out.Losses, out.Labels, out.Removal, out.Reason = spec.Pos{}, nil, nil, nil, "", ""
	out.Applied = nil
	out.Blocked = rulesOf(out.Blocked)
	out.Fields = slices.Clone(out.Fields)
	slices.SortFunc(out.Fields, func(a, b FieldChange) int { return strings.Compare(string(a.Path), string(b.Path)) })
	return &out
}

// rulesOf keeps of each block what decides, and leaves out the wording.
func rulesOf(blocks []Block) []Block {
	var out []Block
	for _, b := range blocks {
		out = append(out, Block{Rule: b.Rule})
	}
	slices.SortFunc(out, func(a, b Block) int { return strings.Compare(a.Rule, b.Rule) })
	return out
}
