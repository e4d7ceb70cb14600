package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/charsync/charsync/internal/cards"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// The files beside a manifest that came from a card.
const (
	cardFile    = "card.json"
	pictureFile = "card.png"
)

// looksLikeCard tells the path of a card from the name of an instance. What
// is wrong with the project is said later.
func (a *app) looksLikeCard(arg string) bool {
	if p, err := a.loadLoosely(); err == nil {
		if _, ok := p.Instances[arg]; ok {
			return false
		}
	}
	switch strings.ToLower(filepath.Ext(arg)) {
	case ".png", ".json", ".charx", ".jpg", ".jpeg", ".webp":
		return true
	}
	if strings.ContainsRune(arg, '/') || strings.ContainsRune(arg, os.PathSeparator) {
		return true
	}
	info, err := os.Stat(a.path(arg))
	return err == nil && !info.IsDir()
}

// importCards makes manifests of cards. All of them are read before anything
// is written.
func (s *session) importCards(ctx context.Context, paths []string, f importFlags) error {
	switch {
	case f.all || len(f.ids) > 0 || f.scope != "":
		return failed("name the cards, and leave --all, --id and --scope out", "import: cards come from files")
	case f.name != "" && len(paths) > 1:
		return failed("import them one by one, or leave --name out", "import: one name for %d characters", len(paths))
	}
	for _, target := range f.targets {
		if _, ok := s.project.Instances[target]; !ok {
			return oneOf("--target", target, s.instanceNames())
		}
	}
	names, err := s.namesForImport(ctx, f.name)
	if err != nil {
		return err
	}
	var list []newManifest
	var done []importedCharacter
	var wrong []error
	for _, file := range paths {
		card, err := s.readCard(file)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("the card %s: %w", view.SanitizeLine(file), err))
			continue
		}
		name := f.name
		if name == "" {
			stem := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
			name = names.Free(card.imported.Fields["name"], stem)
			if wish := names.Wish(card.imported.Fields["name"], stem); name != wish {
				s.note("note: %s is taken, so %s becomes %s; if it is the same character, keep one of them, and say under its spec.targets where it lives", wish, view.SanitizeLine(file), name)
			}
		}
		m, err := card.manifest(name, f.targets)
		if err != nil {
			return err
		}
		if held := card.imported.Sidecar.Withheld; len(held) > 0 {
			s.note("note: %s of %s is left out: credentials stand in no file of a project", strings.Join(held, ", "), view.SanitizeLine(file))
		}
		list = append(list, m)
		done = append(done, importedCharacter{Name: name, From: file})
	}
	if len(wrong) > 0 {
		return failed("nothing was imported; correct the files, or leave them out", "%w", errors.Join(wrong...))
	}
	w, err := s.writeManifests(list, f.dir)
	if err != nil {
		return err
	}
	for i := range done {
		done[i].File = w.manifests[done[i].Name]
	}
	if err := s.checkImported(ctx, done); err != nil {
		return err
	}
	s.tellLacking(done)
	if len(f.targets) == 0 {
		s.note("note: say under spec.targets where they shall live, or import with --target INSTANCE")
	}
	return s.result("", func(w io.Writer) error { return writeImported(w, f.format, done) })
}

// tellLacking says what creation at the targets needs and the cards do not
// give.
func (s *session) tellLacking(done []importedCharacter) {
	for _, d := range done {
		s.selection.Names = append(s.selection.Names, d.Name)
	}
	engine := s.engine(&runFlags{}, offline)
	var lacking []spec.Diagnostic
	for _, d := range engine.Validate() {
		if d.Code == providers.CodeMissing || d.Code == providers.CodePlace {
			d.Severity = spec.Info
			lacking = append(lacking, d)
		}
	}
	for _, d := range gathered(lacking) {
		s.note("note: %s", view.SanitizeLine(fmt.Sprintf("%s: %s [%s]: %s", d.Pos, d.Message, d.Code, d.Hint)))
	}
}

// namesForImport gives out names for manifests, unlike those in use. A name
// that was asked for must be free, and fit.
func (s *session) namesForImport(ctx context.Context, asked string) (*apply.Namer, error) {
	if err := s.loadForImport(ctx); err != nil {
		return nil, err
	}
	if err := s.openLock(ctx); err != nil {
		return nil, err
	}
	names := s.engine(&runFlags{}, offline).Namer()
	if asked != "" && names.Free(asked, asked) != asked {
		return nil, failed("choose another: lower-case letters, digits and hyphens, and not in use", "import: --name %q can't be taken", asked)
	}
	return names, nil
}

// readCard is a card with what it becomes.
type readCard struct {
	imported cards.Imported
	image    []byte
}

func (s *session) readCard(file string) (readCard, error) {
	data, err := readBounded(s.path(file), cards.MaxFile)
	if err != nil {
		return readCard{}, err
	}
	c, err := cards.Read(data)
	if err != nil {
		return readCard{}, err
	}
	in, err := c.Import()
	return readCard{in, c.Image}, err
}

// readBounded reads a regular file that is not larger than a bound, in bytes.
func readBounded(file string, most int64) ([]byte, error) {
	info, err := os.Stat(file) // before opening: opening a pipe would wait for its writer
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("it has more than %d MB", most>>20)
	}
	return data, err
}

// manifest is the card as a manifest with what lies beside it.
func (c readCard) manifest(name string, targets []string) (newManifest, error) {
	m := newManifest{document: spec.Document{Name: name, Card: cardFile, Fields: map[spec.Path]any{}}, beside: map[string][]byte{}}
	for p, text := range c.imported.Fields {
		m.document.Fields[p] = text
	}
	for _, t := range targets {
		m.document.Targets = append(m.document.Targets, spec.DocumentTarget{Instance: t})
	}
	side := c.imported.Sidecar
	if c.image != nil {
		side.Image = pictureFile
		m.beside[pictureFile] = c.image
	}
	var err error
	m.beside[cardFile], err = side.Encode()
	return m, err
}
