package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/cards"
	"github.com/charsync/charsync/pkg/spec"
)

// exportFlags say how a card is written.
type exportFlags struct {
	format string
	png    string
	out    string
	env    string
}

func (a *app) exportCommand() *cobra.Command {
	var f exportFlags
	cmd := manual{
		use:   "export NAME [flags]",
		short: "Write a character card",
		long: `Writes a character of the project as a card for other programs: Character Card
V3, V2 or V1, or a character file of elizaOS. A character that was imported from
a card goes out as it came in, with what the manifest says now. Without --format
it is the format that it came in, or card-v3. With --png, or when --out ends in
.png, the card is put into a picture; without --png that is the one it came in.
It opens no connection.`,
		examples: []string{
			"charsync export mira --out mira.json",
			"charsync export mira --format card-v2 --png portrait.png --out mira.png",
			"charsync export mira --format elizaos",
		},
		exit: []code{exitDone, exitError, exitInvalid},
	}.command(wantArgs(1, 1), func(cmd *cobra.Command, args []string) error {
		return a.export(cmd.Context(), args[0], f)
	})
	cmd.ValidArgsFunction = a.completeNames
	cmd.Flags().StringVar(&f.format, "format", "", "write the card as `FORMAT`: "+strings.Join(cardFormats(), ", "))
	cmd.Flags().StringVar(&f.png, "png", "", "put the card into the picture `IMAGE`, a PNG")
	complete(cmd, "format", func(string) []string { return cardFormats() })
	outFlag(cmd, &f.out)
	cmd.Flags().StringVar(&f.env, "env", "", "as the character is in the environment `NAME`")
	complete(cmd, "env", a.completeEnvironments)
	return cmd
}

func cardFormats() []string {
	var names []string
	for _, f := range cards.Formats() {
		names = append(names, string(f))
	}
	return names
}

func (a *app) export(ctx context.Context, name string, f exportFlags) error {
	if f.format != "" {
		if err := checkFormat(f.format, cardFormats()...); err != nil {
			return err
		}
	}
	inPicture := f.png != "" || strings.EqualFold(filepath.Ext(f.out), ".png")
	if inPicture && f.out == "" {
		return failed("say where with --out FILE.png", "export: a picture is not written to the screen")
	}
	s, err := a.localSession()
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.useEnv(f.env); err != nil {
		return err
	}
	if err := s.load(ctx, nil); err != nil {
		return err
	}
	c := s.set.Find(name)
	if c == nil {
		if err := s.judge(nil); err != nil { // it may be in what could not be read
			return err
		}
		return noCharacter(name, s.knownNames())
	}
	side, err := s.sidecar(c)
	if err != nil {
		return failed("correct metadata.card of "+c.Pos.String()+", or remove it: then the card holds what the manifest says", "the card of %s: %w", name, err)
	}
	data, err := s.card(c, side, f, inPicture)
	if err != nil {
		return err
	}
	return a.result(f.out, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// sidecar reads what lies beside a character that came from a card; nil is
// nothing.
func (s *session) sidecar(c *spec.Character) (*cards.Sidecar, error) {
	if c.Card == "" {
		return nil, nil
	}
	data, err := s.projectFile(c.Card, 2*cards.MaxCard)
	if err != nil {
		return nil, err
	}
	side, err := cards.ParseSidecar(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Card, err)
	}
	return &side, nil
}

// projectFile reads a file of the project, which no link may lead out of.
func (s *session) projectFile(name string, most int64) ([]byte, error) {
	root, err := os.OpenRoot(s.project.Dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", name)
	}
	if err != nil {
		return nil, err
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s has more than %d MB", name, most>>20)
	}
	return data, err
}

// card is the card as it is written.
func (s *session) card(c *spec.Character, side *cards.Sidecar, f exportFlags, inPicture bool) ([]byte, error) {
	fields := map[spec.Path]string{}
	for _, p := range spec.CommonFields() {
		if text := c.Lookup(nil, p).Text(); text != "" {
			fields[p] = text
		}
	}
	format := cards.V3
	if side != nil {
		format = side.Format
	}
	if f.format != "" {
		format = cards.Format(f.format)
	}
	out, err := cards.Export(fields, side, format)
	if err != nil {
		return nil, failed("correct "+c.Card, "the card of %s: %w", c.Name, err)
	}
	if len(out.Lost) > 0 {
		s.note("note: %s has no place for %s", format, strings.Join(out.Lost, ", "))
	}
	if !inPicture {
		return out.JSON()
	}
	image, err := s.picture(c, side, f.png)
	if err != nil {
		return nil, failed("name a PNG with --png", "export: %w", err)
	}
	data, err := out.PNG(image)
	if err != nil {
		return nil, failed("name another PNG with --png, or write JSON", "export: %w", err)
	}
	return data, nil
}

// picture is the one that was named, else the one that the card came in.
func (s *session) picture(c *spec.Character, side *cards.Sidecar, named string) ([]byte, error) {
	switch {
	case named != "":
		data, err := readBounded(s.path(named), cards.MaxFile)
		if err != nil {
			return nil, fmt.Errorf("the picture %s: %w", named, err)
		}
		return data, nil
	case side == nil || side.Image == "":
		return nil, fmt.Errorf("%s has no picture of its own", c.Name)
	}
	return s.projectFile(path.Join(path.Dir(c.Card), side.Image), cards.MaxFile)
}
