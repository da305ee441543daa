package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/eval"
	"verbatim/internal/index"
)

// example is one question with its candidates.
type example struct {
	set    string
	fold   int // by article, so that no article is on both sides of a fold
	rows   [][]float64
	gold   []bool // by row
	golds  int    // gold sentences in all, found or not
	answer bool   // the article answers it
}

// folds is the number of folds of the cross-validation.
const folds = 5

// extract turns the sets into examples.
func extract(ctx context.Context, paths []string) ([]example, error) {
	var all []example
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		set, err := eval.Read(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		examples := make([]example, len(set))
		groups := eval.Groups(set)
		work := make(chan eval.Group)
		errs := make(chan error, 2)
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for g := range work {
					if err := fill(ctx, set, g, examples); err != nil {
						select {
						case errs <- err:
						default:
						}
					}
				}
			})
		}
		for _, g := range groups {
			work <- g
		}
		close(work)
		wg.Wait()
		select {
		case err := <-errs:
			return nil, fmt.Errorf("%s: %w", path, err)
		default:
		}
		name := strings.TrimSuffix(filepath.Base(path), ".jsonl")
		for i := range examples {
			examples[i].set = name
		}
		all = append(all, examples...)
	}
	return all, nil
}

func fill(ctx context.Context, set []eval.Question, g eval.Group, out []example) error {
	c := article.NewCorpus([]*article.Article{g.Article})
	x, err := index.Build(ctx, c, index.Options{})
	if err != nil {
		return err
	}
	defer x.Close()
	a, err := answer.New(c, x)
	if err != nil {
		return err
	}
	h := fnv.New32a()
	h.Write([]byte(g.Article.Title + g.Article.Text[:min(60, len(g.Article.Text))]))
	if g.Article.Title != "" {
		h.Reset()
		h.Write([]byte(g.Article.Title))
	}
	fold := int(h.Sum32() % folds)
	for _, q := range g.Questions {
		rows, err := a.Features(ctx, answer.Question{Text: set[q].Text()})
		if err != nil {
			return err
		}
		e := example{fold: fold, golds: len(set[q].Gold), answer: len(set[q].Gold) > 0}
		gold := map[int]bool{}
		for _, s := range set[q].Gold {
			gold[s] = true
		}
		for _, r := range rows {
			e.rows = append(e.rows, r.Features)
			e.gold = append(e.gold, gold[r.Sentence])
		}
		out[q] = e
	}
	return nil
}
