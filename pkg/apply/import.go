package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// ImportOptions say which live characters become manifests.
type ImportOptions struct {
	Target string   // the instance
	IDs    []string // these
	All    bool     // or all of the account
	Name   string   // the manifest's name, for a single id
	Scope  string   // the place, for vendors that have places; "" is the instance's default
}

// Imported is a live character as a manifest would say it.
type Imported struct {
	Name    string // of the manifest: free in the project
	ID      string
	Display string // its name at the service
	// Values are the fields in the manifest's spelling.
	Values map[spec.Path]any
	// Skipped says why nothing is imported: it is bound already.
	Skipped string
	// Bound is the file of a manifest that says the same already and was bound
	// to nothing: it is bound now, and none is to be written.
	Bound string
	entry Entry
}

// Import reads live characters and gives what their manifests would say. It
// writes nothing; Bind records the bindings, once the manifests are written.
func (e *Engine) Import(ctx context.Context, o ImportOptions) ([]Imported, error) {
	a, err := e.account(o.Target)
	if err != nil {
		return nil, err
	}
	if o.Scope == "" {
		o.Scope = defaultScope(a)
	}
	if o.Name != "" && (o.All || len(o.IDs) != 1) {
		return nil, fmt.Errorf("a name can be given to a single character only")
	}
	remotes, err := e.importable(ctx, a, o)
	if err != nil {
		return nil, err
	}
	if o.Name != "" && e.takenNames()[o.Name] {
		return nil, fmt.Errorf("the name %q is in use already: choose another", o.Name)
	}
	bound := e.boundIDs(a)
	var out []Imported
	var needs []need
	var lists []providers.Body
	var at []int
	for _, r := range remotes {
		im := Imported{ID: r.ID, Display: r.Name}
		if owner, taken := bound[r.ID]; taken {
			im.Name, im.Skipped = owner.Name, "bound to "+owner.String()+" already"
			out = append(out, im)
			continue
		}
		needs = append(needs, need{id: r.ID, paths: allPaths(a.Driver.Fields)})
		lists = append(lists, r.Body)
		at = append(at, len(out))
		out = append(out, im)
	}
	docs, err := e.importDocs(ctx, a, o, needs, lists)
	if err != nil {
		return nil, err
	}
	taken := e.takenNames()
	var unbound []*pair
	if o.Name == "" {
		unbound = e.unboundPairs(a)
	}
	for i, doc := range docs {
		if out[at[i]].bindInstead(a, doc, &unbound) {
			continue
		}
		e.fill(&out[at[i]], a, o, doc, taken)
	}
	return out, nil
}

// NoCharacter is the error of an import of an id that the service does not
// have.
type NoCharacter struct{ Target, ID string }

func (e *NoCharacter) Error() string { return fmt.Sprintf("%s has no character %s", e.Target, e.ID) }

// importDocs reads what is to be imported. Characters that the list has shown
// already are read singly only for what it does not show.
func (e *Engine) importDocs(ctx context.Context, a *Account, o ImportOptions, needs []need, lists []providers.Body) ([]diff.Doc, error) {
	failures := make([]error, len(needs))
	docs := make([]diff.Doc, len(needs))
	each := func(i int, s seen) {
		docs[i], failures[i] = s.doc, s.err
		if s.gone {
			failures[i] = &NoCharacter{Target: o.Target, ID: needs[i].id}
		}
	}
	var broken error
	if o.All {
		broken = e.observeListed(ctx, a, "import", needs, lists, each)
	} else {
		_, broken = e.observe(ctx, a, "import", needs, each)
	}
	if broken != nil {
		return nil, fmt.Errorf("importing from %s: %w", o.Target, broken)
	}
	for i, err := range failures {
		if err != nil {
			if none := (*NoCharacter)(nil); errors.As(err, &none) {
				return nil, err // says both already
			}
			return nil, fmt.Errorf("importing %s from %s: %w", needs[i].id, o.Target, err)
		}
	}
	return docs, nil
}

// Bind records imported characters in the lock.
func (e *Engine) Bind(imported []Imported) error {
	if err := e.Lock.Begin(Recordless(e.now(), wroteByImport)); err != nil {
		return err
	}
	for _, im := range imported {
		if im.Skipped != "" {
			continue
		}
		if err := e.Lock.Put(e.signed(im.entry)); err != nil {
			_ = e.Lock.Finish()
			return err
		}
	}
	return e.Lock.Finish()
}

// importable are the characters that are meant, in the order of the list or
// of the arguments.
func (e *Engine) importable(ctx context.Context, a *Account, o ImportOptions) ([]providers.Remote, error) {
	if !o.All {
		remotes := make([]providers.Remote, len(o.IDs))
		for i, id := range o.IDs {
			if scope, _ := a.Driver.SplitID(id); scope == "" {
				id = a.Driver.JoinID(o.Scope, id)
			}
			remotes[i] = providers.Remote{ID: id}
		}
		return remotes, nil
	}
	if len(a.Driver.Scope) > 0 && o.Scope == "" {
		return nil, fmt.Errorf("%s keeps characters in places: say which, or set a default for %s in charsync.yaml", a.Driver.Title, o.Target)
	}
	var remotes []providers.Remote
	for r, err := range a.Provider.List(ctx, o.Scope) {
		if err == nil {
			err = e.stranger(a, r.Body)
		}
		if err != nil {
			return nil, fmt.Errorf("listing %s: %w", o.Target, err)
		}
		if a.Driver.Writable(r.Body) {
			remotes = append(remotes, r)
		}
	}
	return remotes, nil
}

func defaultScope(a *Account) string {
	parts := make([]string, len(a.Driver.Scope))
	for i, p := range a.Driver.Scope {
		if parts[i] = a.Instance.Settings[string(p)]; parts[i] == "" {
			return ""
		}
	}
	return strings.Join(parts, "/")
}

// boundIDs are the live characters of an account's service that the lock
// knows.
func (e *Engine) boundIDs(a *Account) map[string]diff.Address {
	bound := map[string]diff.Address{}
	for _, entry := range e.Lock.PeekAll() {
		if entry.Provider == a.Driver.Name && entry.ID != "" {
			bound[entry.ID] = entry.Address
		}
	}
	return bound
}

func allPaths(t providers.Table) []spec.Path {
	var paths []spec.Path
	for _, r := range t.Rules() {
		paths = append(paths, r.Path)
	}
	return paths
}

// Namer knows the names that are in use.
func (e *Engine) Namer() *Namer { return &Namer{e.takenNames()} }

// fill turns a live document into a manifest's values and a lock entry with
// marks for exactly these values, so that a plan right afterwards is empty.
func (e *Engine) fill(im *Imported, a *Account, o ImportOptions, live diff.Doc, taken map[string]bool) {
	im.Values = a.Driver.Manifest(live, a.Instance)
	if name, ok := live["name"].(string); ok {
		im.Display = name
	}
	im.Name = o.Name
	if im.Name == "" {
		im.Name = freeName(im.Display, im.ID, taken)
	}
	taken[im.Name] = true
	im.entry = Entry{
		Address: diff.Address{Name: im.Name, Target: o.Target}, Provider: a.Driver.Name, ID: im.ID,
		Fields: map[spec.Path]diff.Mark{},
	}
	settings := a.Instance.Settings
	for _, r := range a.rules() {
		said := a.Driver.Imported(im.Values, r.Path, a.Instance)
		byDefault := slices.Contains(a.Driver.Scope, r.Path) && settings[string(r.Path)] != ""
		if v, known := live[r.Path]; known && (said || byDefault) {
			im.entry.Fields[r.Path] = diff.Mark{File: r.Digest(v)}
		}
	}
}
