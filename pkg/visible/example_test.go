package visible_test

import (
	"fmt"

	"github.com/charsync/charsync/pkg/visible"
)

func ExampleHidden() {
	for h := range visible.Hidden("The soup\u200b is hot.\U000E0068\U000E0069") {
		fmt.Println(h.Characters, h.Kind, "at byte", h.Offset)
	}
	// Output:
	// 1 invisible character at byte 8
	// 2 tag letter at byte 19
}

func ExampleEscape() {
	fmt.Println(visible.Escape("👩‍🚀 می‌خواهم a\u200db", ""))
	// Output: 👩‍🚀 می‌خواهم a\u200db
}

func ExampleSkeleton() {
	cyrillic, changed := visible.Skeleton("Мirа")
	fmt.Println(cyrillic, changed)
	// Output: mira true
}
