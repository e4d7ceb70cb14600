package spec

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ConfigFile is the name of a project's configuration.
const ConfigFile = "charsync.yaml"

// Project is the configuration of a project.
type Project struct {
	Dir          string   // absolute; all paths of the project are relative to it
	File         string   // charsync.yaml, as it was named; "" when the defaults apply
	Name         string   // for people
	Manifests    []string // patterns with **, relative to Dir
	Instances    map[string]Instance
	Environments map[string]Environment
	Policy       Policy
	Lint         map[string]string // rule → "off", "warning" or "error"; the rest has its own severity
	State        State
}

// Instance is an account at a provider. The drivers' own names are always
// instances.
type Instance struct {
	Name, Type        string
	APIKeyEnv         string  // the variable with the credential; "" for the driver's own
	BaseURL           string  // "" for the driver's own
	UserAgent         string  // "" for charsync's own
	RequestsPerSecond float64 // 0 for the driver's own pace
	Concurrency       int     // requests in flight; 0 for the driver's own
	Compose           map[Path][]Path
	Settings          map[string]string // fields that all targets share: game_id, world_id, filters
	Pos               Pos               // of its key; zero for the defaults
	KeyPos            Pos               // of APIKeyEnv; zero where there is none
	BaseURLPos        Pos               // of BaseURL; zero where there is none
}

// Environment says which instances stand in for which.
type Environment struct {
	Targets map[string]string // target key → instance
	Shared  []string          // target keys that it means to share with everybody
	Pos     Pos
}

// The values of Policy.Drift.
const (
	DriftEnforce = "enforce"
	DriftReport  = "report"
	DriftFail    = "fail"
)

// The values of Policy.Conflict.
const (
	ConflictFail      = "fail"
	ConflictOverwrite = "overwrite"
)

// Policy says what happens when manifest and live disagree.
type Policy struct {
	Drift      string // DriftEnforce, DriftReport, DriftFail
	Conflict   string // ConflictFail, ConflictOverwrite
	MaxChanges Share
	MaxDeletes Share
	MaxLoss    string // the greatest loss at a provider that passes; "" is any
}

// The values of State.Backend.
const (
	StateFile     = "file"
	StateS3       = "s3"
	StatePostgres = "postgres"
)

// State says where bindings and digests are kept.
type State struct {
	Backend string // StateFile, StateS3, StatePostgres
	Path    string // of a file: relative to the project, with slashes

	Bucket, Prefix, Region, Endpoint string // of S3
	UsePathStyle                     bool
	Encryption, KMSKey               string

	URLEnv, Schema, Project string // of PostgreSQL

	EndpointPos Pos // zero where there is none
	URLEnvPos   Pos // zero where there is none
}

// Shared reports a state that is kept outside of the project's folder.
func (s State) Shared() bool { return s.Backend != StateFile }

// DefaultProject is the configuration of a folder without charsync.yaml.
// Besides the usual place, manifests may lie in the folder itself; other YAML
// files there are passed over.
func DefaultProject(dir string) *Project {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	p := &Project{
		Dir: dir, Name: filepath.Base(dir), Manifests: []string{"characters/**/*.yaml"},
		Instances: map[string]Instance{}, Environments: map[string]Environment{},
		Policy: Policy{Drift: DriftEnforce, Conflict: ConflictFail, MaxChanges: Percent(30), MaxDeletes: Percent(10)},
		State:  State{Backend: StateFile, Path: "charsync.lock", URLEnv: "CHARSYNC_STATE_URL", Schema: "charsync"},
	}
	for _, driver := range Drivers() {
		p.Instances[driver] = Instance{Name: driver, Type: driver}
	}
	p.Manifests = append(p.Manifests, "*.yaml")
	return p
}

// Route returns the instance that serves a target in an environment; "" is
// no environment. ok is false when either is unknown.
func (p *Project) Route(environment, target string) (in Instance, ok bool) {
	if environment != "" {
		e, known := p.Environments[environment]
		if !known {
			return Instance{}, false
		}
		if other, changed := e.Targets[target]; changed {
			target = other
		}
	}
	in, ok = p.Instances[target]
	return in, ok
}

// config is the configuration's name relative to the project, "" where there
// is none.
func (p *Project) config() string {
	if p.File == "" {
		return ""
	}
	return filepath.Base(p.File)
}

// ownFiles are the files of the project that charsync keeps for itself.
func (p *Project) ownFiles() []string {
	own := []string{ConfigFile}
	for _, file := range []string{p.config(), p.State.Path} {
		if file != "" {
			own = append(own, path.Clean(file))
		}
	}
	return own
}

// Takes reports whether a file, relative to the project with slashes, would be
// read as a manifest.
func (p *Project) Takes(file string) bool {
	for segment := range strings.SplitSeq(file, "/") {
		if hidden(segment) {
			return false
		}
	}
	return !slices.Contains(p.ownFiles(), file) && slices.ContainsFunc(p.Manifests, func(pattern string) bool {
		g, err := parseGlob(pattern)
		return err == nil && g.match(file)
	})
}

// FindProject looks for charsync.yaml in a folder, and in a Git working tree in
// those above it up to the root of the tree. Outside of one, what lies above
// may be anybody's.
func FindProject(dir string) (file string, ok bool, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", false, fmt.Errorf("find the project: %w", err)
	}
	top := workingTree(dir)
	for {
		file := filepath.Join(dir, ConfigFile)
		// Whatever bears the name is meant: reading it says what is wrong with
		// it, where the defaults would be another project without a word.
		if _, err := os.Lstat(file); err == nil {
			return file, true, nil
		}
		if top == "" || dir == top {
			return "", false, nil
		}
		dir = filepath.Dir(dir)
	}
}

// workingTree is the root of the Git working tree that a folder is in; "" is
// none.
func workingTree(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// instanceNames lists the instances of a type, sorted.
func (p *Project) instanceNames(driver string) []string {
	var names []string
	for name, in := range p.Instances {
		if in.Type == driver {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
