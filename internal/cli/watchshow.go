package cli

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/spec"
)

// Bounds of what a run prints: files in its header, and findings.
const (
	namedFiles  = 3
	shownAtMost = 50
)

// show prints the header and what was found. A run that has nothing to do and
// nothing new to say stays silent.
func (r *watchRun) show(found []spec.Diagnostic, due bool) error {
	found = lint.Conceal(slices.Clone(found))
	shown, more := r.worthShowing(found)
	var b bytes.Buffer
	if err := view.Diagnostics(&b, shown, r.errStyle()); err != nil {
		return err
	}
	fmt.Fprint(&b, more)
	if !due && b.String() == r.said {
		return nil
	}
	r.said = b.String()
	r.header()
	r.event.found(found)
	if err := r.diagnose(shown); err != nil {
		return err
	}
	if more > 0 {
		r.note("%d more findings are not shown; charsync validate shows them all.", more)
	}
	if r.event.Valid {
		return nil
	}
	return r.line("Not valid: %s. What is named there is left as it was last.", counted(r.event.Errors, "error"))
}

// worthShowing puts errors first where there are too many findings.
func (r *watchRun) worthShowing(found []spec.Diagnostic) (shown []spec.Diagnostic, more int) {
	shown = only(found, spec.Error, spec.Warning)
	if len(shown) <= shownAtMost {
		return shown, 0
	}
	first := append(only(shown, spec.Error), only(shown, spec.Warning)...)[:shownAtMost]
	spec.SortDiagnostics(first)
	return first, len(shown) - shownAtMost
}

// header opens the output of a run: when, and because of what.
func (r *watchRun) header() {
	if r.headed {
		return
	}
	r.headed = true
	between := ""
	if !r.batch.First {
		between = "\n"
	}
	// A write that fails shows again, and is reported, with the next line.
	_ = r.line("%s%s %s", between, r.env.Now().Format("15:04:05"), view.SanitizeLine(r.cause()))
}

// cause names the files that a run is about.
func (r *watchRun) cause() string {
	files := r.batch.Files
	if len(files) == 0 {
		return "start"
	}
	what := strings.Join(files[:min(len(files), namedFiles)], ", ")
	if more := len(files) - namedFiles; more > 0 {
		what += fmt.Sprintf(" and %d more", more)
	}
	return what
}

func (r *watchRun) line(format string, args ...any) error {
	return r.result("", func(w io.Writer) error {
		_, err := fmt.Fprintf(view.Commandless(w), format+"\n", args...)
		return err
	})
}

func (r *watchRun) summary() string {
	if !r.event.Valid {
		return "Nothing else has changed."
	}
	return "Valid: " + counted(r.world.follower.Len(), "character") + "."
}
