package spec

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	nearMissMost = 20       // files that are named
	nearMissHead = 64 << 10 // bytes that are looked at to tell whose file it is
)

// ofCharacter is how a manifest shows what it is, however it is spelled.
var ofCharacter = regexp.MustCompile(`kind["']?[ \t]*:[ \t]*["']?Character\b`)

// nearMiss names a manifest that no pattern takes for its extension alone, such
// as mira.yml beside characters/**/*.yaml: its character would count as gone.
func (f *finder) nearMiss(file string) {
	ext := path.Ext(file)
	if !strings.EqualFold(ext, ".yaml") && !strings.EqualFold(ext, ".yml") {
		return
	}
	stem := strings.TrimSuffix(file, ext)
	i := slices.IndexFunc(f.globs, func(g glob) bool { return !g.match(file) && (g.match(stem+".yaml") || g.match(stem+".yml")) })
	if i < 0 || f.missed >= nearMissMost || !f.isCharacter(file) {
		return
	}
	f.missed++
	wanted, pattern := ".yaml", strings.Join(f.globs[i], "/")
	if !f.globs[i].match(stem + wanted) {
		wanted = ".yml"
	}
	f.fail(CodeNotTaken, Warning, file, fmt.Sprintf("%s is not read: spec.manifests takes %s, and this file ends in %s", file, pattern, ext),
		fmt.Sprintf("rename it to %s, or add %q to spec.manifests; nothing is deleted until then", path.Base(stem)+wanted, strings.TrimSuffix(pattern, path.Ext(pattern))+ext))
}

// isCharacter reports a file that is, or may be, a character's.
func (f *finder) isCharacter(file string) bool {
	info, err := fs.Stat(f.tree, file)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	in, err := f.tree.Open(file)
	if err != nil {
		return true
	}
	defer in.Close()
	head, err := io.ReadAll(io.LimitReader(in, nearMissHead))
	return err != nil || ofCharacter.Match(head)
}

// idlePatterns names the patterns that match no file, and what each would have
// to be.
func (f *finder) idlePatterns() {
	if len(f.findings) > 0 && len(f.globs) < len(f.project.Manifests) {
		return // one of them could not be read at all
	}
	for i, g := range f.globs {
		if f.used[i] {
			continue
		}
		pattern := f.project.Manifests[i]
		if why, hint := f.mistaken(pattern, g); why != "" {
			f.fail(CodeNoManifests, Warning, f.project.config(), why, hint)
		} else if len(f.found) > 0 {
			f.fail(CodeNoManifests, Warning, f.project.config(), "no manifest matches "+pattern, "correct the pattern, or remove it from spec.manifests; nothing is deleted until then")
		}
	}
}

// mistaken says of a pattern that matches nothing what is wrong with it, where
// that can be seen: a folder, braces, another case.
func (f *finder) mistaken(pattern string, g glob) (why, hint string) {
	plain := strings.Join(g, "/")
	if open, shut := strings.IndexByte(plain, '{'), strings.IndexByte(plain, '}'); open >= 0 && open < shut {
		var each []string
		for choice := range strings.SplitSeq(plain[open+1:shut], ",") {
			each = append(each, fmt.Sprintf("%q", plain[:open]+choice+plain[shut+1:]))
		}
		return fmt.Sprintf("no manifest matches %s: braces have no meaning in a pattern", pattern), "write a pattern for each: [" + strings.Join(each, ", ") + "]"
	}
	if info, err := fs.Stat(f.tree, plain); err == nil && info.IsDir() {
		return fmt.Sprintf("no manifest matches %s: it is a folder", pattern), fmt.Sprintf("write %q for the manifests in it and below it", path.Join(plain, "**/*.yaml"))
	}
	folder := "."
	for i, segment := range g {
		if strings.ContainsAny(segment, "*?[") {
			break
		}
		entries, err := fs.ReadDir(f.tree, folder)
		if err != nil {
			break
		}
		for _, e := range entries {
			if e.Name() != segment && strings.EqualFold(e.Name(), segment) {
				mended := slices.Clone(g)
				mended[i] = e.Name()
				return fmt.Sprintf("no manifest matches %s: the name is %s", pattern, path.Join(folder, e.Name())), fmt.Sprintf("write %q", strings.Join(mended, "/"))
			}
		}
		folder = path.Join(folder, segment)
	}
	return "", ""
}

// Doubt says why a character that no manifest of the set defines may be there
// all the same, although nothing is broken: "" is no doubt.
func (s *Set) Doubt() string {
	for _, d := range s.Diagnostics {
		switch d.Code {
		case CodeNoManifests, CodeNotTaken, CodeNotFollowed:
			return d.Message
		}
	}
	return ""
}
