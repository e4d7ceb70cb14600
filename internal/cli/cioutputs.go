package cli

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
)

// outputs are what a step tells later ones.
type outputs struct {
	changes  bool
	counts   diff.Counts
	digest   string
	report   string // path of the page
	planFile string // path of the plan that can be applied
	summary  string // Markdown
}

func ofPlan(p *diff.Plan) outputs {
	return outputs{changes: len(p.Changes) > 0 && !p.Empty() || p.About == diff.AboutDrift && len(p.Changes) > 0, counts: p.Counts(), digest: p.Digest}
}

// done are the outputs of a plan once it was applied.
func (o outputs) done(r *apply.Result, summary string) outputs {
	o.changes = r.Created+r.Updated+r.Deleted > 0
	o.counts.Create, o.counts.Update, o.counts.Delete = r.Created, r.Updated, r.Deleted
	o.planFile, o.summary = "", summary
	return o
}

// tell writes the outputs and the summary where the runner reads them; nothing
// where there is none.
func (s *step) tell(o outputs) error {
	var b bytes.Buffer
	for _, line := range []struct {
		name  string
		value any
	}{
		{"has-changes", o.changes},
		{"creates", o.counts.Create},
		{"updates", o.counts.Update},
		{"deletes", o.counts.Delete},
		{"drifted", o.counts.Drifted},
		{"conflicts", o.counts.Conflict},
		{"digest", o.digest},
		{"report-path", o.report},
		{"plan-path", o.planFile},
	} {
		// A path may have a line break where the form name=value ends.
		end := "end-" + rand.Text()
		fmt.Fprintf(&b, "%s<<%s\n%v\n%s\n", line.name, end, line.value, end)
	}
	if err := appendTo(s.env.lookup("GITHUB_OUTPUT"), b.Bytes()); err != nil {
		return failed("GITHUB_OUTPUT names it; unset it outside of GitHub Actions", "the outputs of the step: %w", err)
	}
	if o.summary == "" {
		return nil
	}
	if err := appendTo(s.env.lookup("GITHUB_STEP_SUMMARY"), []byte(strings.TrimRight(o.summary, "\n")+"\n\n")); err != nil {
		return failed("GITHUB_STEP_SUMMARY names it; unset it outside of GitHub Actions", "the summary of the step: %w", err)
	}
	return nil
}

func appendTo(file string, data []byte) error {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
