package sandbox

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Stored is a character as the sandbox keeps it, under the vendor's write names.
type Stored struct {
	ID      string         `json:"id"`
	Owner   string         `json:"owner"` // "home" is the account of the credentials that Environ gives
	Created time.Time      `json:"created"`
	Updated time.Time      `json:"updated"`
	Doc     map[string]any `json:"doc"` // numbers are json.Number
}

func (s *Server) store(name string) (*vendor, *store, error) {
	v := vendorNamed(s.vendors, name)
	if v == nil {
		return nil, nil, fmt.Errorf("sandbox: no vendor %q; accepted: %s", name, strings.Join(Vendors(), ", "))
	}
	return v, s.stores[name], nil
}

// Characters gives a vendor's stored characters, all owners, oldest first.
func (s *Server) Characters(vendor string) ([]Stored, error) {
	_, st, err := s.store(vendor)
	if err != nil {
		return nil, err
	}
	out := []Stored{}
	err = st.read(s.now(), func(t *tx) {
		for rec := range t.all(charactersCol) {
			out = append(out, stored(rec, t.doc(rec)))
		}
	})
	return out, err
}

// Character gives one stored character.
func (s *Server) Character(vendor, id string) (Stored, error) {
	_, st, err := s.store(vendor)
	if err != nil {
		return Stored{}, err
	}
	var out Stored
	err = st.read(s.now(), func(t *tx) {
		rec, d, ok := t.get(charactersCol, id)
		if !ok {
			t.fail(unknownCharacter(vendor, id))
			return
		}
		out = stored(rec, d)
	})
	return out, err
}

func stored(rec *record, d doc) Stored {
	return Stored{ID: rec.id, Owner: rec.Owner, Created: time.Unix(0, rec.created).UTC(), Updated: time.Unix(0, rec.updated).UTC(), Doc: d}
}

func unknownCharacter(vendor, id string) error {
	return fmt.Errorf("sandbox: %s has no character %q", vendor, id)
}

// Kinds are the fields of a vendor's characters that Edit changes in a way the vendor could hold, by the names that it
// stores them under: text, bool, number, list or object.
func Kinds(vendor string) (map[string]string, error) {
	out := map[string]string{}
	switch vendor {
	case "alakazam":
		for _, f := range alakazamFields() {
			out[f.name] = map[string]string{"bool": "bool", "stances": "list", "intro": "object"}[f.kind]
		}
		delete(out, "world") // of a create alone
	case "characterai":
		for _, l := range caiLimits() {
			out[l.field] = map[string]string{"bool": "bool", "texts": "list"}[l.kind]
		}
	case "convai":
		for _, f := range convaiFields() {
			out[f.key] = map[string]string{"languageCodes": "list", "temperature": "number", "memorySettings": "object", "functions": "list", "docs": "list"}[f.key]
		}
		delete(out, "action")
		out["actions"] = "list"
	case "npcbuilder":
		for _, f := range npcFields() {
			out[f.name] = map[string]string{"filters": "bool", "texts": "list", "objects": "list"}[f.kind]
		}
	case "elevenlabs":
		out = map[string]string{"name": "text", "tags": "list", "conversation_config": "object", "platform_settings": "object"}
	case "vapi":
		for key, shape := range vapiAssistant() {
			kind, _, _ := strings.Cut(strings.TrimPrefix(shape, "*"), " ")
			if kind != "any" { // it may be several
				out[key] = map[string]string{"bool": "bool", "number": "number", "whole": "number", "object": "object", "list": "list", "texts": "list"}[kind]
			}
		}
	default:
		return nil, fmt.Errorf("sandbox: no vendor %q; accepted: %s", vendor, strings.Join(Vendors(), ", "))
	}
	for key, kind := range out {
		if kind == "" {
			out[key] = "text"
		}
	}
	return out, nil
}

// Edit changes a stored character without a request, as someone working in the vendor's own console would. The patch
// replaces whole keys, under the vendor's write names; a nil value removes its key. Nothing is validated.
func (s *Server) Edit(name, id string, patch map[string]any) error {
	return s.change(name, func(v *vendor, t *tx) {
		rec, d, ok := t.get(charactersCol, id)
		if !ok {
			t.fail(unknownCharacter(name, id))
			return
		}
		changes, err := plain(patch)
		if err != nil {
			t.fail(err)
			return
		}
		for key, value := range changes {
			if value == nil {
				delete(d, key)
			} else {
				d[key] = value
			}
		}
		ix := v.index(d)
		ix.Owner = rec.Owner
		t.put(charactersCol, id, d, ix)
	})
}

// Remove deletes a stored character without a request.
func (s *Server) Remove(name, id string) error {
	return s.change(name, func(_ *vendor, t *tx) {
		if t.find(charactersCol, id) == nil {
			t.fail(unknownCharacter(name, id))
			return
		}
		t.remove(charactersCol, id)
	})
}

// Put stores a character without a request and gives its id. The document is what a create would take, under the write
// names, with anything else that a character can hold beside it (visibility, languageCodes, archived); it is not
// validated. Three keys are for the sandbox itself: "id" chooses the id, "owner" the owner ("home" when absent; any other
// is somebody else), and for NPCBuilder "game_id" and "world_id" say where, "region_id" and "location_id" where in it;
// a world, region or location that is not there yet is made.
func (s *Server) Put(name string, document map[string]any) (string, error) {
	var id string
	err := s.change(name, func(v *vendor, t *tx) {
		d, err := plain(document)
		if err != nil {
			t.fail(err)
			return
		}
		owner := home
		if o := text(d, "owner"); o != "" {
			owner = o
		}
		wanted := text(d, "id")
		delete(d, "owner")
		delete(d, "id")
		if id, d, err = v.seed(t, d); err != nil {
			t.fail(err)
			return
		}
		if wanted != "" {
			id = wanted
		}
		ix := v.index(d)
		ix.Owner = owner
		t.put(charactersCol, id, d, ix)
	})
	return id, err
}

// plain is a document as it would have come over the wire, whatever Go types it was made of.
func plain(m map[string]any) (doc, error) {
	raw, err := encode(m)
	if err != nil {
		return nil, fmt.Errorf("sandbox: not a JSON document: %w", err)
	}
	return decodeDoc(raw)
}

func (s *Server) change(name string, fn func(*vendor, *tx)) error {
	v, st, err := s.store(name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(s.ctx, time.Minute)
	defer cancel()
	_, err = st.write(ctx, s.now(), func(t *tx) { fn(v, t) })
	return err
}
