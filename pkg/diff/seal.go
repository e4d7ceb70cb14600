package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Seal sorts the plan and computes its digest: SHA-256 over the canonical
// operations. Times, paths, versions, counts of requests and diagnostics are
// left out, so the same operations have the same digest on every machine.
func (p *Plan) Seal() {
	if p.Changes == nil {
		p.Changes = []Change{} // [] and not null, for those who read the document
	}
	slices.SortStableFunc(p.Changes, func(a, b Change) int { return a.Address.Compare(b.Address) })
	slices.SortFunc(p.Unplanned, func(a, b Unplanned) int { return a.Address.Compare(b.Address) })
	slices.SortFunc(p.Orphans, func(a, b Orphan) int { return a.Address.Compare(b.Address) })
	slices.SortFunc(p.Calls, func(a, b Calls) int { return strings.Compare(a.Target, b.Target) })
	p.Digest = p.operationsDigest()
}

// Intact reports whether the digest still fits the operations.
func (p *Plan) Intact() bool { return p.Digest != "" && p.Digest == p.operationsDigest() }

func (p *Plan) operationsDigest() string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	if p.About != "" { // what is no plan can't be made one by cutting that out
		if err := enc.Encode(p.About); err != nil {
			return ""
		}
	}
	for i := range p.Changes {
		if err := enc.Encode(p.Changes[i].canonical()); err != nil {
			return "" // a value that no Doc holds; never Intact
		}
	}
	if len(p.Guards) > 0 { // what refuses the run can't be cut out of the file
		if err := enc.Encode(rulesOf(p.Guards)); err != nil {
			return ""
		}
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// canonical is a change without what is no operation: places, words, counts of
// requests. The order of its fields is not the table's, which is a matter of
// versions.
func (c *Change) canonical() *Change {
	out := *c
	out.Source, out.Requests, out.Losses, out.Labels, out.Removal, out.Reason = spec.Pos{}, nil, nil, nil, "", ""
	out.Applied = nil
	out.Blocked = rulesOf(out.Blocked)
	out.Fields = slices.Clone(out.Fields)
	slices.SortFunc(out.Fields, func(a, b FieldChange) int { return strings.Compare(string(a.Path), string(b.Path)) })
	return &out
}

// rulesOf keeps of each block what decides, and leaves out the wording.
func rulesOf(blocks []Block) []Block {
	var out []Block
	for _, b := range blocks {
		out = append(out, Block{Rule: b.Rule})
	}
	slices.SortFunc(out, func(a, b Block) int { return strings.Compare(a.Rule, b.Rule) })
	return out
}
