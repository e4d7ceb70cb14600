package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// prose reads the files that manifests refer to, each once: a text that many
// manifests share is held once.
type prose struct {
	tree fs.FS
	own  []string // files of charsync's that are no prose: charsync.yaml and the lock
	*texts
}

// texts are what was read so far.
type texts struct {
	room  int // bytes that may be held; what comes after is read for each reference
	mu    sync.Mutex
	held  int
	files map[string]*proseFile
}

// proseRoom is the room for shared texts where manifests are not kept either.
const proseRoom = 16 << 20

func newTexts(room int) *texts { return &texts{room: room, files: map[string]*proseFile{}} }

type proseFile struct {
	once    sync.Once
	text    string
	problem *Diagnostic // without a position where the reference is to blame
}

// text returns what a manifest's reference stands for: the file relative to
// the project, and its text without a byte order mark, with LF line ends and
// no line ends at the end.
func (p *prose) text(manifest, reference string) (file, text string, problem *Diagnostic) {
	file, problem = locate(manifest, reference)
	if problem != nil {
		return "", "", problem
	}
	to := resolveLinks(p.tree, file)
	if slices.ContainsFunc(p.own, func(own string) bool { return strings.EqualFold(own, to) }) {
		return "", "", &Diagnostic{
			Code: CodeReference, Message: fmt.Sprintf("the path %q leads to %s, which is charsync's own and no prose", reference, path.Base(to)),
			Hint: "name a file that holds the text",
		}
	}
	p.mu.Lock()
	entry := p.files[file]
	if entry == nil {
		entry = &proseFile{}
		if p.held < p.room {
			p.files[file] = entry
		}
	}
	p.mu.Unlock()
	entry.once.Do(func() {
		entry.text, entry.problem = readProse(p.tree, file)
		p.mu.Lock()
		p.held += len(entry.text)
		p.mu.Unlock()
	})
	if entry.problem != nil {
		d := *entry.problem
		return file, "", &d
	}
	return file, entry.text, nil
}

// locate finds the file that a reference names, relative to the project.
func locate(manifest, reference string) (string, *Diagnostic) {
	refuse := func(message, hint string) (string, *Diagnostic) {
		return "", &Diagnostic{Code: CodeOutside, Message: message, Hint: hint}
	}
	const inside = "use a path inside the project, relative to this manifest"
	switch {
	case strings.Contains(reference, `\`):
		return refuse(fmt.Sprintf("the path %q contains a backslash", reference), "separate folders by / on every system")
	case path.IsAbs(reference) || len(reference) > 1 && reference[1] == ':':
		return refuse(fmt.Sprintf("the path %q is absolute", reference), inside)
	}
	file := path.Join(path.Dir(manifest), reference)
	if !fs.ValidPath(file) || file == ".." || strings.HasPrefix(file, "../") {
		return refuse(fmt.Sprintf("the path %q leaves the project", reference), inside)
	}
	if folder := closed(file); folder != "" {
		return refuse(fmt.Sprintf("the path %q leads into %s", reference, folder), "keep prose beside the manifests")
	}
	return file, nil
}

// hidden reports folders that hold no manifests and no prose.
func hidden(folder string) bool { return folder == ".git" || folder == ".charsync" }

// lfsPointer begins the files that stand in Git for those that Git LFS keeps.
const lfsPointer = "version https://git-lfs.github.com/spec/v1\n"

func readProse(tree fs.FS, file string) (string, *Diagnostic) {
	data, problem := readFile(tree, file, nil)
	if problem != nil {
		if problem.Code == CodeUnreadable {
			problem.Code = CodeReference
		}
		return "", problem
	}
	src := &source{file: file, data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))}
	if bytes.HasPrefix(data, []byte(lfsPointer)) {
		d := src.finding(CodeReference, src.pos(1, 1), 0, file+" is a pointer of Git LFS and not the text itself", "fetch the text: git lfs pull, or lfs: true in actions/checkout")
		return "", &d
	}
	if d := src.check(false); d != nil {
		return "", d
	}
	text := strings.ReplaceAll(string(src.data), "\r\n", "\n")
	return strings.TrimRight(text, "\n"), nil
}

// readFile reads a regular file of the project into buffer, which may be nil.
// A file over the bound is refused without being read, and so is one that
// belongs to Git or to charsync. The diagnostic has no position.
func readFile(tree fs.FS, file string, buffer []byte) ([]byte, *Diagnostic) {
	info, err := fs.Stat(tree, file) // before opening: opening a pipe would wait for its writer
	if err != nil {
		return nil, unreadable(file, err)
	}
	if refused := refuseLinked(tree, file); refused != nil {
		return nil, refused
	}
	if !info.Mode().IsRegular() {
		what := "not a regular file"
		if info.IsDir() {
			what = "a folder"
		}
		return nil, &Diagnostic{Code: CodeUnreadable, Message: file + " is " + what, Hint: "name a regular file"}
	}
	if info.Size() > MaxFileSize {
		return nil, tooLarge(file, info.Size())
	}
	f, err := tree.Open(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer f.Close()
	out := bytes.NewBuffer(buffer[:0])
	out.Grow(int(info.Size()) + bytes.MinRead)
	if _, err := out.ReadFrom(io.LimitReader(f, MaxFileSize+1)); err != nil {
		return nil, unreadable(file, err)
	}
	if out.Len() > MaxFileSize {
		return nil, tooLarge(file, int64(out.Len()))
	}
	return out.Bytes(), nil
}

// beginning returns the first line of a file that is too large to read.
func beginning(tree fs.FS, file string) string {
	f, err := tree.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, 4*quotedAfter)
	n, _ := io.ReadFull(f, head)
	return (&source{data: head[:n]}).quoted(1, quotedAfter)
}

func tooLarge(file string, size int64) *Diagnostic {
	return &Diagnostic{
		Code: CodeTooLarge, Message: fmt.Sprintf("%s has %.1f MB, more than the %d MB that charsync reads", file, float64(size)/(1<<20), MaxFileSize>>20),
		Hint: "split it, or look whether it is the right file",
	}
}

// unreadable puts an error of the file system into words.
func unreadable(file string, err error) *Diagnostic {
	d := &Diagnostic{Code: CodeUnreadable, Message: fmt.Sprintf("%s can't be read: %v", file, reason(err)), Hint: "check that the file exists and that you may read it"}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.Message, d.Hint = file+" does not exist", "create it, or correct the path"
	case errors.Is(err, fs.ErrPermission):
		d.Hint = "allow yourself to read it"
	case strings.Contains(err.Error(), "escapes from parent"):
		d.Code, d.Message, d.Hint = CodeOutside, file+" leaves the project through a symbolic link", "copy the file into the project"
	}
	return d
}

// reason is the cause of a path error, without the path that the message
// names already.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// ProseOf is the text that a file of prose with these bytes stands for; ok is
// false when it would be refused.
func ProseOf(data []byte) (text string, ok bool) {
	src := &source{data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))}
	if src.check(false) != nil || len(data) > MaxFileSize {
		return "", false
	}
	return strings.TrimRight(strings.ReplaceAll(string(src.data), "\r\n", "\n"), "\n"), true
}
