package pull

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// conflict decides about a field that changed on both sides, and reports
// whether anything is written.
func (p *preparing) conflict(w *wish) bool {
	if p.Conflicts == Live || w.Status == Marked || w.Status == Merged {
		return true
	}
	w.Reason = "it changed in the manifest and on " + w.Target
	w.Hint = "--conflicts live takes the live value; or edit the manifest"
	if w.holdsBoth {
		w.Hint = "--conflicts markers puts both into the text, " + w.Hint
	}
	if p.Conflicts == Markers {
		w.Reason += ", and no text can hold both"
	}
	w.Status = Conflict
	return false
}

// joined puts both sides of a text together, line by line, as the whole field
// has it. ok is false where the field is no text.
func (p *preparing) joined(w *wish, origin []providers.Said, theirs any) (text string, clean, ok bool) {
	live, isText := theirs.(string)
	if !isText || w.field.Kind != diff.Text {
		return "", false, false
	}
	file, isText := (diff.Rule{Kind: diff.Text}).Canonical(w.field.After).(string)
	if len(origin) == 1 && origin[0].Path == w.Path {
		file, isText = strings.TrimRight(origin[0].Value.Text(), "\n"), true
	}
	if !isText {
		return "", false, false
	}
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
	lines, clean := m.merge(base, strings.Split(file, "\n"), strings.Split(live, "\n"))
	return strings.Join(lines, "\n"), clean, true
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
