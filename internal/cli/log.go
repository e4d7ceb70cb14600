package cli

import (
	"log/slog"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// logger writes to stderr in the format and from the level that the flags ask for.
func (a *app) logger() (*slog.Logger, error) {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[a.flags.logLevel]
	if !ok {
		return nil, oneOf("--log-level", a.flags.logLevel, []string{"debug", "info", "warn", "error"})
	}
	options := &slog.HandlerOptions{Level: level}
	switch a.flags.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(a.err, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(a.err, options)), nil
	}
	return nil, oneOf("--log-format", a.flags.logFormat, []string{"text", "json"})
}

// oneOf is the failure of a word that is none of the accepted ones.
func oneOf(what, got string, accepted []string) error {
	return failed(meant(got, accepted, "accepted: "+strings.Join(accepted, ", ")), "%s: unknown value %q", what, got)
}

// meant is a hint that begins with the word that was probably meant, where
// there is one.
func meant(got string, accepted []string, hint string) string {
	if near := spec.DidYouMean(got, accepted); near != "" {
		return "did you mean " + near + "? " + hint
	}
	return hint
}
