package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"

	"verbatim/internal/summary"
)

// candidates is how many of an article's best sentences are combined into
// whole summaries when fitting.
const candidates = 14

// wholePenalty and focusPenalty pull the weights towards where fitting by
// sentences left them. Chosen by cross-validation; a tenth or ten times as
// much costs 0.1 to 0.5 ROUGE-1.
const (
	wholePenalty = 0.0003
	focusPenalty = 0.00003
)

// lot is every summary that can be made of an article's best sentences.
type lot struct {
	sums  [][]float64 // by summary: the sums of its sentences' features, then minus its redundancy
	worth []float64   // by summary: its mean of ROUGE-1 and ROUGE-2
}

// newLot combines the best sentences, by the weights, of an article.
func newLot(d *document, e summary.Example, rows [][]float64, w []float64) lot {
	order := make([]int, 0, len(rows))
	score := make([]float64, len(rows))
	for i, row := range rows {
		for k, x := range row {
			score[i] += w[k] * x
		}
		if e.Can[i] {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	order = order[:min(candidates, len(order))]
	for _, i := range order {
		for k := e.Unit[i][0]; k <= e.Unit[i][1]; k++ {
			if !slices.Contains(order, k) {
				order = append(order, k)
			}
		}
	}
	slices.Sort(order)
	var l lot
	size := min(summarySentences, len(order))
	picked := make([]int, 0, size)
	var combine func(from int)
	combine = func(from int) {
		if len(picked) == size {
			l.add(d, e, rows, picked)
			return
		}
		for k := from; k < len(order); k++ {
			picked = append(picked, order[k])
			combine(k + 1)
			picked = picked[:len(picked)-1]
		}
	}
	combine(0)
	return l
}

// add adds one summary unless something that must be shown with its sentences
// is missing.
func (l *lot) add(d *document, e summary.Example, rows [][]float64, picked []int) {
	for _, i := range picked {
		for k := e.Unit[i][0]; k <= e.Unit[i][1]; k++ {
			if !slices.Contains(picked, k) {
				return
			}
		}
	}
	sum := make([]float64, len(rows[0])+1)
	for n, i := range picked {
		for k, x := range rows[i] {
			sum[k] += x
		}
		most := 0.0
		for _, j := range picked[:n] {
			most = max(most, e.Cosine(i, j))
		}
		sum[len(sum)-1] -= most
	}
	l.sums = append(l.sums, sum)
	l.worth = append(l.worth, d.worthOf(picked))
}

// worthOf returns the mean of ROUGE-1 and ROUGE-2 of the summary of these
// sentences. It is the same in every fold and remembered.
func (d *document) worthOf(picked []int) float64 {
	key := fmt.Sprint(picked)
	if x, ok := d.worth[key]; ok {
		return x
	}
	var t text
	for _, i := range picked {
		t = append(t, d.texts[i])
	}
	x := (rouge(t, d.reference, 1) + rouge(t, d.reference, 2)) / 2
	if d.worth == nil {
		d.worth = map[string]float64{}
	}
	d.worth[key] = x
	return x
}

// fitLots finds the weights, from those given, that make the expected worth of
// a summary drawn by the softmax of its score the largest.
func fitLots(lots []lot, start []float64, penalty float64) ([]float64, error) {
	problem := optimize.Problem{
		Func: func(w []float64) float64 { return risk(lots, w, start, nil, penalty) },
		Grad: func(grad, w []float64) { risk(lots, w, start, grad, penalty) },
	}
	r, err := optimize.Minimize(problem, start, &optimize.Settings{MajorIterations: 60, GradientThreshold: 1e-6}, &optimize.LBFGS{})
	if r == nil {
		return nil, fmt.Errorf("fit %d weights on the summaries of %d articles: %w", len(start), len(lots), err)
	}
	return r.X, nil
}

func risk(lots []lot, w, start, grad []float64, penalty float64) float64 {
	total := 0.0
	clear(grad)
	for _, l := range lots {
		p := make([]float64, len(l.sums))
		top := math.Inf(-1)
		for i, sum := range l.sums {
			for k, x := range sum {
				p[i] += w[k] * x
			}
			top = max(top, p[i])
		}
		z := 0.0
		for i := range p {
			p[i] = math.Exp(p[i] - top)
			z += p[i]
		}
		mean := 0.0
		for i := range p {
			p[i] /= z
			mean += p[i] * l.worth[i]
		}
		total -= mean
		if grad == nil {
			continue
		}
		for i, sum := range l.sums {
			if g := -p[i] * (l.worth[i] - mean); g != 0 {
				for k, x := range sum {
					grad[k] += g * x
				}
			}
		}
	}
	n := float64(max(len(lots), 1))
	total /= n
	for k := range w {
		d := w[k] - start[k]
		total += penalty / 2 * d * d
		if grad != nil {
			grad[k] = grad[k]/n + penalty*d
		}
	}
	return total
}
