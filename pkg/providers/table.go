package providers

import (
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Table is everything known of a vendor's fields, a row each.
type Table []Field

// Never stands in Write, Create, Read or List for "not there".
const Never = "-"

// Field is one row: one manifest field at one vendor.
//
// Write, Create, Read and List are pointers into the vendor's documents:
// "/charName", "/personalised_prompt_config/MODEL", "/categories/*/name" (a
// list plucked from a list of objects, or made into one),
// "/messages/[role=system]/content" (the one element whose role is system),
// "?region_id" (the query, at creation), "{game_id}" (a part of the id). Create
// "" is as Write, Read "" is as Write, List "" is Never.
type Field struct {
	Path     spec.Path
	Kind     diff.Kind
	Doc      string            // one sentence for editors and for the docs
	Source   Source            // how surely it is known
	Write    string            // in an update; Never: fixed at creation, so a change replaces
	Create   string            // at creation; "" is as Write; Never: only by a second call after creation
	Read     string            // in Get; "" is as Write; Never: not returned, drift is invisible
	List     string            // in List; "" is Never
	Enum     map[string]string // manifest spelling → vendor spelling; nil is free
	Words    map[string]string // what the words of Enum mean, for editors
	Limit    []Limit
	Clear    Clear
	Min      *float64 // for numbers
	Max      *float64
	Whole    bool          // for numbers: only whole ones are taken
	Schema   string        // JSON Schema of the value where the kind does not say enough; "" otherwise
	Example  any           // for editors
	Canon    func(any) any // the vendor's own rewriting; rare
	Default  any           // what the vendor holds when nothing was sent at creation; see DefaultSource
	Rewrites bool          // the vendor may answer another value than was sent (a resolved alias): recorded, not an error
	// DefaultSource is how surely Default is known: import leaves out only a
	// default that a document states.
	DefaultSource Source
	// Also is a second kind that a manifest may use, for a driver's Spell to
	// turn into what is sent; "" is none.
	Also diff.Kind
	// Parts are the known keys of an Object, or of each element of Objects.
	// Other keys of live elements are carried through updates untouched and
	// are not compared.
	Parts []Part
	// Key names the part by which a live element is recognised when an
	// update must carry its unknown keys along; "" goes by position.
	Key string
	// Copies are pointers at which the vendor keeps the same value once more:
	// "/key", which is written wherever the field is, or the first element of
	// a list, "/list/0", which an update changes along where the read showed
	// both alike.
	Copies []string
	// Optional matters where updates forget what they leave out: an update
	// may go ahead although the read did not show this field.
	Optional bool
	// Omits marks a field that reads leave out while it holds nothing: what is
	// not shown is empty, and not unknown.
	Omits bool
	// Along is where the value, as it was read, goes back with every update,
	// since the vendor takes its absence for a wish; "" does not. Of mappings
	// inside it the Parts are sent, and nothing is while one of the required
	// ones is missing.
	Along string
	// Union says that this word tells what kind of object stands around it: an
	// update that changes it keeps nothing of that object but what is named
	// here. nil is an ordinary field.
	Union []string
	// With names fields without which the vendor refuses this one at creation,
	// but for the words in Alone.
	With  []spec.Path
	Alone []string
	// Unasked fields are left out of imported manifests: they are of use only
	// where somebody asks for them.
	Unasked bool
}

// Part is a key inside an Object, or inside each element of Objects.
type Part struct {
	Name     string
	Kind     diff.Kind // Text, Enum, Number or Bool; "" takes any scalar
	Doc      string
	Enum     []string // accepted words; nil is free
	Required bool
	Hidden   bool // not returned on reading
	// Default is what the vendor fills in where nobody sets the part: it is
	// compared as if it were not there. nil is nothing.
	Default any
}

// ReadOnly reports a row that only says what the vendor shows: no manifest
// sets it, and an overlay does not send it back.
func (f Field) ReadOnly() bool { return f.Write == Never && f.Create == Never }

// Fixed reports a field that is set at creation only: changing it replaces
// the character.
func (f Field) Fixed() bool { return f.Write == Never && f.Create != Never }

// Late reports a field that creation does not take and a second call must send.
func (f Field) Late() bool { return f.Create == Never && f.Write != Never }

// Readable reports whether Get or List shows the field.
func (f Field) Readable() bool { return f.reads() != Never || f.lists() != Never }

func (f Field) creates() string { return fallback(f.Create, f.Write) }
func (f Field) reads() string   { return fallback(f.Read, f.Write) }
func (f Field) lists() string   { return fallback(f.List, Never) }

func fallback(pointer, otherwise string) string {
	if pointer == "" {
		return otherwise
	}
	return pointer
}

// Field finds a row by its path.
func (t Table) Field(p spec.Path) (Field, bool) {
	for _, f := range t {
		if f.Path == p {
			return f, true
		}
	}
	return Field{}, false
}

// At finds the row that is written at a pointer, or around it: the vendor's
// words about "/list/0/name" are about the row of "/list".
func (t Table) At(pointer string) (spec.Path, bool) {
	for _, f := range t {
		for _, at := range []string{f.Write, f.creates()} {
			if before, _, ok := strings.Cut(at, "/["); ok {
				at = before
			}
			at = strings.TrimSuffix(strings.SplitN(at, "/*", 2)[0], "/")
			if strings.HasPrefix(at, "/") && (pointer == at || strings.HasPrefix(pointer, at+"/")) {
				return f.Path, true
			}
		}
	}
	return "", false
}

// Source is how surely a row is known, with where it stands.
type Source struct {
	Sure Sureness
	Note string // "PATCH body", "limits page"
}

// Sureness orders the sources of facts.
type Sureness string

// The degrees of sureness.
const (
	Documented Sureness = "documented" // in the documents the project started from
	Published  Sureness = "published"  // in the vendor's public docs or a published client
	Assumed    Sureness = "assumed"    // a working assumption
)

// In is a fact of this sureness, with where it stands.
func (s Sureness) In(note string) Source { return Source{Sure: s, Note: note} }

// Limit is a bound on a value. Beyond a hard limit the vendor refuses; beyond
// an effective one it ignores the rest.
type Limit struct {
	Max       int // in the unit; 0 is none
	Min       int // the same
	Unit      Unit
	Effective bool
	Source    Source
	// Of is a path inside list elements ("itemName"); "" is the value itself.
	Of string
}

// Unit is what a limit counts.
type Unit string

// The units of limits. Characters is for vendors that do not say whether they
// count code points, UTF-16 units or bytes: past all three is an error, past
// any is a warning.
const (
	Runes      Unit = "runes"
	UTF16      Unit = "utf16"
	Bytes      Unit = "bytes"
	Words      Unit = "words"
	Items      Unit = "items"
	Characters Unit = "characters"
)

// Word is what a reader calls several of a unit.
func (u Unit) Word() string {
	switch u {
	case Bytes, Words:
		return string(u)
	case UTF16:
		return "UTF-16 units"
	case Items:
		return "elements"
	}
	return "characters"
}

// Clear says whether a field can be emptied through the API.
type Clear struct {
	Can  bool
	Send any    // what is sent: "", [], …
	Read any    // what is read back
	Why  string // when it can't: a reason for the message
}

// Empties is a field that is emptied by sending a value.
func Empties(send any) Clear { return Clear{Can: true, Send: send} }

// Same is the Enum of words that the vendor spells as manifests do.
func Same(words map[string]string) map[string]string {
	out := make(map[string]string, len(words))
	for w := range words {
		out[w] = w
	}
	return out
}

// Stays is a field that can't be emptied, with the reason for the message.
func Stays(why string) Clear { return Clear{Why: why} }

// Desired is what a manifest wants of one target, in the vendor's spelling.
type Desired struct {
	Doc         diff.Doc
	Scope       string // "game/world", for vendors with places
	NoCreate    string // why nothing can be created at this instance; "" where it can
	Losses      []diff.Loss
	Diagnostics []spec.Diagnostic // CS3xx and CS4xx; none is an error: Doc can be sent
}

// Checked is what a driver's own check sees.
type Checked struct {
	Character *spec.Character
	Target    *spec.Target
	Instance  spec.Instance
	Doc       diff.Doc
}
