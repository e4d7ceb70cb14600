package durable

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// Read reads a regular file that is not larger than limit, in bytes. Anything
// else at its place is an error.
func Read(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path) // before opening: opening a pipe would wait for its writer
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info.Size() > limit {
		return nil, fmt.Errorf("it is larger than %d bytes", limit)
	}
	data := make([]byte, 0, info.Size()+bytes.MinRead) // room to see the end without growing
	buf := bytes.NewBuffer(data)
	if _, err := io.Copy(buf, io.LimitReader(f, limit+1)); err != nil {
		return nil, err
	}
	if int64(buf.Len()) > limit {
		return nil, fmt.Errorf("it is larger than %d bytes", limit)
	}
	return buf.Bytes(), nil
}
