package revision

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// maxObject bounds an object that is read: more than charsync reads of any
// file, so that the reader refuses it by its own bound.
const maxObject = 64 << 20

// blobs reads objects from one git cat-file that stays open. It serves one
// question at a time.
type blobs struct {
	mu   sync.Mutex
	stop context.CancelFunc
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	err  error // after which no answer can be trusted
}

func (g *git) openBlobs(ctx context.Context) (*blobs, error) {
	ctx, stop := context.WithCancel(ctx)
	b := &blobs{stop: stop, cmd: g.command(ctx, "cat-file", "--batch")}
	in, err := b.cmd.StdinPipe()
	if err == nil {
		var out io.Reader
		out, err = b.cmd.StdoutPipe()
		b.in, b.out = in, bufio.NewReader(out)
	}
	if err == nil {
		err = b.cmd.Start()
	}
	if err != nil {
		stop()
		return nil, fmt.Errorf("run git: %w", err)
	}
	return b, nil
}

// close ends the program. What it says then is of no interest: everything
// that was asked for has been read.
func (b *blobs) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = errors.New("the revision is closed")
	b.stop()
	b.in.Close()
	_ = b.cmd.Wait()
}

// read returns the content of an object.
func (b *blobs) read(name string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return nil, b.err
	}
	data, missing, err := b.ask(name)
	if err != nil {
		b.err = fmt.Errorf("git cat-file: %w", err)
		return nil, b.err
	}
	if missing {
		return nil, errors.New("the object is not in this clone")
	}
	return data, nil
}

func (b *blobs) ask(name string) (data []byte, missing bool, err error) {
	if _, err := io.WriteString(b.in, name+"\n"); err != nil {
		return nil, false, err
	}
	head, err := b.out.ReadString('\n')
	if err != nil {
		return nil, false, err
	}
	fields := strings.Fields(head)
	if len(fields) == 2 && fields[1] == "missing" {
		return nil, true, nil
	}
	if len(fields) != 3 || fields[0] != name {
		return nil, false, fmt.Errorf("it answered %.80q", head)
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size < 0 || size > maxObject {
		return nil, false, fmt.Errorf("an object of %.20s bytes is too large", fields[2])
	}
	data = make([]byte, size+1) // and the line feed behind it
	if _, err := io.ReadFull(b.out, data); err != nil {
		return nil, false, err
	}
	return data[:size], false, nil
}
