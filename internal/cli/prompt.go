package cli

import (
	"context"
	"errors"
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
	switch command {
	case "apply":
	case "destroy":
		look = "look at charsync plan --destroy first, then run charsync "
	default: // plan shows nothing of these
		look = "run it in a terminal to see what it would do, or without a question as charsync "
	}
	return failed(look+command+" --yes (or set CHARSYNC_YES=1)",
		"%s asks before it writes, and there is no terminal to ask on", command)
}

// confirm asks a question on stderr. Only "yes" agrees.
func (a *app) confirm(ctx context.Context, question string) (bool, error) {
	line, err := a.answer(ctx, fmt.Sprintf("\n%s\n  Only \"yes\" is accepted: ", question))
	fmt.Fprintln(a.err)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return line == "yes" && err == nil, err
}

// ask puts a question on stderr and returns the answer; "" is what Enter
// alone says. Nobody there to answer is an error.
func (a *app) ask(ctx context.Context, question string) (string, error) {
	line, err := a.answer(ctx, question)
	if errors.Is(err, io.EOF) {
		fmt.Fprintln(a.err)
		return "", failed("nothing was written; answer, or run it with --yes", "%s", "there was no answer")
	}
	return line, err
}

// answer reads a line and not a byte more: the next question has its own. An
// input that ends before its first byte is io.EOF.
func (a *app) answer(ctx context.Context, question string) (string, error) {
	a.idle.Store(true)
	defer a.idle.Store(false)
	fmt.Fprint(a.err, question)
	type reply struct {
		line string
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		line, err := readLine(a.env.In)
		replies <- reply{line, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-replies:
		return strings.TrimSpace(r.line), r.err
	}
}

func readLine(in io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < answerLimit {
		n, err := in.Read(one)
		if n == 1 && one[0] == '\n' {
			return string(line), nil
		}
		line = append(line, one[:n]...)
		switch {
		case err == nil:
		case errors.Is(err, io.EOF) && len(line) > 0:
			return string(line), nil
		default:
			return string(line), err
		}
	}
	return string(line), nil
}
