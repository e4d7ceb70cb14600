package sandbox

import (
	"errors"
	"maps"
	"slices"
)

// npcLand is a world: places that belong to no region, and regions with theirs.
type npcLand struct {
	locations []string
	regions   []npcRegion
}

type npcRegion struct {
	id        string
	locations []string
}

// npcBuiltIn are the worlds that are there from the start, by game and world. In the vendor's product they are made in
// its editor; no call for it is known.
func npcBuiltIn() map[[2]string]npcLand {
	return map[[2]string]npcLand{
		{"game123", "world456"}: {
			locations: []string{"crossroads"},
			regions:   []npcRegion{{"region1", []string{"location1", "location2"}}, {"region2", []string{"location3"}}},
		},
		{"tavern", "gilded-hare"}: {
			locations: []string{"yard"},
			regions:   []npcRegion{{"inn", []string{"taproom", "cellar", "attic"}}},
		},
		{"noir", "harbour-city"}: {
			regions: []npcRegion{{"docks", []string{"pier-nine"}}, {"old-town", []string{"precinct"}}},
		},
		{"deep-range", "calliope"}: {
			regions: []npcRegion{{"ship", []string{"bridge", "hold"}}},
		},
		{"academy", "lantern-hall"}: {
			regions: []npcRegion{{"hall", []string{"library", "observatory"}}},
		},
	}
}

const npcWorldsCol = "worlds"

// npcWorldOf finds a world: one that was added, or one that is built in.
func npcWorldOf(t *tx, game, world string) (npcLand, bool) {
	if _, d, ok := t.get(npcWorldsCol, npcPlace(game, world)); ok {
		w := npcLand{locations: textsOf(d["locations"])}
		for _, e := range list(d, "regions") {
			r, _ := e.(map[string]any)
			w.regions = append(w.regions, npcRegion{text(r, "id"), textsOf(r["locations"])})
		}
		return w, true
	}
	w, ok := npcBuiltIn()[[2]string{game, world}]
	return w, ok
}

func (w npcLand) save(t *tx, game, world string) {
	regions := []any{}
	for _, r := range w.regions {
		regions = append(regions, doc{"id": r.id, "locations": anyTexts(r.locations)})
	}
	t.put(npcWorldsCol, npcPlace(game, world), doc{"locations": anyTexts(w.locations), "regions": regions}, index{})
}

// has tells whether a region, or a location in it, or one in no region, is there; "" is always there.
func (w npcLand) has(region, location string) bool {
	if region == "" {
		return location == "" || slices.Contains(w.locations, location)
	}
	for _, r := range w.regions {
		if r.id == region {
			return location == "" || slices.Contains(r.locations, location)
		}
	}
	return false
}

// regionOf is the region a location is in, "" when it is in none.
func (w npcLand) regionOf(location string) string {
	if slices.Contains(w.locations, location) {
		return ""
	}
	for _, r := range w.regions {
		if slices.Contains(r.locations, location) {
			return r.id
		}
	}
	return ""
}

// add makes a region and a location in it, as far as they are named and not there.
func (w *npcLand) add(region, location string) {
	if w.has(region, location) {
		return
	}
	if region == "" {
		w.locations = append(w.locations, location)
		return
	}
	at := slices.IndexFunc(w.regions, func(r npcRegion) bool { return r.id == region })
	if at < 0 {
		at = len(w.regions)
		w.regions = append(w.regions, npcRegion{id: region})
	}
	if location != "" {
		w.regions[at].locations = append(w.regions[at].locations, location)
	}
}

// AddWorld makes an NPCBuilder world, or adds to one: regions by id with the ids of their locations. Locations under ""
// belong to no region.
func (s *Server) AddWorld(game, world string, regions map[string][]string) error {
	if game == "" || world == "" {
		return errors.New("sandbox: a world needs a game and an id")
	}
	return s.change("npcbuilder", func(_ *vendor, t *tx) {
		w, _ := npcWorldOf(t, game, world)
		for _, region := range slices.Sorted(maps.Keys(regions)) {
			w.add(region, "")
			for _, location := range regions[region] {
				w.add(region, location)
			}
		}
		w.save(t, game, world)
	})
}
