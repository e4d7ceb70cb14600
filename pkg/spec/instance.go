package spec

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

func (c *config) providers(it *item) {
	if it != nil && len(it.keys) > maxInstances {
		c.fail(CodeTooMany, it.node, fmt.Sprintf("there are %d provider instances, more than %d", len(it.keys), maxInstances), "split the project")
		return
	}
	it.each(func(key *yaml.Node, value *item) {
		if in, ok := c.instance(key, value); ok {
			c.project.Instances[key.Value] = in
		}
	})
}

// maxInstances bounds the accounts of one project.
const maxInstances = 1000

// instance reads one provider instance.
func (c *config) instance(key *yaml.Node, it *item) (Instance, bool) {
	in := Instance{Name: key.Value, Type: key.Value, Pos: c.src.pos(key.Line, key.Column), Compose: declaredCompose(it)}
	if t, ok := valueOf(it.child("type")).(string); ok {
		in.Type = t
	}
	if !c.instanceType(key, it, in) {
		return in, false
	}
	if key := it.child("apiKeyEnv"); key != nil {
		in.APIKeyEnv, _ = key.value.(string)
		in.KeyPos = c.src.pos(key.node.Line, key.node.Column)
	}
	in.UserAgent, _ = valueOf(it.child("userAgent")).(string)
	in.RequestsPerSecond, _ = Float(valueOf(it.child("requestsPerSecond")))
	if n, ok := Float(valueOf(it.child("concurrency"))); ok {
		in.Concurrency = int(n)
	}
	if base := it.child("baseURL"); base != nil {
		in.BaseURL, _ = base.value.(string)
		in.BaseURLPos = c.src.pos(base.node.Line, base.node.Column)
		in.BaseURL = strings.TrimRight(in.BaseURL, "/")
		if err := CheckBaseURL(in.BaseURL); err != nil {
			c.fail(CodeBaseURL, base.node, "the base URL can't be used: "+err.Error(), "use https, or http towards 127.0.0.1, ::1 or localhost, without credentials and query")
			conceal(&c.findings[len(c.findings)-1], false)
		}
	}
	in.Settings = c.settings(in, it)
	return in, true
}

func declaredCompose(it *item) map[Path][]Path {
	if compose := it.child("compose"); compose != nil {
		return composition(compose)
	}
	return nil
}

// instanceType checks that the type exists, and that an instance that bears a
// driver's name is of that driver.
func (c *config) instanceType(key *yaml.Node, it *item, in Instance) bool {
	drivers := Drivers()
	if !slices.Contains(drivers, in.Type) {
		at := key
		hint := "add type: one of " + strings.Join(drivers, ", ")
		if written := it.child("type"); written != nil {
			at, hint = written.node, "accepted: "+strings.Join(drivers, ", ")
		}
		if near := DidYouMean(in.Type, drivers); near != "" {
			hint = fmt.Sprintf("did you mean %q? %s", near, hint)
		}
		c.fail(CodeProviderType, at, fmt.Sprintf("%q is no provider", in.Type), hint)
		return false
	}
	if slices.Contains(drivers, key.Value) && key.Value != in.Type {
		c.fail(CodeProviderType, it.child("type").node, fmt.Sprintf("an instance named %s must be of that type, not %s", key.Value, in.Type), "give the instance another name, such as "+in.Type+"-2")
		return false
	}
	return true
}

// settings reads what the driver declares: what its accounts do, and the
// defaults that all targets of the instance share. Other keys are refused.
func (c *config) settings(in Instance, it *item) map[string]string {
	own := accepted(projectSchema().at("/properties/spec/properties/providers/additionalProperties"))
	fields, known := characterSchema().targetFields(in.Type)
	declared := characterSchema().at("/definitions/settings." + in.Type + "/properties")
	names := append(slices.Clone(own), sortedKeys(declared)...)
	out := map[string]string{}
	it.each(func(key *yaml.Node, value *item) {
		if slices.Contains(own, key.Value) {
			return
		}
		_, isSetting := declared[key.Value]
		switch {
		case known && !isSetting && slices.Contains(fields, key.Value) && !secretive(key.Value):
			c.fail(CodeUnknownField, key, fmt.Sprintf("%q is a field of characters, and no setting of an instance", key.Value),
				"put it into the manifests, under targets."+in.Name)
		case known && !isSetting || isControl(key.Value) || secretive(key.Value):
			c.unknownSetting(key, names)
		default:
			out[key.Value] = value.node.Value // as it is written: game_id: 1234567 is a text
			c.settingValue(declared[key.Value], value, out[key.Value])
		}
	})
	return out
}

// settingValue checks a setting against the words that its driver declares.
func (c *config) settingValue(declared any, value *item, text string) {
	setting, _ := declared.(map[string]any)
	words, _ := setting["enum"].([]any)
	if len(words) == 0 || slices.Contains(words, any(text)) {
		return
	}
	var names []string
	for _, w := range words {
		names = append(names, fmt.Sprint(w))
	}
	hint := "accepted: " + strings.Join(names, ", ")
	if near := DidYouMean(text, names); near != "" {
		hint = fmt.Sprintf("did you mean %q? %s", near, hint)
	}
	c.fail(CodeNotAccepted, value.node, fmt.Sprintf("%q is not accepted", text), hint)
}

func (c *config) unknownSetting(key *yaml.Node, names []string) {
	if secretive(key.Value) {
		c.fail(CodeCredential, key, fmt.Sprintf("%q looks like a credential", key.Value), "credentials stand in the environment: name the variable by apiKeyEnv")
		conceal(&c.findings[len(c.findings)-1], true)
		return
	}
	slices.Sort(names)
	hint := "accepted: " + strings.Join(names, ", ")
	if near := DidYouMean(key.Value, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	c.fail(CodeUnknownField, key, fmt.Sprintf("unknown field %q", key.Value), hint)
}

// secretive reports keys whose values are probably credentials.
func secretive(key string) bool {
	if key == "apiKeyEnv" {
		return false
	}
	plain := strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(key))
	return slices.ContainsFunc([]string{"apikey", "token", "secret", "password", "credential", "authorization"}, func(s string) bool { return strings.Contains(plain, s) })
}

// sensitive reports places in charsync.yaml where someone may have put a
// credential by mistake.
func sensitive(p Path) bool {
	segments := p.Segments()
	last := segments[len(segments)-1]
	return last == "apiKeyEnv" || last == "baseURL" || secretive(last)
}

// conceal keeps what a diagnostic is about out of the line that it quotes, and
// everything after it: it may be a credential. Of a key, the key remains.
func conceal(d *Diagnostic, isKey bool) {
	line := []rune(d.Source)
	end := d.Pos.Col - 1
	if isKey {
		end += d.Length
	}
	if end < len(line) {
		d.Source = string(line[:end]) + "…"
	}
	if !isKey {
		d.Length = 1
	}
}
