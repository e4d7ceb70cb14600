package spec

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"sync"
)

// reloaded are the files that were read once more, each once: a file may hold
// many characters, and a character may be asked for by each of its targets.
type reloaded struct {
	partly bool  // not all of each character was kept
	tree   fs.FS // nil is the project's folder
	env    string
	mu     sync.Mutex
	files  map[string]*reloadedFile
	texts  *texts
}

type reloadedFile struct {
	once      sync.Once
	documents []document
	err       error
}

// Reload gives a character of the set whole, when LoadOptions.Keep has let go
// of most of it. The error says that its manifest is not what it was when the
// set was loaded; whether its values still are, the caller has to see. It may
// be called from several goroutines.
func (s *Set) Reload(c *Character) (*Character, error) {
	s.again.mu.Lock()
	if s.again.files == nil {
		s.again.files, s.again.texts = map[string]*reloadedFile{}, newTexts(math.MaxInt)
	}
	f := s.again.files[c.Pos.File]
	if f == nil {
		f = &reloadedFile{}
		s.again.files[c.Pos.File] = f
	}
	s.again.mu.Unlock()
	f.once.Do(func() { f.documents, f.err = s.readAgain(c.Pos.File) })
	for _, d := range f.documents {
		if d.character != nil && d.character.Name == c.Name && d.character.Doc == c.Doc {
			return d.character, nil
		}
	}
	if f.err != nil {
		return nil, f.err
	}
	return nil, Diagnostic{
		Pos: c.Pos, Severity: Error, Code: CodeUnreadable, Character: c.Name,
		Message: "the manifest of " + c.Name + " changed while it was in use", Hint: "run the command again",
	}
}

// Whole finds a character as Find does, and brings it back whole where
// LoadOptions.Keep has let go of most of it.
func (s *Set) Whole(name string) *Character {
	c := s.Find(name)
	if c == nil || !s.again.partly {
		return c
	}
	if whole, err := s.Reload(c); err == nil {
		return whole
	}
	return c
}

func (s *Set) readAgain(file string) ([]document, error) {
	tree := s.again.tree
	if tree == nil {
		root, err := os.OpenRoot(s.Project.Dir)
		if err != nil {
			return nil, fmt.Errorf("open the project: %w", err)
		}
		defer root.Close()
		tree = root.FS()
	}
	w := newWorker(&loader{
		project: s.Project, tree: tree, prose: &prose{tree, s.Project.ownFiles(), s.again.texts}, bases: newBases(), explicit: true, env: s.again.env,
	})
	return w.file(file).documents, nil
}
