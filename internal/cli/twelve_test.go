package cli

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// cast is a character that stands at all four providers.
func cast(name, called, greeting, persona string) string {
	return `apiVersion: charsync.dev/v1
kind: Character
metadata: {name: ` + name + `}
spec:
  name: ` + called + `
  title: Of the Gilded Hare
  description: One of the three who are always there.
  greeting: ` + greeting + `
  persona: |
` + persona + `  scene: The common room, an hour after dark.
  lore: There are nineteen who went up and did not come down.
  visibility: unlisted
  targets:
    alakazam: {}
    characterai: {}
    convai: {voiceType: US FEMALE 1}
    npcbuilder: {game_id: tavern, world_id: gilded-hare, description: "` + called + `, of the Hare: ` + greeting + `"}
`
}

const castPersona = `    She is fifty-one, broad in the shoulder, and walks with a hitch from the winter she dug two carters out of a slide. She inherited the house from nobody.

    She listens with her hands busy. She asks one question at a time, and it is never the one that was expected.

    Her kindness comes as work. Thank her and she will change the subject to your boots.
`

// TestPlanOfTwelve: one new character and two that changed, at four targets
// each, fit 60 lines of 80 columns, and a reviewer misses nothing: every pair,
// every changed word, drift as drift, who is made where and who can see it, and
// what gets lost that was not told before.
func TestPlanOfTwelve(t *testing.T) {
	dir := project(t, map[string]string{
		"characters/mira.yaml": cast("mira-innkeeper", "Mira", "Wipe your boots.", castPersona),
		"characters/nils.yaml": cast("nils-baker", "Nils", "Mind the flour.", castPersona),
	})
	inTerminal(t, dir, "apply", "--sandbox", "--yes")
	inTerminal(t, dir, "sandbox", "edit", "convai", "Nils", "backstory=Somebody else wrote this at the console.")
	change := strings.NewReplacer("fifty-one", "fifty-two", "one question at a time", "two questions at a time")
	for name, text := range map[string]string{
		"mira": cast("mira-innkeeper", "Mira", "Wipe your boots. Then tell me what you are running from.", change.Replace(castPersona)),
		"nils": cast("nils-baker", "Nils", "Mind the flour, and the cat.", castPersona),
		"olga": strings.Replace(cast("olga-smith", "Olga", "Shut the door.", castPersona), "  visibility", "  examples: |\n    {{user}}: Hello.\n    {{char}}: Hm.\n  visibility", 1),
	} {
		if err := os.WriteFile(dir+"/characters/"+name+".yaml", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	plan := inTerminal(t, dir, "plan", "--sandbox")
	if lines := strings.Count(plan, "\n"); lines > 60 {
		t.Errorf("%d lines", lines)
	}
	for line := range strings.Lines(plan) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	words := strings.Join(strings.Fields(plan), " ")
	for _, want := range []string{
		"4 to create, 8 to update, 0 to delete, 1 drifted",
		"fifty-[-one-]{+two+}", "She asks [-one question-]{+two questions+} at a time",
		"Wipe your boots.{+ Then tell me what you are running from.+}", "Mind the flour{+, and the cat+}.",
		"characters/mira.yaml:3:18", "drift: changed on convai since the last apply; will be set back", "Somebody else wrote this at the console.",
		"olga-smith alakazam unlisted", "Olga, in tavern/gilded-hare",
		"Convai has no examples field.",
		"--full shows their fields and texts",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, not := range []string{"no greeting", "no title", "greeting or"} {
		if strings.Contains(words, not) {
			t.Errorf("told again: %q", not)
		}
	}
	if t.Failed() {
		t.Log(plan)
	}
	whole := strings.Join(strings.Fields(inTerminal(t, dir, "plan", "--sandbox", "-v")), " ")
	for _, want := range []string{"Convai has no title, description, greeting, examples or visibility field.", `greeting "Shut the door."`} {
		if !strings.Contains(whole, want) {
			t.Errorf("no %q with -v", want)
		}
	}
	if quiet := inTerminal(t, dir, "apply", "--sandbox", "--yes", "--quiet"); !strings.HasPrefix(quiet, "mira-innkeeper\n  ✓ alakazam  updated: ") {
		t.Errorf("apply -q prints more than outcomes:\n%s", quiet)
	}
	if next := inTerminal(t, dir, "plan", "--sandbox", "-v"); strings.Contains(next, "Not kept") {
		t.Errorf("an empty plan speaks of losses:\n%s", next)
	}
}
