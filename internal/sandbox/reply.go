package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
)

type rawJSON = json.RawMessage

// reply is an answer before it is written.
type reply struct {
	status int
	header map[string]string
	body   any    // JSON, unless page is set
	page   string // an HTML page
}

func answer(status int, body any) reply { return reply{status: status, body: body} }

func (r reply) with(key, value string) reply {
	h := map[string]string{key: value}
	for k, v := range r.header {
		h[k] = v
	}
	r.header = h
	return r
}

// render gives the bytes to send and their content type.
func (r reply) render() ([]byte, string, error) {
	if r.page != "" {
		return []byte(r.page), "text/html; charset=utf-8", nil
	}
	if r.body == nil {
		return nil, "", nil
	}
	raw, err := encode(r.body)
	return append(raw, '\n'), "application/json", err
}

func send(w http.ResponseWriter, r reply) {
	raw, kind, err := r.render()
	if err != nil {
		http.Error(w, "sandbox: "+err.Error(), http.StatusInternalServerError)
		return
	}
	sendBytes(w, r, raw, kind)
}

func sendBytes(w http.ResponseWriter, r reply, raw []byte, kind string) {
	h := w.Header()
	for k, v := range r.header {
		h.Set(k, v)
	}
	if kind != "" {
		h.Set("Content-Type", kind)
	}
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(r.status)
	_, _ = w.Write(raw) // the client may be gone
}

// htmlPage is the sort of page a web framework or a gateway puts in place of an API's answer.
func htmlPage(status int, title, text string) reply {
	return reply{status: status, page: "<!doctype html>\n<html lang=en>\n<title>" + title + "</title>\n<h1>" + title +
		"</h1>\n<p>" + text + "</p>\n"}
}
