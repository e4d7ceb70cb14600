package main

import (
	"testing"
)

// TestMutantsStand: every mutant can be made, so that a changed line takes
// its mutant along, and there are enough of them.
func TestMutantsStand(t *testing.T) {
	mutants, err := parse(list)
	if err != nil {
		t.Fatal(err)
	}
	tables, vendor := 0, 0
	for _, m := range mutants {
		if _, _, _, err := m.apply("../.."); err != nil {
			t.Error(err)
		}
		if len(m.file) > 16 && m.file[:16] == "internal/sandbox" {
			vendor++
		} else {
			tables++
		}
	}
	if len(mutants) < 40 || vendor < 10 {
		t.Errorf("%d mutants of tables, %d of the sandbox", tables, vendor)
	}
}

// TestSlice tries a few of them; go run ./internal/mutate tries all.
func TestSlice(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: this builds and runs a vendor's whole suite, which takes long")
	}
	mutants, err := parse(list)
	if err != nil {
		t.Fatal(err)
	}
	slice := []mutant{mutants[0], mutants[len(mutants)-1]}
	err = run(t.Context(), "../..", slice, 1, func(v verdict) {
		if v.outcome != "caught" {
			t.Errorf("line %d, %s: %s", v.line, v.file, v.outcome)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, bad := range []string{"convai", "convai  file\n- a\n", "convai  file\n- a\n+ a\n", "- a\n+ b\n"} {
		if got, err := parse([]byte(bad)); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

func TestFirstFailure(t *testing.T) {
	out := "--- FAIL: TestConformance (1s)\n    --- FAIL: TestConformance/fields (1s)\n        --- FAIL: TestConformance/fields/name (0s)\n    --- FAIL: TestConformance/calls (1s)\n"
	if got := firstFailure([]byte(out)); got != "TestConformance/fields/name" {
		t.Error(got)
	}
	if got := firstFailure(nil); got != "panic or time-out" {
		t.Error(got)
	}
}
