package view

import (
	"io"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/diff/prose"
	"github.com/charsync/charsync/pkg/spec"
)

// Plan prints a plan for people: by character and target, only what changes.
// Its last line is that of Plan.Summary.
func Plan(w io.Writer, plan *diff.Plan, s Style) error {
	p := newPrinter(w, s)
	p.tone = toneOf(plan)
	p.against(plan)
	p.where(plan)
	tabled := p.tabled(plan)
	p.legend(plan, tabled)
	for changes := range plan.ByCharacter() {
		if tabled {
			changes = slices.DeleteFunc(slices.Clone(changes), func(c diff.Change) bool { return inRow(&c) })
		}
		if len(changes) > 0 {
			p.character(changes)
		}
	}
	if tabled {
		p.creations(plan)
	}
	p.leftOut()
	p.unseen(plan)
	p.losses(plan)
	p.edits("charsync.lock binds otherwise", plan.Bindings)
	p.edits("charsync.yaml sets otherwise", plan.Settings)
	p.orphans(plan.Orphans)
	p.guards(plan.Guards)
	p.incomplete(plan)
	p.calls(plan)
	if len(plan.Changes) == 0 && plan.Complete {
		p.nothing(plan)
	}
	if plan.Unchanged > 0 {
		p.line(0, run{Count(plan.Unchanged, "pair") + " of character and target unchanged.", faint})
	}
	if plan.Unchanged > 0 || len(plan.Changes) == 0 && plan.Complete {
		p.blank()
	}
	p.write(s.paint(strong, plan.Summary()) + "\n")
	return p.close()
}

// where names the environment and the sandbox.
func (p *printer) where(plan *diff.Plan) {
	if words := Where(plan.Env, plan.Meta.Sandbox); words != "" {
		p.line(0, run{words, strong})
		p.blank()
	}
}

// Where names an environment, and the sandbox where that is served; "" where
// it is neither.
func Where(env string, sandbox bool) string {
	switch env = SanitizeLine(env); {
	case env != "" && sandbox:
		return "Environment " + env + ", in the sandbox."
	case env != "":
		return "Environment " + env + "."
	case sandbox:
		return "In the sandbox."
	}
	return ""
}

// And joins names in a sentence.
func And(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// against says what narrowed the plan down, or what it compares with.
func (p *printer) against(plan *diff.Plan) {
	if words := Against(plan); words != "" {
		p.line(0, run{words, faint})
		p.blank()
	}
}

// Against says in a sentence which revision of Git a plan has to do with; ""
// is none.
func Against(plan *diff.Plan) string {
	switch {
	case plan.Against == nil:
		return ""
	case plan.About == diff.AboutBase:
		return "What the manifests change against " + SanitizeLine(plan.Against.Ref) + ". No live character was read."
	}
	return "Only characters whose manifests differ from " + SanitizeLine(plan.Against.Ref) + "."
}

// maxEdits bounds the edits of a section; what is left out is counted.
const maxEdits = 200

// edits prints a section about what a change does beside the manifests.
func (p *printer) edits(title string, edits []diff.Edit) {
	if len(edits) == 0 {
		return
	}
	p.line(0, run{title + ":", strong})
	for i, e := range edits {
		if i == maxEdits {
			p.line(2, run{"and " + Count(len(edits)-i, "edit") + " more; --format json has them all", faint})
			break
		}
		p.line(2, run{SanitizeLine(e.String()), plain})
	}
	p.blank()
}

// nothing says why a plan is empty.
func (p *printer) nothing(plan *diff.Plan) {
	if what, why := Nothing(plan); what != "" {
		p.line(0, run{what + ": ", strong}, run{why, plain})
	}
}

// Nothing says why a plan holds no change, in a word and in a sentence. One
// that compared nothing must not read as agreement: a mistyped label selects
// nobody. Both are empty where the orphans are what there is to see.
func Nothing(plan *diff.Plan) (what, why string) {
	t := toneOf(plan)
	switch {
	case t == ofUndo:
		return "Nothing to undo", "nothing that run " + SanitizeLine(plan.Undo) + " did is left, or can be taken back."
	case plan.Against != nil && len(plan.Orphans) > 0:
		return "", ""
	case plan.Against != nil && len(plan.Bindings)+len(plan.Settings) > 0:
		return "No manifest changes", "what the lock or charsync.yaml says otherwise is above."
	case plan.Against != nil && (plan.About != "" || plan.Unchanged == 0):
		return "No changes", "the manifests make of every character what they make of it at " + SanitizeLine(plan.Against.Ref) + "."
	case plan.Unchanged == 0 && t == ofDrift:
		return "Nothing was compared", "no character that is selected was ever applied."
	case plan.Unchanged == 0:
		return "Nothing was compared", "no character with a target is selected."
	case t == ofDrift:
		return "No drift", "the providers hold what was applied last."
	}
	return "No changes", "the providers hold what the manifests say."
}

// legend explains the signs that this plan uses.
func (p *printer) legend(plan *diff.Plan, tabled bool) {
	used := map[string]bool{}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if tabled && inRow(c) {
			continue // the table has words for it
		}
		sign, _ := p.actionSign(c)
		used[sign] = true
		for _, f := range c.Fields {
			if c.Action != diff.Update && c.Action != diff.Report && c.Action != diff.Replace {
				break
			}
			sign, _ := p.sign(f)
			used[sign] = true
		}
	}
	minus := "delete or empty"
	if p.tone == ofDrift {
		minus = "gone"
	}
	recorded := "recorded only"
	if p.tone == ofBase {
		recorded = "nothing to send"
	}
	var words []string
	for _, entry := range [][2]string{
		{"+", "create or set"},
		{"~", "update"},
		{"-", minus},
		{p.replaceSign(), "replace"},
		{p.style.drift(), "drift"},
		{"!", "conflict"},
		{"=", recorded},
	} {
		if used[entry[0]] {
			words = append(words, entry[0]+" "+entry[1])
		}
	}
	if len(words) == 0 {
		return
	}
	p.line(0, run{strings.Join(words, "   "), faint})
	if used["~"] || used["!"] || used[p.style.drift()] {
		before, after := plan.Sides()
		key := append([]run{{"words: ", faint}}, p.mark(prose.Delete, before)...)
		key = append(append(key, run{" ", plain}), p.mark(prose.Insert, after)...)
		p.line(0, append(key, run{"   numbers: lines of the text", faint})...)
	}
	p.blank()
}

func (p *printer) replaceSign() string { return p.style.glyph("±", "-/+") }

// orphans lists what is bound and named by no manifest.
func (p *printer) orphans(orphans []diff.Orphan) {
	if len(orphans) == 0 {
		return
	}
	p.line(0, run{"Orphans: ", strong}, run{"no manifest names them any more, and they are left alone; --prune deletes them", plain})
	for _, o := range orphans {
		note := ""
		if o.Protect {
			note = "  protected"
		}
		id := ""
		if o.ID != "" && p.style.Detail {
			id = "  " + SanitizeLine(o.ID)
		}
		p.line(2, text(plain, o.Name+" on "+o.Target), run{id, faint}, run{note, changed})
	}
	p.blank()
}

// guards prints the rules that would refuse the whole run.
func (p *printer) guards(guards []diff.Block) {
	for _, g := range guards {
		p.block(0, "Guard "+g.Rule, g)
	}
	if len(guards) > 0 {
		p.blank()
	}
}

// block prints why something will not be done, and what would allow it.
func (p *printer) block(indent int, name string, b diff.Block) {
	p.para(indent, []run{{"! ", alarming}}, []run{{SanitizeLine(name) + ": ", alarming}, text(plain, b.Message)})
	if b.Hint != "" {
		p.para(indent+2, []run{{"hint: ", faint}}, []run{text(plain, b.Hint)})
	}
}

// Unplanned prints of a plan only why it is not whole.
func Unplanned(w io.Writer, plan *diff.Plan, s Style) error {
	p := newPrinter(w, s)
	p.tone = toneOf(plan)
	p.incomplete(plan)
	return p.close()
}

func (p *printer) incomplete(plan *diff.Plan) {
	for _, d := range plan.Diagnostics {
		p.diagnostic(d)
	}
	if !plan.Complete {
		words := "not every provider could be read. It can't be saved; nothing is deleted by it."
		if p.tone == ofDrift {
			words = "not every provider could be read."
		}
		p.para(0, []run{{"! ", alarming}}, []run{{"This " + p.tone.noun() + " is incomplete: ", alarming}, {words, plain}})
	}
	if len(plan.Diagnostics) > 0 || !plan.Complete {
		p.blank()
	}
}

// waits says where applying takes long for the pace of a provider.
func (p *printer) waits(calls []diff.Calls) {
	waits := false
	for _, c := range calls {
		if c.Wait != "" {
			p.line(0, run{"Applying takes about " + SanitizeLine(c.Wait) + " by its pace at " + SanitizeLine(c.Target) + ".", faint})
			waits = true
		}
	}
	if waits {
		p.blank()
	}
}

// calls says what the plan cost and what applying it will.
func (p *printer) calls(plan *diff.Plan) {
	if len(plan.Calls) == 0 {
		return
	}
	if !p.style.Costs {
		p.waits(plan.Calls)
		return
	}
	var sum diff.Calls
	rows := make([][]string, 0, len(plan.Calls))
	for _, c := range plan.Calls {
		sum.Made, sum.Least, sum.Writes, sum.Reads = sum.Made+c.Made, sum.Least+c.Least, sum.Writes+c.Writes, sum.Reads+c.Reads
	}
	needless := plan.Complete && sum.Made+sum.Least == 0
	if needless && sum.Writes+sum.Reads == 0 {
		return
	}
	for _, c := range plan.Calls {
		row := []string{c.Target, Thousands(c.Made) + " made", "", ""}
		if c.Writes+c.Reads > 0 {
			row[2] = "then " + toCome(c)
		}
		if needless {
			row = []string{c.Target, toCome(c), ""}
		}
		if c.Wait != "" {
			row[len(row)-1] = "about " + c.Wait + " by its pace"
		}
		rows = append(rows, row)
	}
	words := Count(sum.Made, "request") + " made"
	if plan.Complete { // else the least is of what was not asked, too
		words += ", the least possible is " + Thousands(sum.Least)
	}
	if sum.Writes+sum.Reads > 0 {
		words += "; applying makes " + toCome(sum)
	}
	if needless {
		words = "Applying makes " + toCome(sum)
	}
	p.line(0, run{words + ".", faint})
	if len(rows) > 1 || plan.Calls[0].Wait != "" {
		p.table(2, nil, rows)
	}
	p.blank()
}

// toCome says what applying will ask of a provider.
func toCome(c diff.Calls) string {
	return Count(c.Writes, "write") + " and " + Count(c.Reads, "read")
}

// where prints a position for people.
func where(pos spec.Pos) string { return SanitizeLine(pos.String()) }
