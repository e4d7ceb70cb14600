package pull

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func someLines(t *rapid.T, label string) []string {
	return rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "b", "c", "The inn.", "=== x"}), 1, 8).Draw(t, label)
}

// sides reads the two versions back out of a text with markers.
func sides(lines []string) (file, live []string) {
	state := ""
	for _, l := range lines {
		switch {
		case l == "<<<<<<< file":
			state = "file"
		case strings.HasPrefix(l, "||||||| "):
			state = "base"
		case l == "=======":
			state = "live"
		case strings.HasPrefix(l, ">>>>>>> "):
			state = ""
		default:
			if state == "" || state == "file" {
				file = append(file, l)
			}
			if state == "" || state == "live" {
				live = append(live, l)
			}
		}
	}
	return file, live
}

// TestMarkersHoldBothSides: where the base is not known, either version can
// be read back from the text; where it is, what one side left alone is as the
// other has it.
func TestMarkersHoldBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, file, live := someLines(t, "base"), someLines(t, "file"), someLines(t, "live")
		out, clean := (&merging{label: "x"}).merge(nil, file, live)
		f, l := sides(out)
		if !slices.Equal(f, file) || !slices.Equal(l, live) || clean != slices.Equal(file, live) {
			t.Fatalf("%q and %q became %q", file, live, out)
		}
		for _, c := range []struct{ base, file, live, want []string }{
			{base, base, live, live}, {base, file, base, file}, {base, file, file, file},
		} {
			got, clean := (&merging{label: "x", known: true}).merge(c.base, c.file, c.live)
			if !clean || !slices.Equal(got, c.want) {
				t.Fatalf("%q with %q and %q became %q", c.base, c.file, c.live, got)
			}
		}
		out, clean = (&merging{label: "x", known: true}).merge(base, file, live)
		if marked := slices.Contains(out, "<<<<<<< file"); marked == clean {
			t.Fatalf("clean %v: %q", clean, out)
		}
	})
}

func TestMergesApart(t *testing.T) {
	base := []string{"one", "two", "three", "four", "five"}
	file := []string{"ONE", "two", "three", "four", "five"}
	live := []string{"one", "two", "three", "four", "FIVE", "six"}
	out, clean := (&merging{known: true}).merge(base, file, live)
	if want := "ONE two three four FIVE six"; !clean || strings.Join(out, " ") != want {
		t.Errorf("%v %q", clean, out)
	}
}

// TestFittedFindsThePart: the text that folding makes when one part is
// replaced gives that part back.
func TestFittedFindsThePart(t *testing.T) {
	text := rapid.SampledFrom([]string{"One.", "Two.\n\nHalves.", "Three", "", "One.\n\nTwo."})
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(text, 1, 4).Draw(t, "parts")
		i := rapid.IntRange(0, len(parts)-1).Draw(t, "i")
		x := text.Draw(t, "new")
		changed := slices.Clone(parts)
		changed[i] = x
		folded := strings.Join(slices.DeleteFunc(changed, func(p string) bool { return p == "" }), "\n\n")
		got, ok := fitted(parts, i, folded)
		if !ok {
			t.Fatalf("%q with part %d as %q folds to %q, in which it was not found", parts, i, x, folded)
		}
		again := slices.Clone(parts)
		again[i] = got
		if strings.Join(slices.DeleteFunc(again, func(p string) bool { return p == "" }), "\n\n") != folded {
			t.Fatalf("%q with part %d as %q does not fold to %q", parts, i, got, folded)
		}
	})
}
