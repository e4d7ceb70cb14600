package cli

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestEveryCommand walks the tree: each command says what it does, shows how,
// and lists its exit codes; each flag has a variable and says so.
func TestEveryCommand(t *testing.T) {
	root := newRoot(newApp(Env{}))
	known := map[string]bool{}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		known[c.CommandPath()] = true
		if c.Name() != "help" {
			checkManual(t, c)
		}
		check := func(f *pflag.Flag) {
			if hasNoVariable(f) {
				return
			}
			if want := "[$" + variable(f.Name) + "]"; strings.Count(f.Usage, want) != 1 {
				t.Errorf("%s --%s: its help does not name %s once: %s", c.CommandPath(), f.Name, want, f.Usage)
			}
		}
		c.LocalNonPersistentFlags().VisitAll(check)
		c.PersistentFlags().VisitAll(check)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	if len(known) < 20 {
		t.Fatalf("only %d commands", len(known))
	}
}

var example = regexp.MustCompile(`charsync(?: -C \S+)? ([a-z]+)`)

func checkManual(t *testing.T, c *cobra.Command) {
	t.Helper()
	switch {
	case c.Short == "" || strings.HasSuffix(c.Short, "."):
		t.Errorf("%s: short: %q", c.CommandPath(), c.Short)
	case len(c.Long) < 40 || !strings.HasSuffix(c.Long, "."):
		t.Errorf("%s: long: %q", c.CommandPath(), c.Long)
	case !strings.Contains(c.Annotations[annotationExit], "0    done"):
		t.Errorf("%s: no exit codes", c.CommandPath())
	case !strings.HasPrefix(c.Use, c.Name()):
		t.Errorf("%s: use: %q", c.CommandPath(), c.Use)
	}
	found := example.FindAllStringSubmatch(c.Example, -1)
	if len(found) == 0 {
		t.Errorf("%s: no example", c.CommandPath())
	}
	for _, m := range found {
		if sub, _, err := c.Root().Find(m[1:]); err != nil || !sub.HasParent() {
			t.Errorf("%s: the example %q names no command", c.CommandPath(), m[0])
		}
	}
}
