package cli

import (
	"strings"

	"github.com/charsync/charsync/internal/view"
)

// plainWidth is the width of output that no terminal bounds.
const plainWidth = 100

// outStyle is how results look on stdout.
func (a *app) outStyle() view.Style { return a.styleFor(a.env.OutTerminal) }

// tableStyle is how tables look on stdout. Off a terminal nothing is cut to a
// width: what reads it may need the whole cell.
func (a *app) tableStyle() view.Style {
	s := a.outStyle()
	if !a.env.OutTerminal {
		s.Width = 1 << 16
	}
	return s
}

// errStyle is how diagnostics look on stderr.
func (a *app) errStyle() view.Style { return a.styleFor(a.env.ErrTerminal) }

func (a *app) styleFor(terminal bool) view.Style {
	s := view.Style{Width: plainWidth, Unicode: a.unicode(), Costs: a.flags.timings || a.flags.verbose, Detail: a.flags.verbose, Full: a.flags.full}
	if !terminal {
		return s
	}
	if a.env.Width > 0 {
		s.Width = a.env.Width
	}
	s.Color = !a.flags.noColor && a.env.lookup("NO_COLOR") == "" && a.env.lookup("TERM") != "dumb"
	return s
}

// unicode reports whether marks beyond ASCII can be expected to show. Only a
// locale that says otherwise forbids them.
func (a *app) unicode() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := a.env.lookup(name); v != "" {
			v = strings.ToLower(v)
			return v != "c" && v != "posix"
		}
	}
	return true
}
