package library

import (
	"context"
	"errors"
	"fmt"

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
}

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
	return &shelf{Answerer: a, Summarizer: summary.New(c), index: x}, nil
}

// Close frees the index.
func (s *shelf) Close() error { return s.index.Close() }

// pruneEngines removes what is on disk for other revisions.
func pruneEngines(o Options, keep []article.Revision) error {
	if o.IndexDir == "" {
		return nil
	}
	return index.Prune(o.IndexDir, keep...)
}
