package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// importFlags say which live characters are meant, and where they go.
type importFlags struct {
	ids    []string
	name   string
	all    bool
	scope  string
	dir    string
	format string
	// targets are the instances that the manifest of a card names.
	targets []string
}

// importedCharacter is a line of import's result.
type importedCharacter struct {
	Name    string `json:"name"`
	Target  string `json:"target,omitempty"`
	ID      string `json:"id,omitempty"`
	From    string `json:"from,omitempty"` // the card
	File    string `json:"file,omitempty"`
	Bound   bool   `json:"bound,omitempty"` // a manifest said the same already
	Skipped string `json:"skipped,omitempty"`
}

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	cmd := manual{
		use:   "import TARGET [ID...] | CARD... [flags]",
		short: "Make manifests of live characters, or of cards",
		long: `Reads live characters, writes a manifest for each and binds them in the lock, so
that a plan right afterwards is empty. Nothing that is there is overwritten, and
what is bound already is skipped. Ids stay out of manifests; one that begins with
"-" goes behind "--", or into --id. --name alone finds a character by its name at
the service; with one ID it names the manifest. Long prose goes into files of its
own.

CARD is a file in place of a target: a Character Card V1, V2 or V3, as JSON or
inside a PNG, or a character file of elizaOS. What a manifest has no place for
is kept beside it for charsync export. Nothing is sent anywhere.`,
		examples: []string{
			"charsync import convai --all",
			"charsync import convai 2d1f0b8e-6c1c-11ee-9d2b-42010a400002 --name mira-innkeeper",
			"charsync import characterai --id=-u2Zb1pY3xw",
			"charsync import npcbuilder --all --scope game123/world456",
			"charsync import mira.png seraphina.json --target alakazam",
		},
		exit: []code{exitDone, exitError, exitInvalid, exitInterrupted},
	}.command(wantArgs(1, -1), func(cmd *cobra.Command, args []string) error {
		return a.importAny(cmd.Context(), args, f)
	})
	cmd.ValidArgsFunction = func(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(given) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return a.completeTargets(""), cobra.ShellCompDirectiveNoFileComp
	}
	cmd.Flags().StringArrayVar(&f.ids, "id", nil, "import the character `ID`; may be repeated")
	cmd.Flags().StringVar(&f.name, "name", "", "`NAME` of the character at the service, or of the manifest when one id is given")
	cmd.Flags().BoolVar(&f.all, "all", false, "import every character of the account")
	cmd.Flags().StringVar(&f.scope, "scope", "", "look in `GAME/WORLD`, at services with places")
	cmd.Flags().StringSliceVar(&f.targets, "target", nil, "with cards: the manifests name the target `INSTANCE`")
	complete(cmd, "target", a.completeTargets)
	cmd.Flags().StringVar(&f.dir, "dir", "", "write the manifests to `DIR` instead of the folder of the first pattern in charsync.yaml")
	formatFlag(cmd, &f.format, formatText, formatJSON)
	return cmd
}

func (f importFlags) check() error {
	ways := 0
	for _, given := range []bool{len(f.ids) > 0, f.all, f.name != "" && len(f.ids) == 0} {
		if given {
			ways++
		}
	}
	switch {
	case ways == 0:
		return failed("give ids, --name NAME or --all", "import: which characters?")
	case ways > 1:
		return failed("give ids, --name NAME or --all, and one of them only", "import: too many ways to say which characters")
	case f.name != "" && len(f.ids) > 1:
		return failed("import them one by one, or leave --name out", "import: one name for %d characters", len(f.ids))
	}
	return checkFormat(f.format, formatText, formatJSON)
}

// importAny imports cards, or from a target.
func (a *app) importAny(ctx context.Context, args []string, f importFlags) error {
	if a.looksLikeCard(args[0]) {
		return a.importFiles(ctx, args, f)
	}
	f.ids = append(f.ids, args[1:]...)
	return a.importCharacters(ctx, args[0], f)
}

func (a *app) importFiles(ctx context.Context, files []string, f importFlags) error {
	if err := checkFormat(f.format, formatText, formatJSON); err != nil {
		return err
	}
	s, err := a.localSession()
	if err != nil {
		return err
	}
	defer s.close()
	return s.importCards(ctx, files, f)
}

func (a *app) importCharacters(ctx context.Context, target string, f importFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	if len(f.targets) > 0 {
		return failed("leave it out", "--target is for cards: what comes from %s lives there", target)
	}
	s, err := a.openSession()
	if err != nil {
		return err
	}
	defer s.close()
	if _, ok := s.project.Instances[target]; !ok {
		return oneOf("import", target, s.instanceNames())
	}
	if err := s.loadForImport(ctx); err != nil {
		return err
	}
	if err := s.hold(ctx, defaultLockTimeout); err != nil {
		return err
	}
	if err := s.openLock(ctx); err != nil {
		return err
	}
	engine := s.engine(&runFlags{}, reading)
	account := engine.Accounts[target]
	if account.Err != nil {
		return failed(hintFor(account.Err), "%w", account.Err)
	}
	if _, err := s.importFolder(f.dir); err != nil {
		return err
	}
	scopes, err := s.importScopes(account, f)
	if err != nil {
		return err
	}
	var done []importedCharacter
	for _, scope := range scopes {
		some, err := s.importFrom(ctx, engine, account, scope, f)
		done = append(done, some...)
		if err != nil {
			return err
		}
	}
	s.progress.stop()
	if err := s.checkImported(ctx, done); err != nil {
		return err
	}
	return a.result("", func(w io.Writer) error { return writeImported(w, f.format, done) })
}

// importFrom imports from one place: manifests first, then the bindings.
func (s *session) importFrom(ctx context.Context, engine *apply.Engine, account *apply.Account, scope string, f importFlags) ([]importedCharacter, error) {
	o := apply.ImportOptions{Target: account.Instance.Name, IDs: f.ids, All: f.all, Name: f.name, Scope: scope}
	if len(f.ids) == 0 && !f.all {
		id, err := findByName(ctx, account, scope, f.name)
		if err != nil {
			return nil, err
		}
		o.IDs, o.Name = []string{id}, ""
	}
	found, err := engine.Import(ctx, o)
	var none *apply.NoCharacter
	if errors.As(err, &none) {
		return nil, failed("check the id; charsync import "+o.Target+" --all imports every character", "%w", err)
	}
	if err != nil {
		return nil, failed(hintFor(err), "%w", err)
	}
	var list []newManifest
	for _, im := range found {
		if im.Skipped == "" && im.Bound == "" {
			list = append(list, manifestOf(im, account))
		}
	}
	w, err := s.writeManifests(list, f.dir)
	if err != nil {
		return nil, err
	}
	if err := engine.Bind(found); err != nil {
		s.removeWritten(w)
		return nil, failed("nothing was imported; make the project's folder writable, then import again", "%w", err)
	}
	var done []importedCharacter
	for _, im := range found {
		done = append(done, importedCharacter{Name: im.Name, Target: o.Target, ID: im.ID, File: cmp.Or(im.Bound, w.manifests[im.Name]), Bound: im.Bound != "", Skipped: im.Skipped})
	}
	return done, nil
}

func writeImported(w io.Writer, format string, done []importedCharacter) error {
	if format == formatJSON {
		if done == nil {
			done = []importedCharacter{}
		}
		return view.JSON(w, done)
	}
	w = view.Commandless(w)
	skipped := 0
	for _, d := range done {
		if d.Skipped != "" {
			skipped++
			fmt.Fprintf(w, "skipped   %s: %s\n", view.SanitizeLine(d.ID), view.SanitizeLine(d.Skipped))
			continue
		}
		if d.Bound {
			fmt.Fprintf(w, "bound     %s: %s says the same\n", view.SanitizeLine(d.Name), view.SanitizeLine(d.File))
			continue
		}
		fmt.Fprintf(w, "imported  %s: %s\n", view.SanitizeLine(d.Name), view.SanitizeLine(d.File))
	}
	_, err := fmt.Fprintf(w, "Imported: %s, %d skipped.\n", counted(len(done)-skipped, "character"), skipped)
	return err
}

// isCommon reports a field that stands under spec in a manifest.
func isCommon(p spec.Path) bool { return slices.Contains(providers.Common(), p) }
