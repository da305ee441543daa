package discord

import (
	"context"
	"errors"
	"fmt"
	"time"

	"verbatim/internal/article"
)

// What is made of corpora is bounded by number, by bytes, and by the time since
// its last use. What was made last is kept whatever its size: making it again for
// every request would cost more.
const (
	maxPrepared      = 8
	maxPreparedBytes = 256 << 20 // a checker of 150,000 sentences takes as much
	preparedTime     = 15 * time.Minute
)

// prepared holds what is made of a corpus to serve many requests. It is found by
// the corpus itself: its revision is short enough that someone could search for
// articles that have another server's, and would be shown that server's. It is
// safe for concurrent use.
type prepared[V any] struct {
	make  func(context.Context, *article.Corpus) (V, error)
	kept  *recent[*article.Corpus, V]
	turns *turns[*article.Corpus]
}

func newPrepared[V any](clock func() time.Time, weigh func(V) int, make func(context.Context, *article.Corpus) (V, error)) *prepared[V] {
	kept := newRecent[*article.Corpus, V](clock, preparedTime, maxPrepared)
	kept.weigh, kept.room = weigh, maxPreparedBytes
	return &prepared[V]{make: make, kept: kept, turns: newTurns[*article.Corpus]()}
}

// of is what is made of the corpus. Of several who ask at once, one makes it and
// the others wait, until their ctx ends. Who makes it goes on beyond the time of
// their own request, for it serves the next ones, but not when ctx is cancelled:
// then nobody is waiting.
func (p *prepared[V]) of(ctx context.Context, c *article.Corpus) (V, error) {
	var none V
	if v, ok := p.again(c); ok {
		return v, nil
	}
	leave, err := p.turns.take(ctx, c)
	if err != nil {
		return none, fmt.Errorf("wait for what is made of revision %s: %w", c.Revision, err)
	}
	defer leave()
	return p.made(ctx, c)
}

// soon is of for who can't wait: it is not ok while another makes it.
func (p *prepared[V]) soon(ctx context.Context, c *article.Corpus) (v V, ok bool, err error) {
	if v, ok = p.again(c); ok {
		return v, true, nil
	}
	leave, ok := p.turns.try(c)
	if !ok {
		return v, false, nil
	}
	defer leave()
	v, err = p.made(ctx, c)
	return v, err == nil, err
}

// made is what is made of the corpus, by who has the turn.
func (p *prepared[V]) made(ctx context.Context, c *article.Corpus) (V, error) {
	var none V
	if v, ok := p.again(c); ok {
		return v, nil // whoever had the turn before
	}
	making, cancel := untilCancelled(ctx)
	defer cancel()
	v, err := p.make(making, c)
	if err != nil {
		return none, err
	}
	p.kept.put(c, v)
	return v, nil
}

// again is what was made of the corpus before, which lives as long as it is used.
func (p *prepared[V]) again(c *article.Corpus) (V, bool) {
	v, ok := p.kept.get(c)
	if ok {
		p.kept.put(c, v)
	}
	return v, ok
}

// untilCancelled is a context that outlives the deadline of ctx and no more.
func untilCancelled(ctx context.Context) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	heed := func() {
		if errors.Is(ctx.Err(), context.Canceled) {
			cancel()
		}
	}
	heed()
	stop := context.AfterFunc(ctx, heed)
	return out, func() { stop(); cancel() }
}

// bytesOf is how much text a corpus has.
func bytesOf(c *article.Corpus) int {
	n := 0
	for _, a := range c.Articles {
		n += len(a.Text)
	}
	return n
}
