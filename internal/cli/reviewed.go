package cli

import (
	"errors"
	"io"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// reviewFlags say which plan was reviewed: apply does that one or nothing.
type reviewFlags struct {
	digest string
	file   string
}

func (f *reviewFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.digest, "expect-digest", "", "apply only a plan with this `DIGEST`, without asking")
	cmd.Flags().StringVar(&f.file, "reviewed", "", "apply only the plan in `PLANFILE`, planned afresh; show what differs")
}

func (f *reviewFlags) given() bool { return f.digest != "" || f.file != "" }

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// reviewed is the plan that was looked at, as far as it is known.
type reviewed struct {
	digest string
	plan   *diff.Plan // nil: only its digest is known
}

// reviewed reads what the flags name; nil is nothing.
func (a *app) reviewed(f *reviewFlags) (*reviewed, error) {
	if f.digest != "" && !digestForm.MatchString(f.digest) {
		return nil, failed("take the digest of charsync plan --format json: sha256: and 64 hexadecimal digits", "--expect-digest: %q is no digest", f.digest)
	}
	if f.file == "" {
		if f.digest == "" {
			return nil, nil
		}
		return &reviewed{digest: f.digest}, nil
	}
	plan, err := apply.ReadPlan(a.path(f.file))
	if err == nil {
		err = apply.CheckFit(plan)
	}
	if err != nil {
		var d spec.Diagnostic
		if errors.As(err, &d) {
			d.Pos.File = f.file
			return nil, pointed([]spec.Diagnostic{d}, a.path(f.file))[0]
		}
		return nil, err
	}
	if f.digest != "" && f.digest != plan.Digest {
		return nil, failed("give one of them, or the file that the digest is of", "--expect-digest and --reviewed name two different plans: %s has the digest %s", f.file, plan.Digest)
	}
	return &reviewed{plan.Digest, plan}, nil
}

// divergent is what --format json prints of a plan that is not the reviewed
// one.
type divergent struct {
	Reviewed    string            `json:"reviewed"` // digests
	Now         string            `json:"now"`
	Differences []diff.Divergence `json:"differences,omitempty"` // where the reviewed plan is known
	Plan        *diff.Plan        `json:"plan"`                  // as it is now
}

// check refuses a plan that is not the one that was reviewed, after showing
// what differs, or, of a digest alone, what the plan is now.
func (s *session) check(plan *diff.Plan, r *reviewed, format string) error {
	if r == nil || r.digest == plan.Digest {
		return nil
	}
	err := s.result("", func(w io.Writer) error {
		switch {
		case format == formatJSON:
			d := divergent{Reviewed: r.digest, Now: plan.Digest, Plan: plan}
			if r.plan != nil {
				d.Differences = diff.Diverge(r.plan, plan)
			}
			return view.JSON(w, d)
		case r.plan != nil:
			return view.Divergences(w, r.plan, plan, s.outStyle())
		}
		return view.Plan(w, plan, s.outStyle())
	})
	if err != nil {
		return err
	}
	hint := "review it anew; --reviewed PLANFILE in place of the digest shows what differs"
	if r.plan != nil {
		hint = "review it anew: charsync plan --out, and apply that"
	}
	refusal := failed(hint, "the plan is not the one that was reviewed, so nothing was written: reviewed %s, now %s", r.digest, plan.Digest)
	var f *failure
	if errors.As(refusal, &f) && plan.Complete {
		f.code = exitStale
	}
	return refusal
}
