package sandbox

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// caiCategoryOffer is a category a character can be in.
type caiCategoryOffer struct {
	name, description string
	priority          int
}

func caiCategories() []caiCategoryOffer {
	out := []caiCategoryOffer{}
	for i, name := range []string{
		"Action", "Animals", "Anime", "Art & Artists", "Books", "Comedy", "Discussion", "Education",
		"Famous People", "Fantasy", "Fiction & Media", "Game Characters", "Games", "Helpers", "History", "Image Generating",
		"Language Learning", "Movies & TV", "Music", "Philosophy", "Politics", "Religion", "Romance", "Science", "VTuber", "Other",
	} {
		out = append(out, caiCategoryOffer{name: name, description: name + " on Character.AI", priority: 100 - i})
	}
	return out
}

// caiCategoryViews are categories as they read: objects, whatever was written (public docs).
func caiCategoryViews(c *call, names []string) []any {
	out := []any{}
	for _, name := range names {
		if c.is("category-shape", "strings") {
			out = append(out, name)
			continue
		}
		view := doc{"name": name, "priority": 0, "description": ""}
		for _, k := range caiCategories() {
			if k.name == name {
				view["priority"], view["description"] = k.priority, k.description
			}
		}
		out = append(out, view)
	}
	return out
}

func caiCategoryList(c *call) reply {
	names := []string{}
	for _, k := range caiCategories() {
		names = append(names, k.name)
	}
	return answer(http.StatusOK, doc{"categories": caiCategoryViews(c, names)})
}

func caiCategory(c *call) reply {
	for _, k := range caiCategories() {
		if k.name == c.params["id"] {
			return answer(http.StatusOK, doc{"category": doc{"name": k.name, "description": k.description, "priority": k.priority}})
		}
	}
	return answer(http.StatusOK, doc{"command": "neo_error", "comment": "category not found"})
}

// caiOldVoices have numbers; default_voice_id takes the ids of the newer ones, and the two do not mix (public docs).
func caiOldVoices(*call) reply {
	return answer(http.StatusOK, doc{"voices": []doc{
		{"id": 22, "name": "Sleepy", "voice_id": 22, "country_code": "us", "lang_code": "en-US"},
		{"id": 38, "name": "Anime Girl", "voice_id": 38, "country_code": "us", "lang_code": "en-US"},
		{"id": 41, "name": "Narrator", "voice_id": 41, "country_code": "gb", "lang_code": "en-GB"},
	}})
}

func caiNeoVoices() []doc {
	voice := func(id, name, source string) doc {
		return doc{
			"id": id, "name": name, "description": name, "gender": "neutral", "visibility": "public", "source": source,
			"creatorInfo": doc{"id": "1", "username": "home", "source": "user"}, "previewText": "Good day to you.", "previewAudioURI": "",
		}
	}
	return []doc{
		voice("8d1f9c2e-3a60-4f0e-9f0b-0f6f3a1c1a01", "Innkeeper", "user"),
		voice("5f5f3f9a-6a27-4c6e-8c39-b0a1f6f4d902", "Radio Host", "system"),
		voice("0b9a0d4e-51d0-4e0f-92b4-7f5d2f9fb203", "Storyteller", "featured"),
	}
}

// caiVoices: {id} is a voice, or one of the words user, system, featured and search.
func caiVoices(c *call) reply {
	want := c.params["id"]
	if want == "user" || want == "system" || want == "featured" || want == "search" {
		out := []doc{}
		for _, v := range caiNeoVoices() {
			if want == text(v, "source") || want == "search" && strings.Contains(strings.ToLower(text(v, "name")), strings.ToLower(c.query.Get("query"))) {
				out = append(out, v)
			}
		}
		return answer(http.StatusOK, doc{"voices": out})
	}
	for _, v := range caiNeoVoices() {
		if text(v, "id") == want {
			return answer(http.StatusOK, doc{"voice": v})
		}
	}
	return answer(http.StatusNotFound, doc{"command": "neo_error", "comment": "voice not found"})
}

// caiUpload takes a picture and gives the path for avatar_rel_path. The status may report a policy violation instead. On
// the newer host a second cookie is needed (public docs).
func caiUpload(c *call) reply {
	newer := strings.HasPrefix(c.route.pattern, "/api/trpc/")
	if newer {
		if cookie, err := c.req.Cookie("web-next-auth"); err != nil || cookie.Value == "" {
			return answer(http.StatusUnauthorized, doc{"error": doc{"message": "UNAUTHORIZED", "code": -32001}})
		}
	}
	if len(c.raw) == 0 {
		return answer(http.StatusOK, doc{"status": "No image was sent.", "value": ""})
	}
	if c.is("avatar-policy", "refuse") {
		return answer(http.StatusOK, doc{"status": "This image violates our policy.", "value": ""})
	}
	name := base64.RawURLEncoding.EncodeToString(c.tx.random(24))
	path := "uploaded/" + c.tx.now.UTC().Format("2006/1/2") + "/" + name + ".webp"
	c.tx.put("uploads", path, doc{"size": len(c.raw)}, index{Owner: c.who.owner})
	if newer {
		return answer(http.StatusOK, []doc{{"result": doc{"data": doc{"json": path}}}})
	}
	return answer(http.StatusOK, doc{"status": "OK", "value": path})
}
