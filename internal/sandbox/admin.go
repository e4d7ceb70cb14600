package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// adminRoute is an operation under /_sandbox/. Its paths are matched as a vendor's are.
type adminRoute struct {
	method, pattern, doc string
	handle               func(s *Server, p map[string]string, q url.Values, body []byte) (any, error)
}

func adminRoutes() []adminRoute {
	return []adminRoute{
		{"GET", "requests", "the request log; ?vendor= narrows it", func(s *Server, _ map[string]string, q url.Values, _ []byte) (any, error) {
			return s.Requests(q.Get("vendor")), nil
		}},
		{"DELETE", "requests", "empties the request log", func(s *Server, _ map[string]string, _ url.Values, _ []byte) (any, error) {
			s.ResetRequests()
			return done(), nil
		}},
		{"GET", "switches", "every switch with its value", func(s *Server, _ map[string]string, _ url.Values, _ []byte) (any, error) {
			return s.switchValues(), nil
		}},
		{"PUT", "switches", `sets switches: {"alakazam.get-one":"404"}`, func(s *Server, _ map[string]string, _ url.Values, body []byte) (any, error) {
			var values map[string]string
			if err := strictly(body, &values); err != nil {
				return nil, err
			}
			if err := s.switches.setAll(values); err != nil {
				return nil, err
			}
			return s.switchValues(), nil
		}},
		{"POST", "faults", `queues a fault: {"vendor":"convai","route":"character.update","kind":"reset-after","skip":0,"times":1,"delay":"50ms","retry_after":"1"}`, postFault},
		{"DELETE", "faults", "drops all faults and makes expired keys good", func(s *Server, _ map[string]string, _ url.Values, _ []byte) (any, error) {
			s.ClearFaults()
			return done(), nil
		}},
		{"GET", "characters", "what is stored, per vendor", func(s *Server, _ map[string]string, _ url.Values, _ []byte) (any, error) {
			all := map[string][]Stored{}
			for _, name := range Vendors() {
				chars, err := s.Characters(name)
				if err != nil {
					return nil, err
				}
				all[name] = chars
			}
			return all, nil
		}},
		{"GET", "characters/{vendor}", "what is stored at one vendor", func(s *Server, p map[string]string, _ url.Values, _ []byte) (any, error) {
			return s.Characters(p["vendor"])
		}},
		{"POST", "characters/{vendor}", "stores a character behind the client's back", func(s *Server, p map[string]string, _ url.Values, body []byte) (any, error) {
			d, err := decodeDoc(body)
			if err != nil {
				return nil, err
			}
			id, err := s.Put(p["vendor"], d)
			return doc{"id": id}, err
		}},
		{"GET", "characters/{vendor}/{id}", "one stored character", func(s *Server, p map[string]string, _ url.Values, _ []byte) (any, error) {
			return s.Character(p["vendor"], p["id"])
		}},
		{"PATCH", "characters/{vendor}/{id}", "edits a character behind the client's back; null removes a key", func(s *Server, p map[string]string, _ url.Values, body []byte) (any, error) {
			d, err := decodeDoc(body)
			if err != nil {
				return nil, err
			}
			if err := s.Edit(p["vendor"], p["id"], d); err != nil {
				return nil, err
			}
			return s.Character(p["vendor"], p["id"])
		}},
		{"DELETE", "characters/{vendor}/{id}", "removes a character behind the client's back", func(s *Server, p map[string]string, _ url.Values, _ []byte) (any, error) {
			return done(), s.Remove(p["vendor"], p["id"])
		}},
		{"PUT", "worlds/{game}/{world}", `makes an NPCBuilder world: {"regions":{"region1":["location1"]}}`, func(s *Server, p map[string]string, _ url.Values, body []byte) (any, error) {
			var in struct {
				Regions map[string][]string `json:"regions"`
			}
			if err := strictly(body, &in); err != nil {
				return nil, err
			}
			return done(), s.AddWorld(p["game"], p["world"], in.Regions)
		}},
	}
}

func done() any { return doc{"ok": true} }

func (s *Server) serveAdmin(w http.ResponseWriter, r *http.Request, path string) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 32<<20))
	if err != nil {
		return
	}
	routes := adminRoutes()
	known := []string{}
	for _, rt := range routes {
		known = append(known, rt.method+" /_sandbox/"+rt.pattern+"  "+rt.doc)
		params, ok := matchPattern(strings.Split(rt.pattern, "/"), strings.Split(path, "/"))
		if !ok || rt.method != r.Method {
			continue
		}
		result, err := rt.handle(s, params, r.URL.Query(), body)
		if err != nil {
			send(w, answer(http.StatusBadRequest, doc{"error": err.Error()}))
			return
		}
		send(w, answer(http.StatusOK, result))
		return
	}
	send(w, answer(http.StatusNotFound, doc{"error": "sandbox: no such operation", "accepted": known}))
}

func (s *Server) switchValues() any {
	type valued struct {
		Switch
		Value string `json:"value"`
	}
	values, _ := s.switches.current()
	out := []valued{}
	for _, sw := range Switches() {
		out = append(out, valued{sw, values[sw.Name]})
	}
	return out
}

func postFault(s *Server, _ map[string]string, _ url.Values, body []byte) (any, error) {
	var in struct {
		Vendor     string    `json:"vendor"`
		Route      string    `json:"route"`
		Method     string    `json:"method"`
		Skip       int       `json:"skip"`
		Times      int       `json:"times"`
		Kind       FaultKind `json:"kind"`
		Delay      string    `json:"delay"`
		RetryAfter string    `json:"retry_after"`
		Status     int       `json:"status"`
		Body       string    `json:"body"`
		Commit     bool      `json:"commit"`
	}
	if err := strictly(body, &in); err != nil {
		return nil, err
	}
	if !slices.Contains(FaultKinds(), in.Kind) {
		return nil, fmt.Errorf("sandbox: no fault kind %q; accepted: %v", in.Kind, FaultKinds())
	}
	f := Fault{
		Vendor: in.Vendor, Route: in.Route, Method: in.Method, Skip: in.Skip, Times: in.Times, Kind: in.Kind,
		RetryAfter: in.RetryAfter, Status: in.Status, Body: in.Body, Commit: in.Commit,
	}
	if in.Delay != "" {
		d, err := time.ParseDuration(in.Delay)
		if err != nil {
			return nil, fmt.Errorf("sandbox: delay: %w", err)
		}
		f.Delay = d
	}
	s.Inject(f)
	return done(), nil
}

func strictly(body []byte, into any) error {
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("sandbox: body: %w", err)
	}
	return nil
}
