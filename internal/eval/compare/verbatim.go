package main

import (
	"context"
	"errors"
	"fmt"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/index"
)

// inProcess are the engines that run in this process. Without a model Verbatim
// ranks with the shipped one.
func inProcess(model *answer.Model) []engine {
	return []engine{
		{name: "FTS5", measure: timed(openFTS5(words))},
		{name: "FTS5, no stop words", trimmed: true, measure: timed(openFTS5(content))},
		{name: "Verbatim, its search alone", measure: timed(openSearch)},
		{name: "Verbatim, the answer", measure: timed(openAnswer(model))},
	}
}

// offsets are the numbers of the first sentences of a corpus's articles.
func offsets(c *article.Corpus) []int {
	first, n := make([]int, len(c.Articles)), 0
	for i, a := range c.Articles {
		first[i] = n
		n += len(a.Sentences)
	}
	return first
}

// openSearch is the search that brings the answerer its candidates: BM25 by
// Bleve over stemmed words, stop words left out, and a little over the words as
// written.
func openSearch(ctx context.Context, t task) (opened, error) {
	x, err := index.Build(ctx, t.corpus, index.Options{})
	if err != nil {
		return opened{}, err
	}
	first := offsets(t.corpus)
	find := func(ctx context.Context, question string) (found, error) {
		hits, err := x.Search(ctx, article.Query{Text: question, Limit: t.limit})
		if err != nil || len(hits) == 0 {
			return found{}, err
		}
		f := found{answered: true, confidence: hits[0].Score}
		for _, h := range hits {
			f.ranking = append(f.ranking, first[h.Article]+h.Sentence)
		}
		return f, nil
	}
	ask := func(ctx context.Context, question string) error {
		_, err := find(ctx, question)
		return err
	}
	return opened{ask: ask, find: find, close: x.Close}, nil
}

// openAnswer is what the bot does: candidates, ranking, the decision whether to
// answer, the passages and the words to emphasise.
func openAnswer(model *answer.Model) func(context.Context, task) (opened, error) {
	return func(ctx context.Context, t task) (opened, error) {
		x, err := index.Build(ctx, t.corpus, index.Options{})
		if err != nil {
			return opened{}, err
		}
		var a *answer.Answerer
		if model != nil {
			a = answer.NewWith(t.corpus, x, model)
		} else if a, err = answer.New(t.corpus, x); err != nil {
			return opened{}, errors.Join(err, x.Close())
		}
		first := offsets(t.corpus)
		ask := func(ctx context.Context, question string) error {
			_, err := a.Ask(ctx, answer.Question{Text: question})
			return err
		}
		find := func(ctx context.Context, question string) (found, error) {
			r, err := a.Rank(ctx, answer.Question{Text: question})
			if err != nil {
				return found{}, fmt.Errorf("rank: %w", err)
			}
			f := found{confidence: r.Confidence}
			f.answered, _ = r.Decide()
			for _, row := range r.Rows {
				f.ranking = append(f.ranking, first[row.Article]+row.Sentence)
			}
			return f, nil
		}
		return opened{ask: ask, find: find, close: x.Close}, nil
	}
}
