package spec

// outline is the value of a document without the insides of its targets: each
// is judged by the schema of its own type.
func outline(root *item) any {
	whole, _ := root.value.(map[string]any)
	spec, ok := whole["spec"].(map[string]any)
	if !ok {
		return whole
	}
	spec = withoutInsides(spec)
	if environments, ok := spec["environments"].(map[string]any); ok {
		hollow := make(map[string]any, len(environments))
		for name, overlay := range environments {
			if said, ok := overlay.(map[string]any); ok {
				overlay = withoutInsides(said)
			}
			hollow[name] = overlay
		}
		spec = with(spec, "environments", hollow)
	}
	return with(whole, "spec", spec)
}

// withoutInsides empties the targets of what a document or an overlay says.
func withoutInsides(said map[string]any) map[string]any {
	targets, ok := said["targets"].(map[string]any)
	if !ok {
		return said
	}
	hollow := make(map[string]any, len(targets))
	for name, target := range targets {
		if _, ok := target.(map[string]any); ok {
			target = map[string]any{}
		}
		hollow[name] = target
	}
	return with(said, "targets", hollow)
}

// with copies a mapping and replaces one entry.
func with(m map[string]any, key string, value any) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	out[key] = value
	return out
}
