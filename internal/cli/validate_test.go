package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/spec"
)

func TestGathered(t *testing.T) {
	note := func(file, message string) spec.Diagnostic {
		return spec.Diagnostic{Pos: spec.Pos{File: file}, Severity: spec.Info, Code: "CS400", Message: message}
	}
	wrong := spec.Diagnostic{Severity: spec.Error, Code: "CS201", Message: "x"}
	got := gathered([]spec.Diagnostic{note("a", "x"), wrong, note("b", "y"), note("c", "x"), wrong, note("d", "x")})
	want := []spec.Diagnostic{note("a", "x (and at 2 more places)"), wrong, note("b", "y"), wrong}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// What stands in a base is wrong for all that extend it, and is said once.
func TestGatheredOfABase(t *testing.T) {
	at := func(line int, character, message string) spec.Diagnostic {
		return spec.Diagnostic{
			Pos: spec.Pos{File: "base.yaml", Line: line, Col: 9}, Severity: spec.Warning, Code: "CS341",
			Message: message, Character: character,
		}
	}
	got := gathered([]spec.Diagnostic{
		at(6, "ada", "x"), at(6, "kato", "x"), at(6, "kato", "x"), at(6, "zoe", "x"), // kato: at two targets
		at(6, "ada", "y"), at(7, "ada", "x"), at(7, "ada", "x"),
		at(8, "a", "z"), at(8, "b", "z"), at(8, "c", "z"), at(8, "d", "z"),
	})
	want := []spec.Diagnostic{
		at(6, "ada", "x (for ada, kato and zoe)"), at(6, "ada", "y"), at(7, "ada", "x"), at(8, "a", "z (for 4 characters)"),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
