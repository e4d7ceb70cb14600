package rest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/charsync/charsync/pkg/providers"
)

// fault makes an error of the account's.
func (a *Account) fault(r *Route, kind providers.ErrorKind, status int, message string, cause error) *providers.Error {
	return &providers.Error{
		Kind: kind, Provider: a.instance, Op: r.Name, Status: status,
		Message: a.secrets.scrub(clean(message, mostWords)), Err: cause, Hint: a.hint(kind),
	}
}

func (a *Account) hint(kind providers.ErrorKind) string {
	switch kind {
	case providers.Unauthorized:
		return "check the credential in " + a.credentialNames()
	case providers.NotJSON:
		if a.api.PageHint != "" {
			return a.api.PageHint
		}
		return "check the base URL; a proxy or a login page may stand in between"
	case providers.Redirected:
		return "check the base URL: credentials are not sent on to another address"
	case providers.Lost:
		return "run the command again: it finds out first what became of this request"
	case providers.Unavailable:
		return "try again later"
	}
	return ""
}

func (a *Account) credentialNames() string {
	if a.keyEnv != "" {
		return a.keyEnv
	}
	var groups []string
	for _, env := range a.api.Driver.Env {
		groups = append(groups, strings.Join(env, " and "))
	}
	return strings.Join(groups, ", or ")
}

// unanswered is the error of a call that brought no answer.
func (a *Account) unanswered(ctx context.Context, t *trip, err error) error {
	var own *providers.Error
	if errors.As(err, &own) {
		return own
	}
	var cut *flaw
	if errors.As(err, &cut) && ctx.Err() == nil {
		return a.fault(t.route, cut.kind, cut.status, cut.message, cut.err)
	}
	lost := t.doubt.Load() && !t.route.Reads
	switch {
	case lost && ctx.Err() != nil:
		return a.fault(t.route, providers.Lost, 0, "stopped before the answer came", ctx.Err())
	case ctx.Err() != nil:
		return ctx.Err()
	case lost:
		return a.fault(t.route, providers.Lost, 0, plainError(err), a.bare(err))
	}
	e := a.fault(t.route, providers.Unavailable, 0, plainError(err), a.bare(err))
	if hopeless(err) || errors.Is(err, syscall.ECONNREFUSED) {
		e.Hint = "nothing was sent: check the base URL, and the proxy (HTTPS_PROXY) and the certificates (SSL_CERT_FILE) of this environment"
	}
	return e
}

// bare keeps an error as a cause only where its text is sure to hold no
// credential.
func (a *Account) bare(err error) error {
	if err != nil && a.secrets.scrub(err.Error()) == err.Error() {
		return err
	}
	return nil
}

// plainError words an error of the network for people, without addresses of
// files and sockets.
func plainError(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var dns *net.DNSError
	switch {
	case errors.Is(err, errSlow):
		return errSlow.Error()
	case errors.Is(err, context.Canceled):
		return "stopped"
	case errors.Is(err, context.DeadlineExceeded):
		return "out of time"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing answers at that address"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was reset"
	case errors.As(err, &dns):
		return "the host " + dns.Name + " was not found"
	}
	return err.Error()
}

// broken is the error of a call whose answer can't be used. A write that got
// a successful status may have been carried out all the same.
func (a *Account) broken(t *trip, got *answer, f *flaw) error {
	if !t.route.Reads && (got.ok() || got.status >= 500) {
		return a.fault(t.route, providers.Lost, got.status, f.message, f.err)
	}
	return a.fault(t.route, f.kind, got.status, f.message, f.err)
}

// refusal is the error of a call that the vendor answered with an error.
func (a *Account) refusal(t *trip, got *answer) error {
	if got.status >= 300 && got.status < 400 {
		return a.fault(t.route, providers.Redirected, got.status, "redirected to "+target(got.header), nil)
	}
	message, fields := a.located(got.data)
	e := a.fault(t.route, a.kind(t, got, message), got.status, message, nil)
	e.Fields = fields
	if f := got.form(); f != nil && message == "" {
		e.Message = a.secrets.scrub(clean(f.message, mostWords))
	}
	if e.Kind == providers.RateLimited {
		e.After = asked(&http.Response{Header: got.header})
		e.Hint = pauseHint(e.After)
	}
	a.apply(t, got.status, message, e)
	a.doubted(t, e)
	return e
}

// pauseHint says how long a service asks to wait, where that is longer than was
// waited. What is beyond a day is no pause.
func pauseHint(after time.Duration) string {
	switch {
	case after <= waitMost:
		return ""
	case after <= 24*time.Hour:
		return "the service asks to wait " + after.Round(time.Second).String() + ": run again then, or lower requestsPerSecond of this instance in charsync.yaml"
	}
	return "the service asks to wait for more than a day: look there at what this account may do"
}

// doubted makes a refused write one whose outcome is not known: when an earlier
// attempt may have been carried out, since a key that expired between the two,
// or a limit that was reached, refuses the second and says nothing of the
// first; and when the vendor answers so for troubles of its own.
func (a *Account) doubted(t *trip, e *providers.Error) {
	switch {
	case t.route.Reads:
	case t.earlier.Load():
		e.Kind, e.Hint, e.After = providers.Lost, a.hint(providers.Lost), 0
	case t.route.doubts(e):
		e.Kind, e.Confirm = providers.Lost, false
		e.Hint = "change the manifest if the words ask for it, and run again: the next run finds out first whether it was carried out all the same"
	}
}

// doubts reports a refusal that does not tell whether the call was carried
// out. A refusal of the key or of the pace is believed: it comes before
// anything is done.
func (r *Route) doubts(e *providers.Error) bool {
	return (e.Kind == providers.Rejected || e.Kind == providers.NotFound) &&
		slices.ContainsFunc(r.Doubts, func(d Doubt) bool { return d.Status == e.Status })
}

// target names where a redirect leads, without what might be private in it.
func target(h http.Header) string {
	u, err := url.Parse(h.Get("Location"))
	if err != nil || u.Host == "" {
		return "another path"
	}
	return u.Scheme + "://" + u.Host
}

// kind reads the status.
func (a *Account) kind(t *trip, got *answer, message string) providers.ErrorKind {
	page := false
	if f := got.form(); f != nil {
		page = f.kind == providers.NotJSON
	}
	switch s := got.status; {
	case s == http.StatusUnauthorized:
		return providers.Unauthorized
	case s == http.StatusPaymentRequired:
		return providers.Quota
	case s == http.StatusTooManyRequests && quotaWords(message):
		return providers.Quota
	case s == http.StatusTooManyRequests:
		return providers.RateLimited
	case s >= 500 && s != http.StatusNotImplemented:
		if !t.route.Reads && t.doubt.Load() {
			return providers.Lost
		}
		return providers.Unavailable
	case page:
		// A page is no answer of the API: neither "forbidden" nor "not found".
		return providers.NotJSON
	case s == http.StatusForbidden:
		return providers.Forbidden
	case s == http.StatusNotFound, s == http.StatusGone:
		return providers.NotFound
	case s == http.StatusMethodNotAllowed, s == http.StatusNotImplemented:
		return providers.Unsupported
	}
	return providers.Rejected
}

// apply lets the vendor's own verdicts have the last word.
func (a *Account) apply(t *trip, status int, message string, e *providers.Error) {
	lower := strings.ToLower(message)
	for _, v := range a.api.Verdicts {
		if v.Route != "" && v.Route != t.route.Name || v.Status != 0 && v.Status != status || !strings.Contains(lower, v.Contains) {
			continue
		}
		if e.Kind != v.Kind {
			e.Kind, e.Hint = v.Kind, a.hint(v.Kind)
		}
		e.Confirm = v.Confirm
		if v.Hint != "" {
			e.Hint = v.Hint
		}
		return
	}
}
