package apply

import (
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// earlierRuns bounds how many records are searched for a value.
const earlierRuns = 200

// remembered is a value that the lock has a digest of: the vendor does not
// show it, and only what was once sent can tell what it was.
type remembered struct {
	path   spec.Path
	digest string
}

// recall finds values by the lock's digests of them in what earlier runs have
// sent. A digest that fits is proof enough.
func (u *undoing) recall() map[remembered]any {
	wanted := map[remembered]bool{}
	for _, r := range u.deeds {
		if r.Was == nil {
			continue
		}
		for path, mark := range r.Was.Fields {
			if f, ok := u.account.Driver.Fields.Field(path); ok && (!f.Readable() || hiddenParts(f) != "") {
				wanted[remembered{path, mark.File}] = true
			}
		}
	}
	found := map[remembered]any{}
	if len(wanted) == 0 {
		return found
	}
	heads, _, err := ListRuns(u.engine.Options.RunDir)
	if err != nil {
		return found
	}
	rules := u.account.rulesByPath()
	searched := 0
	for _, h := range heads {
		if h.Number >= u.run.Head.Number || len(found) == len(wanted) {
			continue
		}
		if searched++; searched > earlierRuns {
			break
		}
		_, _ = runLines(u.engine.Options.RunDir, h.ID, func(line RunLine) error { // what can't be read tells nothing
			if line.Kind != "intent" || line.Target != u.instance {
				return nil
			}
			for path, v := range line.Doc {
				rule, known := rules[path]
				if key := (remembered{path, rule.Digest(v)}); known && wanted[key] {
					found[key] = v
				}
			}
			return nil
		})
	}
	return found
}

// before is what a field of a live character held before the run: as it was
// read, or, where the vendor shows nothing or not all of it, as it was last
// sent. Partly says that something of it is not known.
func (u *undoing) before(r *reversal, id string, f providers.Field) (v any, known, partly bool) {
	v, known = r.Before[id][f.Path]
	if known && (hiddenParts(f) == "" || f.Rule().Canonical(v) == nil) {
		return v, true, false
	}
	if r.Was != nil && r.Was.ID == id {
		mark, marked := r.Was.Fields[f.Path]
		if sent, ok := u.earlier[remembered{f.Path, mark.File}]; marked && ok && (!known || f.Rule().Digest(v) == mark.Reading()) {
			return sent, true, false
		}
	}
	return v, known, known
}
