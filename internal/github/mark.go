package github

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// Mark is the hidden first line of a comment: whose it is, and what was
// planned. It stands before everything that anybody else wrote, so no
// character can forge it.
type Mark struct {
	Key    string // of what the comment is about; see KeyOf
	Digest string // of the plan that can be applied; "" when it can't
	Head   string // the commit of the branch that was planned
}

// KeyOf is the key of a comment about these words: the project, its folder,
// the environment, the selection. Each has a comment of its own.
func KeyOf(words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return hex.EncodeToString(sum[:12])
}

func (m Mark) String() string {
	s := "<!-- charsync " + m.Key
	if m.Digest != "" {
		s += " digest=" + m.Digest
	}
	if m.Head != "" {
		s += " head=" + m.Head
	}
	return s + " -->"
}

var marked = regexp.MustCompile(`^<!-- charsync ([0-9a-f]{24})(?: digest=(sha256:[0-9a-f]{64}|[0-9a-f]{64}))?(?: head=([0-9a-f]{40,64}))? -->(?:\r?\n|$)`)

// ReadMark finds the mark at the start of a comment.
func ReadMark(body string) (m Mark, ok bool) {
	found := marked.FindStringSubmatch(body)
	if found == nil {
		return Mark{}, false
	}
	return Mark{Key: found[1], Digest: found[2], Head: found[3]}, true
}
