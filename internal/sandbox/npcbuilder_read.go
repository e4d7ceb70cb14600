package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

// npcEcho is what a create or update answers: without model, filters and events, and without the items' type and
// description (seed). The message names the id where a name would be expected (seed).
func npcEcho(id string, d doc, done string) reply {
	items := []any{}
	for _, e := range list(d, "items") {
		if item, ok := e.(map[string]any); ok {
			items = append(items, pick(item, "itemName", "unit", "value"))
		}
	}
	context := pick(d, "age", "description", "gender", "name", "quests", "role", "tone", "traits")
	context["items"] = items
	return answer(http.StatusOK, doc{
		"message":      "Character: " + id + " has been " + done + " with the following context.",
		"character_id": id, "character_context": context,
	})
}

// npcGet has items, events and quests whole, and shows neither model nor filters nor place (public docs).
func npcGet(c *call) reply {
	_, d, no := npcFind(c)
	if no != nil {
		return *no
	}
	shown := pick(d, "name", "description", "age", "gender", "role", "tone", "traits", "items", "events", "quests")
	shown["id"] = c.params["id"]
	if c.is("get-private", "show") {
		shown["model"], shown["filters"] = d["model"], d["filters"]
	}
	return answer(http.StatusOK, doc{"character_id": c.params["id"], "character": shown})
}

func pick(d doc, keys ...string) doc {
	out := doc{}
	for _, k := range keys {
		if v, ok := d[k]; ok {
			out[k] = v
		}
	}
	return out
}

func npcIndex(d doc) index {
	return index{
		Name: text(d, "name"), Role: text(d, "role"),
		Place: npcPlace(text(d, "game_id"), text(d, "world_id")) + url.PathEscape(text(d, "region_id")) + "/" + url.PathEscape(text(d, "location_id")),
	}
}

// npcPlace is the beginning of the Place of everything in a world.
func npcPlace(game, world string) string {
	return url.PathEscape(game) + "/" + url.PathEscape(world) + "/"
}

func npcIn(rec *record, game, world string) bool {
	return strings.HasPrefix(rec.Place, npcPlace(game, world))
}

// npcWorld is the tree of a world, with characters as {id, name, role} at every level they belong to (public docs).
func npcWorld(c *call) reply {
	game, world := c.params["game"], c.params["world"]
	w, ok := npcWorldOf(c.tx, game, world)
	if !ok {
		return npcProblem(c, http.StatusNotFound, "World not found")
	}
	at := map[string][]any{}
	prefix := npcPlace(game, world)
	for rec := range c.tx.all(charactersCol) {
		rest, here := strings.CutPrefix(rec.Place, prefix)
		if !here {
			continue
		}
		region, location, _ := strings.Cut(rest, "/")
		levels := []string{"/"}
		if region != "" {
			levels = append(levels, region+"/")
		}
		if location != "" {
			levels = append(levels, region+"/"+location)
		}
		if c.is("tree-repeats", "off") {
			levels = levels[len(levels)-1:]
		}
		for _, level := range levels {
			at[level] = append(at[level], doc{"id": rec.id, "name": rec.Name, "role": rec.Role})
		}
	}
	there := func(region, location string) []any {
		if l := at[url.PathEscape(region)+"/"+url.PathEscape(location)]; l != nil {
			return l
		}
		return []any{}
	}
	places := func(region string, locations []string) []any {
		out := []any{}
		for _, l := range locations {
			out = append(out, doc{"id": l, "name": l, "lore": "", "role": "", "characters": there(region, l)})
		}
		return out
	}
	regions := []any{}
	for _, r := range w.regions {
		regions = append(regions, doc{
			"id": r.id, "name": r.id, "lore": "", "weather": "", "culture": "", "politicalStability": "none",
			"characters": there(r.id, ""), "locations": places(r.id, r.locations),
		})
	}
	return answer(http.StatusOK, doc{"world_id": world, "world": doc{
		"id": world, "name": world, "lore": "", "creatures": "",
		"similarWorlds": []any{}, "characters": there("", ""), "locations": places("", w.locations), "regions": regions,
	}})
}
