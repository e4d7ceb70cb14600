package harness

import (
	"fmt"
	"os"
	"strings"

	"github.com/charsync/charsync/internal/sandbox"
)

// world is one run of the harness: a project, four vendors, and everything
// that happened to them.
type world struct {
	options Options
	seed    uint64
	dice    *dice
	dir     string
	gate    *gate
	project *project
	// switches are the behaviours that the vendors were given.
	switches map[string]string

	steps    []string // the history, in words
	findings []string
	faults   map[string]int // by kind, as far as they hit

	bystanders map[string]map[string]sandbox.Stored // characters that charsync never heard of
	planted    map[plant]any                        // what colleagues wrote into fields that no manifest manages
	retired    map[string]bool                      // at Alakazam, rightly set private and let go
	told       map[string]bool                      // ids whose creation was reported
	outside    map[string]bool                      // ids that were deleted out of band
	bound      map[address][]string                 // every id that the lock ever had
	replaced   map[address]bool                     // a field that only creation takes was changed
	requests   int
	commands   int
	last       invocation // of charsync
	// apart are several clones. What another one wrote where no read shows it,
	// this one can't know; and Alakazam answers a job that is run again with the
	// original, and not that it does so.
	apart bool
}

// plant is where a colleague's value stands.
type plant struct{ vendor, id, key string }

// openWorld makes the vendors, with characters of other people in them, and a
// project that was never applied.
func openWorld(o Options, seed uint64, vendors []string) (*world, error) {
	w, err := newWorld(o, seed)
	if err != nil {
		return nil, err
	}
	w.project = randomProject(w.dice, vendors, o.most(), w.template)
	for _, v := range w.project.vendors {
		if err := w.populate(v); err != nil {
			return nil, err
		}
	}
	return w, w.project.write(w.dir)
}

// newWorld makes the vendors, with nothing in them, and an empty folder.
func newWorld(o Options, seed uint64) (*world, error) {
	d := newDice(seed)
	set := switches(d)
	server, err := sandbox.Open(sandbox.Options{Switches: set, Seed: int64(seed>>1) | 1, Now: o.Now})
	if err != nil {
		return nil, err
	}
	g, err := openGate(server)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(o.Dir, "charsync-harness-*")
	if err != nil {
		return nil, err
	}
	return &world{
		options: o, seed: seed, dice: d, dir: dir, gate: g, switches: set, faults: map[string]int{},
		bystanders: map[string]map[string]sandbox.Stored{}, planted: map[plant]any{}, retired: map[string]bool{},
		told: map[string]bool{}, outside: map[string]bool{}, bound: map[address][]string{}, replaced: map[address]bool{},
	}, nil
}

func (w *world) close() {
	_ = w.gate.close()
	_ = os.RemoveAll(w.dir)
}

// switches are behaviours of the vendors that nobody has settled and with
// which charsync must come to rest either way.
func switches(d *dice) map[string]string {
	choices := []struct {
		name   string
		values []string
	}{
		{"alakazam.get-one", []string{"200", "404", "405"}},
		{"alakazam.list-order", []string{"newest", "oldest"}},
		{"alakazam.empty", []string{"keep", "null"}},
		{"alakazam.create-status", []string{"201", "200"}},
		{"characterai.absent", []string{"replace", "wipe", "merge"}},
		{"characterai.copyable-type", []string{"bool", "string"}},
		{"characterai.nulls", []string{"some", "none"}},
		{"convai.get-extended", []string{"off", "on"}},
		{"convai.get-envelope", []string{"off", "response"}},
		{"convai.float-noise", []string{"off", "on"}},
		{"convai.delete-twice", []string{"400", "200"}},
		{"convai.combine-settings", []string{"accept", "400"}},
		{"npcbuilder.tree-repeats", []string{"on", "off"}},
		{"npcbuilder.delete-twice", []string{"404", "200"}},
		{"npcbuilder.traits-order", []string{"keep", "sorted"}},
		{"npcbuilder.get-private", []string{"omit", "show"}},
	}
	out := map[string]string{}
	for _, c := range choices {
		out[c.name] = pick(d, c.values)
	}
	return out
}

func (w *world) populate(vendor string) error {
	for i := range w.dice.IntN(3) {
		doc := map[string]any{vendorNamed(vendor).nameAt: fmt.Sprintf("Bystander %d", i), "x_note": w.dice.prose(40)}
		switch vendor {
		case npcbuilder:
			doc["game_id"], doc["world_id"] = "game123", "world456"
		case convai:
			doc["backstory"], doc["voiceType"] = w.dice.prose(60), "US MALE 1"
		case characterai:
			doc["greeting"], doc["definition"] = w.dice.prose(60), w.dice.prose(60)
		case alakazam:
			doc["persona"] = w.dice.prose(60)
		}
		if _, err := w.bystander(vendor, doc); err != nil {
			return err
		}
	}
	return nil
}

// bystander makes a character that is not charsync's.
func (w *world) bystander(vendor string, doc map[string]any) (string, error) {
	id, err := w.gate.sandbox.Put(vendor, doc)
	if err != nil {
		return "", err
	}
	if w.bystanders[vendor] == nil {
		w.bystanders[vendor] = map[string]sandbox.Stored{}
	}
	w.bystanders[vendor][id], err = w.gate.sandbox.Character(vendor, id)
	return id, err
}

// template makes the character that another one is cloned from. Its name has
// the mark of that one, so that a clone is known before it is renamed.
func (w *world) template(vendor, mark string) string {
	id, err := w.bystander(vendor, map[string]any{
		vendorNamed(vendor).nameAt: mark + "template", "voiceType": "US MALE 1", "x_note": w.dice.prose(40),
		"backstory": w.dice.prose(60), "persona": w.dice.prose(60),
	})
	if err != nil {
		w.find("no template: %v", err)
	}
	return id
}

// owner is the pair that a stored character belongs to, by its display name.
func owner(vendor string, doc map[string]any) (address, bool) {
	name, _ := doc[vendorNamed(vendor).nameAt].(string)
	mark, _, ok := strings.Cut(name, " ")
	number, isMark := strings.CutPrefix(mark, "K")
	if !ok || !isMark || number == "" {
		return address{}, false
	}
	return address{vendor, "c" + number}, true
}

// live reports a stored character that is still in use.
func (w *world) live(vendor string, s sandbox.Stored) bool {
	archived, _ := s.Doc["archived"].(bool)
	return !archived && !w.retired[vendor+" "+s.ID]
}

func (w *world) step(format string, args ...any) {
	w.steps = append(w.steps, fmt.Sprintf(format, args...))
}

func (w *world) find(format string, args ...any) {
	w.findings = append(w.findings, fmt.Sprintf(format, args...))
}
