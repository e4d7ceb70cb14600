package view

import (
	"bytes"
	"strings"
	"testing"
)

// TestFitted: columns give way in the order in which they are named, each to
// its least, and nothing is cut where the table fits.
func TestFitted(t *testing.T) {
	header := []string{"NAME", "ID", "AND THIRTY COLUMNS MORE AS IS"}
	rows := [][]string{{"mira-innkeeper", "0123456789abcdefghij", "."}, {"ab", "日本語の宿屋の主人です", "."}}
	for _, test := range []struct {
		name    string
		columns int
		shrink  []Shrink
		want    [][]string
	}{
		{"wide", 69, []Shrink{{Column: 1, Least: 4}}, rows},
		{"the middle", 58, []Shrink{{Column: 1, Least: 4}}, [][]string{{"mira-innkeeper", "01234…fghij", "."}, {"ab", "日本…です", "."}}},
		{"the end", 58, []Shrink{{Column: 1, Least: 4, Cut: CutEnd}}, [][]string{{"mira-innkeeper", "0123456789…", "."}, {"ab", "日本語の宿…", "."}}},
		{"one after the other", 51, []Shrink{{Column: 1, Least: 9}, {Column: 0, Least: 4}}, [][]string{{"mira…eper", "0123…ghij", "."}, {"ab", "日本…です", "."}}},
		{"no further than the least", 41, []Shrink{{Column: 1, Least: 9}}, [][]string{{"mira-innkeeper", "0123…ghij", "."}, {"ab", "日本…です", "."}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Style{Width: test.columns, Unicode: true}
			got := Fitted(header, rows, s, test.shrink...)
			for n, row := range got {
				if strings.Join(row, "|") != strings.Join(test.want[n], "|") {
					t.Errorf("row %d: %q, want %q", n, row, test.want[n])
				}
			}
			if fits := Fits(header, rows, s); fits != (test.name == "wide") {
				t.Errorf("fits: %v", fits)
			}
			var b bytes.Buffer
			if err := Table(&b, header, got, s); err != nil {
				t.Fatal(err)
			}
		})
	}
	if rows[0][1] != "0123456789abcdefghij" {
		t.Errorf("the rows of the caller were changed: %q", rows)
	}
}
