package corpus

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"verbatim/internal/article"
)

// Load reads the corpus in fsys once; see Loader.Load.
func Load(fsys fs.FS, limits Limits) (*article.Corpus, error) {
	return (&Loader{Limits: limits}).Load(context.Background(), fsys)
}

// Loader loads a corpus again and again: a file whose content is that of the
// load before is not parsed again, and gives the very same article. The zero
// value is ready.
type Loader struct {
	Limits Limits
	// Progress, when set, is told how many of the files have been read, from
	// several goroutines at once.
	Progress func(done, of int)

	mu   sync.Mutex
	seen map[[sha256.Size]byte]*article.Article // of the load before
}

// Load reads the corpus in fsys. The error is article.Problems with every
// problem found, in the order of files and lines; there is a corpus only when
// there are none. It may also be that of ctx. Links to files are followed,
// links to folders are not.
func (l *Loader) Load(ctx context.Context, fsys fs.FS) (*article.Corpus, error) {
	limits := l.Limits.withDefaults()
	files, problems := list(fsys, limits)
	if len(files) > limits.Articles {
		// The files aren't read: the point of the limit is not to.
		problems = append(problems, article.Problem{Reason: fmt.Sprintf("the corpus has %d articles; at most %d are served", len(files), limits.Articles)})
		return nil, sorted(problems)
	}
	var total int64
	for _, f := range files {
		total += f.size
	}
	if total > limits.TotalBytes {
		problems = append(problems, article.Problem{Reason: fmt.Sprintf("the corpus has %s; at most %s are served", size(total), size(limits.TotalBytes))})
		return nil, sorted(problems)
	}

	articles := make([]*article.Article, len(files))
	found := make([]article.Problems, len(files))
	keys := make([][sha256.Size]byte, len(files))
	l.mu.Lock()
	before := l.seen
	l.mu.Unlock()
	count := newCounter(len(files), l.Progress)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range files {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			articles[i], keys[i], found[i] = read(fsys, f.name, limits.FileBytes, before)
			count.one()
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, fmt.Errorf("read %d files: %w", len(files), err)
	}
	seen := make(map[[sha256.Size]byte]*article.Article, len(files))
	sentences := 0
	for i, a := range articles {
		problems = append(problems, found[i]...)
		if a != nil {
			seen[keys[i]] = a
			sentences += len(a.Sentences)
		}
	}
	if sentences > limits.Sentences {
		problems = append(problems, article.Problem{Reason: fmt.Sprintf("the corpus has %d sentences; at most %d are served", sentences, limits.Sentences)})
	}
	l.mu.Lock()
	l.seen = seen
	l.mu.Unlock()
	problems = append(problems, duplicates(files)...)
	if len(files) == 0 && len(problems) == 0 {
		problems = append(problems, article.Problem{Reason: "the corpus has no article: add a .md, .txt or .html file"})
	}
	if len(problems) > 0 {
		return nil, sorted(problems)
	}
	return article.NewCorpus(articles), nil
}

// counter counts files for whoever wants to know.
type counter struct {
	tell func(done, of int)
	of   int
	mu   sync.Mutex
	done int
}

func newCounter(of int, tell func(done, of int)) *counter { return &counter{tell: tell, of: of} }

func (c *counter) one() {
	if c.tell == nil {
		return
	}
	c.mu.Lock()
	c.done++
	done := c.done
	c.mu.Unlock()
	c.tell(done, c.of)
}

// read reads one file and parses it, unless it was before. It never holds more
// than limit bytes of it, though the file may have grown since it was listed.
func read(fsys fs.FS, name string, limit int64, before map[[sha256.Size]byte]*article.Article) (*article.Article, [sha256.Size]byte, article.Problems) {
	var key [sha256.Size]byte
	f, err := fsys.Open(name)
	if err != nil {
		return nil, key, article.Problems{{File: name, Reason: fmt.Sprintf("can't be opened: %v", reason(err))}}
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, key, article.Problems{{File: name, Reason: fmt.Sprintf("can't be read: %v", reason(err))}}
	}
	if int64(len(data)) > limit {
		return nil, key, article.Problems{{File: name, Reason: fmt.Sprintf("the file has more than %s, the most that an article has", size(limit))}}
	}
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{0}) // no name holds one
	h.Write(data)
	key = [sha256.Size]byte(h.Sum(nil))
	if a := before[key]; a != nil {
		return a, key, nil
	}
	a, problems := guarded(name, data)
	return a, key, problems
}

// guarded parses a file. A parser that trips over one file must not take the
// others, nor those who ask meanwhile, down with it.
func guarded(name string, data []byte) (a *article.Article, problems article.Problems) {
	defer func() {
		if v := recover(); v != nil {
			a, problems = nil, article.Problems{{File: name, Reason: fmt.Sprintf("the file trips a fault in its parser: %v", v)}}
		}
	}()
	return Parse(name, data)
}
