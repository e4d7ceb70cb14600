// Package markdown renders a report in GitHub's Markdown, for the comment of a
// pull request. It keeps to a budget of bytes and is never cut inside a block,
// and no word of a character becomes markup, a link or a mention in it.
package markdown

import (
	"cmp"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/view"
)

// Bounds of a comment, in bytes.
const (
	GitHub = 65536 // what GitHub takes
	Least  = 8192  // what a summary with its findings needs
)

// Options say how much room there is.
type Options struct {
	MaxBytes  int    // 0 is GitHub; less than Least is Least
	ReportURL string // of the full report, or ""
}

// Linkable reports an address that a comment may link to.
func Linkable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(address) <= 1000
}

// Write renders a report within its budget. Characters are whole where there
// is room, else they are shortened to what changed, to a line, to a count.
// Its cost is linear in what the report holds.
func Write(w io.Writer, r *report.Report, o Options) error {
	budget := cmp.Or(o.MaxBytes, GitHub)
	budget = max(budget, Least)
	top := head(r, budget/3)
	tail := foot(r, o)
	c := newComment(r, budget-len(top)-len(tail))
	c.lines()
	c.upgrade(hunks)
	c.upgrade(whole)
	_, err := io.WriteString(w, top+c.String()+tail)
	return err
}

// foot is what stands below all characters: links, and what applying costs.
func foot(r *report.Report, o Options) string {
	var notes []string
	if o.ReportURL != "" && Linkable(o.ReportURL) {
		notes = append(notes, `<a href="`+attribute(o.ReportURL)+`">The full report</a>`)
	}
	writes, reads := 0, 0
	for _, c := range r.Calls {
		writes, reads = writes+c.Writes, reads+c.Reads
	}
	if writes+reads > 0 {
		notes = append(notes, "Applying makes "+view.Count(writes, "write")+" and "+view.Count(reads, "read"))
	}
	if r.Unchanged > 0 {
		notes = append(notes, view.Count(r.Unchanged, "pair")+" unchanged")
	}
	if r.Digest != "" {
		notes = append(notes, name(short(r.Digest, 100)))
	}
	if len(notes) == 0 {
		return ""
	}
	return "<p>" + strings.Join(notes, " · ") + "</p>\n"
}

func attribute(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "\n", "").Replace(s)
}

// comment decides how much of each character finds room.
type comment struct {
	all   []report.Character
	order []int // by what matters most
	line  []string
	block []string // rendered; "" is a line, or only counted
	depth []depth
	room  int // what is left
	open  bool
}

// overhead is what the list of lines and the count of the rest take.
const overhead = 400

func newComment(r *report.Report, room int) *comment {
	n := len(r.Characters)
	c := &comment{all: r.Characters, line: make([]string, n), block: make([]string, n), depth: make([]depth, n), room: room - overhead, open: n <= 3}
	c.order = make([]int, n)
	for i := range c.order {
		c.order[i] = i
	}
	slices.SortStableFunc(c.order, func(a, b int) int { return cmp.Compare(weight(&c.all[a]), weight(&c.all[b])) })
	return c
}

// weight orders characters by how much a reviewer must see them.
func weight(c *report.Character) int {
	least := 9
	for i := range c.Pairs {
		p := &c.Pairs[i]
		w := map[report.Verdict]int{
			report.Conflicts: 0, report.Failed: 0, report.Skipped: 1, report.Deletes: 1, report.Replaces: 1, report.Drifted: 2, report.Reported: 2,
			report.Updates: 3, report.Creates: 4, report.Recorded: 5,
		}[p.Verdict]
		if len(p.Blocked) > 0 {
			w = min(w, 1)
		}
		least = min(least, w)
	}
	return least
}

// lines gives each character a line. Where not all find one, half of the room
// is kept to show the words of those that matter most.
func (c *comment) lines() {
	total := 0
	for i := range c.all {
		c.line[i] = line(&c.all[i])
		total += len(c.line[i])
	}
	room := c.room
	if total > room {
		room /= 2
	}
	for _, i := range c.order {
		if len(c.line[i]) > room {
			c.line[i] = ""
			continue
		}
		room -= len(c.line[i])
		c.room -= len(c.line[i])
	}
}

// upgrade shows more of characters as long as there is room. Those that find
// none stay as they are.
func (c *comment) upgrade(d depth) {
	for _, i := range c.order {
		taken := len(c.line[i])
		if c.block[i] != "" {
			taken = len(c.block[i])
		}
		if c.line[i] == "" || c.room+taken < leastBlock {
			continue
		}
		block := details(&c.all[i], d, c.open, c.room+taken-1) + "\n"
		if len(block) == 1 {
			continue
		}
		c.block[i], c.depth[i] = block, d
		c.room -= len(block) - taken
	}
}

// leastBlock is less than any character takes.
const leastBlock = 60

// String joins the blocks, the lines and the count, each in the order of the
// names.
func (c *comment) String() string {
	var blocks, lines strings.Builder
	left := 0
	for i := range c.all {
		switch {
		case c.block[i] != "":
			blocks.WriteString(c.block[i])
		case c.line[i] != "":
			lines.WriteString(c.line[i])
		default:
			left++
		}
	}
	if lines.Len() > 0 {
		intro := "In a line each:"
		if blocks.Len() > 0 {
			intro = "The others, in a line each:"
		}
		blocks.WriteString("<p>" + intro + "</p>\n<ul>\n" + lines.String() + "</ul>\n\n")
	}
	if left > 0 {
		blocks.WriteString("<p><b>And " + view.Count(left, "more character") + "</b> for which there is no room here.</p>\n\n")
	}
	return blocks.String()
}
