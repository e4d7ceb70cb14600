package spec

import (
	"cmp"
	"slices"
	"strings"
)

// CommonFields lists the fields that every manifest has under spec, in their
// usual order.
func CommonFields() []Path {
	return []Path{"name", "title", "description", "greeting", "persona", "scene", "lore", "examples", "visibility"}
}

// CompareKeys orders the keys of a mapping as manifests usually have them:
// what directs charsync, then what people read, then where it lives. Others
// follow by the alphabet before the targets, and environments are the last.
func CompareKeys(a, b string) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}

func rank(key string) int {
	order := []string{
		"apiVersion", "kind", "metadata", "spec",
		"extends", "id", "cloneFrom", "KB", "compose", "game_id", "world_id",
		"name", "labels", "card", "title", "description", "greeting", "persona", "scene", "lore", "examples",
		"visibility", "protect",
	}
	if i := slices.Index(order, key); i >= 0 {
		return i
	}
	switch key {
	case "targets":
		return len(order) + 1
	case "environments":
		return len(order) + 2
	}
	return len(order)
}

// CompareProjectKeys orders the keys of charsync.yaml: its head, where things
// are, and what to do with them. Others, and the names of instances and
// environments, follow by the alphabet.
func CompareProjectKeys(a, b string) int {
	order := []string{
		"apiVersion", "kind", "metadata", "spec", "name", "labels",
		"manifests", "providers", "environments", "policy",
		"type", "apiKeyEnv", "baseURL", "userAgent", "requestsPerSecond", "concurrency", "compose", "game_id", "world_id",
		"targets", "drift", "conflict", "maxChanges", "maxDeletes", "backend", "path",
	}
	rank := func(key string) int {
		switch i := slices.Index(order, key); {
		case i >= 0:
			return i
		case key == "state":
			return len(order) + 1
		}
		return len(order)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}
