// Package library owns what is being served. It loads and validates articles,
// builds the index and the answerer beside those that answer, and swaps them
// in one step; every question is served from one revision, whole.
//
// The operator's articles serve everyone. A server may add articles that serve
// it alone: it then has a corpus of its own, made of both.
package library

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"verbatim/internal/article"
	"verbatim/internal/corpus"
	"verbatim/internal/store"
)

// Status describes a corpus that answers, or did.
type Status struct {
	Revision   article.Revision
	Articles   int
	Paragraphs int
	Sentences  int
	Own        int // of the articles, those that the server added
	LoadedAt   time.Time
	LoadedBy   string // who asked for it: ByStart, or the name given to what changed it
	LoadedIn   string // the server in which they did; "" when it was none
	RolledBack bool   // it was put back, and is not what a reload would load
	Loading    bool   // a change is under way
	Reloading  bool   // the operator's articles are being read again
	Progress   Progress
	Memory     uint64 // bytes that the whole program holds; of the current status only
}

// Report says what a change of the articles did. What could not be done after
// it, such as to write the change into the server's log, is in the library's
// log and doesn't undo it.
type Report struct {
	Before, After           Status
	Added, Changed, Removed []string // IDs of articles
	Took                    time.Duration
	Shared                  bool    // another's reload was under way and this is its result
	Goldens                 int     // golden questions that were asked
	Drifts                  []Drift // those that are answered differently now
	Unchecked               bool    // the golden questions could not be asked
	// Reread is set by a reload that has put the operator's articles as they are
	// in place, even when the server's own could not be brought up to date with
	// them, which is an error then.
	Reread bool
}

// Drift is a golden question whose answer is not what it was.
type Drift struct {
	Golden  store.Golden
	Now     string // the passage that answers now; "" when none does
	Article string // ID of its article
}

// ErrClosed is the error of everything asked of a library after Close.
var ErrClosed = errors.New("the library is closed")

// ErrRevision is the error of rolling back to a revision that isn't remembered.
var ErrRevision = errors.New("that revision is not remembered")

// Shelf keeps what servers add. It must be safe for concurrent use.
type Shelf interface {
	HasArticles(server string) bool // from memory
	Articles(server string) ([]store.Article, error)
	PutArticle(server string, a store.Article) error
	RemoveArticle(server, name, by string) error
	Goldens(server string) ([]store.Golden, error)
	GoldenServers() ([]string, error) // that have any, in order
	Record(server string, e store.Entry) error
}

// Who changes articles, where no member does.
const (
	ByStart     = "start"
	BySignal    = "SIGHUP"
	ByFiles     = "a change of the files"
	ByElsewhere = "another server" // in place of a member of another server
)

// actor is who changes articles, and the server in which they do.
type actor struct{ name, server string }

// Options say what a library serves.
type Options struct {
	// Source opens the corpus folder; it is called at Open and at each reload,
	// never twice at once.
	Source func() (fs.FS, error)
	// Limits bound the corpus; zero fields are the defaults of package corpus.
	Limits corpus.Limits
	// IndexDir is a folder that the library may fill and clear, where indexes
	// survive a restart; "" keeps them in memory, and so does a folder that
	// another process has.
	IndexDir string
	Shelf    Shelf // nil when servers add nothing
	Servers  int   // how many servers' own corpora are open at once; 0 means DefaultServers
	// Serves reports whether a server is this process's to look after; nil
	// means that all are.
	Serves func(server string) bool
	Logger *slog.Logger     // nil discards
	Clock  func() time.Time // nil means time.Now

	maker maker // nil means shelves
}

// DefaultServers is how many servers' own corpora are open at once. Each holds
// an index; the one that was used longest ago makes room, and is built again
// when it is asked, as it was if it had been rolled back. Its history begins
// anew then.
const DefaultServers = 32

// Library serves one corpus at a time to each server. All its methods may be
// called from several goroutines at once.
type Library struct {
	View     // of no server
	options  Options
	loader   corpus.Loader // used by the base's jobs, one at a time
	building chan struct{} // holds one while an engine is built or cleared away
	unlock   func() error  // lets other processes have the indexes

	mu     sync.Mutex
	base   *scope                            // of the operator's articles
	scopes map[string]*scope                 // of the servers that need their own, open or being opened
	aside  map[string]past                   // what servers without a scope put back
	live   map[[sha256.Size]byte]*generation // that hold an open engine, by Corpus.Digest
	tick   uint64                            // counts the uses of scopes
	closed bool
	failed []error // to close an engine, since closed

	checks   checks
	progress *progress

	jobs sync.WaitGroup // the goroutines of jobs, and the one of checks
	open sync.WaitGroup // generations that are not closed yet
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
	if o.Servers == 0 {
		o.Servers = DefaultServers
	}
	o, unlock := lockIndexes(o)
	told := &progress{logger: o.Logger}
	if o.maker == nil {
		o.maker = newShelves(o, told)
	}
	l := &Library{options: o, building: make(chan struct{}, 1), unlock: unlock, base: &scope{ready: true},
		scopes: map[string]*scope{}, aside: map[string]past{}, live: map[[sha256.Size]byte]*generation{}}
	l.View, l.checks, l.progress = l.For(""), newChecks(), told
	l.loader.Limits = o.Limits
	l.loader.Progress = func(done, of int) { told.tell(Reading, done, of) }
	if _, err := l.load(ctx, actor{name: ByStart}); err != nil {
		return nil, errors.Join(fmt.Errorf("open the corpus: %w", err), unlock())
	}
	return l, nil
}

// lockIndexes makes sure that no two processes have one folder of indexes open:
// the second would wait for the first, for good. It keeps its own in memory.
func lockIndexes(o Options) (changed Options, unlock func() error) {
	unlock = func() error { return nil }
	if o.IndexDir == "" {
		return o, unlock
	}
	lock := flock.New(o.IndexDir + ".lock") // beside it, for the folder may be deleted
	err := os.MkdirAll(filepath.Dir(o.IndexDir), 0o755)
	mine := false
	if err == nil {
		mine, err = lock.TryLock()
	}
	if mine {
		return o, lock.Close
	}
	o.Logger.Warn("the indexes on the disk can't be used, perhaps as another process has them; they are kept in memory", "dir", o.IndexDir, "error", err)
	o.IndexDir = ""
	return o, unlock
}

// progressStep is how many articles are read between two lines of the log:
// some hundred milliseconds' worth.
const progressStep = 500

// For is the library as a server sees it; "" is no server. It costs nothing.
func (l *Library) For(server string) View { return View{l, server} }

// Close ends a change that is under way, waits for the questions that are
// being answered, and frees the corpora. The error is of freeing them. Later
// calls wait too, and return the same.
func (l *Library) Close() error {
	l.mu.Lock()
	first := !l.closed
	l.closed = true // from here on nothing is replaced
	var all []*generation
	if first {
		all = append(all, l.base.current)
		l.base.stop()
		for _, s := range l.scopes {
			all = append(all, s.current)
			s.stop()
		}
		l.checks.stop()
	}
	l.mu.Unlock()
	l.jobs.Wait()
	for _, g := range all {
		l.release(g)
	}
	l.open.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if first {
		l.failed = append(l.failed, l.unlock())
	}
	return errors.Join(l.failed...)
}
