package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// lockIDs are the live characters that a clone's lock binds.
func lockIDs(dir string) map[string]bool {
	out := map[string]bool{}
	lock, err := readLock(dir)
	if err != nil {
		return out // found elsewhere
	}
	for _, b := range lock {
		out[bare(b.Target, b.ID)], out[bare(b.Target, b.Old)] = true, true
	}
	return out
}

// settle merges everything, and applies until nothing is left to do. Where a
// command asks for a person's decision, it is taken as the message says.
func (t *team) settle(ctx context.Context) error {
	t.gate.sandbox.ClearFaults()
	if err := t.use(t.clones[0]); err != nil {
		return err
	}
	lock, side := pick(t.dice, []string{byUnion, byUnion, byText, bySide}), pick(t.dice, []string{"ours", "theirs"})
	t.step("a: merges b at the end; the lock by %s, else %s", lock, side)
	if err := t.merge(ctx, t.dir, t.clones[1], lock, side); err != nil {
		return err
	}
	if err := t.use(t.dir); err != nil {
		return err
	}
	if ended, err := t.rest(ctx); err != nil || !ended {
		return err
	}
	if err := t.finalTeam(ctx); err != nil || len(t.findings) > 0 || t.ignored {
		return err
	}
	return t.otherClone(ctx)
}

// rest applies until the plan is empty.
func (t *team) rest(ctx context.Context) (ended bool, err error) {
	const most = 8
	for n := 1; ; n++ {
		err := t.run(ctx, situation{}, "apply", "--yes", "--format", "json", "--prune", "--conflict", "overwrite", allowAll())
		t.countFaults()
		if err != nil || len(t.findings) > 0 {
			return false, err
		}
		if t.last.code == 0 && len(t.gate.journal.of(t.gate.journal.run)) == 0 {
			if left := t.emptyPlan(ctx); left.code == 0 {
				return true, nil
			}
		}
		if n == most {
			t.find("after %d applies there is still something to do: exit %d\n%s%s", n, t.last.code, t.last.out, t.last.err)
			return false, nil
		}
		decided, err := t.last.code == 0, error(nil)
		if !decided {
			decided, err = t.decide(ctx)
		}
		if err != nil {
			return false, err
		}
		if !decided {
			t.find("it ended with %d, and what a person must do is not clear:\n%s%s", t.last.code, t.last.out, t.last.err)
			return false, nil
		}
	}
}

// decide does what a message asks a person for.
func (t *team) decide(ctx context.Context) (bool, error) {
	said := t.last.out + t.last.err
	switch {
	case strings.Contains(said, "CS507"):
		return t.keepFirst(said), nil
	case t.last.code == 5 && strings.Contains(said, `"duplicate"`):
		return true, t.takeBack(ctx, said)
	}
	return t.last.code == 4 || t.last.code == 6 || strings.Contains(said, `"run again: `), nil
}

// takeBack binds what is there already, as the guard duplicate asks.
func (t *team) takeBack(ctx context.Context, said string) error {
	for _, m := range regexp.MustCompile("`charsync state rm ([^`]+)` forgets").FindAllStringSubmatch(said, -1) {
		if err := t.run(ctx, situation{}, "state", "rm", m[1]); err != nil {
			return err
		}
	}
	return t.run(ctx, situation{}, "state", "rebuild", "--yes")
}

// keepFirst takes the line of the second of two characters out of the lock,
// and removes that character, as CS507 asks.
func (t *team) keepFirst(said string) bool {
	found := regexp.MustCompile(`is bound to two characters: (\S+) on line \d+ and (\S+) on line \d+`).FindStringSubmatch(said)
	if found == nil {
		return false
	}
	path := filepath.Join(t.dir, "charsync.lock")
	raw, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	var kept []byte
	for line := range bytes.Lines(raw) {
		var b binding
		if json.Unmarshal(line, &b) == nil && !b.Gone && b.ID == found[2] {
			t.outside[b.Target+" "+bare(b.Target, b.ID)] = true
			_ = t.gate.sandbox.Remove(b.Target, bare(b.Target, b.ID)) // it may be gone already
			continue
		}
		kept = append(kept, line...)
	}
	t.step("a: a person keeps %s, and deletes %s", found[1], found[2])
	return len(kept) < len(raw) && os.WriteFile(path, kept, 0o644) == nil
}

// finalTeam looks at what is left when nothing is left to do.
func (t *team) finalTeam(ctx context.Context) error {
	held := lockIDs(t.dir)
	live := t.liveOf()
	var loose []string
	for a, list := range live {
		for _, s := range list {
			if !held[s.ID] {
				loose = append(loose, a.target+" "+s.ID)
			}
		}
	}
	if len(loose) > 0 {
		if err := t.run(ctx, situation{reading: true}, "drift"); err != nil {
			return err
		}
		t.listen()
	}
	recorded, err := t.recorded(ctx)
	if err != nil {
		return err
	}
	for a, list := range live {
		bound := list[:0:0]
		for _, s := range list {
			switch {
			case held[s.ID]:
				bound = append(bound, s)
			case t.named[s.ID]:
			case !strings.Contains(recorded, s.ID): // no commit ever had it: Git ignores the lock, or a job threw it away
				t.faults["live, in a lock that never came to Git"]++
			default:
				t.find("%s lives as %s, which nothing holds and nothing has named", a, s.ID)
			}
		}
		if _, wanted := t.project.find(a); !wanted && len(bound) > 0 {
			t.find("%s: no manifest wants it, and %s is bound", a, ids(bound))
		}
		live[a] = bound
	}
	for _, a := range t.project.wanted() {
		a = a.origin()
		if len(live[a]) != 1 {
			t.find("%s is bound %d times: %s", a, len(live[a]), ids(live[a]))
			continue
		}
		if key := t.holds(a, live[a][0]); key != "" {
			c, _ := t.project.find(a)
			t.find("%s: %s is %s, and the manifest says %s", a, key, short(live[a][0].Doc[key]), short(vendorNamed(a.target).expected(c)[key]))
		}
	}
	t.plantsStand()
	t.bystandersMoved()
	return nil
}

// otherClone pulls what was applied: nothing is left to do there either.
func (t *team) otherClone(ctx context.Context) error {
	if err := t.commit(ctx, t.dir, "settled"); err != nil {
		return err
	}
	if err := t.merge(ctx, t.clones[1], t.dir, byUnion, "theirs"); err != nil {
		return err
	}
	if err := t.use(t.clones[1]); err != nil {
		return err
	}
	if left := t.emptyPlan(ctx); left.code != 0 {
		t.find("the other clone has pulled it, and its plan is:\n%s%s", left.out, left.err)
	}
	return nil
}
