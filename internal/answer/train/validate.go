package main

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"slices"

	"golang.org/x/sync/errgroup"

	"verbatim/internal/eval"
)

// predictor scores a vector of features.
type predictor interface{ Predict([]float64) float64 }

// column scores by one feature alone.
type column int

// Predict returns the feature.
func (c column) Predict(x []float64) float64 { return x[c] }

// sum scores by several predictors together.
type sum []predictor

// Predict adds them up.
func (s sum) Predict(x []float64) float64 {
	t := 0.0
	for _, p := range s {
		t += p.Predict(x)
	}
	return t
}

// folds is the number of folds of the cross-validation.
const folds = 5

// foldOf puts all questions of one article into one fold. Versions of an
// article share its title.
func foldOf(title, text string) int {
	h := fnv.New32a()
	if title == "" {
		title = text
	}
	h.Write([]byte(title))
	return int(h.Sum32() % folds)
}

// eachFold runs f for each fold, two at a time.
func eachFold(f func(k int) error) error {
	var g errgroup.Group
	g.SetLimit(2)
	for k := range folds {
		g.Go(func() error { return f(k) })
	}
	return g.Wait()
}

// others are the examples outside a fold.
func others(examples []example, k int) []example {
	return slices.DeleteFunc(slices.Clone(examples), func(e example) bool { return e.fold == k })
}

// setNames are the names of the sets in their order.
func setNames(examples []example) []string {
	var names []string
	for _, e := range examples {
		if !slices.Contains(names, e.set) {
			names = append(names, e.set)
		}
	}
	return names
}

// order is the ranking of an example's rows by a predictor.
func (e example) order(p predictor) []int {
	order, scores := make([]int, len(e.rows)), make([]float64, len(e.rows))
	for i, r := range e.rows {
		order[i], scores[i] = i, p.Predict(r.Features)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	return order
}

// report prints the ranking figures of each set and their mean, each question
// scored by the predictor that did not see its article.
func report(w io.Writer, name string, examples []example, of func(example) predictor) {
	fmt.Fprintf(w, "%-8s", name)
	var ap, p1, n float64
	for _, set := range setNames(examples) {
		var questions []eval.Question
		var outcomes []eval.Outcome
		for _, e := range examples {
			if e.set != set || len(e.rows) == 0 {
				continue
			}
			q := eval.Question{Sentences: make([]string, len(e.rows))}
			for i, g := range e.gold {
				if g {
					q.Gold = append(q.Gold, i)
				}
			}
			questions = append(questions, q)
			outcomes = append(outcomes, eval.Outcome{Ranking: e.order(of(e))})
		}
		m := eval.Measure(questions, outcomes)
		if m.Ranked == 0 {
			continue
		}
		fmt.Fprintf(w, "  %s %.3f/%.3f/%.3f", set, m.MAP, m.MRR, m.P1)
		ap, p1, n = ap+m.MAP, p1+m.P1, n+1
	}
	fmt.Fprintf(w, "  mean %.4f %.4f\n", ap/n, p1/n)
}
