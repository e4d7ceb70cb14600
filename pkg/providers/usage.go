package providers

import (
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Usage is how much of its limits a value takes. A bound that is 0 is none.
type Usage struct {
	Path      spec.Path
	Of        string // a path inside the elements of a list; Used is of the longest
	Unit      string // "characters", "bytes", "elements", …
	Used      int
	Least     int
	Effective int // beyond it the vendor ignores the rest
	Hard      int // beyond it the vendor refuses
}

// Usage measures the values of a document against the limits of the table, in
// its order. Fields without an upper limit are left out.
func (d *Driver) Usage(doc diff.Doc) []Usage {
	var out []Usage
	for _, f := range d.Fields {
		v, ok := doc[f.Path]
		if !ok || v == nil {
			continue
		}
		first := len(out)
		for _, l := range f.Limit {
			if l.Max > 0 {
				out = merge(out, first, f.use(l, v))
			}
		}
	}
	return out
}

// use measures a value, or the longest of its elements, against one limit.
func (f Field) use(l Limit, v any) Usage {
	u := Usage{Path: f.Path, Of: l.Of, Least: l.Min}
	count := func(v any) {
		n, _, unit := l.measure(v)
		u.Used, u.Unit = max(u.Used, n), unit
	}
	list, isList := v.([]any)
	switch {
	case l.Of == "" || !isList:
		count(v)
	default:
		for _, e := range list {
			if m, ok := e.(map[string]any); ok && l.Of != "*" {
				e = m[l.Of]
			}
			count(e)
		}
	}
	if l.Effective {
		u.Effective, u.Least = l.Max, 0
	} else {
		u.Hard = l.Max
	}
	return u
}

// merge puts a hard and an effective limit on one count together.
func merge(out []Usage, first int, u Usage) []Usage {
	for i := first; i < len(out); i++ {
		if o := &out[i]; o.Of == u.Of && o.Unit == u.Unit && o.Used == u.Used {
			o.Least, o.Effective, o.Hard = max(o.Least, u.Least), max(o.Effective, u.Effective), max(o.Hard, u.Hard)
			return out
		}
	}
	return append(out, u)
}
