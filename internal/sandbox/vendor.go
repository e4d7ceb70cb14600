package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// vendor is one API: what is data in it stands in its routes, switches and keys.
type vendor struct {
	name     string
	baseEnv  string // the variable that carries its base URL
	keyEnv   string // the variable that carries its credential
	keys     []credential
	routes   []route
	switches []Switch // names without the vendor
	// perMinute is the published allowance of a key in a rolling minute, for vendors whose answers show it; 0 for others.
	perMinute int

	// authenticate finds the account behind a request, or says no in the vendor's way.
	authenticate func(*call) (account, *reply)
	// account says who an accepted further credential is.
	account func(secret string) account
	// refuse is the vendor's manner of an error that its documents do not spell out: unknown route, wrong verb, throttled.
	refuse func(status int, text string) reply
	// reject is the vendor's manner of refusing what a creation or an update says.
	reject func(text string) reply
	// index takes from a character what lists and searches need.
	index func(doc) index
	// seed makes a storable character of what Put was given; it may add to other collections.
	seed func(t *tx, d doc) (id string, stored doc, err error)
}

// credential is a built-in key; the first of a vendor is the one Environ hands out.
type credential struct {
	secret  string
	account account
}

// account is who a credential speaks for. Characters belong to an owner; two credentials of one owner share them.
type account struct {
	owner    string
	readOnly bool
}

// home and stranger are the two owners behind the built-in credentials.
const (
	home     = "home"
	stranger = "stranger"
)

// route is one operation. A pattern segment in braces takes any value.
type route struct {
	name    string // "character.update"; what faults and the request log call it
	method  string
	pattern string
	write   bool // may change state, whatever its verb
	open    bool // needs no credential
	lists   bool // shows the caller's characters
	body    bodyKind
	handle  func(*call) reply
}

type bodyKind int

const (
	noBody     bodyKind = iota // whatever is sent is not looked at
	objectBody                 // a JSON object is required
	formBody                   // multipart/form-data, or a JSON object
)

// match finds the route for a path, and otherwise whether the path has routes for other verbs.
func (v *vendor) match(method, path string) (rt *route, params map[string]string, otherVerb bool) {
	segments := strings.Split(path, "/")
	for i := range v.routes {
		r := &v.routes[i]
		p, ok := matchPattern(strings.Split(r.pattern, "/"), segments)
		switch {
		case !ok:
		case r.method == method:
			return r, p, false
		default:
			otherVerb = true
		}
	}
	return nil, nil, otherVerb
}

func matchPattern(pattern, segments []string) (map[string]string, bool) {
	if len(pattern) != len(segments) {
		return nil, false
	}
	var params map[string]string
	for i, p := range pattern {
		value, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, false
		}
		if strings.HasPrefix(p, "{") {
			if value == "" {
				return nil, false
			}
			if params == nil {
				params = map[string]string{}
			}
			params[strings.Trim(p, "{}")] = value
		} else if p != value {
			return nil, false
		}
	}
	return params, true
}

// credentials joins the built-in keys with the further ones, per vendor.
func credentials(vendors []*vendor, accept map[string][]string) (map[string]map[string]account, error) {
	accounts := map[string]map[string]account{}
	for _, v := range vendors {
		accounts[v.name] = map[string]account{}
		for _, k := range v.keys {
			accounts[v.name][k.secret] = k.account
		}
	}
	for name, secrets := range accept {
		known := accounts[name]
		v := vendorNamed(vendors, name)
		if known == nil || v == nil {
			return nil, fmt.Errorf("sandbox: credentials for %q: no such vendor; accepted: %s", name, strings.Join(Vendors(), ", "))
		}
		for _, secret := range secrets {
			if secret == "" {
				return nil, fmt.Errorf("sandbox: an empty credential for %s", name)
			}
			known[secret] = v.account(secret)
		}
	}
	return accounts, nil
}

func vendorNamed(vendors []*vendor, name string) *vendor {
	for _, v := range vendors {
		if v.name == name {
			return v
		}
	}
	return nil
}

func homeAccount(string) account { return account{owner: home} }

// call is one request on its way through a vendor.
type call struct {
	srv    *Server
	vendor *vendor
	route  *route
	req    *http.Request
	params map[string]string
	query  url.Values
	raw    []byte
	body   doc
	who    account
	tx     *tx
	id     string // the character the request was about, for the log
}

// lookup finds the account of a credential; a key that ran out belongs to nobody.
func (c *call) lookup(secret string) (account, bool) {
	who, ok := c.srv.accounts[c.vendor.name][secret]
	return who, ok && !c.srv.faults.isExpired(c.vendor.name)
}

// is tells whether one of this vendor's switches has the value.
func (c *call) is(name, value string) bool { return c.sw(name) == value }

func (c *call) sw(name string) string { return c.srv.switches.get(c.vendor.name + "." + name) }

func (c *call) limit(name string) int { return c.srv.switches.number(c.vendor.name + "." + name) }

// save stores a character under its index.
func (c *call) save(id, owner string, d doc) {
	c.id = id
	ix := c.vendor.index(d)
	ix.Owner = owner
	c.tx.put(charactersCol, id, d, ix)
}

// projected is a record's projection for lists, kept until the record or a switch changes.
func (c *call) projected(rec *record, name string, generation uint64, project func(*record, doc) any) rawJSON {
	if v := rec.view.Load(); v != nil && v.name == name && v.generation == generation {
		return v.json
	}
	raw, err := encode(project(rec, c.tx.doc(rec)))
	if err != nil {
		c.tx.fail(err)
		return rawJSON("null")
	}
	rec.view.Store(&view{name: name, generation: generation, json: raw})
	return raw
}
