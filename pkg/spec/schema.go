package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/charsync/charsync/schemas"
)

// schema is a compiled JSON Schema beside the document it was compiled from,
// which holds what messages need.
type schema struct {
	raw     map[string]any
	root    *jsonschema.Schema
	targets map[string]*jsonschema.Schema // by driver
}

// targetPrefix begins the names of the definitions that describe the targets
// of one driver.
const targetPrefix = "target."

var (
	characterSchema = sync.OnceValue(func() *schema { return mustSchema(schemas.Character) })
	projectSchema   = sync.OnceValue(func() *schema { return mustSchema(schemas.Project) })
)

// mustSchema compiles an embedded schema; a test compiles them all.
func mustSchema(data []byte) *schema {
	s, err := compile(data)
	if err != nil {
		panic(fmt.Sprintf("embedded schema: %v", err))
	}
	return s
}

// compile reads a schema. Nothing is ever fetched.
func compile(data []byte) (*schema, error) {
	s := &schema{targets: map[string]*jsonschema.Schema{}}
	if err := json.Unmarshal(data, &s.raw); err != nil {
		return nil, err
	}
	id, _ := s.raw["$id"].(string)
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft7
	compiler.LoadURL = func(address string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("a schema refers to %s", address)
	}
	if err := compiler.AddResource(id, bytes.NewReader(data)); err != nil {
		return nil, err
	}
	var err error
	if s.root, err = compiler.Compile(id); err != nil {
		return nil, err
	}
	definitions, _ := s.raw["definitions"].(map[string]any)
	for name := range definitions {
		driver, ok := strings.CutPrefix(name, targetPrefix)
		if !ok {
			continue
		}
		if s.targets[driver], err = compiler.Compile(id + "#/definitions/" + name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Drivers lists the instance types that manifests can target, sorted.
func Drivers() []string { return sortedKeys(characterSchema().targets) }

// target returns what the schema says of a driver's targets.
func (s *schema) target(driver string) map[string]any {
	return s.at("/definitions/" + targetPrefix + driver)
}

// targetFields lists the keys that a target of a driver may have; closed is
// false when it may have others too.
func (s *schema) targetFields(driver string) (names []string, closed bool) {
	t := s.target(driver)
	return accepted(t), t["additionalProperties"] == false
}

// at finds a part of the schema by its JSON pointer.
func (s *schema) at(pointer string) map[string]any {
	var here any = s.raw
	for _, segment := range segments(pointer) {
		switch h := here.(type) {
		case map[string]any:
			here = h[segment]
		case []any:
			i, err := strconv.Atoi(segment)
			if err != nil || i < 0 || i >= len(h) {
				return nil
			}
			here = h[i]
		default:
			return nil
		}
	}
	found, _ := here.(map[string]any)
	return found
}

// segments splits a JSON pointer as the schema library writes it.
func segments(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, p := range parts {
		if plain, err := url.PathUnescape(p); err == nil {
			p = plain
		}
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(p, "~1", "/"), "~0", "~")
	}
	return parts
}

// accepted lists the properties of an object's schema, sorted.
func accepted(object map[string]any) []string {
	properties, _ := object["properties"].(map[string]any)
	return sortedKeys(properties)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
