package cli

import (
	"io"
	"log"
	"os/signal"
	"testing"
)

// What a server sends out of turn is printed by net/http through the standard
// logger: it must not reach the terminal.
func TestStandardLoggerIsSilent(t *testing.T) {
	old := log.Writer()
	defer log.SetOutput(old)
	env := OS()
	defer signal.Reset()
	if env.Err == nil || log.Writer() != io.Discard {
		t.Error("the standard logger writes")
	}
}
