package harness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/charsync/charsync/internal/sandbox"
)

// team is a world whose project is a Git repository that two people have
// cloned. The folder and the manifests of the world are those of the clone
// that is worked in.
type team struct {
	*world
	home    string
	clones  []string
	made    int             // manifests, over both clones
	names   int             // new names of renamed manifests
	ignored bool            // the lock is kept out of Git
	letGone map[string]bool // what charsync has let go at Alakazam, where it stays
	named   map[string]bool // ids that a command named which did not end well
	passed  time.Duration   // added to the clock
	fresh   int             // clones made for one job
}

// openTeam makes the vendors and two clones of a repository with some manifests.
func openTeam(ctx context.Context, o Options, seed uint64, vendors []string) (*team, error) {
	t := &team{letGone: map[string]bool{}, named: map[string]bool{}}
	now := o.Now
	o.Now = func() time.Time { return now().Add(t.passed) }
	w, err := newWorld(o, seed)
	if err != nil {
		return nil, err
	}
	t.world, t.home, w.apart = w, w.dir, true
	d := w.dice
	vendors = slices.Clone(vendors)
	d.Shuffle(len(vendors), func(i, j int) { vendors[i], vendors[j] = vendors[j], vendors[i] })
	w.project = &project{
		dice: d, vendors: vendors[:min(len(vendors), 1+d.IntN(2))], gone: map[address]bool{}, everManaged: map[address]map[string]bool{},
		template: func(string, string) string { return "" }, // nothing is cloned
	}
	slices.Sort(w.project.vendors)
	for _, v := range w.project.vendors {
		if err := w.populate(v); err != nil {
			return nil, err
		}
	}
	for range 1 + d.IntN(min(4, o.most())) {
		t.create()
	}
	return t, t.found(ctx)
}

// found makes the repository and its two clones.
func (t *team) found(ctx context.Context) error {
	t.clones = []string{filepath.Join(t.home, "a"), filepath.Join(t.home, "b")}
	for _, dir := range []string{filepath.Join(t.home, "template"), t.clones[0]} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	ignore := ".charsync/\n"
	if t.ignored = t.dice.chance(12); t.ignored {
		ignore += "*.lock\n"
		t.step("Git ignores the lock")
	}
	t.dir = t.clones[0]
	err := errors.Join(
		os.WriteFile(filepath.Join(t.home, ".gitconfig"), []byte(gitConfig), 0o644),
		os.WriteFile(filepath.Join(t.dir, ".gitignore"), []byte(ignore), 0o644),
		t.project.write(t.dir),
	)
	if err != nil {
		return err
	}
	if _, err := t.git(ctx, t.dir, "init", "--quiet"); err != nil {
		return err
	}
	if t.dice.chance(75) {
		if err := t.apply(ctx); err != nil {
			return err
		}
	}
	if err := t.commit(ctx, t.dir, "found"); err != nil {
		return err
	}
	_, err = t.git(ctx, t.home, "clone", "--quiet", "a", "b")
	return err
}

// close ends the vendors and removes the clones.
func (t *team) close() {
	t.dir = t.home
	t.world.close()
}

// use makes a clone the one that is worked in: its manifests are those that
// its commands are judged by.
func (t *team) use(dir string) error {
	t.dir = dir
	t.project.characters = nil
	files, err := manifests(dir)
	if err != nil {
		return err
	}
	for _, file := range files {
		c, err := readManifest(file)
		if err != nil {
			return err
		}
		t.project.characters = append(t.project.characters, c)
		t.project.remember(c)
	}
	return nil
}

func (t *team) label() string { return filepath.Base(t.dir) }

func manifests(dir string) ([]string, error) {
	return filepath.Glob(filepath.Join(dir, "characters", "*.yaml"))
}

// readManifest reads back what character.write has written, and what Git has
// made of it.
func readManifest(file string) (*character, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var m struct {
		Metadata struct{ Name string }
		Spec     yaml.Node
	}
	if err := yaml.Unmarshal(raw, &m); err != nil {
		return nil, err
	}
	said, err := exactly(&m.Spec)
	if err != nil {
		return nil, err
	}
	common, _ := said.(map[string]any)
	c := &character{slug: m.Metadata.Name, common: common, targets: map[string]map[string]any{}}
	name, _ := common["name"].(string)
	mark, _, ok := strings.Cut(name, " ")
	targets, _ := common["targets"].(map[string]any)
	for v, fields := range targets {
		c.targets[v], _ = fields.(map[string]any)
	}
	if !ok || c.slug == "" || len(c.targets) == 0 {
		return nil, fmt.Errorf("%s is no manifest any more", file)
	}
	c.mark = mark + " "
	c.protect, _ = common["protect"].(bool)
	delete(common, "targets")
	delete(common, "protect")
	return c, nil
}

// exactly decodes YAML, with numbers as they are written.
func exactly(n *yaml.Node) (any, error) {
	switch {
	case n.Kind == yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := exactly(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			out[n.Content[i].Value] = v
		}
		return out, nil
	case n.Kind == yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, e := range n.Content {
			v, err := exactly(e)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case n.Tag == "!!float":
		return json.Number(n.Value), nil
	}
	var v any
	err := n.Decode(&v)
	return v, err
}

// create adds a manifest to the clone. What only a creation takes is left out:
// whether a character may be made anew for it is no matter of this test.
func (t *team) create() *character {
	t.project.made = t.made
	c := t.project.add()
	t.made = t.project.made
	for v := range c.targets {
		delete(c.targets[v], "cloneFrom")
	}
	t.plain()
	return c
}

// plain takes the fields that only a creation takes out of the manifests.
func (t *team) plain() {
	for _, c := range t.project.characters {
		for v, fields := range c.targets {
			for _, k := range vendorNamed(v).own {
				if k.fixed {
					delete(fields, k.path)
				}
			}
		}
	}
}

// liveOf are the characters that charsync has made and not removed, by pair.
// One that it has let go at Alakazam, where it stays, is not among them unless
// the lock binds it.
func (t *team) liveOf() map[address][]sandbox.Stored {
	bound := lockIDs(t.dir)
	out := map[address][]sandbox.Stored{}
	for _, vendor := range t.project.vendors {
		for id, s := range t.gate.stored(vendor) {
			archived, _ := s.Doc["archived"].(bool)
			_, strangers := t.bystanders[vendor][id]
			if strangers || archived || t.letGone[id] && !bound[id] {
				continue
			}
			a, ok := owner(vendor, s.Doc)
			if !ok {
				t.find("%s %s belongs to nobody", vendor, id)
				continue
			}
			out[a] = append(out[a], s)
		}
	}
	return out
}

// judgeTwins looks at what the last command has created: was that there
// already?
func (t *team) judgeTwins() {
	run := t.gate.journal.run
	live := map[address][]sandbox.Stored(nil)
	for _, d := range t.gate.journal.of(run) {
		switch {
		case isRemoval(d):
			t.letGone[d.id] = true
			t.step("  %s lets %s go", d.vendor, d.id)
		case d.kind == "create", d.kind == "remove":
			t.step("  %s %ss %s", d.vendor, d.kind, d.id)
		}
		if d.kind != "create" {
			continue
		}
		if live == nil {
			live = t.liveOf()
		}
		a, ok := owner(d.vendor, d.after)
		if !ok {
			continue // found already
		}
		for _, s := range live[a] {
			if s.ID == d.id || t.holds(a, s) != "" {
				continue
			}
			t.find("run %d: %s was created as %s, and %s holds exactly what its manifest wants", run, a, d.id, s.ID)
		}
	}
	t.judgeBound(run)
	if t.last.code != 0 {
		t.listen()
	}
}

// judgeBound looks for what the last command has created and not bound.
func (t *team) judgeBound(run int) {
	held := lockIDs(t.dir)
	for _, d := range t.gate.journal.of(run) {
		if d.kind != "create" || held[d.id] {
			continue
		}
		if s, err := t.gate.sandbox.Character(d.vendor, d.id); err == nil && t.live(d.vendor, s) {
			t.find("run %d: %s %s was created, and the lock does not hold it", run, d.vendor, d.id)
		}
	}
}

// recorded are the locks of all commits that the clone has, and what is not
// committed of it.
func (t *team) recorded(ctx context.Context) (string, error) {
	out, err := t.git(ctx, t.dir, "log", "--full-history", "-m", "-p", "--format=", "--", "charsync.lock")
	if err != nil {
		return "", err
	}
	lock, err := os.ReadFile(filepath.Join(t.dir, "charsync.lock"))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return out + string(lock), err
}

// listen keeps the ids that the last command has named.
func (t *team) listen() {
	said := t.last.out + t.last.err
	for _, list := range t.liveOf() {
		for _, s := range list {
			if strings.Contains(said, s.ID) {
				t.named[s.ID] = true
			}
		}
	}
}

// holds says in which field a live character differs from what the manifest
// of its pair wants, or "".
func (t *team) holds(a address, s sandbox.Stored) string {
	c, ok := t.project.find(a)
	if !ok {
		return "no manifest"
	}
	v := vendorNamed(a.target)
	for key, want := range v.expected(c) {
		if !v.veils(key) && !sameAt(key, want, s.Doc[key]) {
			return key
		}
	}
	return ""
}
