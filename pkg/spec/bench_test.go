package spec

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// manifest writes a manifest of about 5 KB, most of it prose, at all four
// providers.
func manifest(i int) string {
	const paragraph = "She keeps the last inn before the pass, and she has heard every lie a traveller can tell; most of them, she thinks, are about money.\n"
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: charsync.dev/v1\nkind: Character\nmetadata:\n  name: mira-%d\n  labels: {game: tavern, tier: main}\n", i)
	fmt.Fprintf(&b, "spec:\n  name: Mira %d\n  title: Keeper of the Gilded Hare\n  description: Runs the last inn before the pass.\n", i)
	b.WriteString("  greeting: \"Wipe your boots. Then tell me what you're running from.\"\n  persona: |\n")
	b.WriteString(strings.Repeat("    "+paragraph, 18))
	b.WriteString("  scene: |\n" + strings.Repeat("    "+paragraph, 12))
	b.WriteString(`  visibility: unlisted
  protect: true
  targets:
    alakazam: {voiceId: 21m00Tcm4TlvDq8ikWAM, free: true}
    characterai: {categories: [Books], copyable: false}
    convai:
      voiceType: US MALE 1
      temperature: 0.42
      model_group_name: gpt-4o
      languageCodes: [en-US]
      actions: [Nod, Wave]
    npcbuilder: {game_id: game123, world_id: world456, role: innkeeper, tone: casual, traits: [brave]}
`)
	return b.String()
}

func BenchmarkLoad(b *testing.B) {
	for _, count := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			dir := b.TempDir()
			for i := range count {
				folder := filepath.Join(dir, "characters", fmt.Sprint(i%100))
				if err := os.MkdirAll(folder, 0o755); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.yaml", i)), []byte(manifest(i)), 0o644); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				set, err := Load(context.Background(), DefaultProject(dir), LoadOptions{})
				if err != nil || len(set.Characters) != count || len(set.Diagnostics) > 0 {
					b.Fatal(err, len(set.Characters), set.Diagnostics)
				}
			}
		})
	}
}
