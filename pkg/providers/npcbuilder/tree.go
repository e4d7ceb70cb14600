package npcbuilder

import (
	"errors"
	"fmt"

	"github.com/charsync/charsync/pkg/providers"
)

// place is a node of a world's tree.
type place struct{ region, location string }

func (p place) depth() int {
	switch {
	case p.location != "" && p.region != "":
		return 3
	case p.location != "":
		return 2
	case p.region != "":
		return 1
	}
	return 0
}

// gather hands out every character of a node and of the nodes inside, with
// where it stands.
func gather(node map[string]any, at place, each func(providers.Body)) error {
	list, err := nodes(node, "characters")
	if err != nil {
		return err
	}
	for _, c := range list {
		item := providers.Body{}
		for k, v := range c {
			item[k] = v
		}
		item["region_id"], item["location_id"] = orNull(at.region), orNull(at.location)
		each(item)
	}
	for _, inner := range []struct {
		key string
		at  func(id string) place
	}{
		{"regions", func(id string) place { return place{region: id} }},
		{"locations", func(id string) place { return place{region: at.region, location: id} }},
	} {
		list, err := nodes(node, inner.key)
		if err != nil {
			return err
		}
		for _, n := range list {
			id, ok := n["id"].(string)
			if !ok {
				return errors.New("one of the world's " + inner.key + " has no id")
			}
			if err := gather(n, inner.at(id), each); err != nil {
				return err
			}
		}
	}
	return nil
}

// nodes reads one list of a node; it may be missing.
func nodes(node map[string]any, key string) ([]map[string]any, error) {
	v, ok := node[key]
	if !ok || v == nil {
		return nil, nil
	}
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("the world's %s are no list", key)
	}
	out := make([]map[string]any, len(list))
	for i, e := range list {
		if out[i], ok = e.(map[string]any); !ok {
			return nil, fmt.Errorf("one of the world's %s is no object", key)
		}
	}
	return out, nil
}

// deeper picks of two sightings of a character the one that says more of
// where it stands.
func deeper(was, now providers.Body) providers.Body {
	if was == nil || where(now).depth() > where(was).depth() {
		return now
	}
	return was
}

func where(item providers.Body) place {
	region, _ := item["region_id"].(string)
	location, _ := item["location_id"].(string)
	return place{region, location}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
