package cli

import (
	"context"
	"errors"
	"os"
	"path"
	"strings"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/spec"
)

// newManifest is a manifest to be written, with the files beside it.
type newManifest struct {
	document spec.Document
	texts    map[spec.Path]bool // of the targets' own fields, those that are prose
	beside   map[string][]byte  // further files of its folder
}

// written are the files that an import made: the manifests by the names of
// their characters, and everything in the order in which it was made.
type written struct {
	manifests map[string]string
	all       []string
}

// writeManifests writes manifests with their prose, each in a file that is not
// there yet. Either all of them are written or none.
func (s *session) writeManifests(list []newManifest, dir string) (written, error) {
	folder, err := s.importFolder(dir)
	if err != nil {
		return written{}, err
	}
	root, err := os.OpenRoot(s.project.Dir)
	if err != nil {
		return written{}, failed("check the project folder and its permissions", "import: %w", err)
	}
	defer root.Close()
	w := written{manifests: map[string]string{}}
	for _, m := range list {
		m.document.Schema = schemaLine(root, folder)
		place := placement{root: root, folder: folder}
		file, err := place.write(m)
		w.all = append(w.all, place.made...)
		if err != nil {
			s.removeWritten(w)
			return written{}, failed("nothing was imported; check the folder, its permissions and the disk's free space", "import %s: %w", m.document.Name, err)
		}
		w.manifests[m.document.Name] = file
	}
	return w, nil
}

// removeWritten removes files that this run has written.
func (s *session) removeWritten(w written) {
	root, err := os.OpenRoot(s.project.Dir)
	if err != nil {
		return
	}
	defer root.Close()
	for i := len(w.all) - 1; i >= 0; i-- {
		if err := root.Remove(w.all[i]); err != nil {
			s.log.Warn("taking back an import", "file", w.all[i], "error", err)
		}
	}
}

// importFolder is where manifests go, relative to the project: --dir, or the
// folder in which the first pattern begins.
func (s *session) importFolder(dir string) (string, error) {
	if dir != "" {
		below, ok := s.project.Relative(s.path(dir))
		if !ok {
			return "", failed("name a folder of the project", "--dir: %s is outside of the project", dir)
		}
		if !s.project.Takes(path.Join(below, "name.yaml")) {
			return "", failed("name a folder that spec.manifests covers ("+strings.Join(s.project.Manifests, ", ")+"), or add a pattern for it to charsync.yaml first",
				"--dir: manifests in %s would not be read: their characters would be bound and have no manifest", dir)
		}
		return below, nil
	}
	folder := "characters"
	if len(s.project.Manifests) > 0 {
		fixed, _, _ := strings.Cut(s.project.Manifests[0], "*")
		folder = path.Dir(fixed + "x")
	}
	return folder, nil
}

// manifestOf is the manifest of an imported character: common fields under
// spec, the provider's own in the target.
func manifestOf(im apply.Imported, account *apply.Account) newManifest {
	m := newManifest{document: spec.Document{Name: im.Name, Fields: map[spec.Path]any{}}, texts: map[spec.Path]bool{}}
	own := map[spec.Path]any{}
	for p, v := range im.Values {
		if f, ok := account.Driver.Fields.Field(p); ok && f.Kind == diff.Text {
			v = prose(v)
			m.texts[p] = true
		}
		if isCommon(p) {
			m.document.Fields[p] = v
		} else {
			own[p] = v
		}
	}
	m.document.Targets = []spec.DocumentTarget{{Instance: account.Instance.Name, Fields: own}}
	return m
}

// prose takes from a text what does not count in texts and would keep it out
// of a block: carriage returns before line feeds, and line ends at its end.
func prose(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
}

// schemaLine is what the editor line names: the project's own copy of the
// schema, when it has one.
func schemaLine(root *os.Root, folder string) string {
	const schema = "schemas/character.schema.json"
	if _, err := root.Stat(schema); err != nil {
		return ""
	}
	up := ""
	if folder != "." {
		up = strings.Repeat("../", strings.Count(folder, "/")+1)
	}
	return up + schema
}

// checkImported loads the project again and says when it does not find what
// was imported, or finds something wrong with it.
func (s *session) checkImported(ctx context.Context, done []importedCharacter) error {
	if err := s.load(ctx, nil); err != nil {
		return err
	}
	for _, d := range done {
		if d.Skipped == "" && s.set.Find(d.Name) == nil {
			if err := s.diagnose(s.set.Diagnostics); err != nil {
				return err
			}
			s.note("warning: %s is not among the project's manifests; add a pattern that matches it to spec.manifests in charsync.yaml", d.File)
			return nil
		}
	}
	return s.tellUnseen(done)
}

// tellUnseen says which imported texts hold what no reader sees, before a plan
// is stopped by it.
func (s *session) tellUnseen(done []importedCharacter) error {
	names := s.selection.Names
	defer func() { s.selection.Names = names }()
	s.selection.Names = nil
	for _, d := range done {
		if d.Skipped == "" {
			s.selection.Names = append(s.selection.Names, d.Name)
		}
	}
	if len(s.selection.Names) == 0 {
		return nil
	}
	found := s.engine(&runFlags{}, offline).LintUnseen()
	for i := range found {
		if found[i].Severity == spec.Error { // of validate and plan; the import is done
			found[i].Severity = spec.Warning
		}
	}
	return s.diagnose(lint.Conceal(s.project.WithSource(found)))
}

// errTaken is a place where something is already.
var errTaken = errors.New("something is there already")
