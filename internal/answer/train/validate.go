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

// figures are a set's mean average precision, mean reciprocal rank and
// precision at one.
type figures [3]float64

// table gathers figures by ranker and set, summed over runs.
type table struct {
	rankers []string
	sets    []string
	sum     map[string]figures // by ranker and set
	auc     map[string]float64 // by set
	runs    int
}

// addAUC adds the area under the curve of the confidence on a set.
func (t *table) addAUC(set string, auc float64) {
	if t.auc == nil {
		t.auc = map[string]float64{}
	}
	t.auc[set] += auc
}

// add measures a ranker on each set, each question scored by the predictor
// that did not see its article.
func (t *table) add(ranker string, examples []example, of func(example) predictor) {
	if t.sum == nil {
		t.sum, t.sets = map[string]figures{}, setNames(examples)
	}
	if !slices.Contains(t.rankers, ranker) {
		t.rankers = append(t.rankers, ranker)
	}
	for _, set := range t.sets {
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
		f := t.sum[ranker+set]
		for i, v := range []float64{m.MAP, m.MRR, m.P1} {
			f[i] += v
		}
		t.sum[ranker+set] = f
	}
}

// print prints the means over runs, then the mean over sets.
func (t *table) print(w io.Writer) {
	for _, ranker := range t.rankers {
		fmt.Fprintf(w, "%-8s", ranker)
		var all figures
		n := 0.0
		for _, set := range t.sets {
			f, ok := t.sum[ranker+set]
			if !ok {
				continue
			}
			for i := range f {
				f[i] /= float64(t.runs)
				all[i] += f[i]
			}
			n++
			fmt.Fprintf(w, "  %s %.3f/%.3f/%.3f", set, f[0], f[1], f[2])
		}
		fmt.Fprintf(w, "  mean %.4f %.4f\n", all[0]/n, all[2]/n)
	}
	fmt.Fprint(w, "AUC     ")
	for _, set := range families {
		fmt.Fprintf(w, "  %s %.3f", set, t.auc[set]/float64(t.runs))
	}
	fmt.Fprintln(w)
}
