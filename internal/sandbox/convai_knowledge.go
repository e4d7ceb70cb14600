package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

const (
	convaiKBCol       = "knowledge"
	convaiFunctionCol = "functions"
)

// convaiUploaded reads an upload, which is a form with a file or the same as JSON.
func convaiUploaded(c *call) (fields doc, err error) {
	if c.body != nil {
		return c.body, nil
	}
	c.req.Body = io.NopCloser(bytes.NewReader(c.raw))
	if err := c.req.ParseMultipartForm(32 << 20); err != nil {
		return nil, err
	}
	defer func() { _ = c.req.MultipartForm.RemoveAll() }()
	fields = doc{}
	for k, v := range c.req.MultipartForm.Value {
		fields[k] = v[0]
	}
	if f, head, err := c.req.FormFile("file"); err == nil {
		defer f.Close()
		content, err := io.ReadAll(io.LimitReader(f, 32<<20))
		if err != nil {
			return nil, err
		}
		fields["content"] = string(content)
		if text(fields, "file_name") == "" {
			fields["file_name"] = head.Filename
		}
	}
	return fields, nil
}

// convaiKBUpload stores a document for a character (public docs). It becomes available later: switch convai.kb-delay.
func convaiKBUpload(c *call) reply {
	in, err := convaiUploaded(c)
	if err != nil {
		return convaiError(err.Error())
	}
	rec, d, ok := convaiFind(c, convaiCharOf(in))
	if !ok {
		return convaiError(convaiNoFetch)
	}
	name := text(in, "file_name")
	if name == "" {
		return convaiError("file_name is required.")
	}
	id := convaiID(c.tx)
	c.tx.put(convaiKBCol, id, doc{"file_name": name, "content": text(in, "content")}, index{Place: rec.id, Owner: c.who.owner})
	d["docs"] = append(list(d, "docs"), doc{"id": id, "status": "active"})
	c.save(rec.id, rec.Owner, d)
	return answer(http.StatusOK, convaiKBEntry(c, id, doc{"file_name": name}, c.tx.now.UnixNano(), "active"))
}

// convaiCharOf: the knowledge bank's pages say character_id as often as charID.
func convaiCharOf(in doc) string {
	if id := text(in, "charID"); id != "" {
		return id
	}
	return text(in, "character_id")
}

func convaiKBEntry(c *call, id string, kb doc, created int64, status string) doc {
	ready := time.Duration(c.limit("kb-delay")) * time.Millisecond
	return doc{
		"id": id, "file_name": text(kb, "file_name"), "file_size": len(text(kb, "content")), "status": status,
		"is_available": !c.tx.now.Before(time.Unix(0, created).Add(ready)), "timestamp": convaiTime(created),
	}
}

// convaiKBList gives each document as JSON inside a string (public docs).
func convaiKBList(c *call) reply {
	rec, d, ok := convaiFind(c, convaiCharOf(c.body))
	if !ok {
		return convaiError(convaiNoFetch)
	}
	out := []string{}
	for kb := range c.tx.all(convaiKBCol) {
		if kb.Place != rec.id {
			continue
		}
		raw, err := encode(convaiKBEntry(c, kb.id, c.tx.doc(kb), kb.created, convaiLinkStatus(d, "docs", kb.id)))
		if err != nil {
			c.tx.fail(err)
		}
		out = append(out, string(raw))
	}
	return answer(http.StatusOK, doc{"docs": out})
}

func convaiLinkStatus(d doc, key, id string) string {
	for _, e := range list(d, key) {
		if o, _ := e.(map[string]any); text(o, "id") == id {
			return text(o, "status")
		}
	}
	return "inactive"
}

func convaiKBFind(c *call, in doc) (*record, doc, bool) {
	id := text(in, "document_id")
	if id == "" {
		id = text(in, "id")
	}
	rec, kb, ok := c.tx.get(convaiKBCol, id)
	if !ok || rec.Owner != c.who.owner {
		return nil, nil, false
	}
	return rec, kb, true
}

func convaiKBUpdate(c *call) reply {
	in, err := convaiUploaded(c)
	if err != nil {
		return convaiError(err.Error())
	}
	rec, kb, ok := convaiKBFind(c, in)
	if !ok {
		return convaiError(convaiNoRead)
	}
	for _, key := range []string{"file_name", "content"} {
		if s := text(in, key); s != "" {
			kb[key] = s
		}
	}
	c.tx.put(convaiKBCol, rec.id, kb, rec.index)
	return answer(http.StatusOK, doc{"STATUS": "SUCCESS"})
}

func convaiKBDelete(c *call) reply {
	rec, _, ok := convaiKBFind(c, c.body)
	if !ok {
		return convaiError(convaiNoRead)
	}
	c.tx.remove(convaiKBCol, rec.id)
	if char, d, ok := convaiFind(c, rec.Place); ok {
		d["docs"] = slices.DeleteFunc(list(d, "docs"), func(e any) bool {
			o, _ := e.(map[string]any)
			return text(o, "id") == rec.id
		})
		c.save(char.id, char.Owner, d)
	}
	return answer(http.StatusOK, doc{"STATUS": "SUCCESS"})
}

// convaiFunctionList gives the account's functions; with a character, how each stands there.
func convaiFunctionList(c *call) reply {
	var d doc
	if id := convaiCharOf(c.body); id != "" {
		var ok bool
		if _, d, ok = convaiFind(c, id); !ok {
			return convaiError(convaiNoFetch)
		}
	}
	out := []any{}
	for rec := range c.tx.all(convaiFunctionCol) {
		if rec.Owner == c.who.owner {
			f := c.tx.doc(rec)
			f["id"], f["status"] = rec.id, convaiLinkStatus(d, "functions", rec.id)
			out = append(out, f)
		}
	}
	return answer(http.StatusOK, doc{"functions": out})
}

func convaiFunctionCreate(c *call) reply {
	name := text(c.body, "name")
	if name == "" {
		return convaiError("name is required.")
	}
	id := fmt.Sprint("fn-", convaiID(c.tx))
	c.tx.put(convaiFunctionCol, id, doc{"name": name, "description": text(c.body, "description")}, index{Owner: c.who.owner})
	return answer(http.StatusOK, doc{"id": id})
}
