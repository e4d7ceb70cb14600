package pull

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
)

// conflict decides about a field that changed on both sides, and reports
// whether anything is written.
func (p *preparing) conflict(w *wish) bool {
	switch p.Conflicts {
	case Live:
		return true
	case Markers:
		return p.merge(w)
	}
	w.Status, w.Reason = Conflict, "it changed in the manifest and on "+w.Target
	w.Hint = "--conflicts markers puts both into the text, --conflicts live takes the live value; or edit the manifest"
	return false
}

// merge puts both sides of a text together, line by line.
func (p *preparing) merge(w *wish) bool {
	theirs, ok := w.value.(string)
	if !ok || w.field.Kind != diff.Text || w.part != w.Path {
		w.Status, w.Reason = Conflict, "it changed in the manifest and on "+w.Target+", and is no text of its own that could hold both"
		w.Hint = "edit the manifest, or take the live value with --conflicts live"
		return false
	}
	said := w.character.Lookup(w.target, w.part).Text()
	file := strings.Split(strings.TrimRight(said, "\n"), "\n")
	var base []string
	known := false
	if p.Base != nil {
		if v, ok := p.Base(w.Address, w.Path); ok {
			if text, isText := (diff.Rule{Kind: diff.Text}).Canonical(v).(string); isText {
				base, known = strings.Split(text, "\n"), true
			}
		}
	}
	m := merging{label: w.Target, known: known}
	lines, clean := m.merge(base, file, strings.Split(theirs, "\n"))
	w.value, w.Status = strings.Join(lines, "\n"), Marked
	if clean {
		w.Status = Merged
	}
	return true
}

// merging puts two versions of a text together that come from one base. When
// the base is not known, every line that differs is in conflict.
type merging struct {
	label string
	known bool
	out   []string
	clean bool
}

// mostLines bounds what is compared line by line; longer texts are in
// conflict as a whole.
const mostLines = 2000

func (m *merging) merge(base, file, live []string) ([]string, bool) {
	m.clean = true
	if len(file) > mostLines || len(live) > mostLines || len(base) > mostLines {
		m.conflict(base, file, live)
		return m.out, false
	}
	if !m.known {
		base = common(file, live)
	}
	toFile, toLive := matches(base, file), matches(base, live)
	b, f, l := 0, 0, 0
	for b < len(base) || f < len(file) || l < len(live) {
		if b < len(base) && toFile[b] == f && toLive[b] == l {
			m.out = append(m.out, base[b])
			b, f, l = b+1, f+1, l+1
			continue
		}
		nb := b
		for nb < len(base) && (toFile[nb] < f || toLive[nb] < l) {
			nb++
		}
		nf, nl := len(file), len(live)
		if nb < len(base) {
			nf, nl = toFile[nb], toLive[nb]
		}
		m.chunk(base[b:nb], file[f:nf], live[l:nl])
		b, f, l = nb, nf, nl
	}
	return m.out, m.clean
}

func (m *merging) chunk(base, file, live []string) {
	switch {
	case slices.Equal(file, live):
		m.out = append(m.out, file...)
	case m.known && slices.Equal(base, live):
		m.out = append(m.out, file...)
	case m.known && slices.Equal(base, file):
		m.out = append(m.out, live...)
	default:
		m.conflict(base, file, live)
	}
}

func (m *merging) conflict(base, file, live []string) {
	m.clean = false
	m.out = append(append(m.out, "<<<<<<< file"), file...)
	if m.known {
		m.out = append(append(m.out, "||||||| last applied"), base...)
	}
	m.out = append(append(append(m.out, "======="), live...), ">>>>>>> live on "+m.label)
}

// matches aligns a with b by a longest common subsequence: for each line of
// a, its line in b, or -1.
func matches(a, b []string) []int {
	long := make([][]int32, len(a)+1)
	for i := range long {
		long[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				long[i][j] = long[i+1][j+1] + 1
			} else {
				long[i][j] = max(long[i+1][j], long[i][j+1])
			}
		}
	}
	out := make([]int, len(a))
	for i, j := 0, 0; i < len(a); {
		switch {
		case j < len(b) && a[i] == b[j]:
			out[i] = j
			i, j = i+1, j+1
		case j < len(b) && long[i][j+1] > long[i+1][j]:
			j++
		default:
			out[i] = -1
			i++
		}
	}
	return out
}

func common(a, b []string) []string {
	var out []string
	for i, j := range matches(a, b) {
		if j >= 0 {
			out = append(out, a[i])
		}
	}
	return out
}
