package library

import (
	"context"
	"crypto/sha256"
	"fmt"

	"verbatim/internal/article"
)

// load reads the operator's articles, makes what answers from them and puts it
// in place.
func (l *Library) load(ctx context.Context, by actor) (Report, error) {
	start := l.options.Clock()
	defer l.progress.end()
	fsys, err := l.options.Source()
	if err != nil {
		return Report{}, fmt.Errorf("open the corpus folder: %w", err)
	}
	c, err := l.loader.Load(ctx, fsys)
	if err != nil {
		return Report{}, err
	}
	if err := ctx.Err(); err != nil {
		return Report{}, err
	}
	g, err := l.generationOf(ctx, "", c)
	if err != nil {
		return Report{}, err
	}
	now := l.options.Clock()
	st := describe(c)
	st.LoadedAt, st.LoadedBy, st.LoadedIn = now, by.name, by.server
	report, err := l.swap(l.base, g, st, c.Digest)
	if err != nil {
		return Report{}, err
	}
	report.Took = now.Sub(start)
	l.options.Logger.Info("corpus loaded", "by", by.name, "revision", c.Revision, "articles", report.After.Articles,
		"sentences", report.After.Sentences, "added", len(report.Added), "changed", len(report.Changed),
		"removed", len(report.Removed), "took", report.Took)
	l.clear()
	return report, nil
}

// describe counts a corpus.
func describe(c *article.Corpus) Status {
	return Status{Revision: c.Revision, Articles: len(c.Articles), Paragraphs: c.Paragraphs(), Sentences: c.Sentences()}
}

// generationOf returns a generation of a server's corpus in use by the caller.
// One of the same articles that is still open is used again, as it would answer
// the same. One is built at a time, so that what answers is left room to.
func (l *Library) generationOf(ctx context.Context, server string, c *article.Corpus) (*generation, error) {
	select {
	case l.building <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-l.building }()
	l.mu.Lock()
	g := l.live[c.Digest]
	if g != nil {
		g.users++
	}
	var former engine // has the operator's articles, which every corpus has
	if l.base.current != nil {
		former = l.base.current.engine
	}
	l.mu.Unlock()
	if g != nil {
		return g, nil
	}
	e, err := l.options.maker.build(ctx, server, c, former)
	if err != nil {
		return nil, fmt.Errorf("build revision %s: %w", c.Revision, err)
	}
	g = &generation{corpus: c, engine: e, users: 1}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.live[c.Digest] = g
	l.open.Add(1)
	return g, nil
}

// swap makes the generation a scope's current one, in one step, and reports
// what that changed. The caller's use of it becomes the scope's.
func (l *Library) swap(s *scope, g *generation, st Status, base [sha256.Size]byte) (Report, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		l.release(g)
		return Report{}, ErrClosed
	}
	old := s.current
	report := Report{Before: s.status, After: st}
	if old != nil {
		s.past = remember(s.past, past{old.corpus, s.status}, st.Revision)
	}
	s.current, s.status, s.base, s.ready, s.back = g, st, base, true, nil
	l.mu.Unlock()
	if old == nil {
		return report, nil
	}
	report.Added, report.Changed, report.Removed = differences(old.corpus, g.corpus)
	l.release(old)
	return report, nil
}

// clear removes what is stored for servers without articles of their own, as far
// as it is known which those are. What stays by mistake costs room on the disk
// and nothing else.
func (l *Library) clear() {
	shelf := l.options.Shelf
	if err := l.options.maker.prune(func(server string) bool { return shelf == nil || shelf.HasArticles(server) }); err != nil {
		l.options.Logger.Warn("old indexes were not removed", "error", err)
	}
}

// differences lists the IDs of the articles that one corpus has and the other
// has not, or has in another form, in order.
func differences(before, after *article.Corpus) (added, changed, removed []string) {
	for _, a := range after.Articles {
		switch old := before.Article(a.ID); {
		case old == nil:
			added = append(added, a.ID)
		case old != a && old.Digest() != a.Digest():
			changed = append(changed, a.ID)
		}
	}
	for _, a := range before.Articles {
		if after.Article(a.ID) == nil {
			removed = append(removed, a.ID)
		}
	}
	return added, changed, removed
}
