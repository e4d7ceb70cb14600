package page

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/view/viewtest"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers/all"
)

// TestReports compares bodies; what stands around them is the same for all.
func TestReports(t *testing.T) {
	viewtest.Plans(t, func(t *testing.T, name string, plan *diff.Plan) {
		got, err := render("report", report.New(plan, report.Sources{Driver: all.Driver, Base: viewtest.Applied}))
		if err != nil {
			t.Fatal(err)
		}
		viewtest.Golden(t, filepath.Join("testdata", name+".html"), string(got))
	})
}

// TestDocument compares what stands around a body, with the style and its hash
// left out.
func TestDocument(t *testing.T) {
	var b strings.Builder
	d := Document{Title: "a <title>", Body: "<p>the body</p>\n", Scripts: []string{"one()", "two()"}, Style: "p{color:red}", Live: true}
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`style-src \S+`).ReplaceAllString(strings.Replace(b.String(), style+d.Style, "…", 1), "style-src …")
	viewtest.Golden(t, filepath.Join("testdata", "document.html"), got)
}
