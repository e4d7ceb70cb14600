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
