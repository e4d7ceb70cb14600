package harness

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// character is a manifest as the harness thinks of it.
type character struct {
	slug    string // metadata.name
	mark    string // what its display name begins with, for good: how its live characters are known
	common  map[string]any
	targets map[string]map[string]any
	protect bool
}

// address is a character at a provider, the unit that is counted.
type address struct{ target, name string }

func (a address) String() string { return a.target + "/" + a.name }

// project is the manifests, and what became of those that were there before.
type project struct {
	dice       *dice
	vendors    []string
	characters []*character
	made       int
	// gone are pairs that an earlier manifest had.
	gone map[address]bool
	// everManaged are the stored keys that any manifest of a pair ever set.
	everManaged map[address]map[string]bool
	// template makes a live character that another one can be cloned from.
	template func(vendor, mark string) string
}

// randomProject makes 1 to most characters over a random subset of the
// vendors.
func randomProject(d *dice, vendors []string, most int, template func(vendor, mark string) string) *project {
	p := &project{dice: d, gone: map[address]bool{}, everManaged: map[address]map[string]bool{}, template: template}
	for _, v := range vendors {
		if len(vendors) == 1 || d.chance(60) {
			p.vendors = append(p.vendors, v)
		}
	}
	if len(p.vendors) == 0 {
		p.vendors = []string{pick(d, vendors)}
	}
	for range 1 + d.IntN(most) {
		p.add()
	}
	return p
}

// add makes a character at some of the project's vendors.
func (p *project) add() *character {
	d := p.dice
	p.made++
	c := &character{
		slug: fmt.Sprintf("c%d", p.made), mark: fmt.Sprintf("K%d ", p.made),
		common: map[string]any{}, targets: map[string]map[string]any{}, protect: d.chance(10),
	}
	c.common["name"] = c.mark + d.word()
	c.common["greeting"] = d.prose(200)
	c.common["persona"] = d.prose(pick(d, []int{60, 400, 2500}))
	for _, path := range []string{"title", "description", "scene", "lore", "examples"} {
		if d.chance(45) {
			c.common[path] = d.prose(commonLength(path))
		}
	}
	if d.chance(40) {
		c.common["visibility"] = pick(d, visibilities())
	}
	for _, v := range p.vendors {
		if d.chance(70) {
			p.target(c, v)
		}
	}
	if len(c.targets) == 0 {
		p.target(c, pick(d, p.vendors))
	}
	p.characters = append(p.characters, c)
	return c
}

func visibilities() []string { return []string{"private", "unlisted", "public"} }

func commonLength(path string) int {
	if path == "title" {
		return 40
	}
	return 350
}

func (d *dice) word() string {
	d.texts++
	return fmt.Sprintf("%s %d", pick(d, []string{"Mira", "Gorse", "Chiyo", "Brandt", "Åse"}), d.texts%1000)
}

// target gives a character a target with random fields.
func (p *project) target(c *character, name string) {
	d, v := p.dice, vendorNamed(name)
	fields := map[string]any{}
	c.targets[name] = fields
	if name == npcbuilder {
		fields["game_id"], fields["world_id"] = "game123", "world456"
	}
	if (name == convai || name == alakazam) && d.chance(12) {
		fields["cloneFrom"] = p.template(name, c.mark)
	}
	for _, k := range v.own {
		cloned := fields["cloneFrom"] != nil && k.fixed // nobody knows what a clone has there
		if !cloned && (slices.Contains(v.always, k.path) || d.chance(35)) {
			p.turn(c, v, k)
		}
	}
}

// turn gives a field of a target a new value.
func (p *project) turn(c *character, v vendor, k knob) {
	fields := c.targets[v.name]
	if _, there := fields[k.needs]; k.needs != "" && !there {
		if other, ok := v.knob(k.needs); ok {
			fields[k.needs] = other.value(p.dice)
		}
	}
	fields[k.path] = k.value(p.dice)
}

// origin is the address under the first name of a manifest: a renamed one is
// called like it, with a dash and a word behind it.
func (a address) origin() address {
	a.name, _, _ = strings.Cut(a.name, "-")
	return a
}

// find is the character of an address, if a manifest has it by whatever name.
func (p *project) find(a address) (*character, bool) {
	for _, c := range p.characters {
		if (address{a.target, c.slug}).origin() == a.origin() {
			_, ok := c.targets[a.target]
			return c, ok
		}
	}
	return nil, false
}

// wanted lists the pairs of the manifests.
func (p *project) wanted() []address {
	var out []address
	for _, c := range p.characters {
		for _, v := range Vendors() {
			if _, ok := c.targets[v]; ok {
				out = append(out, address{v, c.slug})
			}
		}
	}
	return out
}

// managed are the stored keys that the manifest of a pair sets now.
func (p *project) managed(a address) map[string]bool {
	out := map[string]bool{}
	if c, ok := p.find(a); ok {
		for key := range vendorNamed(a.target).expected(c) {
			out[key] = true
		}
	}
	return out
}

// write brings the manifests to disk.
func (p *project) write(dir string) error {
	folder := filepath.Join(dir, "characters")
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, c := range p.characters {
		p.remember(c)
		if err := c.write(folder); err != nil {
			return err
		}
	}
	config := "apiVersion: charsync.dev/v1\nkind: Project\nmetadata: {name: harness}\n"
	return os.WriteFile(filepath.Join(dir, "charsync.yaml"), []byte(config), 0o644)
}

// remember keeps what the manifest of a character manages.
func (p *project) remember(c *character) {
	for v := range c.targets {
		a := address{v, c.slug}.origin()
		if p.everManaged[a] == nil {
			p.everManaged[a] = map[string]bool{}
		}
		for key := range vendorNamed(v).expected(c) {
			p.everManaged[a][key] = true
		}
	}
}

// write writes the manifest of a character.
func (c *character) write(folder string) error {
	targets := map[string]any{}
	for v, fields := range c.targets {
		targets[v] = fields
	}
	spec := map[string]any{"targets": targets}
	maps.Copy(spec, c.common)
	if c.protect {
		spec["protect"] = true
	}
	raw, err := yaml.Marshal(spelled(map[string]any{
		"apiVersion": "charsync.dev/v1", "kind": "Character", "metadata": map[string]any{"name": c.slug}, "spec": spec,
	}))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, c.slug+".yaml"), raw, 0o644)
}

// spelled is a value with its figures as YAML writes them: the library takes
// a json.Number for a text.
func spelled(v any) any {
	switch v := v.(type) {
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: v.String()}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = spelled(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = spelled(e)
		}
		return out
	}
	return v
}
