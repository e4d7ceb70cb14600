package view

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Repository is where the files of findings stand for tools that know the
// repository and not the project.
type Repository struct {
	Prefix string // the project's folder below the root of the repository, with slashes; "" is the root
}

// file is the path of a finding's file from the root of the repository.
func (r Repository) file(pos spec.Pos) string {
	if pos.File == "" {
		return ""
	}
	return path.Join(r.Prefix, pos.File)
}

// Bounds of annotations: GitHub shows so many of each kind for a step, and
// cuts titles and messages that are longer, in bytes.
const (
	annotationsShown  = 10
	annotationTitle   = 255
	annotationMessage = 4096
)

// Annotations prints findings as workflow commands of GitHub Actions, which
// show at the lines of a pull request: ten of each severity, as many as GitHub
// shows for a step, errors first. The others follow as plain lines. titles has
// the meaning of codes and may be nil. Nothing in a finding can end its
// command or begin another one.
func Annotations(w io.Writer, ds []spec.Diagnostic, in Repository, titles map[string]string) error {
	p := commandPrinter(w, Style{})
	var rest []spec.Diagnostic
	for _, severity := range []spec.Severity{spec.Error, spec.Warning, spec.Info} {
		shown := 0
		for _, d := range ds {
			if severityOf(d) != severity {
				continue
			}
			if shown++; shown > annotationsShown {
				rest = append(rest, d)
				continue
			}
			p.write(annotation(d, in, titles[d.Code]))
		}
	}
	if len(rest) > 0 {
		p.write(fmt.Sprintf("GitHub shows %d annotations of a kind. The others:\n", annotationsShown))
	}
	for _, d := range rest {
		p.write("- " + inert(SanitizeLine(about(d, in)+string(severityOf(d))+": "+d.Message+" ["+d.Code+"]")) + "\n")
	}
	if len(ds) > 0 {
		p.write(summary(ds) + "\n")
	}
	return p.close()
}

func annotation(d spec.Diagnostic, in Repository, title string) string {
	command := map[spec.Severity]string{spec.Error: "error", spec.Warning: "warning", spec.Info: "notice"}[severityOf(d)]
	var properties []string
	set := func(name, value string) { properties = append(properties, name+"="+escapeProperty(value)) }
	if file := in.file(d.Pos); file != "" {
		set("file", SanitizeLine(file))
	}
	if d.Pos.Line > 0 {
		set("line", fmt.Sprint(d.Pos.Line))
		set("endLine", fmt.Sprint(d.Pos.Line))
	}
	if d.Pos.Col > 0 {
		set("col", fmt.Sprint(d.Pos.Col))
		set("endColumn", fmt.Sprint(d.Pos.Col+max(d.Length, 1)))
	}
	set("title", cutBytes(SanitizeLine(strings.TrimSpace(d.Code+" "+title)), annotationTitle))
	message := d.Message
	if d.Pos == (spec.Pos{}) {
		message = about(d, in) + message
	}
	if d.Hint != "" {
		message += "\nhint: " + d.Hint
	}
	return "::" + command + " " + strings.Join(properties, ",") + "::" + escapeData(cutBytes(Sanitize(message), annotationMessage)) + "\n"
}

// about names what a finding is about, with a colon: the place, else the
// character; "" when it has neither.
func about(d spec.Diagnostic, in Repository) string {
	switch {
	case d.Pos != (spec.Pos{}):
		return spec.Pos{File: in.file(d.Pos), Line: d.Pos.Line, Col: d.Pos.Col}.String() + ": "
	case d.Character != "":
		return strings.TrimPrefix(d.Target+"/"+d.Character, "/") + ": "
	}
	return ""
}

func severityOf(d spec.Diagnostic) spec.Severity {
	if d.Severity == "" {
		return spec.Error
	}
	return d.Severity
}

// escapeData escapes what follows the second pair of colons.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// escapeProperty escapes a value between the command and its message.
func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

// inert takes away what the runner's older commands begin with: it looks for
// these anywhere in a line.
func inert(line string) string { return strings.ReplaceAll(line, "##[", "## [") }

// cutBytes keeps whole characters of s, with an ellipsis where some are lost.
func cutBytes(s string, most int) string {
	if len(s) <= most {
		return s
	}
	const mark = "…"
	end := 0
	for i := range s {
		if i > most-len(mark) {
			break
		}
		end = i
	}
	return s[:end] + mark
}

// Remark is a workflow command of GitHub Actions about the step itself; level
// is error, warning or notice.
func Remark(level, message string) string {
	return "::" + level + " title=charsync::" + escapeData(cutBytes(Sanitize(message), annotationMessage)) + "\n"
}
