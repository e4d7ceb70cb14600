package providers

import (
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Driver is one vendor, known offline.
type Driver struct {
	Name  string // "convai": the type of a provider instance
	Title string // "Convai"
	Docs  string // where the vendor describes its API, or who does
	Env   []Env  // credentials; the first group that is complete is used
	// BaseURLEnv is the variable that overrides BaseURL for instances that
	// set none of their own.
	BaseURLEnv string
	BaseURL    string
	// OtherURLs are further base URLs of the vendor's own, which an instance
	// may name as its baseURL.
	OtherURLs []string
	Manner    Manner
	Removal   Removal
	Pace      Pace
	Late      Late
	// Scope names the fields that say where a character lives; the id starts
	// with their values. Empty for vendors without places.
	Scope []spec.Path
	// Required are the fields without which nothing can be created. With
	// Needs, one of the groups must be complete on top of that.
	Required []spec.Path
	Needs    [][]spec.Path
	// Compose is the default folding of common fields into one of the vendor's.
	Compose map[spec.Path][]spec.Path
	// Imports says which common field the live value of a composed one becomes
	// in an imported manifest: the whole of it, since nobody can tell where one
	// part of a text that people wrote ends. Others keep the vendor's name.
	Imports map[spec.Path]spec.Path
	// ListPage is how many characters one list request shows; 0 is all of them.
	ListPage int
	// Owner is where the vendor's documents, in the list too, say whose account
	// a character belongs to; "" where they don't.
	Owner string
	// Owned is where a document says, with true, that Owner is the account's
	// own mark, at vendors whose lists show what others own too; "" where all
	// that is shown is the account's own.
	Owned string
	// Shared tells the characters in a list that the account may write from
	// those that others let it see; nil where a list holds the account's own.
	Shared *Shared
	// Private are keys whose values may be credentials in the clear, at any
	// depth of a document: run records are kept without them.
	Private []string
	// Key is the kind of idempotency that creation has.
	Key    Idempotency
	Fields Table
	// Expands says which macros the vendor fills in; nil is not known.
	Expands *Expansion
	// Settings are what an instance of this driver may set in charsync.yaml,
	// beside the pace and the base URL.
	Settings []Setting
	// Spell gives the vendor's spelling of a value where a setting of the
	// instance decides and the table can't say; may be nil.
	Spell func(in spec.Instance, f Field, v any) any
	// Check adds what a table can't say (opposite traits); may be nil.
	Check func(Checked) []spec.Diagnostic
	Open  func(Config) (Provider, error)
}

// Shared says which characters of a list the account may write.
type Shared struct {
	Role string   // where an item tells what the account may do
	Own  []string // the words that mean writing
}

// Writable reports whether an item of the list is one that the account may
// write; one that does not tell is.
func (d *Driver) Writable(item Body) bool {
	if d.Shared == nil {
		return true
	}
	v, told := pick(item, d.Shared.Role)
	role, _ := v.(string)
	return !told || slices.Contains(d.Shared.Own, role)
}

// Recorded is a document of the vendor's as a run record may keep it: without
// what may be a credential. What stands in a mapping of the manifest's own is
// kept whatever it is called.
func (d *Driver) Recorded(b Body) Body {
	out := b.Without(d.Private)
	for _, f := range d.Fields {
		if v, there := pick(b, f.reads()); there && f.Kind == diff.Object && !f.ReadOnly() && len(d.Private) > 0 {
			put(out, f.reads(), v)
		}
	}
	return out
}

// Env is a set of environment variables that together are one credential.
type Env []string

// Setting is one setting of an instance.
type Setting struct {
	Name    string
	Doc     string
	Values  []string // accepted; nil is free text
	Default string
	// NoCreate says what a creation would do in spite of the setting: while it
	// is set, nothing is created. "" is for all others.
	NoCreate string
}

// Manner is what an update does to the fields that it leaves out.
type Manner string

// The manners of updating.
const (
	Keeps   Manner = "keeps"   // a partial update
	Forgets Manner = "forgets" // a full replace: read, overlay, write
	// KeepsTop is a partial update in which every top-level object or list
	// that is sent replaces the whole of it: read, overlay that much, write.
	KeepsTop Manner = "keeps at the top level only"
)

// SendsBack reports a manner in which an update holds what was read, so that
// the character must be read singly and right before.
func (m Manner) SendsBack() bool { return m != Keeps }

// Idempotency is how a create whose answer was lost is settled.
type Idempotency string

// The kinds of idempotency.
const (
	ByHeader  Idempotency = "header"  // the vendor answers a repeated key with the original
	ByField   Idempotency = "field"   // the key is stored in the character and can be looked for
	ByContent Idempotency = "content" // only listing and comparing tells
)

// Removal is what deleting does.
type Removal struct {
	Verb string // "delete", "archive", "set private"
	Loss string // what can't come back, in a sentence for the plan
}

// Pace is how fast an account may be asked.
type Pace struct {
	PerSecond   float64 // requests per second; 0 is unlimited
	Burst       int     // requests that may go at once after a time of rest; 0 is 1
	Concurrency int     // requests at a time; 0 is 1
	SerialWrite bool    // one writing request at a time
}

// Late is how long reads may show what was before a write.
type Late struct {
	Most   time.Duration // 0: a write shows at once
	Source Source
}

// Config is what opening an account needs.
type Config struct {
	Instance    string
	BaseURL     string
	Credentials map[string]Secret // by the names in Driver.Env
	// KeyEnv is the variable that the credential came from, where it is not
	// one of the driver's: for advice.
	KeyEnv string
	// Others are further credentials that this process holds. What a service
	// says is passed on without them too.
	Others    []Secret
	Pace      Pace
	Settings  map[string]string // instance settings, such as filters: object
	ReadOnly  bool              // refuse every route that is not marked as reading
	Transport http.RoundTripper // nil: the default
	Log       *slog.Logger      // nil: silent
	UserAgent string
	Now       func() time.Time // bounds what a call takes with its repetitions; nil: each attempt alone is bounded
	OnRequest func(Request)    // called after each request that was sent; may be nil; called concurrently
	OnWait    func(Wait)       // called when requests begin to wait for a second or more; may be nil; called concurrently
}

// Wait is why requests of an account are held back, and for how long.
type Wait struct {
	Instance string
	Reason   string // "since the service asks to", "to keep the pace of 0.5 requests a second"
	For      time.Duration
}

// Request is one request that was sent, for counting and for progress. It
// holds no credential and no prose.
type Request struct {
	Instance string
	Route    string // "character.update"
	Method   string
	Path     string
	Write    bool
	Status   int // 0: no answer
	Attempt  int // from 1
}

// Secret is a credential. It prints as a placeholder in every format; only
// Reveal gives its value, and only transports call it.
type Secret struct{ value string }

// NewSecret wraps a credential.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the credential itself.
func (s Secret) Reveal() string { return s.value }

// IsZero reports an absent credential.
func (s Secret) IsZero() bool { return s.value == "" }

// String, GoString, MarshalText and LogValue keep the value out of every
// report.
func (Secret) String() string { return "[secret]" }

// GoString is String for %#v.
func (Secret) GoString() string { return "[secret]" }

// MarshalText is String for encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// LogValue is String for slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }
