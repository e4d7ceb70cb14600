package apply

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/charsync/charsync/internal/durable"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// maxPlan bounds a plan file that is read.
const maxPlan = 1 << 30

// WritePlan freezes a plan in a file, readable by its owner alone: it holds
// prose. A plan that is not complete is refused.
func WritePlan(path string, p *diff.Plan) error {
	if !p.Complete {
		return spec.Diagnostic{
			Severity: spec.Error, Code: codePlanCorrupt, Message: "the plan is not complete, so it is not frozen",
			Hint: "mend what could not be read, and plan again",
		}
	}
	err := durable.Write(path, 0o600, func(w *bufio.Writer) error { return EncodePlan(w, p) })
	if err != nil {
		return fmt.Errorf("writing the plan: %w", err)
	}
	return nil
}

// EncodePlan writes the plan document: JSON, indented, with a line feed. It
// holds one change at a time in memory.
func EncodePlan(w io.Writer, p *diff.Plan) error {
	const none = "\n  \"changes\": []"
	about := *p
	about.Changes = []diff.Change{}
	var b bytes.Buffer
	if err := indented(&b, "", about); err != nil {
		return err
	}
	before, after, found := bytes.Cut(b.Bytes(), []byte(none))
	if !found || len(p.Changes) == 0 {
		_, err := w.Write(b.Bytes())
		return err
	}
	if _, err := fmt.Fprintf(w, "%s%s", before, strings.TrimSuffix(none, "]")); err != nil {
		return err
	}
	var change bytes.Buffer
	for i := range p.Changes {
		change.Reset()
		if err := indented(&change, "    ", &p.Changes[i]); err != nil {
			return err
		}
		comma := ","
		if i == len(p.Changes)-1 {
			comma = ""
		}
		if _, err := fmt.Fprintf(w, "\n    %s%s", bytes.TrimSpace(change.Bytes()), comma); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "\n  ]%s", after)
	return err
}

// indented writes JSON with a line feed; prefix begins every line but the first.
func indented(w io.Writer, prefix string, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent(prefix, "  ")
	return enc.Encode(v)
}

// ReadPlan reads a frozen plan. What can't be trusted to be what was frozen is
// refused with a Diagnostic.
func ReadPlan(path string) (*diff.Plan, error) {
	pos := spec.Pos{File: path}
	data, err := durable.Read(path, maxPlan)
	if err != nil {
		hint := "give the file that plan --out wrote"
		if errors.Is(err, fs.ErrNotExist) {
			hint = "make it with charsync plan --out " + filepath.Base(path)
		}
		return nil, refusePlan(pos, codePlanCorrupt, "the plan can't be read: "+err.Error(), hint)
	}
	return decodePlan(data, pos)
}

// decodePlan reads a plan document strictly; pos says where it is from.
func decodePlan(data []byte, pos spec.Pos) (*diff.Plan, error) {
	var version struct {
		FormatVersion string `json:"format_version"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return nil, brokenPlan(data, pos, err)
	}
	if version.FormatVersion == "" {
		return nil, refusePlan(pos, codePlanCorrupt, "this is not a plan: it has no format_version", "give the file that plan --out wrote")
	}
	if major(version.FormatVersion) != major(diff.FormatVersion) {
		return nil, refusePlan(pos, codePlanNewer,
			fmt.Sprintf("the plan has format version %.20q, this program reads %s", version.FormatVersion, diff.FormatVersion),
			"apply it with the charsync that made it, or plan again")
	}
	var p diff.Plan
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := p.Decode(dec); err != nil {
		return nil, brokenPlan(data, pos, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, refusePlan(pos, codePlanCorrupt, "the plan is corrupt: something follows the document", "plan again")
	}
	if why := p.Unfit(); why != "" && p.About != diff.AboutDrift && p.About != diff.AboutBase {
		return nil, refusePlan(pos, codePlanNewer, "the document can't be read: "+why, "use the charsync that made it")
	}
	if err := checkPlan(&p); err != nil {
		return nil, refusePlan(pos, codePlanCorrupt, "the plan is corrupt: "+err.Error(), "plan again")
	}
	if !p.Intact() {
		return nil, refusePlan(pos, codePlanAltered, "the plan does not fit its digest: it was altered after it was made", "plan again")
	}
	return &p, nil
}

// CheckFit refuses, with a Diagnostic, documents in the form of a plan that
// are about something else than what is to be done.
func CheckFit(p *diff.Plan) error {
	why := p.Unfit()
	if why == "" {
		return nil
	}
	return refusePlan(spec.Pos{}, codePlanUnfit, "it can't be applied: "+why, "make a plan with charsync plan --out, where credentials are")
}

func major(version string) string {
	m, _, _ := strings.Cut(version, ".")
	return m
}

// checkPlan refuses operations that no plan of ours holds.
func checkPlan(p *diff.Plan) error {
	if !p.Complete {
		return errors.New("it is not complete")
	}
	seen := map[diff.Address]bool{}
	for i := range p.Changes {
		c := &p.Changes[i]
		switch {
		case c.Name == "" || c.Target == "" || c.Provider == "":
			return fmt.Errorf("change %d has no address", i+1)
		case seen[c.Address]:
			return fmt.Errorf("%s stands there twice", c.Address)
		}
		seen[c.Address] = true
		switch c.Action {
		case diff.Create, diff.Report:
		case diff.Update, diff.Replace, diff.Delete, diff.Record:
			if c.ID == "" && p.About != diff.AboutBase {
				return fmt.Errorf("%s: %s without an id", c.Address, c.Action)
			}
		default:
			return fmt.Errorf("%s: action %.40q is not known", c.Address, c.Action)
		}
	}
	return nil
}

func refusePlan(pos spec.Pos, code, message, hint string) error {
	return spec.Diagnostic{Pos: pos, Severity: spec.Error, Code: code, Message: message, Hint: hint}
}

// brokenPlan says where a document stops being a plan.
func brokenPlan(data []byte, pos spec.Pos, err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		before := data[:min(int(syntax.Offset), len(data))]
		pos.Line = bytes.Count(before, []byte("\n")) + 1
		pos.Col = len(before) - bytes.LastIndexByte(before, '\n')
	}
	return refusePlan(pos, codePlanCorrupt, "the plan is corrupt: "+err.Error(), "plan again")
}
