package history

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"
)

func TestPackAndUnpack(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	run := "20261130T090000Z-aaaa"
	files := map[string]string{"head.json": "{}", "log.jsonl": "one\ntwo\n", "plan.json": "\x00\xff"}
	if err := os.Mkdir(filepath.Join(from, run), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(from, run, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := Pack(from, run)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds it there
		if err := Unpack(to, run, data); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		if got, err := os.ReadFile(filepath.Join(to, run, name)); err != nil || string(got) != text {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	if entries, _ := os.ReadDir(to); len(entries) != 1 {
		t.Errorf("%v", entries)
	}
}

func TestUnpackRefuses(t *testing.T) {
	blob := func(headers ...tar.Header) []byte {
		var out bytes.Buffer
		zipped := gzip.NewWriter(&out)
		files := tar.NewWriter(zipped)
		for _, h := range headers {
			if err := files.WriteHeader(&h); err != nil {
				t.Fatal(err)
			}
		}
		_ = files.Close()
		_ = zipped.Close()
		return out.Bytes()
	}
	for name, data := range map[string][]byte{
		"not packed": []byte("{}"),
		"a path":     blob(tar.Header{Name: "../outside", Typeflag: tar.TypeReg}),
		"a folder":   blob(tar.Header{Name: "folder", Typeflag: tar.TypeDir}),
		"a link":     blob(tar.Header{Name: "link", Linkname: "/etc/hostname", Typeflag: tar.TypeSymlink}),
		"hidden":     blob(tar.Header{Name: ".git", Typeflag: tar.TypeReg}),
	} {
		dir := t.TempDir()
		if err := Unpack(dir, "20261130T090000Z-aaaa", data); err == nil {
			t.Errorf("%s was unpacked", name)
		}
		if entries, _ := os.ReadDir(dir); len(entries) > 0 {
			t.Errorf("%s left %v", name, entries)
		}
	}
	for _, run := range []string{"", "../x", ".x", "a/b"} {
		if err := Unpack(t.TempDir(), run, blob()); err == nil {
			t.Errorf("run %q", run)
		}
	}
}
