package library

import (
	"context"
	"fmt"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// engine answers from one corpus. Its methods may be called from several
// goroutines at once; Close when none is at work.
type engine interface {
	Ask(ctx context.Context, q answer.Question) (answer.Answer, error)
	Suggestions(ctx context.Context, n int) []string
	Vouch(ctx context.Context, question, id string) (bool, error)
	guide
	Close() error
}

// generation is a corpus with what answers from it. It is open as long as
// someone uses it: each scope whose current one it is, and each question that
// began on it.
type generation struct {
	corpus *article.Corpus
	engine engine
	users  int // guarded by Library.mu
}

// release ends a use of a generation and closes it after the last. A failure
// to close one that was replaced harms nobody who asks, so it is logged; after
// Close it is for Close to return.
func (l *Library) release(g *generation) {
	l.mu.Lock()
	g.users--
	last := g.users == 0
	if last && l.live[g.corpus.Digest] == g {
		delete(l.live, g.corpus.Digest)
	}
	l.mu.Unlock()
	if !last {
		return
	}
	defer l.open.Done()
	err := g.engine.Close()
	if err == nil {
		return
	}
	err = fmt.Errorf("close revision %s: %w", g.corpus.Revision, err)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		l.failed = append(l.failed, err)
		return
	}
	l.options.Logger.Error("a replaced corpus was not freed", "error", err)
}
