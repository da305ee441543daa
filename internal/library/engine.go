package library

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// maker makes what answers from a corpus.
type maker interface {
	// build makes an engine for a corpus of a server's; "" stands for the
	// operator's. Engines of one server are built one at a time. What a former
	// engine, nil for none, knows of the same articles may be drawn on.
	build(ctx context.Context, server string, c *article.Corpus, former engine) (engine, error)
	// prune clears away what is stored for servers that keep nothing.
	prune(keep func(server string) bool) error
}

// shelves makes the engines of the program. What it indexes for a server's
// corpus is there for the server's next.
type shelves struct {
	indexes *index.Keeper
	logger  *slog.Logger
	told    *progress
}

// newShelves tells how it comes on with the operator's articles.
func newShelves(o Options, told *progress) shelves {
	keeper := index.NewKeeper(index.Options{Dir: o.IndexDir, Logger: o.Logger, Progress: func(line string, done, of int) {
		if line == operator {
			told.tell(Indexing, done, of)
		}
	}})
	return shelves{keeper, o.Logger, told}
}

// operator is the line of indexes for the operator's articles. No server's ID
// is a word.
const operator = "operator"

func lineOf(server string) string { return cmp.Or(server, operator) }

func (m shelves) prune(keep func(server string) bool) error {
	return m.indexes.Prune(func(line string) bool { return line == operator || keep(line) })
}

// build indexes what the index of the corpus before lacks, and prepares
// answers and summaries.
func (m shelves) build(ctx context.Context, server string, c *article.Corpus, former engine) (engine, error) {
	x, err := m.indexes.Index(ctx, lineOf(server), c)
	if err != nil {
		return nil, err
	}
	var told func(done, of int)
	if server == "" {
		told = func(done, of int) { m.told.tell(Analysing, done, of) }
	}
	var before *answer.Answerer
	if f, ok := former.(*shelf); ok {
		before = f.Answerer
	}
	a, err := answer.Prepare(c, x, before, told)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare answers: %w", err), x.Close())
	}
	life, stop := context.WithCancel(context.Background())
	s := &shelf{Answerer: a, Summarizer: summary.New(c), index: x, stop: stop}
	s.ahead.Go(func() {
		defer func() {
			if v := recover(); v != nil {
				m.logger.Error("what is computed ahead could not be", "value", v)
			}
		}()
		s.Suggestions(life, 0) // else the first decline waits for them
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
