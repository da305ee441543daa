package library

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/corpus"
	"verbatim/internal/store"
)

// rebuild makes a server's corpus of the base and of what the server added.
func (l *Library) rebuild(ctx context.Context, s *scope, by actor) (Report, error) {
	files, err := l.options.files(s.server)
	if err != nil {
		return Report{}, err
	}
	return l.compose(ctx, s, files, by, 0, nil)
}

func (o Options) files(server string) ([]store.Article, error) {
	if o.Shelf == nil {
		return nil, nil
	}
	return o.Shelf.Articles(server)
}

// maxOwnSentences bounds what a server's own articles cost beside their size: as
// much as sixteen megabytes of ordinary text have.
const maxOwnSentences = 100_000

// add adds an article to a server.
func (l *Library) add(ctx context.Context, s *scope, a store.Article) (Report, error) {
	if _, problems := parseOwn(a); len(problems) > 0 {
		return Report{}, problems
	}
	files, err := l.options.files(s.server)
	if err != nil {
		return Report{}, err
	}
	// a.md and a.txt would have one ID; the newer takes the place of the older.
	stem := stemOf(a.Name)
	var clash string
	files = slices.DeleteFunc(files, func(f store.Article) bool {
		if stemOf(f.Name) != stem {
			return false
		}
		if f.Name != a.Name {
			clash = f.Name
		}
		return true
	})
	if clash != "" {
		return Report{}, article.Problems{{File: a.Name, Reason: fmt.Sprintf("there is an article of that name already, %s; please remove it first, or name this one otherwise", clash)}}
	}
	return l.compose(ctx, s, append(files, a), actor{a.By, s.server}, maxOwnSentences, func() error { return l.options.Shelf.PutArticle(s.server, a) })
}

func stemOf(name string) string {
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return name[:i]
	}
	return name
}

// remove removes an article that a server added.
func (l *Library) remove(ctx context.Context, s *scope, name, by string) (Report, error) {
	files, err := l.options.files(s.server)
	if err != nil {
		return Report{}, err
	}
	left := slices.DeleteFunc(slices.Clone(files), func(f store.Article) bool { return f.Name == name })
	if len(left) == len(files) {
		return Report{}, store.ErrNotFound
	}
	return l.compose(ctx, s, left, actor{by, s.server}, 0, func() error { return l.options.Shelf.RemoveArticle(s.server, name, by) })
}

// compose builds a server's corpus, commits what changed when all went well,
// and serves it. Between the two the program may end: what was committed is
// then loaded at the next start, and nobody was told yet. Of more sentences of
// the server's own than most it makes nothing; 0 is no limit.
func (l *Library) compose(ctx context.Context, s *scope, files []store.Article, by actor, most int, commit func() error) (Report, error) {
	start := l.options.Clock()
	l.mu.Lock()
	base := l.base.current.corpus
	known := map[string]*article.Article{}
	for _, a := range s.current.corpus.Articles {
		known[a.ID] = a
	}
	l.mu.Unlock()
	articles := slices.Clone(base.Articles)
	own, sentences := 0, 0
	for _, f := range files {
		a, problems := parseOwn(f)
		if len(problems) > 0 {
			// It could be read when it was added: the rules have changed since.
			l.options.Logger.Error("an added article can't be read any more", "server", s.server, "problems", problems)
			continue
		}
		if old := known[a.ID]; old != nil && old.Digest() == a.Digest() {
			a = old // one copy is enough
		}
		articles = append(articles, a)
		own++
		sentences += len(a.Sentences)
	}
	if most > 0 && sentences > most {
		return Report{}, article.Problems{{File: files[len(files)-1].Name, Reason: fmt.Sprintf("with it, the server's own articles would have %d sentences; at most %d are served", sentences, most)}}
	}
	c := article.NewCorpus(articles)
	g, err := l.generationOf(ctx, s.server, c)
	if err != nil {
		return Report{}, err
	}
	if commit != nil {
		if err := commit(); err != nil {
			l.release(g)
			return Report{}, err
		}
	}
	now := l.options.Clock()
	st := describe(c)
	st.Own, st.LoadedAt, st.LoadedBy, st.LoadedIn = own, now, by.name, by.server
	report, err := l.swap(s, g, st, base.Digest)
	report.Took = now.Sub(start)
	return report, err
}

// parseOwn parses an article that a server added.
func parseOwn(f store.Article) (*article.Article, article.Problems) {
	if int64(len(f.Data)) > MaxFileBytes {
		return nil, article.Problems{{File: f.Name, Reason: fmt.Sprintf("the file has %d bytes; an article has at most %d", len(f.Data), MaxFileBytes)}}
	}
	a, problems := corpus.Parse(f.Name, f.Data)
	if len(problems) > 0 {
		return nil, problems
	}
	a.ID = ownPrefix + a.ID
	return a, nil
}

// rollback puts one of the scope's past corpora back.
func (l *Library) rollback(ctx context.Context, s *scope, r article.Revision, by actor) (Report, error) {
	start := l.options.Clock()
	l.mu.Lock()
	i := slices.IndexFunc(s.past, func(p past) bool { return p.corpus.Revision == r })
	var p past
	if i >= 0 {
		p = s.past[i]
	}
	l.mu.Unlock()
	if i < 0 {
		return Report{}, ErrRevision
	}
	st := p.status
	st.LoadedAt, st.LoadedBy, st.LoadedIn, st.RolledBack = start, by.name, by.server, true
	report, err := l.putBack(ctx, s, p.corpus, st)
	report.Took = l.options.Clock().Sub(start)
	return report, err
}

// putBack serves a corpus that answered before.
func (l *Library) putBack(ctx context.Context, s *scope, c *article.Corpus, st Status) (Report, error) {
	g, err := l.generationOf(ctx, s.server, c)
	if err != nil {
		return Report{}, err
	}
	l.mu.Lock()
	base := s.base
	l.mu.Unlock()
	return l.swap(s, g, st, base)
}

// remember adds what answered before to what is remembered, and drops what
// answers now.
func remember(list []past, before past, now article.Revision) []past {
	out := slices.DeleteFunc(slices.Clone(list), func(p past) bool {
		return p.corpus.Revision == before.corpus.Revision || p.corpus.Revision == now
	})
	if before.corpus.Revision != now {
		out = append(out, before)
	}
	return out[max(0, len(out)-maxPast):]
}
