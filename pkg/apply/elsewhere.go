package apply

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// guardAccount refuses what looks like another account than the lock's.
const guardAccount = "account"

// place is the mark of where an account's requests go: the driver and the base
// URL, by host and path. All of this machine is one place, since sandboxes get
// another port each time. An account without a known address has no mark.
func (a *Account) place() string {
	if a.BaseURL == "" || a.Driver == nil {
		return ""
	}
	return diff.Digest([]any{"place", a.Driver.Name, hostAndPath(a.BaseURL)})
}

// seal marks each change with where its requests go, and seals the plan: the
// same digest never holds for two hosts.
func (e *Engine) seal(plan *diff.Plan) {
	for i := range plan.Changes {
		if a := e.Accounts[plan.Changes[i].Target]; a != nil {
			plan.Changes[i].At = a.place()
		}
	}
	plan.Seal()
}

// plannedElsewhere refuses changes whose requests were to go to another
// address than the account's is now. That both are the same account can be said.
func (e *Engine) plannedElsewhere(a *Account, changes []*diff.Change) error {
	place := a.place()
	if place == "" || e.Options.Allow[guardAccount] {
		return nil
	}
	for _, c := range changes {
		if c.At == "" || c.At == place {
			continue
		}
		return spec.Diagnostic{
			Severity: spec.Error, Code: codeElsewhere, Target: c.Target, Character: c.Name,
			Message: fmt.Sprintf("the plan was made for another address of %s than %s: nothing was sent there", c.Target, shownAddress(a.BaseURL)),
			Hint:    "apply it where its base URL is the one that it was made with, or plan again; if both lead to one account, pass --allow account once",
		}
	}
	return nil
}

func hostAndPath(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if spec.Loopback(host) {
		return "loopback"
	}
	if port := u.Port(); port != "" && port != "443" {
		host = net.JoinHostPort(host, port)
	}
	return host + strings.TrimRight(u.Path, "/")
}

// owner is the mark of the account that a character belongs to, where the
// vendor's documents tell it; else "".
func (a *Account) owner(docs ...providers.Body) string {
	if a.Driver.Owner == "" {
		return ""
	}
	for _, doc := range docs {
		if own, _ := doc.Pick(a.Driver.Owned); a.Driver.Owned != "" && own != true {
			continue
		}
		v, _ := doc.Pick(a.Driver.Owner)
		if id, ok := v.(string); ok && id != "" && id != "NULL" {
			return diff.Digest([]any{"owner", a.Driver.Name, id})
		}
	}
	return ""
}

// signed is an entry with the marks of its account.
func (e *Engine) signed(entry Entry) Entry {
	if a := e.Accounts[entry.Target]; a != nil && a.place() != "" {
		entry.At = a.place()
	}
	return entry
}

// elsewhere refuses an account at whose instance the lock has bindings that
// were made at another address. Nothing is asked there: the ids would name
// nothing, and everything would be created a second time.
func (e *Engine) elsewhere(a *Account) error {
	place := a.place()
	if place == "" || e.Options.Allow[guardAccount] {
		return nil
	}
	other := 0
	for _, entry := range e.Lock.PeekAll() {
		if entry.Target == a.Instance.Name && entry.At != "" && entry.At != place {
			other++
		}
	}
	if other == 0 {
		return nil
	}
	return spec.Diagnostic{
		Severity: spec.Error, Code: codeElsewhere, Target: a.Instance.Name,
		Message: fmt.Sprintf("the lock binds %s at %s that %s made at another address than %s: nothing is read or written there",
			plural(other, "character"), a.Instance.Name, wasWere(other), shownAddress(a.BaseURL)),
		Hint: "set the base URL that the lock was made with, or keep a lock of its own for this one (state.path); " +
			"if both lead to one account, pass --allow account once",
	}
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// shownAddress is a base URL without what might be private in it.
func shownAddress(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return "this one"
	}
	return u.Scheme + "://" + u.Host
}

// stranger refuses an account that shows a character of another owner than the
// lock's. It is nil for a character that does not tell.
func (e *Engine) stranger(a *Account, doc providers.Body) error {
	owner := a.owner(doc)
	if owner == "" || e.Options.Allow[guardAccount] {
		return nil
	}
	known := a.ownersIn(e.Lock)
	if len(known) == 0 || known[owner] {
		return nil
	}
	return spec.Diagnostic{
		Severity: spec.Error, Code: codeElsewhere, Target: a.Instance.Name,
		Message: "the characters at " + a.Instance.Name + " belong to another account than those that the lock binds there: nothing is written there",
		Hint: "use the credential of the account that the lock was made with, or keep a lock of its own for this one (state.path); " +
			"if they are to be managed from here on, pass --allow account once",
	}
}

// ownersIn are the owners that the lock knew when the command began.
func (a *Account) ownersIn(l *Lock) map[string]bool {
	a.owned.Do(func() {
		a.owners = map[string]bool{}
		for _, entry := range l.PeekAll() {
			if entry.Target == a.Instance.Name && entry.Owner != "" {
				a.owners[entry.Owner] = true
			}
		}
	})
	return a.owners
}

// Owner is the short mark of the account that the lock's characters of an
// instance belong to, for people: "9f3c". It is "" where the service doesn't tell,
// and where the lock knows of none, or of several.
func (e *Engine) Owner(instance string) string {
	a := e.Accounts[instance]
	if a == nil || a.Driver == nil {
		return ""
	}
	for owner := range a.ownersIn(e.Lock) {
		if len(a.owners) == 1 && len(owner) > shortMark {
			return owner[len(owner)-shortMark:]
		}
	}
	return ""
}

// shortMark is how many digits of an owner's mark are shown.
const shortMark = 4

// resign gives every binding the mark of the account it is used at, when the
// user says that the account is the right one. The owners are learnt anew.
func (e *Engine) resign() error {
	if !e.Options.Allow[guardAccount] {
		return nil
	}
	for _, entry := range e.Lock.Entries() {
		a := e.Accounts[entry.Target]
		if a == nil || a.Err != nil || a.place() == "" || entry.At == "" && entry.Owner == "" {
			continue
		}
		entry.Owner = ""
		if err := e.Lock.Put(e.signed(entry)); err != nil {
			return err
		}
	}
	return e.Lock.Finish()
}

// inUse reports an instance that charsync.yaml declares, or that a manifest
// names: those of a driver's own name are there without being declared.
func (e *Engine) inUse(instance string) bool {
	in, known := e.Project.Instances[instance]
	whole := e.Set.Complete && !e.Set.Partial
	return known && (in.Pos != (spec.Pos{}) || !whole || e.literal()[instance])
}

// elsewhereBound refuses to create a character at an instance that has taken
// another one's place: its live character is bound at an instance that
// charsync.yaml no longer has, of the same service at the same address.
func (e *Engine) elsewhereBound(q *pair) error {
	for _, entry := range e.Lock.Show(q.Name) {
		if entry.ID == "" || entry.Provider != q.account.Driver.Name || entry.Target == q.Target || e.inUse(entry.Target) {
			continue
		}
		if place := q.account.place(); place != "" && entry.At != "" && entry.At != place {
			continue
		}
		if known := q.account.ownersIn(e.Lock); entry.Owner != "" && len(known) > 0 && !known[entry.Owner] {
			continue
		}
		return spec.Diagnostic{
			Pos: q.place(), Severity: spec.Error, Code: codeInstanceGone, Character: q.Name, Target: q.Target,
			Message: fmt.Sprintf("%s is bound at %s, an instance that charsync.yaml no longer has: creating it at %s, which is the same service at the same address, would make a second character",
				q.Name, entry.Target, q.Target),
			Hint: fmt.Sprintf("if the instance was renamed, carry its bindings over: charsync state mv '*/%s' '*/%s'; if it is another account, forget this one: charsync state rm %s/%s",
				entry.Target, q.Target, q.Name, entry.Target),
		}
	}
	return nil
}
