package library

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/index"
	"verbatim/internal/summary"
)

// shelf is the engine of the program: the index and what reads it.
type shelf struct {
	*answer.Answerer
	*summary.Summarizer
	index *index.Index
	stop  context.CancelFunc // ends what is prepared ahead
	ahead sync.WaitGroup     // the goroutine that prepares
}

// maxAhead is how many sentences are analysed before anyone asks for a summary
// of them: enough for a long article. An analysis takes about 1.5 kB of memory a
// sentence for as long as the corpus is open, so that of more articles waits
// until it is asked for.
const maxAhead = 2000

// buildEngine indexes the corpus, or opens its index from an earlier start,
// and prepares answers and summaries.
func buildEngine(ctx context.Context, c *article.Corpus, o Options) (engine, error) {
	x, err := index.Build(ctx, c, index.Options{Dir: o.IndexDir, Logger: o.Logger})
	if err != nil {
		return nil, err
	}
	a, err := answer.New(c, x)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare answers: %w", err), x.Close())
	}
	life, stop := context.WithCancel(context.Background())
	s := &shelf{Answerer: a, Summarizer: summary.New(c), index: x, stop: stop}
	s.ahead.Go(func() {
		defer func() {
			if v := recover(); v != nil {
				o.Logger.Error("an article could not be analysed", "value", v)
			}
		}()
		s.Prepare(life, maxAhead)
	})
	return s, nil
}

// Close ends what is prepared, waits for it, and frees the index.
func (s *shelf) Close() error {
	s.stop()
	s.ahead.Wait()
	return s.index.Close()
}

// pruneEngines removes what is on disk for other revisions.
func pruneEngines(o Options, keep []article.Revision) error {
	if o.IndexDir == "" {
		return nil
	}
	return index.Prune(o.IndexDir, keep...)
}
