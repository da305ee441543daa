package library

import (
	"context"

	"verbatim/internal/summary"
)

// guide tells what stands in articles; see summary.Summarizer, which does.
type guide interface {
	Summarize(ctx context.Context, r summary.Request) ([]summary.Summary, error)
	About(ctx context.Context, id string) ([]summary.About, error)
	Facts(ctx context.Context, id string) ([]summary.Facts, error)
	Timeline(ctx context.Context, id string) ([]summary.Timeline, error)
	People(ctx context.Context, id string) ([]summary.ArticleNames, error)
	Mentions(ctx context.Context, id, term string) ([]summary.Mentions, error)
}

// Summarize sums articles of the current revision up; see summary.Summarizer.
func (v View) Summarize(ctx context.Context, r summary.Request) ([]summary.Summary, error) {
	return looked(ctx, v, func(g guide) ([]summary.Summary, error) { return g.Summarize(ctx, r) })
}

// maxVouched is how many questions are tried for one look at what articles are
// about, of four an article: a few milliseconds each.
const maxVouched = 32

// About describes an article of the current revision; see summary.Summarizer.
// Of the questions to try it keeps those that are answered when they are asked;
// of many articles at once, only the first have any.
func (v View) About(ctx context.Context, id string) ([]summary.About, error) {
	g, err := v.l.acquire(ctx, v.server)
	if err != nil {
		return nil, err
	}
	defer v.l.release(g)
	abouts, err := g.engine.About(ctx, id)
	if err != nil {
		return nil, err
	}
	tried := 0
	for i := range abouts {
		var kept []string
		for _, q := range abouts[i].Questions {
			if tried++; tried > maxVouched {
				break
			}
			ok, err := g.engine.Vouch(ctx, q, abouts[i].Article.ID)
			if err != nil {
				return nil, err
			}
			if ok {
				kept = append(kept, q)
			}
		}
		abouts[i].Questions = kept
	}
	return abouts, nil
}

// Facts lists the facts of an article of the current revision; see
// summary.Summarizer.
func (v View) Facts(ctx context.Context, id string) ([]summary.Facts, error) {
	return looked(ctx, v, func(g guide) ([]summary.Facts, error) { return g.Facts(ctx, id) })
}

// Timeline lists what an article of the current revision tells with a time; see
// summary.Summarizer.
func (v View) Timeline(ctx context.Context, id string) ([]summary.Timeline, error) {
	return looked(ctx, v, func(g guide) ([]summary.Timeline, error) { return g.Timeline(ctx, id) })
}

// People lists the names in an article of the current revision; see
// summary.Summarizer.
func (v View) People(ctx context.Context, id string) ([]summary.ArticleNames, error) {
	return looked(ctx, v, func(g guide) ([]summary.ArticleNames, error) { return g.People(ctx, id) })
}

// Mentions lists the sentences of an article of the current revision that
// mention a term; see summary.Summarizer.
func (v View) Mentions(ctx context.Context, id, term string) ([]summary.Mentions, error) {
	return looked(ctx, v, func(g guide) ([]summary.Mentions, error) { return g.Mentions(ctx, id, term) })
}

// looked looks at one generation from beginning to end.
func looked[T any](ctx context.Context, v View, look func(guide) ([]T, error)) ([]T, error) {
	g, err := v.l.acquire(ctx, v.server)
	if err != nil {
		return nil, err
	}
	defer v.l.release(g)
	return look(g.engine)
}
