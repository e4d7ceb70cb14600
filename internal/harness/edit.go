package harness

import (
	"fmt"
	"maps"
	"slices"
)

// edit makes one random change to the manifests and says what it was.
func (p *project) edit() string {
	d := p.dice
	switch n := d.IntN(100); {
	case n < 12 && len(p.characters) < 10:
		return "add " + p.add().slug
	case n < 18 && len(p.characters) > 1:
		return p.removeOne()
	case n < 26:
		return p.moveTarget()
	case n < 30:
		c := pick(d, p.characters)
		c.protect = !c.protect
		return fmt.Sprintf("%s: protect %v", c.slug, c.protect)
	case n < 60:
		return p.editCommon()
	}
	return p.editOwn()
}

func (p *project) removeOne() string {
	c := pick(p.dice, p.characters)
	p.characters = slices.DeleteFunc(p.characters, func(o *character) bool { return o == c })
	for v := range c.targets {
		p.gone[address{v, c.slug}] = true
	}
	return "remove " + c.slug
}

// moveTarget takes a character away from a vendor, or brings it to one. It
// never brings one back to Alakazam: a character that was removed there stays
// in the account, private and with the same content, so that an attempt whose
// answer is lost and whose manifest goes away again could be either of two,
// which only a person can tell.
func (p *project) moveTarget() string {
	d := p.dice
	c, v := pick(d, p.characters), pick(d, p.vendors)
	a := address{v, c.slug}
	if _, has := c.targets[v]; has {
		if len(c.targets) == 1 {
			return "nothing"
		}
		delete(c.targets, v)
		p.gone[a] = true
		return "remove target " + a.String()
	}
	if v == alakazam && p.gone[a] {
		return "nothing"
	}
	delete(p.gone, a)
	p.target(c, v)
	return "add target " + a.String()
}

func (p *project) editCommon() string {
	d := p.dice
	c := pick(d, p.characters)
	path := pick(d, []string{"name", "title", "description", "greeting", "persona", "scene", "lore", "examples", "visibility"})
	_, there := c.common[path]
	needed := path == "name" || path == "greeting" || path == "persona"
	switch {
	case path == "name":
		c.common[path] = c.mark + d.word()
	case path == "visibility" && there && d.chance(30), there && !needed && d.chance(20):
		delete(c.common, path)
		return c.slug + ": release " + path
	case path == "visibility":
		c.common[path] = pick(d, visibilities())
	case (path == "scene" || path == "lore" || path == "examples" || path == "title") && d.chance(15):
		c.common[path] = ""
		return c.slug + ": clear " + path
	case needed:
		c.common[path] = d.prose(pick(d, []int{60, 300, 1500}))
	default:
		c.common[path] = d.prose(commonLength(path))
	}
	return c.slug + ": set " + path
}

func (p *project) editOwn() string {
	d := p.dice
	c := pick(d, p.characters)
	v := vendorNamed(pick(d, slices.Sorted(maps.Keys(c.targets))))
	k := pick(d, v.own)
	fields := c.targets[v.name]
	if k.fixed && fields["cloneFrom"] != nil {
		return "nothing" // creating it anew would be cloning it anew
	}
	_, there := fields[k.path]
	at := fmt.Sprintf("%s/%s: %%s %s", v.name, c.slug, k.path)
	switch {
	case there && k.empty != nil && d.chance(20):
		fields[k.path] = k.empty
		return fmt.Sprintf(at, "clear")
	case there && d.chance(25) && !slices.Contains(v.always, k.path) && !p.leaned(v, fields, k):
		delete(fields, k.path)
		return fmt.Sprintf(at, "release")
	}
	p.turn(c, v, k)
	return fmt.Sprintf(at, "set")
}

// leaned reports a field that another one of the target needs.
func (p *project) leaned(v vendor, fields map[string]any, k knob) bool {
	return slices.ContainsFunc(v.own, func(o knob) bool {
		_, there := fields[o.path]
		return there && o.needs == k.path
	})
}
