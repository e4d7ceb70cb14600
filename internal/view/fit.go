package view

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// Shrink says how far a column of a table may be narrowed, and from where.
type Shrink struct {
	Column int
	Least  int // columns of the terminal that are kept
	Cut    Cut
}

// Cut is where a cell is shortened.
type Cut int

// The middle keeps both ends of what differs at either; the end keeps what
// has to be typed again from its beginning.
const (
	CutMiddle Cut = iota
	CutEnd
)

// Fits reports that a table is no wider than the style, without cutting its
// last column.
func Fits(header []string, rows [][]string, s Style) bool {
	return tableWidth(columnWidths(header, rows)) <= s.width()
}

// Fitted narrows columns of a table, in the order in which they are given,
// until it fits. It changes no cell where it fits already.
func Fitted(header []string, rows [][]string, s Style, shrink ...Shrink) [][]string {
	widths := columnWidths(header, rows)
	rows = slices.Clone(rows)
	for _, c := range shrink {
		over := tableWidth(widths) - s.width()
		if over <= 0 || widths[c.Column] <= c.Least {
			continue
		}
		widths[c.Column] = max(widths[c.Column]-over, c.Least)
		for n, row := range rows {
			row = slices.Clone(row)
			row[c.Column] = s.shorten(SanitizeLine(row[c.Column]), widths[c.Column], c.Cut)
			rows[n] = row
		}
	}
	return rows
}

func (s Style) shorten(text string, columns int, cut Cut) string {
	if cut == CutEnd {
		return s.clip(text, columns)
	}
	return s.clipMiddle(text, columns)
}

// clipMiddle shortens text to a number of columns, with an ellipsis between
// its beginning and its end, in whole clusters.
func (s Style) clipMiddle(text string, columns int) string {
	if width(text) <= columns {
		return text
	}
	room := columns - width(s.ellipsis())
	tail := room / 2
	head := strings.TrimSuffix(s.clip(text, columns-tail), s.ellipsis())
	end, used := len(text), 0
	var starts, wide []int
	for at, rest, state := 0, text, -1; rest != ""; {
		var c string
		var w int
		c, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		starts, wide = append(starts, at), append(wide, w)
		at += len(c)
	}
	for n := len(starts) - 1; n >= 0 && used+wide[n] <= tail; n-- {
		end, used = starts[n], used+wide[n]
	}
	return head + s.ellipsis() + text[end:]
}

func columnWidths(header []string, rows [][]string) []int {
	var widths []int
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(SanitizeLine(cell)))
		}
	}
	return widths
}

// tableWidth is the width of a table's widest line, at most.
func tableWidth(widths []int) int {
	sum := 2 * max(len(widths)-1, 0)
	for _, w := range widths {
		sum += w
	}
	return sum
}
