package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestManualPages finds a page for every command that users see, with each of
// its flags and their variables, its examples and its exit codes.
func TestManualPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man")
	var errs strings.Builder
	env := Env{Args: []string{"man", dir}, Out: &errs, Err: &errs, Dir: t.TempDir(), Now: func() time.Time { return time.Unix(0, 0) }}
	if code := Main(t.Context(), env); code != 0 || errs.Len() > 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	pages := 0
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Hidden {
			return
		}
		pages++
		name := strings.ReplaceAll(c.CommandPath(), " ", "-")
		data, err := os.ReadFile(filepath.Join(dir, name+".1"))
		if err != nil {
			t.Error(err)
			return
		}
		page := string(data)
		for _, want := range []string{".SH NAME\n" + name + " - " + c.Short, ".SH EXAMPLE\n.EX\n", ".SH EXIT STATUS\n.EX\n  0    done", `"1" "Jan 1970" "charsync devel"`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s has no %q", name, want)
			}
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden {
				return
			}
			if !strings.Contains(page, `\fB--`+f.Name+`\fP`) || !hasNoVariable(f) && !strings.Contains(page, "[$"+variable(f.Name)+"]") {
				t.Errorf("%s has no --%s", name, f.Name)
			}
		})
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(newApp(env)))
	if files, err := os.ReadDir(dir); err != nil || len(files) != pages || pages < 20 {
		t.Errorf("%d files for %d commands: %v", len(files), pages, err)
	}
}
