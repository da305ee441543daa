package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxLine is how many bytes of one input line are kept. Far above any question
// and low enough that no input can fill the memory.
const MaxLine = 1 << 20

// Lines reads input line by line, however long the lines are and whatever
// bytes they hold. It is for one goroutine at a time.
type Lines struct {
	in *bufio.Reader
}

// NewLines reads lines from in.
func NewLines(in io.Reader) *Lines {
	return &Lines{in: bufio.NewReaderSize(in, 64<<10)}
}

// Next returns the next line without its end ("\n" or "\r\n") and without a byte
// order mark at its beginning, which files of some editors have. Bytes beyond
// MaxLine are read and dropped. A last line without an end counts; after it
// the error is io.EOF.
func (l *Lines) Next() (string, error) {
	var b strings.Builder
	read := false
	for {
		part, err := l.in.ReadSlice('\n')
		read = read || len(part) > 0
		ended := err == nil
		if ended {
			part = part[:len(part)-1]
		}
		b.Write(part[:min(len(part), MaxLine-b.Len())])
		switch {
		case ended:
			return bare(b.String()), nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && read:
			return bare(b.String()), nil
		default:
			return "", err
		}
	}
}

func bare(line string) string {
	return strings.TrimSuffix(strings.TrimLeft(line, "\ufeff"), "\r")
}

// Read passes on the lines of in until it ends or ctx is done. When the lines
// end, failed holds why they did: nil for an ordinary end.
//
// A read can't be interrupted: when ctx is done the goroutine behind the
// channels ends with the read that is under way.
func Read(ctx context.Context, in io.Reader) (lines <-chan string, failed <-chan error) {
	out, end := make(chan string), make(chan error, 1)
	go func() {
		defer close(out)
		from := NewLines(in)
		for {
			l, err := from.Next()
			if errors.Is(err, io.EOF) {
				end <- nil
				return
			}
			if err != nil {
				end <- fmt.Errorf("read input: %w", err)
				return
			}
			select {
			case out <- l:
			case <-ctx.Done():
				end <- ctx.Err()
				return
			}
		}
	}()
	return out, end
}
