package cards

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

var (
	// credentialKey is a key whose text is a credential, in any of the usual
	// spellings: OPENAI_API_KEY, botToken, password.
	credentialKey = regexp.MustCompile(`(?i)(^|[_.-]|[a-z])(api[_-]?key|access[_-]?key|private[_-]?key|secret([_-]?key)?|token|password|passwd|passphrase|mnemonic|credentials?|authorization|cookie)s?$`)
	// credentialText is a text that is a credential whatever its key is.
	credentialText = regexp.MustCompile(`^(sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[abpr]|hf|AKIA|AIza)[-_]?[A-Za-z0-9_-]{16,}$|^eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*$`)
)

// secretsKey is a mapping that holds nothing but credentials.
const secretsKey = "secrets"

// withhold takes credentials out of a card, wherever they are: they never
// stand in a file of a project. It names their places.
func withhold(root object) (object, []string) {
	var held []string
	out := withholdIn(root, "", &held)
	slices.Sort(held)
	return out, held
}

func withholdIn(o object, where string, held *[]string) object {
	for _, m := range slices.Clone(o) {
		place := join(where, m.key)
		switch kind(m.raw) {
		case "a mapping":
			inner, err := parseObject(m.raw, place)
			switch {
			case err != nil:
			case strings.EqualFold(m.key, secretsKey):
				if len(inner) > 0 {
					o, *held = o.with(m.key, json.RawMessage("{}")), append(*held, place)
				}
			default:
				before := len(*held)
				inner = withholdIn(inner, place, held)
				if len(*held) > before {
					o = o.with(m.key, inner.encode())
				}
			}
		case "a list":
			if list, found := withholdInList(m.raw, place, held); found {
				o = o.with(m.key, list)
			}
		case "a text":
			var text string
			if json.Unmarshal(m.raw, &text) == nil && text != "" && (credentialKey.MatchString(m.key) || credentialText.MatchString(text)) {
				o, *held = o.without(m.key), append(*held, place)
			}
		}
	}
	return o
}

func withholdInList(raw json.RawMessage, where string, held *[]string) (json.RawMessage, bool) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil, false
	}
	before := len(*held)
	for i, e := range list {
		if kind(e) != "a mapping" {
			continue
		}
		inner, err := parseObject(e, where)
		if err != nil {
			continue
		}
		counted := len(*held)
		inner = withholdIn(inner, where+"[]", held)
		if len(*held) > counted {
			list[i] = inner.encode()
		}
	}
	return encode(list), len(*held) > before
}
