package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/report/markdown"
	"github.com/charsync/charsync/internal/report/page"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers/all"
)

// reportFlags say how a plan is shown.
type reportFlags struct {
	format    string
	maxBytes  int
	reportURL string
	out       string // the file for the result, where a command has a flag for it; "" is stdout
}

// planFormats are the formats of plans and of reports on drift.
func planFormats() []string { return []string{formatText, formatJSON, formatMarkdown, formatHTML} }

// leastBytes is the smallest budget in which a summary finds room.
const leastBytes = markdown.Least

func (f *reportFlags) register(cmd *cobra.Command) {
	formatFlag(cmd, &f.format, planFormats()...)
	cmd.Flags().IntVar(&f.maxBytes, "max-bytes", markdown.GitHub, "keep Markdown to `N` bytes: what finds no room is shortened, then counted")
	cmd.Flags().StringVar(&f.reportURL, "report-url", "", "link from Markdown to the full report at `URL`")
}

func (f *reportFlags) check() error {
	if err := checkFormat(f.format, planFormats()...); err != nil {
		return err
	}
	if f.maxBytes < leastBytes {
		return failed(fmt.Sprintf("give %d or more", leastBytes), "--max-bytes: %d bytes are too few for a summary", f.maxBytes)
	}
	if f.reportURL != "" && !markdown.Linkable(f.reportURL) {
		return failed("give an address that starts with https:// or http://", "--report-url: %q can't be linked to", f.reportURL)
	}
	return nil
}

// document reports a format that makes a file of its own.
func (f reportFlags) document() bool { return f.format == formatMarkdown || f.format == formatHTML }

// showPlan prints a plan. The manifests, where they are loaded, give a page
// the texts that did not change.
func (a *app) showPlan(plan *diff.Plan, f reportFlags, src report.Sources) error {
	return a.result(f.out, func(w io.Writer) error {
		switch f.format {
		case formatJSON:
			return view.PlanJSON(w, plan)
		case formatText:
			return view.Plan(w, plan, a.outStyle())
		}
		src.Driver = all.Driver
		return f.write(w, report.New(plan, src))
	})
}

// write prints a report in the format of a document.
func (f reportFlags) write(w io.Writer, r *report.Report) error {
	if f.format == formatHTML {
		return page.Write(w, r)
	}
	return markdown.Write(w, r, markdown.Options{MaxBytes: f.maxBytes, ReportURL: f.reportURL})
}

// sources are what a report of this session's characters draws on.
func (s *session) sources(env string) report.Sources {
	src := report.Sources{Set: s.set, Env: env}
	if s.project != nil {
		src.Title = s.project.Name
	}
	return src
}
