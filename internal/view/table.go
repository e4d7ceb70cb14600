package view

import (
	"io"
	"strings"
)

// Table prints rows in columns as wide as their widest cell, two spaces apart,
// as terminals count width. Cells are sanitized and stay on one line. The last
// column is cut where the line would be too long; a nil header prints none.
func Table(w io.Writer, header []string, rows [][]string, s Style) error {
	p := newPrinter(w, s)
	p.table(0, header, rows)
	return p.close()
}

func (p *printer) table(indent int, header []string, rows [][]string) {
	if header != nil {
		rows = append([][]string{header}, rows...)
	}
	var widths []int
	cells := make([][]string, len(rows))
	for n, row := range rows {
		for i, cell := range row {
			cells[n] = append(cells[n], SanitizeLine(cell))
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(cells[n][i]))
		}
	}
	for n, row := range cells {
		look := plain
		if n == 0 && header != nil {
			look = strong
		}
		p.tableRow(indent, widths, row, look)
	}
}

func (p *printer) tableRow(indent int, widths []int, row []string, look ink) {
	p.write(strings.Repeat(" ", indent))
	used := indent
	for len(row) > 1 && row[len(row)-1] == "" {
		row = row[:len(row)-1]
	}
	for i, cell := range row {
		last := i == len(row)-1
		if last {
			cell = p.style.clip(cell, max(p.style.width()-used, 12))
		}
		p.row([]run{{cell, look}})
		if !last {
			p.write(strings.Repeat(" ", widths[i]-width(cell)+2))
		}
		used += widths[i] + 2
	}
	p.write("\n")
}
