package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

// said is where a resolved value comes from, as --format json prints it.
type said struct {
	Name  string    `json:"name"`          // of the character
	Path  spec.Path `json:"path"`          // "greeting", "targets.convai.voiceType"
	Pos   spec.Pos  `json:"pos"`           // where it is said
	Files []string  `json:"files"`         // of a {file: path}: where the text stands
	Env   string    `json:"env,omitempty"` // of an overlay
	By    string    `json:"by"`            // manifest, base, or overlay (of either)
}

// writeOrigins prints where each value of the resolved manifests is said.
func writeOrigins(w io.Writer, chosen []*spec.Character, format string, s view.Style) error {
	list := []said{}
	for _, c := range chosen {
		list = append(list, originsOf(c)...)
	}
	if format == formatJSON {
		return view.JSON(w, list)
	}
	w = view.Commandless(w)
	name := ""
	var rows [][]string
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		err := view.Table(w, nil, rows, s)
		rows = nil
		return err
	}
	for _, o := range list {
		if o.Name != name {
			if err := flush(); err != nil {
				return err
			}
			name = o.Name
			fmt.Fprintf(w, "# %s\n", view.SanitizeLine(name))
		}
		rows = append(rows, []string{string(o.Path), o.Pos.String(), o.By, strings.Join(o.Files, ", ")})
	}
	return flush()
}

// filesOf names the files that a text stands in; "" is none.
func filesOf(v spec.Value) string {
	if v.Refs != nil {
		return strings.Join(v.Refs, ", ")
	}
	return v.Ref
}

func originsOf(c *spec.Character) []said {
	var out []said
	add := func(path spec.Path, v spec.Value) {
		if !v.Set {
			return
		}
		o := said{Name: c.Name, Path: path, Pos: v.Pos, By: "manifest", Files: []string{}}
		if v.Pos.File != c.Pos.File {
			o.By = "base"
		}
		if o.Env = c.OverlayAt(v.Pos); o.Env != "" {
			o.By = "overlay"
		}
		if o.Files = append(o.Files, v.Refs...); v.Ref != "" {
			o.Files = append(o.Files, v.Ref)
		}
		out = append(out, o)
	}
	var walk func(prefix string, fields spec.Fields)
	walk = func(prefix string, fields spec.Fields) {
		for key, f := range fields {
			path := prefix + key
			if len(f.Inner) > 0 {
				walk(path+".", f.Inner)
				continue
			}
			add(spec.Path(path), f.Value)
		}
	}
	walk("", c.Fields)
	add("protect", c.Protect)
	for i := range c.Targets {
		t := &c.Targets[i]
		prefix := "targets." + t.Instance + "."
		add(spec.Path(prefix+"id"), t.ID)
		add(spec.Path(prefix+"cloneFrom"), t.CloneFrom)
		add(spec.Path(prefix+"KB"), t.KB)
		if t.Compose != nil {
			add(spec.Path(prefix+"compose"), spec.Value{Set: true, Pos: t.ComposePos})
		}
		if len(t.Fields) == 0 {
			add(spec.Path("targets."+t.Instance), spec.Value{Set: true, Pos: t.Pos})
		}
		walk(prefix, t.Fields)
	}
	slices.SortFunc(out, func(a, b said) int { return cmp.Compare(a.Path, b.Path) })
	return out
}
