package view

import (
	"strings"

	"github.com/charsync/charsync/pkg/diff"
)

// inRow reports a creation that a row of the table tells whole: one that is
// new, that nothing stops and that leaves nothing behind.
func inRow(c *diff.Change) bool {
	return c.Action == diff.Create && len(c.Blocked) == 0 && c.Removal == "" && c.Superseded == "" && c.Gone == "" && c.Reason == ""
}

// tabled reports that the creations of a plan stand in a table, and their
// fields nowhere: unless somebody asked for those, or they are all there is to
// see, of one character.
func (p *printer) tabled(plan *diff.Plan) bool {
	n, alone := 0, true
	for i := range plan.Changes {
		c := &plan.Changes[i]
		alone = alone && c.Name == plan.Changes[0].Name
		if inRow(c) {
			n++
		}
	}
	return n > 1 && !alone && !p.style.Detail && !p.style.Full
}

// creations prints the table, a row for each character at each target: who can
// see it, how much it holds, under which name, and where.
func (p *printer) creations(plan *diff.Plan) {
	rows := [][]string{{"CHARACTER", "TARGET", "VISIBLE", "FIELDS", "TEXT", "NAME"}}
	last := ""
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if !inRow(c) {
			continue
		}
		name := SanitizeLine(c.Name)
		if name == last {
			name = ""
		} else {
			last = name
		}
		rows = append(rows, append([]string{name, SanitizeLine(c.Target)}, creationCells(c)...))
	}
	p.line(0, run{"+ ", added}, run{"create", strong}, run{"  --full shows their fields and texts", faint})
	p.grid(2, rows)
	p.blank()
}

// creationCells are what a reader wants to know of a character that is new.
func creationCells(c *diff.Change) []string {
	called, seen, texts := "", "", 0
	for _, f := range c.Fields {
		t, ok := f.After.(string)
		switch {
		case !ok:
		case f.Path == "name":
			called = SanitizeLine(t)
		case f.Path == "visibility":
			seen = SanitizeLine(strings.ToLower(t))
		case f.Kind == diff.Text:
			texts += Characters(t)
		}
	}
	if words := strings.TrimPrefix(deed(ofPlan, c), "create"); words != "" {
		called += "," + words
	}
	return []string{seen, Thousands(len(c.Fields)), Thousands(texts), called}
}

// grid prints a header and rows in columns; where one would be too long, its last cell goes
// on in a line of its own, set in as far as the second column.
func (p *printer) grid(indent int, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row[:len(row)-1] {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(cell))
		}
	}
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row[:len(row)-1] {
			gap := strings.Repeat(" ", widths[i]-width(cell))
			if n > 0 && strings.Trim(cell, "0123456789,") == "" { // figures stand below one another
				cell, gap = gap+cell, ""
			}
			b.WriteString(cell + gap + "  ")
		}
		look := plain
		if n == 0 {
			look = faint
		}
		p.hang(indent, []run{{b.String(), look}}, indent+widths[0]+2, []run{{row[len(row)-1], look}})
	}
}
