package rest

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

func TestWords(t *testing.T) {
	for body, want := range map[string]string{
		`{"detail":"no"}`:                               "no",
		`{"detail":"no","errors":["a","b"]}`:            "no: a; b",
		`{"detail":[{"loc":["name"],"msg":"short"}]}`:   "short",
		`{"errors":["a","b"]}`:                          "a; b",
		`{"ERROR":"no"}`:                                "no",
		`{"ERROR":"no","Reference ID":"r"}`:             "no",
		`{"API_ERROR":"no"}`:                            "no",
		`{"INTERNAL_ERROR":"no"}`:                       "no",
		`{"message":"no"}`:                              "no",
		`{"error":"no"}`:                                "no",
		`{"error":{"code":7,"message":"no"}}`:           "no",
		`{"error":"no","message":"more"}`:               "no",
		`{"error":"Bad Request","message":"no"}`:        "no",
		`{"error":"bad request","message":["a","b"]}`:   "a; b",
		`{"error":"Bad Request","statusCode":400}`:      "Bad Request",
		`{"error":"a_code","message":"no"}`:             "no",
		`{"error":"a_code"}`:                            "a_code",
		`{"error":"Not Found","message":null}`:          "Not Found",
		`{"status":"NOT_OK","error":"no"}`:              "no",
		`{"status":"You may not.","character":{}}`:      "You may not.",
		`{"command":"neo_error","comment":"no"}`:        "no",
		`{"status":"OK"}`:                               "",
		`{"STATUS":"SUCCESS"}`:                          "",
		`{"status":7}`:                                  "",
		`{"detail":null,"message":"no"}`:                "no",
		`[]`:                                            "",
		`"no"`:                                          "",
		``:                                              "",
		`<html>`:                                        "",
		`{"detail":{"reason":"no"}}`:                    "no",
		`{"Detail":"no"}`:                               "no",
		`{"name":["This field may not be blank."]}`:     "",
		`{"detail":"` + strings.Repeat("x", 9) + `"}  `: strings.Repeat("x", 9),
	} {
		if got := words([]byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

// An answer that tells where in the body a fault is names the field as the
// manifest does, and what no row knows as the vendor does.
func TestLocated(t *testing.T) {
	a := &Account{api: &API{Driver: &providers.Driver{Fields: providers.Table{
		{Path: "prompt", Kind: diff.Text, Write: "/agent/prompt/text"},
		{Path: "tags", Kind: diff.List, Write: "/tags"},
		{Path: "hosts", Kind: diff.List, Write: "/auth/hosts/*/name"},
		{Path: "system", Kind: diff.Text, Write: "/messages/[role=system]/content"},
		{Path: "shown", Kind: diff.Text, Write: providers.Never, Create: providers.Never, Read: "/shown"},
	}}}}
	for body, want := range map[string]struct {
		words  string
		fields []spec.Path
	}{
		`{"detail":[{"loc":["body","agent","prompt","text"],"msg":"short"}]}`:                         {"prompt: short", []spec.Path{"prompt"}},
		`{"detail":[{"loc":["body","tags",3],"msg":"long"},{"loc":["query","branch"],"msg":"who?"}]}`: {"tags: long; query.branch: who?", []spec.Path{"tags"}},
		`{"detail":[{"loc":["body","auth","hosts",0,"name"],"msg":"no"}]}`:                            {"hosts: no", []spec.Path{"hosts"}},
		`{"detail":[{"loc":["body","messages",1,"content"],"msg":"no"}]}`:                             {"system: no", []spec.Path{"system"}},
		`{"detail":[{"loc":["body","tagsAndMore"],"msg":"no"}]}`:                                      {"tagsAndMore: no", nil},
		`{"detail":[{"loc":["body","shown"],"msg":"no"}]}`:                                            {"shown: no", nil},
		`{"detail":[{"loc":["body"],"msg":"no"}]}`:                                                    {"no", nil},
		`{"detail":[{"loc":[],"msg":"no"}]}`:                                                          {"no", nil},
		`{"detail":[{"loc":["body","tags"]}]}`:                                                        {"", nil},
		`{"detail":[7]}`:                                                                              {"7", nil},
		`{"detail":{"status":"x","message":"no"}}`:                                                    {"no", nil},
		`{"message":"no"}`: {"no", nil},
		`[]`:               {"", nil},
		`{"detail":[{"loc":{"a":1},"msg":"no"}]}`:                                                           {"no", nil},
		`{"detail":[{"loc":["body","agent","prompt","text"],"msg":"a"},{"loc":["body","tags"],"msg":"b"}]}`: {"prompt: a; tags: b", []spec.Path{"prompt", "tags"}},
	} {
		got, fields := a.located([]byte(body))
		if got != want.words || !slices.Equal(fields, want.fields) {
			t.Errorf("%s: %q %v", body, got, fields)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\x1b[31mb\x07c":              "a[31mbc",
		"one\r\n\ttwo":                 "one two",
		"  x  ":                        "x",
		"a\u202eb\u200bc\u2066d\ufeff": "abcd",
		"ab\xffc":                      "abc",
		"Zoë 龙 👩\u200d🚀":               "Zoë 龙 👩🚀",
	} {
		if got := clean(in, 300); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := clean(strings.Repeat("龙", 400), 300); utf8.RuneCountInString(got) != 301 || !strings.HasSuffix(got, "…") {
		t.Errorf("%d characters", utf8.RuneCountInString(got))
	}
}

// FuzzAnswer: whatever a vendor answers, its words come out short, on one
// line and without what moves a terminal.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{`{"detail":"no"}`, `{"error":{"message":"\u001b[2J"}}`, `{"list":[{"id":"1"}]}`, "<title>x\ny</title>", "{", "null", "[[[["} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range []string{clean(words(data), mostWords), clean(titled(data), mostWords)} {
			if utf8.RuneCountInString(s) > mostWords+1 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("%q", s)
			}
		}
		a := &answer{status: 200, data: data}
		if doc, flaw := a.object("/response"); flaw == nil {
			_ = meets(doc, []Condition{{Pointer: "/status", Is: "OK"}, {Pointer: "/character"}})
		} else if flaw.kind == "" || flaw.message == "" {
			t.Errorf("%+v", flaw)
		}
	})
}

func TestForms(t *testing.T) {
	for body, want := range map[string]providers.ErrorKind{
		`{"a":1}`: "", `[]`: providers.Unexpected, `null`: providers.Unexpected, `"x"`: providers.Unexpected, `7`: providers.Unexpected,
		``: providers.Unexpected, " \n": providers.Unexpected, `<!doctype html>`: providers.NotJSON, `OK`: providers.NotJSON,
		`{"a":`: providers.Truncated, `{"a":"b`: providers.Truncated, `{"a":1} {}`: providers.NotJSON, `{"a":1}x`: providers.NotJSON,
		strings.Repeat("[", 20_000): providers.NotJSON,
	} {
		_, f := (&answer{status: 200, data: []byte(body)}).object("")
		got := providers.ErrorKind("")
		if f != nil {
			got = f.kind
		}
		if got != want {
			t.Errorf("%.20s: %q, want %q", body, got, want)
		}
	}
}
