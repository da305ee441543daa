package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"verbatim/internal/article"
)

// Options says where indexes live.
type Options struct {
	Dir    string       // folder for indexes on disk; "" keeps them in memory
	Logger *slog.Logger // nil logs nothing
	// Progress, when set, is told how many of the sentences that a corpus of a
	// line brings are indexed, after each write; at the first, none.
	Progress func(line string, done, of int)
}

// Keeper keeps the indexes of several lines of corpora, each line in a Bleve
// index of its own: what one line holds changes no score in another. It is safe
// for concurrent use.
type Keeper struct {
	options Options
	mu      sync.Mutex
	lines   map[string]*line
}

// line is a line of corpora. Its body is open as long as an Index reads from
// it.
type line struct {
	mu   sync.Mutex // held while the line is changed, opened or closed
	body *body      // nil while none is open
}

// NewKeeper makes a keeper. A folder belongs to one keeper at a time.
func NewKeeper(o Options) *Keeper {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Keeper{options: o, lines: map[string]*line{}}
}

// Index indexes a corpus that comes next in a line; the name is used in a
// file's name. Only articles that the line's index doesn't hold are indexed,
// the others were by an earlier corpus of the line, in this process while one
// of them is open or, with a folder, in any before. An Index that is open goes
// on reading what it read. A corpus whose building fails or is cancelled
// changes nothing that can be seen; on disk, what was done of it is kept and
// need not be done again.
func (k *Keeper) Index(ctx context.Context, name string, c *article.Corpus) (*Index, error) {
	k.mu.Lock()
	l := k.lines[name]
	if l == nil {
		l = &line{}
		k.lines[name] = l
	}
	k.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	keys := keysOf(c)
	b := l.body
	if b == nil || b.worn(keys) {
		// Those who read from a worn one close it.
		var err error
		if b, err = k.open(ctx, name); err != nil {
			return nil, err
		}
	}
	var told func(done, of int)
	if k.options.Progress != nil {
		told = func(done, of int) { k.options.Progress(name, done, of) }
	}
	added, err := b.hold(ctx, c, keys, told)
	var x *Index
	if err == nil {
		x, err = snapshot(c, keys, b, func() error { return l.release(b) })
	}
	if err != nil {
		if b.readers == 0 {
			err = errors.Join(err, l.drop(b))
		}
		return nil, err
	}
	b.readers++
	l.body = b
	k.options.Logger.Info("corpus indexed", "line", name, "articles", len(c.Articles), "indexed", added)
	return x, nil
}

// open opens the index of a line, or begins one.
func (k *Keeper) open(ctx context.Context, name string) (*body, error) {
	if k.options.Dir == "" {
		return newBody("")
	}
	dir := filepath.Join(k.options.Dir, prefix+name)
	b, err := openBody(dir)
	if err == nil {
		return b, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		k.options.Logger.Warn("an index can't be read and is made anew", "line", name, "error", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("build index: %w", err)
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(k.options.Dir, 0o755)); err != nil {
		return nil, fmt.Errorf("make room for an index: %w", err)
	}
	return newBody(dir)
}

// release ends a use of a body and closes it after the last.
func (l *line) release(b *body) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.readers--
	if b.readers > 0 {
		return nil
	}
	return l.drop(b)
}

// drop closes a body that nobody reads from; it needs mu.
func (l *line) drop(b *body) error {
	if l.body == b {
		l.body = nil
	}
	return b.close()
}

// prefix carries the version of the mapping and of how words are read: an index
// of another is not reused.
const prefix = "v3-"

// Prune removes the indexes in the folder whose lines are not to be kept and
// have nothing open, and those that an earlier version of the program left.
func (k *Keeper) Prune(keep func(name string) bool) error {
	if k.options.Dir == "" {
		return nil
	}
	entries, err := os.ReadDir(k.options.Dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("prune indexes: %w", err)
	}
	for _, e := range entries {
		name, ours := strings.CutPrefix(e.Name(), prefix)
		earlier := strings.HasPrefix(e.Name(), "v1-") || strings.HasPrefix(e.Name(), "building-")
		if !earlier && (!ours || keep(name)) {
			continue
		}
		if err := k.remove(name, e.Name()); err != nil {
			return fmt.Errorf("prune indexes: %w", err)
		}
	}
	return nil
}

func (k *Keeper) remove(name, file string) error {
	k.mu.Lock()
	l := k.lines[name]
	k.mu.Unlock()
	if l != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.body != nil {
			return nil
		}
	}
	return os.RemoveAll(filepath.Join(k.options.Dir, file))
}
