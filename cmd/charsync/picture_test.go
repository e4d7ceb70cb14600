package main

import (
	"bytes"
	"image"
	"image/png"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// makePicture writes a small PNG: picture FILE.
func makePicture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: picture FILE")
	}
	var b bytes.Buffer
	ts.Check(png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
}
