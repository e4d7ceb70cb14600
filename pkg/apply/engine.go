package apply

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charsync/charsync/internal/durable"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Account is one provider instance as a command opened it.
type Account struct {
	Instance spec.Instance
	Driver   *providers.Driver
	Provider providers.Provider
	// Err is why the account could not be opened (no key); everything at this
	// target fails with it, and the others go on.
	Err error
	// BaseURL is where its requests go. The lock keeps a mark of it.
	BaseURL string
	// Pace is the pace the provider was opened with. A zero rate is no limit,
	// a zero concurrency is the driver's.
	Pace providers.Pace
	// Requests counts what was sent so far; it may be nil.
	Requests func() int64

	ruled  sync.Once
	known  []diff.Rule
	owned  sync.Once
	owners map[string]bool // that the lock knew
	ahead  atomic.Pointer[ahead]
}

// rules are those of the driver's table.
func (a *Account) rules() []diff.Rule {
	a.ruled.Do(func() { a.known = a.Driver.Fields.Rules() })
	return a.known
}

func (a *Account) rulesByPath() map[spec.Path]diff.Rule {
	rules := map[spec.Path]diff.Rule{}
	for _, rule := range a.rules() {
		rules[rule.Path] = rule
	}
	return rules
}

func (a *Account) requests() int {
	if a.Requests == nil {
		return 0
	}
	return int(a.Requests())
}

// Engine plans and applies. One engine serves one command; its methods are
// not to be called concurrently.
type Engine struct {
	Project  *spec.Project
	Set      *spec.Set // may be nil for Apply, which never reads it
	Accounts map[string]*Account
	Lock     *Lock
	Options  Options

	once    sync.Once
	naming  sync.Once
	names   map[string]bool // of the selection
	chosen  *pairs
	early   early
	openLog func(path string) (durable.AppendFile, error) // nil is the disk; replaced in tests
	report  sync.Mutex

	recorded   sync.Once
	madeBefore map[diff.Address]madeBy // by the runs recorded here
}

// early are the pairs that were made while the manifests were loaded.
type early struct {
	mu    sync.Mutex
	pairs map[*spec.Target]*pair
	read  map[*spec.Character]lint.Reading // by Judge
	names map[string]bool                  // of the characters that Judge saw
	lost  lossSet                          // of the pairs that Examine keeps nothing else of
}

// Options say what a command is to do and how.
type Options struct {
	Env       string
	Selection Selection
	Policy    spec.Policy
	Frozen    bool // the plan that is applied was made earlier, and may have been applied elsewhere
	Cloned    bool // the project may be a clone that came without its lock
	// Reviewed is the digest of the only plan that will be applied, which was
	// made earlier and may have been applied elsewhere; "" is none.
	Reviewed string
	// Branches are the locks of other branches of this clone. They are asked for
	// when the lock is missing and what would be created is there; nil is none.
	Branches func() []BranchLock
	// Absent says why manifests may exist that this working tree does not have,
	// "" where none do. It is asked when a binding without a manifest is found;
	// nil is never.
	Absent      func() string
	Prune       bool            // delete what is bound but has no manifest any more
	Allow       map[string]bool // guards that may be passed
	Parallelism int             // changes at a time per account; 0 leaves it to the account's pace
	Now         func() time.Time
	// Sleep waits for a service that may show a write late; nil is a timer.
	Sleep   func(context.Context, time.Duration) error
	Who     string // who runs this, for the run record
	Command string // which command runs, for the run record
	Resumes string // the run that this one finishes, for the run record
	Version string
	Sandbox bool // the accounts are the sandbox's: a plan says so
	// Events is told of progress, one call at a time; it may be nil.
	Events func(Event)
	// Span is told when a phase begins, and what it returns is called at its
	// end, both from any goroutine; it may be nil. Accounts have phases of their
	// own, since they are worked on side by side.
	Span func(phase string) (end func())
	// RunDir is the folder of the run records; "" keeps none.
	RunDir string
}

// Selection narrows a command down. Empty parts select everything.
type Selection struct {
	Names     []string
	Selectors []spec.Selector // all must match
	Targets   []string        // keys of targets, or instances
	// Changed are, when it is not nil, the only characters that are meant of
	// those that the rest selects: what a comparison with Git has found.
	Changed map[string]bool
}

// leavesOut reports a character that did not change.
func (s Selection) leavesOut(name string) bool { return s.Changed != nil && !s.Changed[name] }

// Event is progress, for people.
type Event struct {
	Kind     string // observe, import, write, verify, wait, done
	Address  diff.Address
	Instance string
	Done     int
	Total    int // 0: not known
	Text     string
	Wait     time.Duration // of a wait: how long
}

func (e *Engine) event(ev Event) {
	if e.Options.Events == nil {
		return
	}
	e.report.Lock()
	defer e.report.Unlock()
	e.Options.Events(ev)
}

func (e *Engine) span(phase string) (end func()) {
	if e.Options.Span == nil {
		return func() {}
	}
	return e.Options.Span(phase)
}

func (e *Engine) now() time.Time {
	if e.Options.Now == nil {
		return time.Time{}
	}
	return e.Options.Now()
}

// parallelism is how many characters of an account are worked on at a time.
func (e *Engine) parallelism(a *Account) int {
	n := a.Pace.Concurrency
	if n <= 0 {
		n = a.Driver.Pace.Concurrency
	}
	if n <= 0 {
		n = 1
	}
	if p := e.Options.Parallelism; p > 0 && p < n {
		n = p
	}
	return n
}

// account finds the account of an instance. The error says what to do.
func (e *Engine) account(instance string) (*Account, error) {
	a, ok := e.Accounts[instance]
	switch {
	case !ok || a.Driver == nil && a.Err == nil:
		return nil, fmt.Errorf("%s is not a provider instance of this project", instance)
	case a.Err != nil:
		return a, a.Err
	}
	return a, e.elsewhere(a)
}
