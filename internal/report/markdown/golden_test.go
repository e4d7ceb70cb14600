package markdown

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/view/viewtest"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers/all"
)

func TestReports(t *testing.T) {
	viewtest.Plans(t, func(t *testing.T, name string, plan *diff.Plan) {
		got := write(t, report.New(plan, report.Sources{Driver: all.Driver, Base: viewtest.Applied}), Options{ReportURL: "https://ci.example/1?a=b&c=d"})
		viewtest.Golden(t, filepath.Join("testdata", name+".md"), got)
		wellFormed(t, got, GitHub)
	})
}

func write(t interface{ Fatal(...any) }, r *report.Report, o Options) string {
	var b strings.Builder
	if err := Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
