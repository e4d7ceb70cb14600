package lint

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Subject is a character with the targets that are meant.
type Subject struct {
	Character *spec.Character
	Targets   []Target
}

// Target is one of a character's targets, with what is known of its provider.
type Target struct {
	Target   *spec.Target
	Driver   *providers.Driver
	Instance spec.Instance
}

// Check reads the texts of characters. all are the characters of the project:
// their names are somebody; nil is not known, and then only a speaker whose
// name is nearly the character's is reported. The findings have the severities that the project
// gives to rules, without those that it silences or a comment ignores; their
// places are found by spec.Project.Locate.
func Check(p *spec.Project, subjects []Subject, all []*spec.Character) []spec.Diagnostic {
	return check(p, subjects, all, Read)
}

// CheckUnseen is Check with the rules about what a reader of a plan does not
// see.
func CheckUnseen(p *spec.Project, subjects []Subject, all []*spec.Character) []spec.Diagnostic {
	return check(p, subjects, all, ReadUnseen)
}

func check(p *spec.Project, subjects []Subject, all []*spec.Character, reading func(*spec.Project, Subject) Reading) []spec.Diagnostic {
	read := make([]Reading, len(subjects))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	const chunk = 64
	for from := 0; from < len(subjects); from += chunk {
		g.Go(func() error {
			for i := from; i < min(from+chunk, len(subjects)); i++ {
				read[i] = reading(p, subjects[i])
			}
			return nil
		})
	}
	_ = g.Wait() // the functions return no error
	return Settle(p, Findings(read, NamesOf(all)))
}

// Reading is what reading one character came to.
type Reading struct {
	found []spec.Diagnostic
	// strangers are the speakers that are nobody unless another character of
	// the project is called so.
	strangers []stranger
	// twins are names in look-alike letters, findings when another character of
	// the project has the name that they look like.
	twins []stranger
}

// Silent reports that there is nothing to say, whoever else there is.
func (r Reading) Silent() bool { return len(r.found)+len(r.strangers)+len(r.twins) == 0 }

type stranger struct {
	name    string // in small letters
	near    bool   // it is nearly a name of the character itself
	finding spec.Diagnostic
}

// Read reads the texts of one character. It needs no other character, so it
// may be done with each as it is loaded, from several goroutines.
func Read(p *spec.Project, s Subject) Reading { return read(p, s, Rules()) }

// ReadUnseen is Read with the rules about what a reader of a plan does not see.
func ReadUnseen(p *spec.Project, s Subject) Reading {
	return read(p, s, slices.DeleteFunc(Rules(), func(r Rule) bool { return r.ID != Hidden && r.ID != Lookalike }))
}

func read(p *spec.Project, s Subject, rules []Rule) Reading {
	page := &page{subject: s, texts: textsOf(s)}
	for _, r := range rules {
		if r.check == nil || p.Lint[r.ID] == Off {
			continue
		}
		page.rule, page.said = r, map[spec.Pos]int{}
		r.check(page)
	}
	return Reading{found: page.found, strangers: page.strangers, twins: page.twins}
}

// Findings puts together what was read, once the names of the project's
// characters are known; nil is not known. Settle is still to be done.
func Findings(read []Reading, names map[string]bool) []spec.Diagnostic {
	var out []spec.Diagnostic
	for _, r := range read {
		out = append(out, r.found...)
		said := map[spec.Pos]int{}
		for _, s := range r.strangers {
			at := s.finding.Pos
			if names[s.name] || names == nil && !s.near || said[at] == mostPerText {
				continue
			}
			said[at]++
			out = append(out, s.finding)
		}
		for _, s := range r.twins {
			if names[s.name] {
				out = append(out, s.finding)
			}
		}
	}
	return out
}

// text is one string of a character: a common field, or one of a target.
type text struct {
	path   spec.Path
	target *Target // nil for common fields
	value  spec.Value
	s      string
}

// page is a character while it is read.
type page struct {
	subject   Subject
	texts     []text
	rule      Rule
	said      map[spec.Pos]int
	found     []spec.Diagnostic
	strangers []stranger
	twins     []stranger
}

// mostPerText bounds what one rule says of one text: after that, it repeats
// itself.
const mostPerText = 20

// full reports that the rule has said enough of a text.
func (p *page) full(t text) bool { return p.said[t.value.Pos] > mostPerText }

// say reports a stretch of a text.
func (p *page) say(t text, offset, length int, message, hint string) {
	key := t.value.Pos
	if p.said[key]++; p.said[key] > mostPerText {
		return
	}
	p.found = append(p.found, p.finding(t, offset, length, message, hint))
}

func (p *page) finding(t text, offset, length int, message, hint string) spec.Diagnostic {
	d := spec.Diagnostic{
		Pos: t.value.Pos, Severity: p.rule.Severity, Code: p.rule.Code, Path: t.path, Character: p.subject.Character.Name, Message: message, Hint: hint,
		Spot: &spec.Spot{Value: t.value, Offset: offset, Length: length},
	}
	if t.target != nil {
		d.Target = t.target.Target.Instance
	}
	return d
}

// textsOf lists every string of a character, common fields first.
func textsOf(s Subject) []text {
	var out []text
	gather(&out, s.Character.Fields, "", nil)
	for i := range s.Targets {
		gather(&out, s.Targets[i].Target.Fields, "", &s.Targets[i])
	}
	return out
}

func gather(out *[]text, fields spec.Fields, under string, t *Target) {
	keys := make([]string, 0, len(fields))
	for k := range fields {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, spec.CompareKeys)
	for _, k := range keys {
		gatherField(out, fields[k], under+k, t)
	}
}

func gatherField(out *[]text, f spec.Field, path string, t *Target) {
	if s := f.Text(); s != "" {
		*out = append(*out, text{path: spec.Path(path), target: t, value: f.Value, s: s})
	}
	for i, e := range f.Items {
		gatherField(out, e, fmt.Sprintf("%s[%d]", path, i), t)
	}
	if len(f.Inner) > 0 {
		gather(out, f.Inner, path+".", t)
	}
}

// NamesOf are the names of characters, as speakers may write them: whole and
// in part, in small letters. Of no characters it is nil.
func NamesOf(all []*spec.Character) map[string]bool {
	if all == nil {
		return nil
	}
	names := map[string]bool{}
	for _, c := range all {
		AddNames(names, c)
	}
	return names
}

// AddNames adds the names of one more character.
func AddNames(names map[string]bool, c *spec.Character) {
	addName(names, c.Fields.Lookup("name").Text())
	names[strings.ToLower(c.Name)] = true
	for i := range c.Targets {
		addName(names, c.Targets[i].Fields.Lookup("name").Text())
	}
}

func addName(names map[string]bool, name string) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		return
	}
	names[name] = true
	for _, part := range strings.Fields(name) {
		names[strings.Trim(part, `.,"'“”()`)] = true
	}
}
