package spec

import (
	"bytes"
	"cmp"
	"os"
	"slices"
)

// SortDiagnostics orders findings by file, place, code and message.
func SortDiagnostics(ds []Diagnostic) {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message),
		)
	})
}

// WithSource fills in the line that each diagnostic is about, where it has a
// position and no line yet. Files that can't be read are passed over. It
// changes the slice and returns it.
func (p *Project) WithSource(ds []Diagnostic) []Diagnostic {
	var root *os.Root
	files := map[string]*source{}
	for i := range ds {
		d := &ds[i]
		if d.Source != "" || d.Pos.File == "" || d.Pos.Line == 0 {
			continue
		}
		if root == nil {
			opened, err := os.OpenRoot(p.Dir)
			if err != nil {
				return ds
			}
			defer opened.Close()
			root = opened
		}
		src, seen := files[d.Pos.File]
		if !seen {
			if data, problem := readFile(root.FS(), d.Pos.File, nil); problem == nil {
				src = &source{file: d.Pos.File, data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))}
			}
			if len(files) < 64 {
				files[d.Pos.File] = src
			}
		}
		if src != nil {
			src.quote(d)
		}
	}
	return ds
}
