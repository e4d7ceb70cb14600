package sandbox

import (
	"errors"
	"maps"
	"net/http"

	"github.com/google/uuid"
)

func npcCreate(c *call) reply {
	game, world := c.params["game"], c.params["world"]
	d, no := npcPlaced(c, game, world)
	if no != nil {
		return *no
	}
	if no := npcApply(c, d, c.body); no != nil {
		return *no
	}
	if c.is("required", "name") && text(d, "name") == "" {
		return npcViolation(c, "name is required")
	}
	if no := npcNameTaken(c, "", d); no != nil {
		return *no
	}
	id := npcID(c.tx)
	if s := npcSession(c); s != "" {
		d["_new"] = true
		c.id = id
		c.tx.put(npcSessionsCol, s+" "+id, d, index{Owner: c.who.owner})
	} else {
		c.save(id, c.who.owner, d)
	}
	return npcEcho(id, d, "created")
}

// npcPlaced is a new character's beginning: where it is, and the service's defaults.
func npcPlaced(c *call, game, world string) (doc, *reply) {
	w, ok := npcWorldOf(c.tx, game, world)
	region, location := c.query.Get("region_id"), c.query.Get("location_id")
	if !ok && c.is("unknown-world", "create") {
		w, ok = npcLand{}, true
		w.add(region, location)
		w.save(c.tx, game, world)
	}
	if !ok {
		no := npcProblem(c, http.StatusNotFound, "World not found")
		return nil, &no
	}
	if location != "" && region == "" {
		region = w.regionOf(location)
	}
	if !w.has(region, location) {
		no := npcProblem(c, http.StatusNotFound, "Region or location not found")
		return nil, &no
	}
	d := npcDefaults()
	d["game_id"], d["world_id"] = game, world
	if region != "" {
		d["region_id"] = region
	}
	if location != "" {
		d["location_id"] = location
	}
	return d, nil
}

func npcDefaults() doc {
	return doc{
		"name": "", "description": "", "age": "adult", "gender": "", "role": "noRole", "tone": "formal",
		"model": "standard", "filters": true, "traits": []any{}, "items": []any{}, "events": []any{}, "quests": []any{},
	}
}

func npcID(t *tx) string {
	return uuid.Must(uuid.FromBytes(versioned(t.random(16), 4))).String()
}

func npcNameTaken(c *call, self string, d doc) *reply {
	if c.is("duplicate-names", "accept") || text(d, "name") == "" {
		return nil
	}
	for rec := range c.tx.all(charactersCol) {
		if rec.id != self && rec.Name == text(d, "name") && npcIn(rec, text(d, "game_id"), text(d, "world_id")) {
			no := npcProblem(c, http.StatusConflict, "A character with this name exists in this world")
			return &no
		}
	}
	return nil
}

// npcUpdate merges what is sent (seed); in a session only that player's copy changes.
func npcUpdate(c *call) reply {
	rec, d, no := npcFind(c)
	if no != nil {
		return *no
	}
	if no := npcApply(c, d, c.body); no != nil {
		return *no
	}
	id := c.params["id"]
	if no := npcNameTaken(c, id, d); no != nil {
		return *no
	}
	if s := npcSession(c); s != "" {
		c.tx.put(npcSessionsCol, s+" "+id, d, index{Owner: c.who.owner})
	} else {
		c.save(id, rec.Owner, d)
	}
	return npcEcho(id, d, "updated")
}

func npcDelete(c *call) reply {
	id := c.params["id"]
	gone := answer(http.StatusOK, doc{"message": "Character: " + id + " has been deleted.", "character_id": id})
	_, _, no := npcFind(c)
	switch s := npcSession(c); {
	case no != nil && c.is("delete-twice", "200"):
		return gone
	case no != nil:
		return *no
	case s != "":
		c.tx.put(npcSessionsCol, s+" "+id, doc{"_gone": true}, index{Owner: c.who.owner})
	default:
		c.tx.remove(charactersCol, id)
	}
	return gone
}

func npcSeed(t *tx, in doc) (string, doc, error) {
	game, world := text(in, "game_id"), text(in, "world_id")
	if game == "" || world == "" {
		return "", nil, errors.New("sandbox: npcbuilder: game_id and world_id are needed to put a character")
	}
	w, ok := npcWorldOf(t, game, world)
	if !ok || !w.has(text(in, "region_id"), text(in, "location_id")) {
		w.add(text(in, "region_id"), text(in, "location_id"))
		w.save(t, game, world)
	}
	d := npcDefaults()
	maps.Copy(d, in)
	return npcID(t), d, nil
}
