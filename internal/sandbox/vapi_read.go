package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	vapiPage    = 100  // (public docs) assistants that a list shows when no limit is asked for
	vapiPageMax = 1000 // (public docs)
)

// vapiVersionsCol counts the versions of assistants, where the organization has them.
const vapiVersionsCol = "versions"

// vapiPublish makes a version: what comes through the API is live at once (assumed).
func vapiPublish(c *call, id string) any {
	if c.is("versioning", "off") {
		return nil
	}
	n := vapiCount(c, id) + 1
	c.tx.put(vapiVersionsCol, id, doc{"n": n}, index{})
	return "v" + strconv.Itoa(n)
}

func vapiVersion(c *call, id string) any {
	if n := vapiCount(c, id); n > 0 && c.is("versioning", "on") {
		return "v" + strconv.Itoa(n)
	}
	return nil
}

func vapiCount(c *call, id string) int {
	_, d, _ := c.tx.get(vapiVersionsCol, id)
	n, _ := number(d["n"])
	return int(n)
}

// vapiTime tells milliseconds (public docs).
func vapiTime(nanoseconds int64) string {
	return time.Unix(0, nanoseconds).UTC().Format("2006-01-02T15:04:05.000Z")
}

// vapiView is an assistant as it is read: what is there, and what only Vapi sets.
func vapiView(c *call, rec *record, d doc, version any) doc {
	out := doc{}
	for key, v := range d {
		if v == "" && c.is("empty", "null") {
			v = nil
		}
		out[key] = v
	}
	if c.is("headers", "mask") {
		out = vapiMasked(out).(doc)
	}
	out["id"], out["orgId"], out["latestVersion"] = rec.id, "org-"+rec.Owner, version
	out["createdAt"], out["updatedAt"] = vapiTime(rec.created), vapiTime(rec.updated)
	return out
}

// vapiMasked hides the values of headers, wherever they stand.
func vapiMasked(v any) any {
	switch v := v.(type) {
	case doc:
		out := make(doc, len(v))
		for key, e := range v {
			if headers, ok := e.(doc); ok && key == "headers" {
				masked := make(doc, len(headers))
				for name := range headers {
					masked[name] = "********"
				}
				out[key] = masked
			} else {
				out[key] = vapiMasked(e)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = vapiMasked(e)
		}
		return out
	}
	return v
}

// vapiList is a bare array of whole assistants. There is no cursor: who wants more asks by time (public docs).
func vapiList(c *call) reply {
	limit, err := queryNumber(c.query, "limit", vapiPage)
	if err != nil || limit < 0 || limit > vapiPageMax {
		return vapiInvalid([]string{"limit must not be less than 0", "limit must not be greater than 1000"})
	}
	bounds, problems := vapiBounds(c.query)
	if len(problems) > 0 {
		return vapiInvalid(problems)
	}
	page, age := []rawJSON{}, c.srv.switches.age()
	for rec := range c.tx.from(charactersCol, 0, c.is("list-order", "newest")) {
		if len(page) == limit {
			break
		}
		if rec.Owner != c.who.owner || !vapiWithin(c, rec, bounds) {
			continue
		}
		page = append(page, c.projected(rec, "assistant", age, func(rec *record, d doc) any {
			return vapiView(c, rec, d, vapiVersion(c, rec.id))
		}))
	}
	return answer(http.StatusOK, page)
}

// vapiBound is one filter of a list by a time.
type vapiBound struct {
	created bool // or updated
	than    string
	at      time.Time
}

func vapiBounds(query url.Values) (bounds []vapiBound, problems []string) {
	for _, field := range []string{"createdAt", "updatedAt"} {
		for _, than := range []string{"Gt", "Lt", "Ge", "Le"} {
			if !query.Has(field + than) {
				continue
			}
			at, err := time.Parse(time.RFC3339Nano, query.Get(field+than))
			if err != nil {
				problems = append(problems, fmt.Sprintf("%s%s must be a valid ISO 8601 date string", field, than))
			}
			bounds = append(bounds, vapiBound{field == "createdAt", than, at})
		}
	}
	return bounds, problems
}

func vapiWithin(c *call, rec *record, bounds []vapiBound) bool {
	for _, b := range bounds {
		at := time.Unix(0, rec.updated)
		if b.created {
			at = time.Unix(0, rec.created)
		}
		if c.is("times", "milliseconds") {
			at = at.Truncate(time.Millisecond)
		}
		order := at.Compare(b.at)
		if b.than == "Gt" && order <= 0 || b.than == "Lt" && order >= 0 || b.than == "Ge" && order < 0 || b.than == "Le" && order > 0 {
			return false
		}
	}
	return true
}
