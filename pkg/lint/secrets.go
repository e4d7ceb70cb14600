package lint

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/charsync/charsync/pkg/spec"
)

// key is the shape of a service's credentials: what they begin with, which is
// looked for first, and how they go on.
type key struct {
	of     string
	begins string
	whole  *regexp.Regexp
}

// keys lists shapes that are distinct enough not to be met in prose.
var keys = sync.OnceValue(func() []key {
	k := func(of, begins, rest string) key { return key{of, begins, regexp.MustCompile(`^` + rest)} }
	return []key{
		k("Anthropic", "sk-ant-", `sk-ant-[A-Za-z0-9_-]{20,}`),
		k("OpenAI", "sk-proj-", `sk-proj-[A-Za-z0-9_-]{20,}`),
		k("OpenAI or a service like it", "sk-", `sk-(?:or-v1-|svcacct-)?[A-Za-z0-9_]{20,}`),
		k("Alakazam or Stripe", "sk_live_", `sk_live_[A-Za-z0-9]{12,}`),
		k("Alakazam or Stripe", "sk_test_", `sk_test_[A-Za-z0-9]{12,}`),
		k("Stripe", "rk_live_", `rk_live_[A-Za-z0-9]{12,}`),
		k("ElevenLabs", "sk_", `sk_[0-9a-f]{40,}`),
		k("GitHub", "ghp_", `ghp_[A-Za-z0-9]{30,}`),
		k("GitHub", "gho_", `gho_[A-Za-z0-9]{30,}`),
		k("GitHub", "ghs_", `ghs_[A-Za-z0-9]{30,}`),
		k("GitHub", "github_pat_", `github_pat_[A-Za-z0-9_]{30,}`),
		k("GitLab", "glpat-", `glpat-[A-Za-z0-9_-]{16,}`),
		k("AWS", "AKIA", `AKIA[0-9A-Z]{16}\b`),
		k("AWS", "ASIA", `ASIA[0-9A-Z]{16}\b`),
		k("Google", "AIza", `AIza[A-Za-z0-9_-]{35}`),
		k("Slack", "xox", `xox[abprse]-[A-Za-z0-9-]{10,}`),
		k("Slack", "hooks.slack.com/services/", `hooks\.slack\.com/services/[A-Za-z0-9/]{20,}`),
		k("Discord", "discord.com/api/webhooks/", `discord\.com/api/webhooks/[0-9]+/[A-Za-z0-9_-]{20,}`),
		k("Hugging Face", "hf_", `hf_[A-Za-z0-9]{30,}`),
		k("Replicate", "r8_", `r8_[A-Za-z0-9]{30,}`),
		k("Groq", "gsk_", `gsk_[A-Za-z0-9]{30,}`),
		k("npm", "npm_", `npm_[A-Za-z0-9]{30,}`),
		k("SendGrid", "SG.", `SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`),
		k("some service (a JSON web token)", "eyJ", `eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`),
		k("whoever signs with it (a private key)", "-----BEGIN", `-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----`),
	}
})

// hit is a stretch that looks like a key of a service.
type hit struct {
	start, end int
	of         string
}

// Bounds of the search.
const (
	mostKeys    = 100  // in one text
	shortestKey = 10   // bytes without a space, "-----BEGIN"
	longestKey  = 4096 // bytes
)

// keysIn finds what looks like a key. Keys begin with a long run of ASCII
// without a space, which prose has few of: only there is looked.
func keysIn(s string, known []key) []hit {
	var hits []hit
	for start := 0; start < len(s) && len(hits) < mostKeys; {
		end := start
		for end < len(s) && s[end] > ' ' && s[end] < utf8.RuneSelf {
			end++
		}
		if end-start >= shortestKey {
			hits = keysAt(s, start, end, known, hits)
		}
		start = end + 1
	}
	return hits
}

// keysAt appends the keys that begin in s[lo:hi].
func keysAt(s string, lo, hi int, known []key, hits []hit) []hit {
	for _, k := range known {
		for from := lo; len(hits) < mostKeys; {
			i := strings.Index(s[from:hi], k.begins)
			if i < 0 {
				break
			}
			start := from + i
			from = start + len(k.begins)
			if start > 0 && wordByte(s[start-1]) {
				continue
			}
			end := start + len(k.whole.FindString(s[start:min(len(s), start+longestKey)]))
			if end > start && !overlaps(hits, start) {
				hits = append(hits, hit{start, end, k.of})
				from = min(end, hi)
			}
		}
	}
	return hits
}

func overlaps(hits []hit, at int) bool {
	for _, h := range hits {
		if at >= h.start && at < h.end {
			return true
		}
	}
	return false
}

func wordByte(b byte) bool {
	return b == '_' || b == '-' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

// secrets finds what looks like a credential. The message never holds it.
func secrets(p *page) {
	known := keys()
	for _, t := range p.texts {
		for _, h := range keysIn(t.s, known) {
			p.say(t, h.start, h.end-h.start, "this looks like a key of "+h.of, "withdraw it at the service, remove it here, and from the history of the repository")
		}
	}
}

// Conceal puts asterisks over whatever looks like a credential in the lines
// and words that findings show. It changes the slice and returns it.
func Conceal(ds []spec.Diagnostic) []spec.Diagnostic {
	known := keys()
	for i := range ds {
		for _, s := range []*string{&ds[i].Source, &ds[i].Message, &ds[i].Hint} {
			*s = concealed(*s, known)
		}
	}
	return ds
}

func concealed(s string, known []key) string {
	hits := keysIn(s, known)
	if len(hits) == 0 {
		return s
	}
	out := []byte(s)
	for _, h := range hits {
		for i := h.start; i < h.end; i++ {
			if out[i] < utf8.RuneSelf { // keys are plain ASCII, so columns stay
				out[i] = '*'
			}
		}
	}
	return string(out)
}
