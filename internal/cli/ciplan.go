package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/github"
	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/revision"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// summaryBytes is the room for a summary; GitHub takes one MiB for all that a
// step writes.
const summaryBytes = 1000 << 10

// planStep plans, or looks for drift, and shows what it found everywhere.
func (s *step) planStep(ctx context.Context) error {
	plan, c, err := s.planned(ctx, s.flags.command)
	if err != nil {
		return err
	}
	if plan == nil {
		return s.unplanned(ctx, c)
	}
	o, err := s.documents(ctx, plan)
	if err != nil {
		return err
	}
	if err := s.tell(o); err != nil {
		return err
	}
	if err := s.commentOn(ctx, plan); err != nil {
		return err
	}
	if c == exitDone && slices.ContainsFunc(s.flags.failOn, func(what string) bool { return stepFailsOn(plan, what) }) {
		s.remark("error", "%s --fail-on %s", plan.Summary(), strings.Join(s.flags.failOn, ","))
		c = exitStale
	}
	return end(c)
}

func stepFailsOn(plan *diff.Plan, what string) bool {
	switch {
	case what == failChanges:
		return ofPlan(plan).changes
	case what == failDrift && plan.About != diff.AboutDrift:
		return plan.Counts().Drifted > 0
	}
	return failsOn(plan, what) || reviewFails(plan, what)
}

// planned runs plan or drift; the plan is nil when it could not be made, which
// has been said then.
func (s *step) planned(ctx context.Context, command string) (*diff.Plan, code, error) {
	args := append([]string{command, "--format=" + formatJSON}, s.selected()...)
	if command == ciDrift {
		if len(s.flags.failOn) > 0 {
			args = append(args, "--fail-on="+failNever) // judged here, with what else there is
		}
	} else {
		args = append(args, s.decided()...)
		if base := s.base(ctx); base != "" {
			args = append(args, "--base="+base)
		}
	}
	var out bytes.Buffer
	var c code
	err := s.guarded(func() error { c = s.child(ctx, &out, args...); return nil })
	if err != nil || out.Len() == 0 {
		return nil, c, err
	}
	var plan diff.Plan
	if err := plan.Decode(json.NewDecoder(&out)); err != nil {
		return nil, c, failed("", "read the plan: %w", err)
	}
	// Readers know the base by its branch, and not by where it was found.
	if branch := s.env.lookup("GITHUB_BASE_REF"); branch != "" && plan.Against != nil && s.flags.base == "" {
		plan.Against.Ref = branch
	}
	return &plan, c, nil
}

// base is the revision that a plan is narrowed to: what --base says, else
// where a pull request or a push started; "" plans everything.
func (s *step) base(ctx context.Context) string {
	if s.flags.base == baseNone {
		return ""
	}
	return s.origin(ctx)
}

// origin is the revision before the change that the step is about; "" where
// it is about none. What charsync.yaml may name is judged by it.
func (s *step) origin(ctx context.Context) string {
	switch {
	case s.flags.base != "" && s.flags.base != baseNone:
		return s.flags.base
	case s.event.Pull != nil:
		// What is checked out by default is a merge of the branch into its base,
		// which may be newer than the base that the event names.
		if tree, err := revision.Open(ctx, revision.Options{Dir: s.project.Dir, Environ: s.env.Environ}, "HEAD^2"); err == nil {
			defer tree.Close()
			if tree.Commit == s.event.Pull.Head.SHA {
				return "HEAD^1"
			}
		}
		return s.event.Pull.Base.SHA
	case strings.Trim(s.event.Before, "0") != "":
		return s.event.Before
	}
	return ""
}

// unplanned ends a step whose plan could not be made: findings become
// annotations, and a comment that shows an older plan says so.
func (s *step) unplanned(ctx context.Context, c code) error {
	words := "The plan could not be made. The log of the step says why."
	if c == exitInvalid {
		words = "The manifests are not valid. The findings stand at their lines and in the log of the step."
		s.child(ctx, s.out, append([]string{"validate", "--format", formatGitHub, "--quiet"}, s.selected()...)...)
	}
	text := "### charsync " + s.flags.command + "\n\n" + words + "\n"
	if err := s.tell(outputs{summary: text}); err != nil {
		return err
	}
	if err := s.say(ctx, github.Mark{Key: s.key, Head: s.head()}, text, false); err != nil {
		return err
	}
	if c == exitDone {
		c = exitError
	}
	return end(c)
}

// documents writes the log and the files of a plan, and says what there is.
func (s *step) documents(ctx context.Context, plan *diff.Plan) (outputs, error) {
	o := ofPlan(plan)
	src := s.manifests(ctx)
	if err := s.guarded(func() error { return view.Plan(s.out, plan, s.outStyle()) }); err != nil {
		return o, err
	}
	o.report = filepath.Join(s.dir, s.flags.command+".html")
	page := reportFlags{format: formatHTML, out: o.report}
	if err := s.showPlan(plan, page, src); err != nil {
		return o, err
	}
	if plan.Complete && plan.Unfit() == "" && len(takenBindings(plan)) == 0 {
		o.planFile = filepath.Join(s.dir, s.flags.command+".json")
		if err := apply.WritePlan(o.planFile, plan); err != nil {
			return o, err
		}
	}
	var err error
	o.summary, err = s.markdown(plan, src, summaryBytes)
	return o, err
}

// markdown renders a plan into so many bytes.
func (s *step) markdown(plan *diff.Plan, src report.Sources, most int) (string, error) {
	file := filepath.Join(s.dir, s.flags.command+".md")
	f := reportFlags{format: formatMarkdown, maxBytes: most, reportURL: s.runURL(), out: file}
	if err := s.showPlan(plan, f, src); err != nil {
		return "", err
	}
	text, err := os.ReadFile(file)
	return string(text), err
}

// manifests are what a report draws on; without them it shows what the plan
// holds.
func (s *step) manifests(ctx context.Context) report.Sources {
	src := report.Sources{Title: s.project.Name, Env: s.flags.env}
	if set, err := spec.Load(ctx, s.project, spec.LoadOptions{Parallelism: s.app.flags.parallelism, Env: s.flags.env}); err == nil {
		src.Set = set
	}
	return src
}

// runURL is the page of the workflow's run, where its artifacts are.
func (s *step) runURL() string {
	server, repository, run := s.env.lookup("GITHUB_SERVER_URL"), s.env.lookup("GITHUB_REPOSITORY"), s.env.lookup("GITHUB_RUN_ID")
	if server == "" || repository == "" || run == "" {
		return ""
	}
	return strings.TrimRight(server, "/") + "/" + repository + "/actions/runs/" + run
}
