package sandbox

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

const (
	alakazamPage    = 20  // (public docs) characters a page has when no limit is asked for
	alakazamPageMax = 100 // (public docs)
)

// alakazamList pages by cursor. A cursor names the last character of a page by its place in creation order, so what is
// created or removed meanwhile moves nothing.
func alakazamList(c *call) reply {
	limit, err := queryNumber(c.query, "limit", alakazamPage)
	if err == nil && (limit < 1 || limit > alakazamPageMax) {
		return alakazamInvalid([]string{"limit: must be between 1 and 100"})
	}
	if err != nil {
		return alakazamInvalid([]string{err.Error()})
	}
	after, ok := alakazamCursor(c.query.Get("cursor"))
	if !ok {
		return alakazamProblem(http.StatusBadRequest, "invalid cursor")
	}
	page, age := make([]rawJSON, 0, limit), c.srv.switches.age()
	view := "owner" // the brain is not for every key
	if c.who.readOnly {
		view = "reader"
	}
	var last int64
	more := false
	for rec := range c.tx.from(charactersCol, after, c.is("list-order", "newest")) {
		if rec.Owner != c.who.owner {
			continue
		}
		if len(page) == limit {
			more = true
			break
		}
		page = append(page, c.projected(rec, view, age, func(rec *record, d doc) any { return alakazamOwnerView(c, rec, d) }))
		last = rec.seq
	}
	out := doc{"characters": page, "nextCursor": nil}
	if more {
		out["nextCursor"] = base64.RawURLEncoding.EncodeToString([]byte("after:" + strconv.FormatInt(last, 10)))
	}
	return answer(http.StatusOK, out)
}

func alakazamCursor(cursor string) (seq int64, ok bool) {
	if cursor == "" {
		return 0, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, false
	}
	digits, ok := strings.CutPrefix(string(raw), "after:")
	if !ok {
		return 0, false
	}
	seq, err = strconv.ParseInt(digits, 10, 64)
	return seq, err == nil && seq > 0
}
