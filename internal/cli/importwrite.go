package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// writeManifests writes a file for each imported character and returns their
// paths by name. Either all of them are written or none.
func (s *session) writeManifests(account *apply.Account, found []apply.Imported, dir string) (map[string]string, error) {
	folder, err := s.importFolder(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(s.project.Dir)
	if err != nil {
		return nil, failed("check the project folder and its permissions", "import: %w", err)
	}
	defer root.Close()
	written := map[string]string{}
	for _, im := range found {
		if im.Skipped != "" {
			continue
		}
		file, err := writeManifest(root, folder, manifestOf(im, account, schemaLine(root, folder)))
		if err != nil {
			s.removeManifests(written)
			return nil, failed("nothing was imported; check the folder, its permissions and the disk's free space", "import %s: %w", im.Name, err)
		}
		written[im.Name] = file
	}
	return written, nil
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
func manifestOf(im apply.Imported, account *apply.Account, schema string) spec.Document {
	d := spec.Document{Name: im.Name, Schema: schema, Fields: map[spec.Path]any{}}
	own := map[spec.Path]any{}
	for p, v := range im.Values {
		if f, ok := account.Driver.Fields.Field(p); ok && f.Kind == diff.Text {
			v = prose(v)
		}
		if isCommon(p) {
			d.Fields[p] = v
		} else {
			own[p] = v
		}
	}
	d.Targets = []spec.DocumentTarget{{Instance: account.Instance.Name, Fields: own}}
	return d
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

// writeManifest writes a document to a file that is not there yet, named
// after it, and returns the file.
func writeManifest(root *os.Root, folder string, d spec.Document) (string, error) {
	var b bytes.Buffer
	if err := spec.Emit(&b, d); err != nil {
		return "", err
	}
	if err := root.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		file := path.Join(folder, d.Name+".yaml")
		if n == 1 && reservedName(d.Name) {
			continue
		}
		if n > 1 {
			file = path.Join(folder, fmt.Sprintf("%s-%d.yaml", d.Name, n))
		}
		f, err := root.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(b.Bytes())
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			return "", errors.Join(err, root.Remove(file))
		}
		return file, nil
	}
}

// reservedName reports a name that Windows keeps for a device, whatever follows
// its first dot: a project with such a file can't be checked out there.
func reservedName(name string) bool {
	name, _, _ = strings.Cut(strings.ToLower(name), ".")
	switch name {
	case "con", "prn", "aux", "nul":
		return true
	}
	port, isPort := strings.CutPrefix(name, "com")
	if !isPort {
		port, isPort = strings.CutPrefix(name, "lpt")
	}
	return isPort && len(port) == 1 && port[0] >= '0' && port[0] <= '9'
}

// removeManifests takes back files that this run has written.
func (s *session) removeManifests(written map[string]string) {
	root, err := os.OpenRoot(s.project.Dir)
	if err != nil {
		return
	}
	defer root.Close()
	for _, file := range written {
		if err := root.Remove(file); err != nil {
			s.log.Warn("taking back a manifest", "file", file, "error", err)
		}
	}
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
	return nil
}
