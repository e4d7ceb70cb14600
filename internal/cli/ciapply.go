package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/charsync/charsync/internal/github"
	"github.com/charsync/charsync/pkg/apply"
)

// applyStep applies: a plan file as it is, a plan with the digest that was
// reviewed, or afresh.
func (s *step) applyStep(ctx context.Context) error {
	args := []string{"apply", "--format=" + formatJSON}
	digest, number, err := s.wantedDigest(ctx)
	if err != nil {
		return err
	}
	var o outputs
	switch {
	case s.flags.planFile != "":
		args = append(args, s.flags.planFile)
	case digest != "":
		plan, c, err := s.planned(ctx, ciPlan)
		if err != nil || plan == nil || !plan.Complete {
			return s.notApplied(err, c)
		}
		if o, err = s.documents(ctx, plan); err != nil {
			return err
		}
		if len(plan.Changes) == 0 {
			return s.nothingLeft(o)
		}
		if o.planFile == "" || plan.Digest != digest {
			return s.refused(plan.Digest, digest, o)
		}
		args = append(args, o.planFile)
	default:
		args = append(append(append(args, "--yes"), s.selected()...), s.decided()...)
	}
	var out bytes.Buffer
	var c code
	if err := s.guarded(func() error { c = s.child(ctx, &out, args...); return nil }); err != nil {
		return err
	}
	return s.applied(ctx, out.Bytes(), c, applied{number, o})
}

// wantedDigest is the digest that a plan must have, and the pull request that
// showed it; "" is any.
func (s *step) wantedDigest(ctx context.Context) (digest string, number int, err error) {
	if s.flags.digest != digestReviewed {
		return s.flags.digest, 0, nil
	}
	const hint = "let the workflow plan the pull request, with its comment, and run this one for the commit that merging it made"
	sha := s.env.lookup("GITHUB_SHA")
	if sha == "" {
		return "", 0, failed(hint, "--digest reviewed: GITHUB_SHA is not set, so there is no commit to look up")
	}
	client, err := s.client()
	if err != nil {
		return "", 0, failed("give the action a token that may read pull requests", "--digest reviewed: %w", err)
	}
	pull, err := client.Merged(ctx, sha)
	switch {
	case err != nil:
		return "", 0, failed("give the action a token that may read pull requests", "find the pull request of %.12s: %w", sha, err)
	case pull == nil:
		return "", 0, failed(hint, "no pull request was merged as %.12s, so there is no plan that was reviewed", sha)
	}
	comment, err := client.Find(ctx, pull.Number, s.flags.author, s.reviewed)
	if err != nil {
		return "", 0, failed("give the action a token that may read pull requests", "read the comments of #%d: %w", pull.Number, err)
	}
	if comment == nil {
		return "", 0, failed(hint, "#%d has no comment by %s with a plan of this project, environment and selection", pull.Number, s.flags.author)
	}
	mark, _ := github.ReadMark(comment.Body)
	switch {
	case mark.Digest == "":
		return "", 0, failed("apply by hand, after charsync plan", "the comment of #%d shows no plan that can be applied: it was made without credentials, or is not complete", pull.Number)
	case mark.Head != pull.Head.SHA:
		return "", 0, failed("apply by hand, after charsync plan", "the comment of #%d shows the plan of %.12s, but %.12s was merged", pull.Number, mark.Head, pull.Head.SHA)
	}
	return mark.Digest, pull.Number, nil
}

// refused ends a step whose plan is another one than the one that was
// reviewed. The log and the summary show what it would do now.
func (s *step) refused(now, reviewed string, o outputs) error {
	o.planFile, o.changes = "", true
	o.summary = "### charsync apply: refused\n\nThe plan is another one than the one that was reviewed: something changed since, in Git or on a provider. " +
		"Nothing was applied. This is the plan now:\n\n" + o.summary
	if err := s.tell(o); err != nil {
		return err
	}
	s.remark("error", "The plan is another one than the one that was reviewed: nothing was applied.\nreviewed %s\nnow      %s\n"+
		"Look at the plan in the summary of this step. To have it, apply by hand, or open a pull request that plans it anew.", reviewed, now)
	return end(exitStale)
}

// nothingLeft ends a step that finds its work done, as one that is run again
// does.
func (s *step) nothingLeft(o outputs) error {
	o.planFile, o.changes = "", false
	o.summary = "### charsync apply\n\nNothing is left to do: what is live is what the manifests say.\n"
	if err := s.tell(o); err != nil {
		return err
	}
	s.note("Nothing is left to do: what is live is what the manifests say.")
	return nil
}

func (s *step) notApplied(err error, c code) error {
	if err != nil {
		return err
	}
	if c == exitDone {
		c = exitError
	}
	if err := s.tell(outputs{summary: "### charsync apply\n\nNothing was applied: the plan could not be made. The log of the step says why.\n"}); err != nil {
		return err
	}
	return end(c)
}

// applied is what an apply came from.
type applied struct {
	number int // of the pull request that showed the plan; 0 is none
	plan   outputs
}

// applied tells what came of an apply.
func (s *step) applied(ctx context.Context, document []byte, c code, from applied) error {
	var result apply.Result
	if len(document) == 0 || json.Unmarshal(document, &result) != nil {
		return s.notApplied(nil, c)
	}
	shown := &bytes.Buffer{}
	if result.RunID != "" {
		s.child(ctx, shown, "show", result.RunID)
	}
	if shown.Len() == 0 {
		fmt.Fprintln(shown, result.Summary())
	}
	if err := s.guarded(func() error { _, err := s.out.Write(shown.Bytes()); return err }); err != nil {
		return err
	}
	const room = 60 << 10
	text := fmt.Sprintf("### charsync apply\n\n%s\n\n%s", result.Summary(), fenced(shown.String(), room))
	if err := s.tell(from.plan.done(&result, text)); err != nil {
		return err
	}
	if s.event.Pull != nil {
		from.number = s.event.Pull.Number
	}
	if from.number != 0 && s.flags.comment == commentSticky {
		if err := s.sayOn(ctx, from.number, github.Mark{Key: s.key}, text, len(result.Outcomes) > 0); err != nil {
			return err
		}
	}
	return end(c)
}

// fenced is a text as a block of code that nothing in it can end, cut to whole
// lines.
func fenced(text string, most int) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(text) > most {
		cut := strings.LastIndexByte(text[:most], '\n')
		text = text[:max(cut, 0)] + "\n… the log of the step has the rest"
	}
	return fence + "text\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}
