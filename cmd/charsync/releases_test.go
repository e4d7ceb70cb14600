package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// serveReleases serves a release as GitHub does, and sets $RELEASES and the
// archive's $CHECKSUM: VERSION, and how it is wrong.
func serveReleases(ts *testscript.TestScript, _ bool, args []string) {
	version, wrong := args[0], ""
	if len(args) > 1 {
		wrong = args[1]
	}
	name := fmt.Sprintf("charsync_%s_%s_%s.tar.gz", strings.TrimPrefix(version, "v"), runtime.GOOS, runtime.GOARCH)
	data := archive(ts, "#!/bin/sh\necho \"charsync "+version+" $*\"\n")
	sum := fmt.Sprintf("%x", sha256.Sum256(data))
	ts.Setenv("CHECKSUM", sum)
	ts.Setenv("ARCHIVE", name)
	if wrong == "altered" || wrong == "replaced" {
		data = archive(ts, "#!/bin/sh\necho stolen\n")
	}
	if wrong == "replaced" { // and its checksums with it
		sum = fmt.Sprintf("%x", sha256.Sum256(data))
	}
	newest := version
	if wrong == "old" {
		newest = "v99.0.0"
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/releases/latest", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/releases/tag/"+newest, http.StatusFound)
	})
	mux.HandleFunc("/releases/tag/v99.0.0", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "<html>") })
	mux.HandleFunc("/releases/tag/"+version, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "<html>") })
	mux.HandleFunc("/releases/download/"+version+"/"+name, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) })
	mux.HandleFunc("/releases/download/"+version+"/checksums.txt", func(w http.ResponseWriter, _ *http.Request) {
		if wrong != "unlisted" {
			fmt.Fprintf(w, "%s  %s\n", sum, name)
		}
		fmt.Fprintf(w, "%064d  %s.sbom.json\n", 0, name)
	})
	server := httptest.NewServer(mux)
	ts.Defer(server.Close)
	ts.Setenv("RELEASES", server.URL+"/releases")
}

func archive(ts *testscript.TestScript, program string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	ts.Check(w.WriteHeader(&tar.Header{Name: "charsync", Mode: 0o755, Size: int64(len(program))}))
	_, err := w.Write([]byte(program))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(z.Close())
	return b.Bytes()
}
