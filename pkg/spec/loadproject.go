package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// LoadProject reads charsync.yaml. What is wrong with it comes back as
// diagnostics; the project is nil when it can't be used.
func LoadProject(file string) (*Project, []Diagnostic) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, []Diagnostic{{Pos: Pos{File: file}, Severity: Error, Code: CodeUnreadable, Message: "the path can't be resolved: " + err.Error(), Hint: "name the file by an absolute path"}}
	}
	root, err := os.OpenRoot(filepath.Dir(abs))
	if err != nil {
		d := unreadable(filepath.ToSlash(file), err)
		d.Severity, d.Pos = Error, Pos{File: filepath.Base(abs)}
		return nil, []Diagnostic{*d}
	}
	defer root.Close()
	return loadProject(root.FS(), abs, file)
}

// LoadProjectTree is LoadProject with the project's folder as it stands in
// tree, which may be the one of another time. A tree without the file is a
// project to which the defaults apply.
func LoadProjectTree(tree fs.FS, file string) (*Project, []Diagnostic) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, []Diagnostic{{Pos: Pos{File: file}, Severity: Error, Code: CodeUnreadable, Message: "the path can't be resolved: " + err.Error(), Hint: "name the file by an absolute path"}}
	}
	if _, err := fs.Stat(tree, filepath.Base(abs)); errors.Is(err, fs.ErrNotExist) {
		return DefaultProject(filepath.Dir(abs)), nil
	}
	return loadProject(tree, abs, file)
}

func loadProject(tree fs.FS, abs, file string) (*Project, []Diagnostic) {
	name := filepath.Base(abs)
	problem := refuseLink(tree, name)
	var data []byte
	if problem == nil {
		data, problem = readFile(tree, name, nil)
	}
	if problem != nil {
		problem.Severity, problem.Pos = Error, Pos{File: name}
		return nil, []Diagnostic{*problem}
	}
	p := DefaultProject(filepath.Dir(abs))
	p.File, p.Manifests = file, []string{"characters/**/*.yaml"}
	c := &config{project: p, src: &source{file: name, data: []byte(strings.TrimPrefix(string(data), "\ufeff"))}}
	c.read()
	SortDiagnostics(c.findings)
	if failed(c.findings) {
		return nil, c.findings
	}
	return p, c.findings
}

// config reads one charsync.yaml into a project.
type config struct {
	project   *Project
	src       *source
	documents int
	findings  []Diagnostic
}

func (c *config) fail(code string, n *yaml.Node, message, hint string) {
	c.findings = append(c.findings, c.src.finding(code, c.src.pos(n.Line, n.Column), width(n), message, hint))
}

func (c *config) read() {
	broken := c.src.parse(func(_ int, root *yaml.Node) {
		if c.documents++; c.documents > 1 {
			c.fail(CodeTooMany, root, "a second document in the project's configuration", "keep characters in files of their own")
			return
		}
		c.document(root)
	})
	c.findings = append(c.findings, broken...)
	if c.documents == 0 && len(broken) == 0 {
		c.findings = append(c.findings, c.src.finding(CodeEmptyFile, c.src.pos(1, 1), 0, "the configuration is empty", "write apiVersion: "+apiVersion+" and kind: Project, or remove the file: then the defaults apply"))
	}
}

func (c *config) document(root *yaml.Node) {
	r := &reader{src: c.src}
	it := r.read(root)
	c.findings = append(c.findings, r.findings...)
	if it == nil || !isDocument(it, "Project", c.src, &c.findings) {
		return
	}
	j := &judge{schema: projectSchema(), src: c.src, root: it, mark: func(d *Diagnostic, pointer []string) { d.Path = Path(strings.Join(pointer, ".")) }}
	j.validate(j.schema.root, it.value)
	lint := it.child("spec").child("lint")
	j.doubts(slices.DeleteFunc(r.doubtful, func(d *item) bool { return lint.silences(d) }))
	for i := range j.findings {
		if d := &j.findings[i]; sensitive(d.Path) {
			conceal(d, d.Code == CodeUnknownField)
		}
	}
	c.findings = append(c.findings, j.findings...)
	if len(j.findings) > 0 {
		return
	}
	if name, ok := valueOf(it.child("metadata").child("name")).(string); ok {
		c.project.Name = name
	}
	spec := it.child("spec")
	c.manifests(spec.child("manifests"))
	c.providers(spec.child("providers"))
	c.environments(spec.child("environments"))
	c.policy(spec.child("policy"))
	c.lint(spec.child("lint"))
	c.state(spec.child("state"))
}

// each calls visit for every entry of a mapping, if there is one.
func (it *item) each(visit func(key *yaml.Node, value *item)) {
	if it == nil {
		return
	}
	for i, k := range it.keys {
		visit(k, it.children[i])
	}
}

func (c *config) manifests(it *item) {
	if it == nil || len(it.children) == 0 {
		return
	}
	c.project.Manifests = nil
	for _, child := range it.children {
		pattern, _ := child.value.(string)
		if _, err := parseGlob(pattern); err != nil {
			c.fail(CodeGlob, child.node, fmt.Sprintf("the pattern %q can't be used", pattern), err.Error())
			continue
		}
		c.project.Manifests = append(c.project.Manifests, pattern)
	}
}

func (c *config) environments(it *item) {
	it.each(func(key *yaml.Node, value *item) {
		e := Environment{Targets: map[string]string{}, Pos: c.src.pos(key.Line, key.Column)}
		value.child("targets").each(func(target *yaml.Node, value *item) {
			to, _ := value.value.(string)
			from, known := c.project.Instances[target.Value]
			if !known {
				c.unknownInstance(target, target.Value)
				return
			}
			in, known := c.project.Instances[to]
			if !known {
				c.unknownInstance(value.node, to)
				return
			}
			if in.Type != from.Type {
				c.fail(CodeEnvironment, value.node, fmt.Sprintf("%q is of type %s, but the target %q is of type %s", to, in.Type, target.Value, from.Type), "name an instance of type "+from.Type+": "+strings.Join(c.project.instanceNames(from.Type), ", "))
			}
			e.Targets[target.Value] = to
		})
		e.Shared = c.shared(value.child("shared"))
		c.project.Environments[key.Value] = e
	})
}

// shared reads the targets that an environment means to share.
func (c *config) shared(it *item) []string {
	if it == nil {
		return nil
	}
	var out []string
	for _, value := range it.children {
		target, _ := value.value.(string)
		if _, known := c.project.Instances[target]; !known {
			c.unknownInstance(value.node, target)
			continue
		}
		out = append(out, target)
	}
	return out
}

func (c *config) unknownInstance(n *yaml.Node, name string) {
	known := sortedKeys(c.project.Instances)
	hint := "known: " + strings.Join(known, ", ")
	if near := DidYouMean(name, known); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	c.fail(CodeEnvironment, n, fmt.Sprintf("%q is no provider instance of this project", name), hint)
}

func (c *config) policy(it *item) {
	p := &c.project.Policy
	text := func(key string, into *string) {
		if s, ok := valueOf(it.child(key)).(string); ok {
			*into = s
		}
	}
	share := func(key string, into *Share) {
		switch v := valueOf(it.child(key)).(type) {
		case float64, json.Number:
			n, _ := Float(v)
			*into = Share{Value: n}
		case string:
			parsed, err := ParseShare(v)
			if err != nil {
				c.fail(CodePattern, it.child(key).node, err.Error(), "write a percentage or a number")
				return
			}
			*into = parsed
		}
	}
	text("drift", &p.Drift)
	text("conflict", &p.Conflict)
	text("maxLoss", &p.MaxLoss)
	share("maxChanges", &p.MaxChanges)
	share("maxDeletes", &p.MaxDeletes)
}

// lint reads the severities of rules. The schema has checked them.
func (c *config) lint(it *item) {
	it.each(func(rule *yaml.Node, value *item) {
		if severity, ok := value.value.(string); ok {
			if c.project.Lint == nil {
				c.project.Lint = map[string]string{}
			}
			c.project.Lint[rule.Value] = severity
		}
	})
}

// silences reports the word off as the severity of a rule: there it needs no
// quotes.
func (it *item) silences(d *item) bool {
	return it != nil && d.value == "off" && slices.Contains(it.children, d)
}

func (c *config) state(it *item) {
	st := &c.project.State
	for name, into := range map[string]*string{
		"backend": &st.Backend, "bucket": &st.Bucket, "prefix": &st.Prefix, "region": &st.Region, "endpoint": &st.Endpoint,
		"encryption": &st.Encryption, "kmsKey": &st.KMSKey, "urlEnv": &st.URLEnv, "schema": &st.Schema, "project": &st.Project,
	} {
		if value, ok := valueOf(it.child(name)).(string); ok {
			*into = value
		}
	}
	st.UsePathStyle, _ = valueOf(it.child("usePathStyle")).(bool)
	c.sharedState(it, st)
	c.statePath(it)
}

// sharedState checks the settings of a state outside of the project. A setting
// of another backend would do nothing, and somebody meant it.
func (c *config) sharedState(it *item, st *State) {
	for setting, backend := range map[string]string{
		"path": StateFile, "bucket": StateS3, "prefix": StateS3, "region": StateS3, "endpoint": StateS3, "usePathStyle": StateS3,
		"encryption": StateS3, "kmsKey": StateS3, "urlEnv": StatePostgres, "schema": StatePostgres, "project": StatePostgres,
	} {
		if other := it.child(setting); other != nil && backend != st.Backend {
			c.fail(CodeState, other.node, fmt.Sprintf("%s is a setting of the backend %s, and the state is kept by %s", setting, backend, st.Backend),
				"remove it, or set backend: "+backend)
		}
	}
	if endpoint := it.child("endpoint"); endpoint != nil {
		st.EndpointPos = c.src.pos(endpoint.node.Line, endpoint.node.Column)
		if err := CheckBaseURL(st.Endpoint); err != nil {
			c.fail(CodeState, endpoint.node, "the endpoint can't be used: "+err.Error(), "write https://host, or http towards this machine alone")
		}
	}
	if variable := it.child("urlEnv"); variable != nil {
		st.URLEnvPos = c.src.pos(variable.node.Line, variable.node.Column)
	}
	if backend := it.child("backend"); st.Backend == StateS3 && (st.Bucket == "" || st.Region == "") {
		c.fail(CodeState, backend.node, "a state in S3 needs a bucket and its region", "add for example bucket: studio-state and region: eu-central-1")
	}
}

func (c *config) statePath(it *item) {
	file := it.child("path")
	name, ok := valueOf(file).(string)
	if !ok {
		return
	}
	path, problem := locate(ConfigFile, name)
	if problem != nil || path == "." || slices.Contains([]string{ConfigFile, c.src.file}, path) {
		hint := "use a path inside the project, such as charsync.lock"
		message := fmt.Sprintf("the state can't be kept at %q", name)
		if problem != nil {
			message = problem.Message
		}
		c.fail(CodeOutside, file.node, message, hint)
		return
	}
	c.project.State.Path = path
}
