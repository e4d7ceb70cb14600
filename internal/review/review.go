// Package review finds what a change does beside its manifests: which live
// characters the lock binds otherwise, and which settings of the project are
// other ones.
package review

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// CodeTaken is a lock line that takes the live character of another one.
const CodeTaken = "CS526"

// Codes lists the codes of this package with their meanings.
func Codes() []spec.CodeInfo {
	return []spec.CodeInfo{{
		Code: CodeTaken, Severity: spec.Error,
		Meaning: "A change of the lock binds a character to the live character of another one.",
	}}
}

// Bindings are the edits of the lock from one revision to another, by name
// and target. A live character that another pair was bound to, and that it
// did not pass on by a rename, is an error.
func Bindings(then, now []state.Entry) ([]diff.Edit, []spec.Diagnostic) {
	before, after := byAddress(then), byAddress(now)
	owner := map[string]diff.Address{}
	for _, e := range then {
		if e.ID != "" {
			owner[e.Target+"\x00"+e.ID] = e.Address
		}
	}
	var edits []diff.Edit
	var found []spec.Diagnostic
	digests := 0
	for _, a := range addresses(before, after) {
		was, had := before[a]
		is, has := after[a]
		edit := func(kind diff.EditKind, from, to, effect string) {
			edits = append(edits, diff.Edit{Kind: kind, Where: a.String(), Before: from, After: to, Effect: effect})
		}
		switch {
		case !has:
			edit(diff.EditRemoved, was.ID, "", "it is not bound any more: the next apply makes a second character, unless it finds this one")
		case was.ID != is.ID:
			other, taken := owner[is.Target+"\x00"+is.ID]
			_, stays := after[other]
			switch {
			case taken && other != a && stays:
				found = append(found, spec.Diagnostic{
					Pos: spec.Pos{File: "charsync.lock"}, Severity: spec.Error, Code: CodeTaken, Character: a.Name, Target: a.Target,
					Message: fmt.Sprintf("the lock binds %s to %s, which is the live character of %s", a, is.ID, other),
					Hint:    "restore charsync.lock from the base revision; charsync state mv moves a binding",
				})
				edit(diff.EditChanged, was.ID, is.ID, "it is bound to the live character of "+other.String())
			case taken && other != a:
				edit(diff.EditChanged, was.ID, is.ID, "it takes over the live character of "+other.String()+", which is not bound any more")
			case !had:
				edit(diff.EditAdded, "", is.ID, "it is bound to this live character: the next apply writes over it")
			default:
				edit(diff.EditChanged, was.ID, is.ID, "it is bound to another live character: the next apply writes over that one")
			}
		case was.Provider != is.Provider || was.At != is.At || was.Owner != is.Owner:
			edit(diff.EditChanged, "", "", "the lock names another provider, address or account for it")
		case !maps.Equal(marks(was), marks(is)):
			digests++
		}
		if had && was.Protect && (!has || !is.Protect) {
			edit(diff.EditLooser, "protected", "not protected", "it can be deleted")
		}
	}
	if digests > 0 {
		edits = append(edits, diff.Edit{
			Kind: diff.EditChanged, Where: strconv.Itoa(digests) + " more", Effect: "what was applied last is remembered otherwise, so drift and conflicts are judged otherwise",
		})
	}
	return edits, found
}

func marks(e state.Entry) map[spec.Path]string {
	out := map[spec.Path]string{}
	for path, m := range e.Fields {
		out[path] = fmt.Sprint(m)
	}
	return out
}

func byAddress(entries []state.Entry) map[diff.Address]state.Entry {
	out := map[diff.Address]state.Entry{}
	for _, e := range entries {
		out[e.Address] = e
	}
	return out
}

func addresses(sides ...map[diff.Address]state.Entry) []diff.Address {
	all := map[diff.Address]bool{}
	for _, side := range sides {
		for a := range side {
			all[a] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), diff.Address.Compare)
}

// effects says what a setting decides, by the beginning of its path; * is one
// part of it. The first that fits counts.
func effects() [][2]string {
	return [][2]string{
		{"providers.*.baseURL", "where requests go"},
		{"providers.*.apiKeyEnv", "which credential is used"},
		{"providers.*.type", "which provider it is"},
		{"providers.*.requestsPerSecond", "the pace"},
		{"providers.*.concurrency", "the pace"},
		{"providers.*.compose", "which fields fold into which"},
		{"providers", "an instance or one of its settings"},
		{"environments", "where an environment leads"},
		{"policy.max", "a guard"},
		{"policy", "a policy"},
		{"guards", "a guard"},
		{"lint", "a rule of the lint"},
		{"state", "where the lock is"},
		{"manifests", "which files are manifests"},
	}
}

// ranks orders the words of settings from strict to loose.
func ranks() map[string][]string {
	return map[string][]string{
		"policy.drift":    {"fail", "enforce", "report"},
		"policy.conflict": {"fail", "overwrite"},
		"policy.maxLoss":  {"none", "write-only", "folded", "truncated", "dropped", ""},
		"lint":            {"error", "warning", "off"},
	}
}

// Settings are the edits of charsync.yaml from one revision to another, by
// path. What lets more pass than before is marked as looser. The values that
// hold where a side has none are in defaults.
func Settings(then, now, defaults map[string]string) []diff.Edit {
	paths := map[string]bool{}
	for _, side := range []map[string]string{then, now} {
		for path := range side {
			paths[path] = true
		}
	}
	var edits []diff.Edit
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		was, had := then[path]
		is, has := now[path]
		if had == has && was == is {
			continue
		}
		e := diff.Edit{Kind: diff.EditChanged, Where: path, Before: was, After: is, Effect: effect(path)}
		switch {
		case looser(path, value(was, had, defaults[path]), value(is, has, defaults[path])):
			e.Kind = diff.EditLooser
		case !had:
			e.Kind = diff.EditAdded
		case !has:
			e.Kind = diff.EditRemoved
		}
		edits = append(edits, e)
	}
	return edits
}

func value(s string, there bool, otherwise string) string {
	if there {
		return s
	}
	return otherwise
}

func effect(path string) string {
	for _, e := range effects() {
		if begins(path, e[0]) {
			return e[1]
		}
	}
	return ""
}

// begins reports whether a path begins as a pattern does; * is any one part.
func begins(path, pattern string) bool {
	parts, wanted := strings.Split(path, "."), strings.Split(pattern, ".")
	if len(parts) < len(wanted) {
		return false
	}
	for i, w := range wanted {
		last := i == len(wanted)-1
		if w != "*" && parts[i] != w && (!last || !strings.HasPrefix(parts[i], w)) {
			return false
		}
	}
	return true
}

// looser reports a setting that lets more pass than before. Words that are not
// known are no looser; figures are, when they grow.
func looser(path, was, is string) bool {
	for key, words := range ranks() {
		if begins(path, key) {
			from, to := slices.Index(words, was), slices.Index(words, is)
			return from >= 0 && to > from
		}
	}
	if !begins(path, "policy.max") {
		return false
	}
	from, err1 := spec.ParseShare(was)
	to, err2 := spec.ParseShare(is)
	if err1 != nil || err2 != nil {
		return false
	}
	return from.Percent != to.Percent || to.Value > from.Value
}
