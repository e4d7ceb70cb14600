package cli

import (
	"context"
	"errors"

	"github.com/charsync/charsync/internal/github"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// commentOn keeps the comment of the pull request. One is created when there
// is something to say; after that it says what is so.
func (s *step) commentOn(ctx context.Context, plan *diff.Plan) error {
	if s.event.Pull == nil || s.flags.comment == commentOff {
		return nil
	}
	mark := github.Mark{Key: s.key, Head: s.head()}
	if s.flags.command == ciPlan && plan.Complete && plan.Unfit() == "" && len(takenBindings(plan)) == 0 {
		mark.Digest = plan.Digest
	}
	text, err := s.markdown(plan, s.manifests(ctx), github.MaxBody-len(mark.String())-1)
	if err != nil {
		return err
	}
	news := len(plan.Changes)+len(plan.Orphans)+len(plan.Guards)+len(plan.Diagnostics)+len(plan.Bindings)+len(plan.Settings) > 0 || !plan.Complete
	return s.say(ctx, mark, text, news)
}

// head is the commit that the pull request proposes.
func (s *step) head() string {
	if s.event.Pull == nil {
		return ""
	}
	return s.event.Pull.Head.SHA
}

// say puts a text into the comment. That it can't be put there fails no step:
// the summary has the text too.
func (s *step) say(ctx context.Context, mark github.Mark, text string, create bool) error {
	if s.event.Pull == nil || s.flags.comment == commentOff {
		return nil
	}
	return s.sayOn(ctx, s.event.Pull.Number, mark, text, create)
}

func (s *step) sayOn(ctx context.Context, number int, mark github.Mark, text string, create bool) error {
	client, err := s.client()
	if err == nil {
		var comment *github.Comment
		var change github.Change
		comment, change, err = client.Put(ctx, number, s.flags.author, mark, mark.String()+"\n"+text, create)
		if err == nil && comment != nil {
			s.note("The comment was %s: %s", change, comment.HTMLURL)
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		return err
	case github.Is(err, github.Forbidden):
		s.remark("notice", "There is no comment on the pull request: the token may not write one, as is so for forks. The summary of this step has the report.\n%v", err)
	default:
		s.remark("warning", "There is no comment on the pull request. The summary of this step has the report.\n%v", err)
	}
	return nil
}

// client speaks with the repository of the workflow.
func (s *step) client() (*github.Client, error) {
	token := s.env.lookup("GITHUB_TOKEN")
	if token == "" {
		return nil, &github.Fault{Kind: github.Forbidden, Message: "there is no token: GITHUB_TOKEN is not set"}
	}
	return github.New(github.Config{
		API: s.env.lookup("GITHUB_API_URL"), Repository: s.env.lookup("GITHUB_REPOSITORY"),
		Token: providers.NewSecret(token), UserAgent: s.userAgent(),
	})
}
