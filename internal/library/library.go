// Package library owns the corpus that is being served. It loads and validates
// articles, builds the index and the answerer beside those that answer, and
// swaps them in one step; every question is served from one revision, whole.
package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/corpus"
)

// Status describes the corpus that answers now.
type Status struct {
	Revision   article.Revision
	Articles   int
	Paragraphs int
	Sentences  int
	LoadedAt   time.Time
	LoadedBy   string // who asked for it: "start", or the name given to Reload
	Loading    bool   // a reload is under way
}

// Report says what a reload did.
type Report struct {
	Before, After           Status
	Added, Changed, Removed []string // IDs of articles
	Took                    time.Duration
	Shared                  bool // another's reload was under way and this is its result
}

// ErrClosed is the error of everything asked of a library after Close.
var ErrClosed = errors.New("the library is closed")

// Options say what a library serves.
type Options struct {
	// Source opens the corpus folder; it is called at Open and at each reload,
	// never twice at once.
	Source func() (fs.FS, error)
	// Limits bound the corpus; zero fields are the defaults of package corpus.
	Limits corpus.Limits
	// IndexDir is a folder that the library may fill and clear, where indexes
	// survive a restart; "" keeps them in memory.
	IndexDir string
	Logger   *slog.Logger     // nil discards
	Clock    func() time.Time // nil means time.Now

	// build makes what answers from a corpus; nil means buildEngine.
	build func(ctx context.Context, c *article.Corpus, o Options) (engine, error)
	// prune clears what was stored for other revisions; nil means
	// pruneEngines.
	prune func(o Options, keep []article.Revision) error
}

// Library serves one corpus at a time. All its methods may be called from
// several goroutines at once.
type Library struct {
	options Options
	// life ends at Close. A reload lives on it rather than on its caller's
	// context, as others may be waiting for its result. The one goroutine that
	// it bounds is owned by the library.
	life context.Context
	end  context.CancelFunc

	mu      sync.Mutex
	current *generation
	live    map[article.Revision]*generation // that hold an open engine
	running *reload                          // under way; nil for none
	closed  bool
	failed  []error // to close an engine, since closed

	reloads sync.WaitGroup // the goroutine of running
	open    sync.WaitGroup // generations that are not closed yet
}

// Open loads the corpus and starts to serve it. The error may be
// article.Problems. Close the library when done; ctx bounds the loading only.
func Open(ctx context.Context, o Options) (*Library, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.build == nil {
		o.build = buildEngine
	}
	if o.prune == nil {
		o.prune = pruneEngines
	}
	life, end := context.WithCancel(context.Background())
	l := &Library{options: o, life: life, end: end, live: map[article.Revision]*generation{}}
	if _, err := l.load(ctx, "start"); err != nil {
		end()
		return nil, fmt.Errorf("open the corpus: %w", err)
	}
	return l, nil
}

// Ask answers a question from the current revision; see answer.Answerer.
func (l *Library) Ask(ctx context.Context, q answer.Question) (answer.Answer, error) {
	g, err := l.acquire()
	if err != nil {
		return answer.Answer{}, err
	}
	defer l.release(g)
	return g.engine.Ask(ctx, q)
}

// Corpus is the corpus that answers now, or that answered last once the
// library is closed. It stays valid whatever is loaded after.
func (l *Library) Corpus() *article.Corpus {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current.corpus
}

// Status describes the corpus that answers now.
func (l *Library) Status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status()
}

// status needs mu. Before the first load it is empty.
func (l *Library) status() Status {
	if l.current == nil {
		return Status{}
	}
	s := l.current.status
	s.Loading = l.running != nil
	return s
}

// Close ends a reload that is under way, waits for the questions that are
// being answered, and frees the corpus. The error is of freeing it. Later
// calls wait too, and return the same.
func (l *Library) Close() error {
	l.mu.Lock()
	first, g := !l.closed, l.current
	l.closed = true // from here on nothing replaces g
	l.mu.Unlock()
	if first {
		l.end()
		l.reloads.Wait()
		l.release(g)
	}
	l.open.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.failed...)
}
