package cli

import (
	"fmt"
	"testing"
)

// TestNobodyToAskReadsNothing: where nobody can be asked, no list is begun
// with, not even one that is read before the manifests are.
func TestNobodyToAskReadsNothing(t *testing.T) {
	files := map[string]string{}
	for i := range 60 {
		files[fmt.Sprintf("characters/c%d.yaml", i)] = fmt.Sprintf(
			"apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: c%d}\nspec: {name: Mira, greeting: Come in %d., targets: {alakazam: {}}}\n", i, i)
	}
	dir := project(t, files)
	if got := run(t, dir, nil, "apply", "--sandbox", "--yes"); got.code != 0 {
		t.Fatal(got.out, got.err)
	}
	if got := run(t, dir, nil, "sandbox", "requests", "--clear"); got.code != 0 {
		t.Fatal(got.err)
	}
	if got := run(t, dir, nil, "apply", "--sandbox"); got.code != 1 {
		t.Errorf("exit %d: %s", got.code, got.err)
	}
	if got := run(t, dir, nil, "sandbox", "requests"); got.out != "" {
		t.Errorf("it read: %s", got.out)
	}
}
