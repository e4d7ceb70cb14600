package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
)

// TestGeneratedProviders keeps what docs/providers.md says of the drivers.
func TestGeneratedProviders(t *testing.T) {
	var b strings.Builder
	b.WriteString("| | " + columns(func(d *providers.Driver) string { return d.Title }) + "|\n")
	b.WriteString("| --- " + strings.Repeat("| --- ", len(all.Drivers())) + "|\n")
	for _, r := range []struct {
		name string
		cell func(*providers.Driver) string
	}{
		{"credential", credential},
		{"pace", pace},
		{"an update", updating},
		{"deleting", func(d *providers.Driver) string { return d.Removal.Verb }},
		{"a lost creation is found", func(d *providers.Driver) string { return "by " + string(d.Key) }},
		{"creation needs", needs},
		{"folded", foldings},
	} {
		b.WriteString("| " + r.name + " | " + columns(r.cell) + "|\n")
	}
	for _, d := range all.Drivers() {
		fmt.Fprintf(&b, "\n**%s.** %s\n\n", d.Title, d.Removal.Loss)
		b.WriteString("- Fixed at creation: " + fields(d, providers.Field.Fixed) + ".\n")
		b.WriteString("- Never returned, so drift is invisible: " + fields(d, func(f providers.Field) bool { return !f.Readable() }) + ".\n")
		b.WriteString("- Can't be emptied: " + fields(d, func(f providers.Field) bool { return !f.Clear.Can && !f.Fixed() }) + ".\n")
	}
	generated(t, "docs/providers.md", "facts", b.String())
}

func columns(cell func(*providers.Driver) string) string {
	var b strings.Builder
	for _, d := range all.Drivers() {
		b.WriteString(cell(d) + " | ")
	}
	return strings.TrimSuffix(b.String(), "| ")
}

func credential(d *providers.Driver) string {
	var groups []string
	for _, group := range d.Env {
		groups = append(groups, "`"+strings.Join(group, "` with `")+"`")
	}
	return strings.Join(groups, ", or ")
}

func pace(d *providers.Driver) string {
	s := fmt.Sprintf("%g a second, %d at a time", d.Pace.PerSecond, max(1, d.Pace.Concurrency))
	if d.Pace.Burst > 1 {
		s += fmt.Sprintf(", %d after a rest", d.Pace.Burst)
	}
	if d.Pace.SerialWrite {
		s += ", writes in series"
	}
	return s
}

func needs(d *providers.Driver) string {
	var groups []string
	for _, group := range d.Needs {
		groups = append(groups, strings.ReplaceAll(names(group), ", ", " with "))
	}
	always, one := names(d.Required), strings.Join(groups, ", or ")
	switch {
	case always == "" && one == "":
		return "nothing"
	case one == "":
		return always
	case always == "":
		return one
	}
	return always + "; and " + one
}

func foldings(d *providers.Driver) string {
	for into, parts := range d.Compose {
		return "`" + string(into) + "` from " + names(parts)
	}
	return "nothing"
}

func names[S ~string](paths []S) string {
	words := make([]string, len(paths))
	for i, p := range paths {
		words[i] = "`" + string(p) + "`"
	}
	return strings.Join(words, ", ")
}

// fields lists the fields of a driver that a manifest can set and that fit.
func fields(d *providers.Driver, fits func(providers.Field) bool) string {
	var found []string
	for _, f := range d.Fields {
		if !f.ReadOnly() && fits(f) {
			found = append(found, string(f.Path))
		}
	}
	if len(found) == 0 {
		return "nothing"
	}
	return names(found)
}

// updating says what an update does to what it leaves out.
func updating(d *providers.Driver) string {
	if d.Manner == providers.KeepsTop {
		return "keeps what it leaves out, but for the insides of what it sends"
	}
	return string(d.Manner) + " what it leaves out"
}
