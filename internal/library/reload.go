package library

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"

	"verbatim/internal/article"
	"verbatim/internal/corpus"
)

// reload is a reload under way. Its result may be read once done is closed.
type reload struct {
	done   chan struct{}
	report Report
	err    error
}

// Reload reads the corpus again and, when it is in order, serves it in place
// of the current one, for by. Questions go on all the while. One that comes
// while another is under way gets that one's result, marked as Shared. The end
// of ctx ends the waiting and not the reload, for which others may wait.
//
// On an error, which may be article.Problems, the current corpus goes on
// answering and the report says so in Before and After.
func (l *Library) Reload(ctx context.Context, by string) (Report, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return Report{}, ErrClosed
	}
	r, shared := l.running, true
	if r == nil {
		r, shared = &reload{done: make(chan struct{})}, false
		l.running = r
		l.reloads.Add(1)
		go l.run(r, by)
	}
	l.mu.Unlock()
	select {
	case <-r.done:
	case <-ctx.Done():
		return Report{}, fmt.Errorf("wait for the reload: %w", ctx.Err())
	}
	report := r.report
	report.Shared = shared
	if r.err != nil {
		return report, fmt.Errorf("reload: %w", r.err)
	}
	return report, nil
}

// run does a reload to its end and gives the result to all who wait.
func (l *Library) run(r *reload, by string) {
	defer l.reloads.Done()
	r.report, r.err = l.guarded(by)
	l.mu.Lock()
	l.running = nil
	l.mu.Unlock()
	close(r.done)
}

// guarded loads and turns a panic on the way into an error: it would end the
// program, while the corpus that answers is not touched by it.
func (l *Library) guarded(by string) (report Report, err error) {
	defer func() {
		if v := recover(); v != nil {
			l.options.Logger.Error("reload panicked", "value", v, "stack", string(debug.Stack()))
			report, err = Report{}, fmt.Errorf("the corpus could not be built: %v", v)
		}
		if err == nil {
			return
		}
		if l.life.Err() != nil {
			err = ErrClosed
		}
		l.mu.Lock()
		report.Before, report.After = l.current.status, l.current.status
		l.mu.Unlock()
	}()
	return l.load(l.life, by)
}

// load reads the corpus, makes what answers from it and puts it in place.
func (l *Library) load(ctx context.Context, by string) (Report, error) {
	start := l.options.Clock()
	fsys, err := l.options.Source()
	if err != nil {
		return Report{}, fmt.Errorf("open the corpus folder: %w", err)
	}
	c, err := corpus.Load(fsys, l.options.Limits)
	if err != nil {
		return Report{}, err
	}
	if err := ctx.Err(); err != nil {
		return Report{}, err
	}
	g, err := l.generationOf(ctx, c)
	if err != nil {
		return Report{}, err
	}
	now := l.options.Clock()
	report, err := l.swap(g, Status{
		Revision: c.Revision, Articles: len(c.Articles), Paragraphs: c.Paragraphs(), Sentences: c.Sentences(),
		LoadedAt: now, LoadedBy: by,
	})
	if err != nil {
		return Report{}, err
	}
	report.Took = now.Sub(start)
	l.options.Logger.Info("corpus loaded", "by", by, "revision", c.Revision, "articles", report.After.Articles,
		"sentences", report.After.Sentences, "added", len(report.Added), "changed", len(report.Changed),
		"removed", len(report.Removed), "took", report.Took)
	l.clear()
	return report, nil
}

// generationOf returns a generation of the corpus in use by the caller. One of
// the same revision that is still open is used again: it would answer the
// same, and two indexes can't have one place on disk.
func (l *Library) generationOf(ctx context.Context, c *article.Corpus) (*generation, error) {
	l.mu.Lock()
	g := l.live[c.Revision]
	if g != nil {
		g.users++
	}
	l.mu.Unlock()
	if g != nil {
		return g, nil
	}
	e, err := l.options.build(ctx, c, l.options)
	if err != nil {
		return nil, fmt.Errorf("build revision %s: %w", c.Revision, err)
	}
	g = &generation{corpus: c, engine: e, users: 1}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.live[c.Revision] = g
	l.open.Add(1)
	return g, nil
}

// swap makes the generation the current one, in one step, and reports what
// that changed. The caller's use of it becomes the library's.
func (l *Library) swap(g *generation, s Status) (Report, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		l.release(g)
		return Report{}, ErrClosed
	}
	old := l.current
	report := Report{After: s}
	if old != nil {
		report.Before = old.status
	}
	g.status = s
	l.current = g
	l.mu.Unlock()
	if old == nil {
		return report, nil
	}
	report.Added, report.Changed, report.Removed = differences(old.corpus, g.corpus)
	l.release(old)
	return report, nil
}

// clear removes what is stored for revisions that are not open. What stays by
// mistake costs room on the disk and nothing else.
func (l *Library) clear() {
	l.mu.Lock()
	keep := slices.Collect(maps.Keys(l.live))
	l.mu.Unlock()
	if err := l.options.prune(l.options, keep); err != nil {
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
		case old.Digest() != a.Digest():
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
