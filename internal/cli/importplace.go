package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charsync/charsync/pkg/spec"
)

// placement finds room for one manifest and the folder of its prose, as a
// person would lay them out: mira.yaml, and mira/persona.md.
type placement struct {
	root   *os.Root
	folder string
	made   []string // files and folders, in the order in which they were made
}

// write writes a manifest and what lies beside it under the first name that is
// free, and returns the manifest's path. Nothing that is there is touched.
func (p *placement) write(m newManifest) (string, error) {
	if err := p.root.MkdirAll(p.folder, 0o755); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		stem := m.document.Name
		if n == 1 && reservedName(stem) {
			continue
		}
		if n > 1 {
			stem = fmt.Sprintf("%s-%d", m.document.Name, n)
		}
		d, files := laidOut(m, stem)
		if p.taken(stem+".yaml") || len(files) > 0 && p.taken(stem) {
			continue
		}
		var b bytes.Buffer
		if err := spec.Emit(&b, d); err != nil {
			return "", err
		}
		if err := readable(stem+".yaml", b.Bytes()); err != nil {
			return "", err
		}
		for name, text := range files {
			if err := readable(name, text); err != nil {
				return "", err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if err := p.create(name, files[name]); err != nil {
				return "", err
			}
		}
		return path.Join(p.folder, stem+".yaml"), p.create(stem+".yaml", b.Bytes())
	}
}

// readable refuses a manifest or a text that would stop the project: it is
// larger than what is read of any.
func readable(name string, data []byte) error {
	if kind := path.Ext(name); (kind == ".yaml" || kind == ".md") && len(data) > spec.MaxFileSize {
		return fmt.Errorf("%s would have %.1f MB, more than the %d MB that charsync reads of a file", name, float64(len(data))/(1<<20), spec.MaxFileSize>>20)
	}
	return nil
}

func (p *placement) taken(name string) bool {
	_, err := p.root.Lstat(path.Join(p.folder, name))
	return err == nil
}

// create writes a file that is not there yet, with its folder.
func (p *placement) create(name string, data []byte) error {
	file := path.Join(p.folder, name)
	if dir := path.Dir(file); dir != p.folder {
		err := p.root.Mkdir(dir, 0o755)
		if err == nil {
			p.made = append(p.made, dir)
		} else if !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	f, err := p.root.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", file, errTaken)
	}
	if err != nil {
		return err
	}
	p.made = append(p.made, file)
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// laidOut takes long prose out of a manifest, into files of the folder that
// bears its name.
func laidOut(m newManifest, stem string) (spec.Document, map[string][]byte) {
	files := map[string][]byte{}
	for name, data := range m.beside {
		files[stem+"/"+name] = data
	}
	take := func(fields map[spec.Path]any, prefix string, isText func(spec.Path) bool) map[spec.Path]any {
		out := maps.Clone(fields)
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			text, ok := fields[field].(string)
			name := stem + "/" + prefix + strings.ReplaceAll(string(field), ".", "-") + ".md"
			if _, used := files[name]; !ok || used || !isText(field) || !deservesFile(text) {
				continue
			}
			files[name] = []byte(text + "\n")
			out[field] = spec.FileRef(name)
		}
		return out
	}
	d := m.document
	d.Fields = take(d.Fields, "", isCommon)
	d.Targets = slices.Clone(d.Targets)
	for i, t := range d.Targets {
		prefix := ""
		if len(d.Targets) > 1 {
			prefix = t.Instance + "-"
		}
		d.Targets[i].Fields = take(t.Fields, prefix, func(p spec.Path) bool { return m.texts[p] })
	}
	if d.Card != "" {
		d.Card = stem + "/" + d.Card
	}
	return d, files
}

// deservesFile reports prose that is easier to read in a file of its own, and
// that a file gives back as it is.
func deservesFile(s string) bool {
	const long, tall = 600, 12
	if utf8.RuneCountInString(s) < long && strings.Count(s, "\n") < tall {
		return false
	}
	if !utf8.ValidString(s) || strings.HasSuffix(s, "\n") || strings.HasPrefix(s, "\ufeff") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 && r != '\n' && r != '\t' || r == 0x7f })
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
