package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

func (a *app) stateMvCommand() *cobra.Command {
	cmd := manual{
		use:   "mv OLD[/TARGET] NEW[/TARGET]",
		short: "Follow a renamed manifest or instance",
		long: `Moves the bindings of OLD to NEW, at all targets or at one, so that a manifest
whose metadata.name was changed keeps its live characters. NEW may be bound at
other targets: so imports of one character from several services become one
manifest. With targets on both sides, bindings follow an instance that has
another name in charsync.yaml now; * is every character, quoted for the shell.`,
		examples: []string{
			"charsync state mv mira-innkeeper mira",
			"charsync state mv mira/convai mira/convai-live",
			"charsync state mv '*/convai' '*/convai-live'",
		},
		exit: []code{exitDone, exitError},
	}.command(wantArgs(2, 2), func(cmd *cobra.Command, args []string) error {
		return a.moveState(cmd.Context(), addressOf(args[0]), addressOf(args[1]))
	})
	cmd.ValidArgsFunction = a.completeBound
	return cmd
}

// addressOf reads NAME/TARGET, or NAME.
func addressOf(word string) diff.Address {
	name, target, _ := strings.Cut(word, "/")
	return diff.Address{Name: name, Target: target}
}

func (a *app) moveState(ctx context.Context, from, to diff.Address) error {
	switch every := state.Everything; {
	case from.Target == "" && to.Target != "":
		return failed("name the target on both sides, as in charsync state mv mira/convai mira/convai-live", "state mv: which binding of %s goes to %s is not said", from.Name, to.Target)
	case (from.Name == every) != (to.Name == every), from.Name == every && to.Target == "":
		return failed("charsync state mv '*/OLD' '*/NEW' carries all bindings of an instance over", "state mv: * is for every character of an instance, on both sides")
	case to.Name != every && !spec.IsName(to.Name):
		return failed("lower-case letters, digits and dashes inside, at most 63 characters", "state mv: no manifest can have the name %q", to.Name)
	}
	return a.changeState(ctx, from.Name, func(s *session) ([]apply.Entry, error) {
		moved, err := s.lock.Move(from, to)
		if err != nil || to.Target == "" {
			return moved, err
		}
		in, ok := s.project.Instances[to.Target]
		if !ok {
			return nil, oneOf("state mv", to.Target, s.instanceNames())
		}
		for _, e := range moved {
			if e.Provider != in.Type {
				return nil, fmt.Errorf("%s/%s is a character of %s, and %s is an instance of %s", from.Name, from.Target, e.Provider, in.Name, in.Type)
			}
		}
		return moved, nil
	}, "moved")
}

func (a *app) stateRmCommand() *cobra.Command {
	cmd := manual{
		use:   "rm NAME[/TARGET]",
		short: "Forget bindings",
		long: `Forgets the bindings of a character, at all targets or at one. The live
characters stay; as long as the manifest does too, the next apply creates new
ones beside them unless the manifest names their id.`,
		examples: []string{"charsync state rm mira-innkeeper", "charsync state rm mira-innkeeper/convai"},
		exit:     []code{exitDone, exitError},
	}.command(wantArgs(1, 1), func(cmd *cobra.Command, args []string) error {
		name, target, _ := strings.Cut(args[0], "/")
		return a.changeState(cmd.Context(), name, func(s *session) ([]apply.Entry, error) { return s.lock.Remove(name, target) }, "forgotten")
	})
	cmd.ValidArgsFunction = a.completeBound
	return cmd
}

// meantBound is the hint for a name that the lock has nothing of.
func (s *session) meantBound(name string) string {
	const hint = "charsync state list shows what it holds"
	if len(s.lock.Show(name)) > 0 { // it is another word that is wrong
		return hint
	}
	return meantName(name, boundNames(s.lock), hint)
}

// changeState changes what the lock holds of a name, saves it, and says what
// was changed.
func (a *app) changeState(ctx context.Context, name string, change func(*session) ([]apply.Entry, error), verb string) error {
	s, err := a.openState(ctx, writing)
	if err != nil {
		return err
	}
	defer s.close()
	s.lock.Sign(apply.Recordless(a.env.Now(), "state"))
	changed, err := change(s)
	var told *failure
	switch {
	case errors.As(err, &told):
		return err
	case err != nil:
		return failed(s.meantBound(name), "%w", err)
	}
	if err := s.lock.Finish(); err != nil {
		return failed("nothing was changed; check the folder, its permissions and the disk's free space", "%w", err)
	}
	return a.result("", func(w io.Writer) error {
		w = view.Commandless(w)
		for _, e := range changed {
			if _, err := fmt.Fprintf(w, "%s %s/%s %s\n", verb, view.SanitizeLine(e.Name), view.SanitizeLine(e.Target), view.SanitizeLine(e.ID)); err != nil {
				return err
			}
		}
		return nil
	})
}
