package sandbox

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// Switch is one behaviour that can be turned: mostly a fact about a vendor that nobody has settled.
type Switch struct {
	Name    string   `json:"name"`             // "alakazam.get-one"; without a vendor it holds for all of them
	Values  []string `json:"values,omitempty"` // what is accepted; empty for a number
	Min     int      `json:"min,omitempty"`    // for a number: the least accepted value
	Max     int      `json:"max,omitempty"`    // for a number: the greatest accepted value
	Default string   `json:"default"`
	Doc     string   `json:"doc"`
	Source  string   `json:"source"` // where the default comes from: seed, public docs or assumed
}

// Accepts says in words which values the switch takes.
func (sw Switch) Accepts() string {
	if len(sw.Values) == 0 {
		return fmt.Sprintf("a whole number from %d to %d", sw.Min, sw.Max)
	}
	return strings.Join(sw.Values, ", ")
}

func (sw Switch) check(value string) error {
	if len(sw.Values) == 0 {
		if n, err := strconv.Atoi(value); err == nil && n >= sw.Min && n <= sw.Max {
			return nil
		}
	} else if slices.Contains(sw.Values, value) {
		return nil
	}
	return fmt.Errorf("sandbox: switch %s does not take %q; accepted: %s", sw.Name, value, sw.Accepts())
}

// Switches lists every switch: first those for all vendors, then vendor by vendor.
func Switches() []Switch {
	all := []Switch{
		{
			Name: "latency", Max: 60_000, Default: "0", Source: "sandbox",
			Doc: "milliseconds that every vendor answer is held back",
		},
		{
			Name: "body-limit", Min: 1, Max: 32, Default: "32", Source: "assumed",
			Doc: "MiB that a request body may have; beyond it the answer is 413",
		},
		{
			Name: "late-reads", Max: 1000, Default: "0", Source: "sandbox",
			Doc: "reading requests at a vendor until reads show what a request created, changed or deleted there",
		},
		{
			Name: "late-where", Values: []string{"everywhere", "lists"}, Default: "everywhere", Source: "sandbox",
			Doc: "which reads late-reads holds for: all of them, or lists alone",
		},
	}
	for _, v := range allVendors() {
		for _, sw := range v.switches {
			sw.Name = v.name + "." + sw.Name
			all = append(all, sw)
		}
	}
	return all
}

type switchboard struct {
	known map[string]Switch

	mu         sync.RWMutex
	values     map[string]string
	generation uint64 // moves with every change, so that derived views can tell they are old
}

func newSwitchboard() *switchboard {
	b := &switchboard{known: map[string]Switch{}, values: map[string]string{}}
	for _, sw := range Switches() {
		b.known[sw.Name] = sw
		b.values[sw.Name] = sw.Default
	}
	return b
}

func (b *switchboard) setAll(values map[string]string) error {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if err := b.set(name, values[name]); err != nil {
			return err
		}
	}
	return nil
}

func (b *switchboard) set(name, value string) error {
	sw, ok := b.known[name]
	if !ok {
		names := make([]string, 0, len(b.known))
		for n := range b.known {
			names = append(names, n)
		}
		sort.Strings(names)
		return fmt.Errorf("sandbox: no switch %q; accepted: %s", name, strings.Join(names, ", "))
	}
	if err := sw.check(value); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.values[name] = value
	b.generation++
	return nil
}

func (b *switchboard) get(name string) string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	value, ok := b.values[name]
	if !ok {
		panic("sandbox: switch " + name + " is not in the table")
	}
	return value
}

func (b *switchboard) number(name string) int {
	n, _ := strconv.Atoi(b.get(name)) // checked when it was set
	return n
}

func (b *switchboard) current() (values map[string]string, generation uint64) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	values = make(map[string]string, len(b.values))
	for k, v := range b.values {
		values[k] = v
	}
	return values, b.generation
}

func (b *switchboard) age() uint64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.generation
}

// Set turns one switch while the sandbox is running. An unknown name or value is an error that lists what is accepted.
func (s *Server) Set(name, value string) error { return s.switches.set(name, value) }
