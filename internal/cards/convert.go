package cards

import (
	"encoding/json"
	"slices"

	"github.com/charsync/charsync/pkg/spec"
)

// convert makes a card of one format from one of another. Version 2 and 3 hold
// whatever an older one does, and carry on what they don't know; others lose
// what is named.
func convert(root object, from, to Format, fields map[spec.Path]string) (object, []string) {
	body, _, err := from.body(root)
	switch {
	case err != nil:
		return blank(to), nil
	case from == ElizaOS || to == ElizaOS:
		return across(body, from, to, fields)
	case to == V1:
		return older(body)
	}
	// What stands beside data stays there; the members of a version 1 are data.
	out, made := object(nil), blank(to)
	for _, m := range made {
		if m.key != "data" {
			out = out.with(m.key, m.raw)
		}
	}
	if from != V1 {
		for _, m := range root {
			if m.key != "spec" && m.key != "spec_version" && m.key != "data" {
				out = out.with(m.key, m.raw)
			}
		}
	}
	raw, _ := made.get("data")
	data, err := parseObject(raw, "data")
	if err != nil {
		return made, nil
	}
	for _, m := range body {
		data = data.with(m.key, m.raw)
	}
	if to == V2 && emptyList(data, "group_only_greetings") {
		data = data.without("group_only_greetings")
	}
	return to.withBody(out.with("data", data.encode()), data), nil
}

// older keeps the six texts of version 1, and names what it loses.
func older(body object) (object, []string) {
	out := blank(V1)
	var lost []string
	for _, m := range body {
		switch {
		case slices.ContainsFunc(out, func(k member) bool { return k.key == m.key }):
			out = out.with(m.key, m.raw)
		case !hollow(m.raw):
			lost = append(lost, m.key)
		}
	}
	return out, lost
}

// across goes by the fields of the manifest, and by the few other things that
// cards and elizaOS share.
func across(body object, from, to Format, fields map[spec.Path]string) (object, []string) {
	root := filled(blank(to), to, fields, nil)
	shared := [][2]string{{"tags", "topics"}, {"system_prompt", "system"}}
	var known []string
	for _, m := range from.mappings() {
		if slices.ContainsFunc(to.mappings(), func(n mapping) bool { return n.field == m.field }) {
			known = append(known, m.keys...)
		}
	}
	there, _, err := to.body(root)
	for _, s := range shared {
		here, key := s[0], s[1]
		if from == ElizaOS {
			here, key = key, here
		}
		if raw, ok := body.get(here); ok && !hollow(raw) && err == nil && to != V1 {
			there = there.with(key, raw)
			known = append(known, here)
		}
	}
	var lost []string
	for _, m := range body {
		if !slices.Contains(known, m.key) && !hollow(m.raw) {
			lost = append(lost, m.key)
		}
	}
	return to.withBody(root, there), lost
}

func emptyList(o object, key string) bool {
	raw, ok := o.get(key)
	return ok && kind(raw) == "a list" && hollow(raw)
}

// hollow reports a value that says nothing.
func hollow(raw json.RawMessage) bool {
	var v any
	return json.Unmarshal(raw, &v) == nil && saysNothing(v)
}

func saysNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, e := range v {
			if !saysNothing(e) {
				return false
			}
		}
		return true
	}
	return false
}
