package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
	"github.com/charsync/charsync/schemas"
)

// starter is one file of a new project.
type starter struct {
	path string // with slashes, below the project
	data string
}

func starters(dir string, chosen []string) []starter {
	return []starter{
		{"charsync.yaml", starterProject(projectName(dir), chosen)},
		{"schemas/project.schema.json", string(schemas.Project)},
		{"schemas/character.schema.json", string(schemas.Character)},
		{"characters/mira.yaml", starterCharacter(chosen)},
		{"characters/mira/persona.md", starterPersona},
	}
}

func starterProject(name string, chosen []string) string {
	if !spec.Bare(name, true) { // a folder that is called 2024, or no
		name = spec.Quote(name)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# yaml-language-server: $schema=./schemas/project.schema.json
apiVersion: charsync.dev/v1
kind: Project
metadata: {name: %s}
spec:
  manifests: ["characters/**/*.yaml"]
  # The services that targets name. Keys are read from the environment, never
  # from here: %s.
  providers:
`, name, strings.Join(variablesOf(chosen), ", "))
	for _, p := range chosen {
		fmt.Fprintf(&b, "    %s: {}\n", p)
	}
	return b.String()
}

// variablesOf names the variable of each service that most people set.
func variablesOf(chosen []string) []string {
	var out []string
	for _, d := range all.Drivers() {
		if slices.Contains(chosen, d.Name) {
			out = append(out, d.Env[0][0])
		}
	}
	return out
}

// starterTarget is the example at a service: what creation needs there.
func starterTarget(driver string) string {
	switch driver {
	case "characterai":
		return "{categories: [Books]}"
	case "convai":
		return `{voiceType: "US FEMALE 1"}`
	case "elevenlabs":
		return "{voice_id: EXAVITQu4vr4xnSDxMaL}"
	case "npcbuilder":
		return "{game_id: tavern, world_id: gilded-hare, role: innkeeper, tone: casual}"
	case "vapi":
		return "{model_provider: openai, model: gpt-4.1}"
	}
	return "{}"
}

func starterCharacter(chosen []string) string {
	var b strings.Builder
	b.WriteString(`# yaml-language-server: $schema=../schemas/character.schema.json
apiVersion: charsync.dev/v1
kind: Character
metadata:
  name: mira-innkeeper
  labels: {role: innkeeper}
spec:
  name: Mira
  title: Keeper of the Gilded Hare
  description: Runs the last inn before the pass, and knows who went up and never came down.
  greeting: "Wipe your boots. Then tell me what you're running from."
  persona: {file: mira/persona.md}
  visibility: private
  targets:
`)
	for _, p := range chosen {
		fmt.Fprintf(&b, "    %s: %s\n", p, starterTarget(p))
	}
	return b.String()
}

const starterPersona = `Mira has kept the Gilded Hare for nineteen winters. She speaks in short
sentences and asks the second question people hope she will not ask.

She pours before she is asked, remembers every debt, and forgives most of them
in spring. She never says what is in the cellar.
`
