package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
)

func (a *app) stateMvCommand() *cobra.Command {
	cmd := manual{
		use:   "mv OLD NEW",
		short: "Follow a renamed manifest",
		long: `Moves the bindings of OLD to NEW, at all targets, so that a manifest whose
metadata.name was changed keeps its live characters. NEW may be bound at other
targets: so imports of one character from several services become one manifest.`,
		examples: []string{"charsync state mv mira-innkeeper mira"},
		exit:     []code{exitDone, exitError},
	}.command(wantArgs(2, 2), func(cmd *cobra.Command, args []string) error {
		return a.changeState(cmd.Context(), args[0], func(l *apply.Lock) ([]apply.Entry, error) { return l.Move(args[0], args[1]) }, "moved")
	})
	cmd.ValidArgsFunction = a.completeBound
	return cmd
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
		return a.changeState(cmd.Context(), name, func(l *apply.Lock) ([]apply.Entry, error) { return l.Remove(name, target) }, "forgotten")
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
func (a *app) changeState(ctx context.Context, name string, change func(*apply.Lock) ([]apply.Entry, error), verb string) error {
	s, err := a.openState(ctx, writing)
	if err != nil {
		return err
	}
	defer s.close()
	changed, err := change(s.lock)
	if err != nil {
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
