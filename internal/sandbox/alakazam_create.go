package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	alakazamKeysCol  = "idempotency"
	alakazamUsageCol = "usage"
)

// alakazamCreate takes one of three bodies: IMPORT {world}, AUTHORED {authored, premise or frame_*}, else EXPLICIT
// (public docs). Its answer is a stub of five fields. It costs one generation of the day.
func alakazamCreate(c *call) reply {
	key := c.req.Header.Get("Idempotency-Key")
	sum := sha256.Sum256(c.raw)
	print := hex.EncodeToString(sum[:])
	if earlier := alakazamReplay(c, key, print); earlier != nil {
		return *earlier
	}
	in, problems := alakazamCreateBody(c)
	if len(problems) > 0 {
		return alakazamInvalid(problems)
	}
	if no := alakazamSpend(c); no != nil {
		return *no
	}
	id, d := alakazamBuild(c.tx, in)
	if c.is("create-extras", "accept") {
		for _, extra := range []string{"description", "visibility"} {
			if v, ok := in[extra]; ok {
				d[extra] = v
			}
		}
	}
	if text(d, "visibility") == "" {
		d["visibility"] = c.sw("default-visibility")
	}
	c.save(id, c.who.owner, d)
	stub := doc{"id": id, "slug": d["slug"], "kind": "character", "cover": orNull(d, "cover"), "schemaVersion": "1.0"}
	if key != "" {
		c.tx.put(alakazamKeysCol, c.who.owner+" "+key, doc{"body": print, "answer": stub, "status": c.sw("create-status")}, index{})
	}
	return answer(c.limit("create-status"), stub)
}

// alakazamReplay is the answer to an Idempotency-Key that was used before, if it was.
func alakazamReplay(c *call, key, print string) *reply {
	if key == "" {
		return nil
	}
	rec, used, ok := c.tx.get(alakazamKeysCol, c.who.owner+" "+key)
	if !ok {
		return nil
	}
	if hours := c.limit("idempotency-hours"); hours > 0 && c.tx.now.Sub(time.Unix(0, rec.updated)) > time.Duration(hours)*time.Hour {
		return nil
	}
	original := object(used, "answer")
	if text(used, "body") != print {
		switch c.sw("idempotency-conflict") {
		case "409":
			no := alakazamProblem(http.StatusConflict, "this Idempotency-Key was used with another body")
			return &no
		case "422":
			no := alakazamInvalid([]string{"Idempotency-Key: was used with another body"})
			return &no
		}
	}
	c.id = text(original, "id")
	status, _ := strconv.Atoi(text(used, "status"))
	again := answer(status, original)
	return &again
}

// alakazamBuild makes the stored character of a valid create body.
func alakazamBuild(t *tx, in doc) (id string, d doc) {
	d = doc{}
	if world := object(in, "world"); world != nil {
		in = object(world, "character")
	} else if truth(in, "authored") {
		in = alakazamAuthored(in)
	}
	for _, f := range alakazamFields() {
		if v, ok := in[f.name]; ok && f.create && v != nil {
			d[f.name] = v
		}
	}
	id = uuid.Must(uuid.FromBytes(versioned(t.random(16), 4))).String()
	d["slug"] = slug(text(d, "name")) + "-" + id[:6]
	return id, d
}

// alakazamAuthored stands for the platform's invention: a persona and stances the caller did not write.
func alakazamAuthored(in doc) doc {
	out := doc{
		"name": "Invented", "persona": "An invention of the platform.", "greeting": "Hello from nowhere in particular.",
		"stances": []any{
			doc{"id": "calm", "label": "Calm", "mood": "calm", "expression": "relaxed"},
			doc{"id": "bright", "label": "Bright", "mood": "joyful", "expression": "wide smile"},
		},
	}
	if premise := text(in, "premise"); premise != "" {
		out["persona"] = "An invention of the platform after: " + premise
	}
	for k, v := range in {
		out[k] = v
	}
	return out
}

// versioned sets the version and variant of a UUID's bytes.
func versioned(b []byte, version byte) []byte {
	b[6] = b[6]&0x0f | version<<4
	b[8] = b[8]&0x3f | 0x80
	return b
}

func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "character"
}

func alakazamSeed(t *tx, in doc) (string, doc, error) {
	id, d := alakazamBuild(t, doc{})
	for k, v := range in {
		d[k] = v
	}
	d["slug"] = slug(text(d, "name")) + "-" + id[:6]
	if text(d, "visibility") == "" {
		d["visibility"] = "private"
	}
	return id, d, nil
}

// alakazamSpend takes one generation from the app's day, or says that none is left.
func alakazamSpend(c *call) *reply {
	day, used := alakazamDay(c)
	if used >= c.limit("daily-generations") {
		no := answer(http.StatusPaymentRequired, doc{"detail": "daily generation quota exceeded", "schemaVersion": "1.0"})
		return &no
	}
	c.tx.put(alakazamUsageCol, c.who.owner, doc{"day": day, "generation": used + 1}, index{})
	return nil
}

func alakazamDay(c *call) (day string, used int) {
	day = c.tx.now.UTC().Format(time.DateOnly)
	if _, d, ok := c.tx.get(alakazamUsageCol, c.who.owner); ok && text(d, "day") == day {
		n, _ := number(d["generation"])
		used = int(n)
	}
	return day, used
}

// alakazamUsage: the caps for sessions are the documents' sample (public docs).
func alakazamUsage(c *call) reply {
	day, used := alakazamDay(c)
	return answer(http.StatusOK, doc{
		"day": day, "schemaVersion": "1.0",
		"usage": doc{"generation": used, "session": 0},
		"caps":  doc{"generation": c.limit("daily-generations"), "session": 200, "session_seconds": 7200},
	})
}

// alakazamCreateBody checks a create body and says everything that is wrong with it.
func alakazamCreateBody(c *call) (doc, []string) {
	in := c.body
	problems := alakazamCheck(c, in, true)
	switch {
	case in["world"] != nil:
		world := object(in, "world")
		if world == nil || object(world, "character") == nil {
			return in, append(problems, "world: must be an object with a character")
		}
		problems = append(problems, prefixed("world.character.", alakazamCheck(c, object(world, "character"), true))...)
		if text(object(world, "character"), "name") == "" {
			problems = append(problems, "world.character.name: is required")
		}
	case truth(in, "authored"):
		if text(in, "premise") == "" && text(in, "frame_b64") == "" && text(in, "frame_url") == "" {
			problems = append(problems, "premise: a premise or a frame is required")
		}
	case text(in, "name") == "":
		problems = append(problems, "name: is required")
	}
	return in, problems
}

func prefixed(prefix string, texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = fmt.Sprint(prefix, t)
	}
	return out
}
