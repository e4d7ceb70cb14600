package state

import (
	"fmt"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// BenchmarkLock reads and rewrites a lock of 40,000 entries.
func BenchmarkLock(b *testing.B) {
	path := b.TempDir() + "/charsync.lock"
	var entries []Entry
	for i := range 40_000 {
		e := entryFor(fmt.Sprintf("npc-%06d", i), "convai", fmt.Sprintf("87fea9fd-e5f8-11f1-b215-%012d", i))
		for _, p := range []spec.Path{"name", "backstory", "temperature", "languageCodes"} {
			e.Fields[p] = diff.Mark{File: "0123456789abcdef0123456789abcdef"}
		}
		entries = append(entries, e)
	}
	l := openLock(b, path)
	for _, e := range entries {
		if err := l.Put(e); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Finish(); err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			openLock(b, path)
		}
	})
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := l.write(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
