package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/eval"
	"verbatim/internal/index"
)

// example is one question with its candidates.
type example struct {
	set      string
	fold     int // by article, so that no article is on both sides of a fold
	question answer.QuestionRow
	rows     []answer.Row
	gold     []bool // by row
	golds    int    // how many sentences answer
}

// ranked reports whether there is anything to order.
func (e example) ranked() bool { return e.golds > 0 && e.golds < len(e.rows) }

// extract turns the sets into examples.
func extract(ctx context.Context, paths []string) ([]example, error) {
	var all []example
	for _, path := range paths {
		set, err := eval.ReadFile(path)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(path), ".jsonl")
		foldsOf := make(map[string]int, len(set))
		for _, g := range eval.Groups(set) {
			for _, q := range g.Questions {
				foldsOf[set[q].ID] = foldOf(g.Article.Title, g.Article.Text)
			}
		}
		if unanswerable(set) < minUnanswerable && !strings.Contains(name, "onestopqa") {
			set = append(set, ablate(set)...)
		}
		if !strings.Contains(name, ablated) {
			set = append(set, swap(set)...)
		}
		examples := make([]example, len(set))
		var g errgroup.Group
		g.SetLimit(runtime.NumCPU())
		for _, group := range eval.Groups(set) {
			id := set[group.Questions[0]].ID
			fold, ok := foldsOf[id]
			if !ok {
				fold = foldsOf[strings.TrimSuffix(strings.TrimSuffix(id, ablated), swapped)]
			}
			g.Go(func() error { return fill(ctx, set, group, fold, examples) })
		}
		if err := g.Wait(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		for i := range examples {
			examples[i].set = name
			if strings.HasSuffix(set[i].ID, swapped) {
				examples[i].set = swaps
			}
		}
		all = append(all, examples...)
	}
	return all, nil
}

func fill(ctx context.Context, set []eval.Question, g eval.Group, fold int, out []example) error {
	c := article.NewCorpus([]*article.Article{g.Article})
	x, err := index.Build(ctx, c, index.Options{})
	if err != nil {
		return err
	}
	defer x.Close()
	a := answer.NewWith(c, x, nil)
	for _, q := range g.Questions {
		question, rows, err := a.Features(ctx, answer.Question{Text: set[q].Text()})
		if err != nil {
			return err
		}
		e := example{question: question, rows: rows, fold: fold, golds: len(set[q].Gold)}
		gold := map[int]bool{}
		for _, s := range set[q].Gold {
			gold[s] = true
		}
		for _, r := range rows {
			e.gold = append(e.gold, gold[r.Sentence])
		}
		out[q] = e
	}
	return nil
}

// unanswerable counts the questions that their articles don't answer.
func unanswerable(set []eval.Question) int {
	n := 0
	for _, q := range set {
		if len(q.Gold) == 0 {
			n++
		}
	}
	return n
}
