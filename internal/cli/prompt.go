package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
)

// answerLimit bounds what is read as the answer to a question.
const answerLimit = 1024

// mayAsk fails where a question would be put but nobody could answer it.
func (a *app) mayAsk(yes bool, command string) error {
	if yes || a.env.InTerminal {
		return nil
	}
	look := "look at charsync plan first, then run charsync "
	if command != "apply" { // plan shows nothing of these
		look = "run it in a terminal to see what it would do, or without a question as charsync "
	}
	return failed(look+command+" --yes (or set CHARSYNC_YES=1)",
		"%s asks before it writes, and there is no terminal to ask on", command)
}

// confirm asks a question on stderr. Only "yes" agrees.
func (a *app) confirm(ctx context.Context, question string) (bool, error) {
	fmt.Fprintf(a.err, "\n%s\n  Only \"yes\" is accepted: ", question)
	answers := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(io.LimitReader(a.env.In, answerLimit)).ReadString('\n')
		answers <- line
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(a.err)
		return false, ctx.Err()
	case line := <-answers:
		fmt.Fprintln(a.err)
		return strings.TrimSpace(line) == "yes", nil
	}
}
