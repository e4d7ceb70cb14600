package credential

import "github.com/charsync/charsync/pkg/spec"

// The codes of what charsync.yaml names and may not.
const (
	CodeKey  = "CS316"
	CodeHost = "CS317"
)

// Codes lists them with their meanings.
func Codes() []spec.CodeInfo {
	return []spec.CodeInfo{
		{Code: CodeKey, Severity: spec.Error, Meaning: "apiKeyEnv names a variable that is not the provider's and that CHARSYNC_ALLOW_KEYS does not list."},
		{Code: CodeHost, Severity: spec.Error, Meaning: "A base URL whose host is not the provider's and that CHARSYNC_ALLOW_HOSTS does not list."},
	}
}
