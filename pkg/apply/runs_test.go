package apply

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
)

func (w *world) runLines(id string) []RunLine {
	w.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, ".charsync", "runs", id, runLogFile))
	if err != nil {
		w.Fatal(err)
	}
	var lines []RunLine
	for text := range strings.Lines(string(data)) {
		var line RunLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			w.Fatalf("%s: %v", text, err)
		}
		lines = append(lines, line)
	}
	return lines
}

// The run record holds every intent, every outcome, and what was there
// before, whole: also what nobody manages. It is its owner's alone.
func TestRunRecord(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			r := w.apply()
			lines := w.runLines(r.RunID)
			kinds := map[string]int{}
			for _, l := range lines {
				kinds[l.Kind+" "+string(l.Action)]++
			}
			if kinds["intent create"] != 1 || kinds["created "] != 1 || kinds["outcome create"] != 1 || kinds["end "] != 1 {
				t.Errorf("%v", kinds)
			}
			if lines[0].Kind != "intent" || lines[0].Key == "" || len(lines[0].Body) == 0 {
				t.Errorf("%+v", lines[0])
			}
			w.edit(s.vendor, w.id("mira", s.vendor), map[string]any{"bystander": "kept"})
			s.with(w, "File text.")
			r = w.apply()
			var before *RunLine
			for i, l := range w.runLines(r.RunID) {
				if l.Kind == "before" {
					before = &w.runLines(r.RunID)[i]
				}
				if l.Kind == "outcome" && (l.Outcome == nil || l.Outcome.Status != Done || len(l.Outcome.Fields) != 1) {
					t.Errorf("%+v", l.Outcome)
				}
			}
			if before == nil || before.Doc[s.path] != "Base text." || before.Entry == "" {
				t.Fatalf("%+v", before)
			}
			folder := filepath.Join(w.dir, ".charsync", "runs", r.RunID)
			for name, mode := range map[string]os.FileMode{".": 0o700, runHeadFile: 0o600, runPlanFile: 0o600, runLogFile: 0o600} {
				info, err := os.Stat(filepath.Join(folder, name))
				if err != nil || os.PathSeparator == '/' && info.Mode().Perm() != mode {
					t.Errorf("%s: %v %v", name, err, info.Mode())
				}
			}
			var head RunHead
			data, err := os.ReadFile(filepath.Join(folder, runHeadFile))
			if err != nil || json.Unmarshal(data, &head) != nil || head.Who != "tester" || head.Plan == "" || head.At != "2026-11-02T09:00:00Z" {
				t.Errorf("%v %+v", err, head)
			}
		})
	}
}

// Nothing that was published or secret stands in the lock.
func TestLockHoldsNoProse(t *testing.T) {
	w := newWorld(t)
	w.cast(2)
	w.apply()
	text := w.lockText()
	for _, s := range []string{"gate", "Guard", "sandbox", "US MALE", "gpt-4o", "unlisted"} {
		if strings.Contains(text, s) {
			t.Errorf("the lock says %q", s)
		}
	}
}

// Environments have bindings of their own, and do not see each other's as
// orphans.
func TestEnvironments(t *testing.T) {
	w := newWorld(t)
	w.write("charsync.yaml", `apiVersion: charsync.dev/v1
kind: Project
metadata: {name: test}
spec:
  providers:
    convai: {}
    convai-stage: {type: convai}
    npcbuilder: {game_id: game123, world_id: world456}
  environments:
    stage: {targets: {convai: convai-stage}}
`)
	stage := func(o *Options) { o.Env = "stage" }
	w.manifest("mira", map[string]string{"name": "Mira", "persona": "Keeper."}, map[string]string{"convai": `voiceType: "US MALE 1"`})
	w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.", stage)
	w.empty()
	w.empty(stage)
	w.delete("characters/mira.yaml")
	w.manifest("olga", map[string]string{"name": "Olga", "persona": "Cook."}, map[string]string{"convai": `voiceType: "US MALE 1"`})
	p := w.plan(prune)
	if n := p.Counts(); n.Delete != 1 || p.Changes[0].Target != "convai" || len(p.Orphans) != 0 {
		t.Errorf("%s %+v", n.Summary(), p.Orphans)
	}
	p = w.plan(prune, stage)
	if n := p.Counts(); n.Delete != 1 {
		t.Errorf("%s", n.Summary())
	}
	for _, c := range p.Changes {
		if c.Target != "convai-stage" || c.Action == diff.Record {
			t.Errorf("%+v", c)
		}
	}
	p = w.plan(func(o *Options) { o.Env = "nowhere" })
	if p.Complete {
		t.Error("an unknown environment is a plan")
	}
}
