package view

import "github.com/charsync/charsync/pkg/visible"

// Sanitize makes everything visible that would steer a terminal or hide from a
// reader: control characters, bytes that are not UTF-8, controls of the writing
// direction, and invisible characters that are no part of a whole sequence.
// Line feeds and tabs stay: the caller lays lines out.
func Sanitize(s string) string { return visible.Escape(s, "\n\t") }

// SanitizeLine is Sanitize for text that must stay on one line: line feeds and
// tabs become visible too.
func SanitizeLine(s string) string { return visible.Escape(s, "") }
