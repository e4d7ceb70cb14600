package markdown

import (
	"fmt"
	"io"
	"testing"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/pkg/providers/all"
)

// What a comment costs grows with what is changed, and with no more.
func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{50, 500, 5000} {
		plan := manyPlan(n, 400, 1)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if err := Write(io.Discard, report.New(plan, report.Sources{Driver: all.Driver}), Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
