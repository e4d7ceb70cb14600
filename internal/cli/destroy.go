package cli

import (
	"context"

	"github.com/spf13/cobra"
)

func (a *app) destroyCommand() *cobra.Command {
	var f applyFlags
	cmd := manual{
		use:   "destroy [NAME...] [flags]",
		short: "Remove live characters and forget their bindings",
		long: `Removes the selected characters where they live, in the way each provider has:
Convai, ElevenLabs and NPCBuilder delete, Character.AI archives, Alakazam sets
private. It says which, and what can't come back, and asks. While the manifest
stays, the next apply creates the character anew. charsync plan --destroy only
shows it.`,
		examples: []string{
			"charsync plan --destroy mira-innkeeper    # only show it",
			"charsync destroy mira-innkeeper",
			"charsync destroy mira-innkeeper --target convai",
			"charsync destroy --select season=winter --yes",
		},
		exit: []code{exitDone, exitError, exitInvalid, exitStale, exitRefused, exitPart, exitInterrupted},
	}.command(nil, func(cmd *cobra.Command, args []string) error { return a.destroy(cmd.Context(), &f, args) })
	cmd.ValidArgsFunction = a.completeNames
	f.registerSelection(a, cmd)
	cmd.Flags().StringSliceVar(&f.allow, "allow", nil, "let the guard `RULE` pass: max-deletes, protected")
	yesFlag(cmd, &f.yes)
	lockFlag(cmd, &f.runFlags)
	f.report.register(cmd)
	return cmd
}

func (a *app) destroy(ctx context.Context, f *applyFlags, args []string) error {
	if err := f.report.check(); err != nil {
		return err
	}
	f.asks = "destroy"
	s, engine, err := a.prepare(ctx, &f.runFlags, args, writing)
	if err != nil {
		return err
	}
	defer s.close()
	engine.Options.Command = "destroy"
	plan, err := engine.Destroy(ctx)
	s.progress.stop()
	if err != nil {
		return err
	}
	return s.carryOut(ctx, engine, plan, f, "Remove these characters?")
}
