package spec

// Severity orders diagnostics. Only errors make a command fail.
type Severity string

// The severities, as they are printed.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Diagnostic is one finding: where, what, and what to do next. The code is
// stable: CS1xx YAML, CS2xx schema, CS3xx semantics, CS4xx provider limits
// and losses, CS5xx state, CS6xx provider answers.
type Diagnostic struct {
	Pos       Pos      `json:"pos,omitzero"`
	Severity  Severity `json:"severity"`
	Code      string   `json:"code"`
	Message   string   `json:"message"`
	Hint      string   `json:"hint,omitempty"` // the next step, in the imperative
	Path      Path     `json:"path,omitempty"`
	Character string   `json:"character,omitempty"`
	Target    string   `json:"target,omitempty"`
	Source    string   `json:"source,omitempty"` // the line at Pos, for the caret
	Length    int      `json:"length,omitempty"` // characters to underline; 0 is one
	Manifest  Pos      `json:"-"`                // where the manifest says or refers to what Pos is inside of; zero is Pos itself
	Spot      *Spot    `json:"-"`                // what in the value at Pos is meant; Project.Locate turns it into a place
}

// Error makes a diagnostic usable as an error; it prints one line.
func (d Diagnostic) Error() string {
	if d.Pos == (Pos{}) {
		return d.Message + " [" + d.Code + "]"
	}
	return d.Pos.String() + ": " + d.Message + " [" + d.Code + "]"
}
