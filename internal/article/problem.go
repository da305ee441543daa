package article

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with a corpus, in words that a moderator
// can act on.
type Problem struct {
	File   string // relative to the corpus folder; "" when it is about the whole
	Line   int    // from 1; 0 when it is about the whole file
	Reason string
}

// String reads "file:line: reason", without the parts that are unknown.
func (p Problem) String() string {
	switch {
	case p.File == "":
		return p.Reason
	case p.Line == 0:
		return fmt.Sprintf("%s: %s", p.File, p.Reason)
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason)
}

// Problems is the error of a corpus that can't be served: every problem found,
// in the order of files and lines. Get at it with errors.As.
type Problems []Problem

// Error lists the problems, a line each.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}
