package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"gonum.org/v1/gonum/optimize"

	"verbatim/internal/answer"
	"verbatim/internal/eval"
)

// judged are the questions of the sets that hold unanswerable ones, each
// described by its ranking: what the confidence is learned from. The rankings
// are of models that did not see the article.
type judged struct {
	x      [][]float64
	yes    []bool // the article answers
	right  []bool // the first sentence answers
	fold   []int
	set    []string
	weight []float64
}

// family is the set that a file belongs to: parts of one set, and a set with
// its ablated twin, are judged together.
func family(set string) string {
	return strings.NewReplacer("-ablated", "", "-train", "", "-dev", "").Replace(set)
}

func judge(examples []example, of func(example) predictor) judged {
	total, without := map[string]int{}, map[string]int{}
	for _, e := range examples {
		total[family(e.set)]++
		if e.golds == 0 {
			without[family(e.set)]++
		}
	}
	var j judged
	for _, e := range examples {
		set := family(e.set)
		if len(e.rows) == 0 || without[set] < minUnanswerable {
			continue
		}
		scores := make([]float64, len(e.rows))
		for i, r := range e.rows {
			scores[i] = of(e).Predict(r.Features)
		}
		j.x = append(j.x, answer.Standing(e.question, e.rows, scores))
		j.yes = append(j.yes, e.golds > 0)
		j.right = append(j.right, e.gold[e.order(of(e))[0]])
		j.fold = append(j.fold, e.fold)
		j.set = append(j.set, set)
		weight := math.Sqrt(500 / float64(total[set]))
		if set == swaps {
			weight *= swapWeight
		}
		j.weight = append(j.weight, weight)
	}
	return j
}

// swapWeight is what a swapped question counts against a natural one: it is an
// easier one, and must not crowd out the others.
const swapWeight = 0.4

// minUnanswerable is how many unanswerable questions a set must hold to teach
// when to decline. A set with hardly any would only teach which set it is.
const minUnanswerable = 50

// crossValidate returns the log-odds of each question by a model of the other
// folds.
func (j judged) crossValidate(o treeOptions) []float64 {
	odds := make([]float64, len(j.x))
	eachFold(func(k int) error {
		f := j.fitWhere(o, func(i int) bool { return j.fold[i] != k })
		for i := range j.x {
			if j.fold[i] == k {
				odds[i] = f.Predict(j.x[i])
			}
		}
		return nil
	})
	return odds
}

func (j judged) fit(o treeOptions) answer.Forest {
	return j.fitWhere(o, func(int) bool { return true })
}

func (j judged) fitWhere(o treeOptions, in func(i int) bool) answer.Forest {
	var x [][]float64
	var yes []bool
	var weight []float64
	var groups [][2]int
	for i := range j.x {
		if !in(i) {
			continue
		}
		groups = append(groups, [2]int{len(x), len(x) + 1})
		x, yes, weight = append(x, j.x[i]), append(yes, j.yes[i]), append(weight, j.weight[i])
	}
	return boost(x, groups, logistic(yes, weight), o)
}

// measure adds the AUC of each set to a table.
func (j judged) measure(t *table, odds []float64) {
	for _, set := range families {
		yes, no := j.apart(set, odds)
		t.addAUC(set, eval.AUC(yes, no))
	}
}

// families are the sets that judge the confidence, in the order of the report.
var families = []string{"wikiqa", "clapnq", "onestopqa", "multirc", "selqa", "trecqa", swaps}

// apart returns a set's log-odds of answerable questions and of the others; the
// swapped ones stand against every answerable question.
func (j judged) apart(set string, odds []float64) (yes, no []float64) {
	for i := range odds {
		if (j.set[i] == set || set == swaps) && j.yes[i] {
			yes = append(yes, odds[i])
		} else if j.set[i] == set {
			no = append(no, odds[i])
		}
	}
	return yes, no
}

func (j judged) report(w io.Writer, odds []float64) {
	slope, intercept := j.calibrate(odds)
	for _, set := range families {
		yes, no := j.apart(set, odds)
		fmt.Fprintf(w, "%s threshold: answered of answerable, declined of the others:", set)
		for _, t := range []float64{0.15, 0.2, 0.25, 0.3, 0.35, 0.4} {
			share := func(odds []float64) float64 {
				n := 0.0
				for _, o := range odds {
					if 1/(1+math.Exp(-slope*o-intercept)) >= t {
						n++
					}
				}
				return n / float64(len(odds))
			}
			fmt.Fprintf(w, "  %.2f: %.2f %.2f", t, share(yes), 1-share(no))
		}
		fmt.Fprintln(w)
	}
}

// calibrate fits Platt's scaling of the log-odds to the chance that the first
// sentence answers (Platt 1999), the sets weighted alike.
func (j judged) calibrate(odds []float64) (slope, intercept float64) {
	p := optimize.Problem{
		Func: func(x []float64) float64 {
			loss := 0.0
			for i, o := range odds {
				v := x[0]*o + x[1]
				if j.right[i] {
					v = -v
				}
				loss += j.weight[i] * math.Log1p(math.Exp(v))
			}
			return loss
		},
		Grad: func(g, x []float64) {
			g[0], g[1] = 0, 0
			for i, o := range odds {
				d := 1 / (1 + math.Exp(-x[0]*o-x[1]))
				if j.right[i] {
					d--
				}
				g[0] += j.weight[i] * d * o
				g[1] += j.weight[i] * d
			}
		},
	}
	r, err := optimize.Minimize(p, []float64{1, 0}, nil, &optimize.LBFGS{})
	if r == nil || err != nil && r.X == nil {
		return 1, 0
	}
	return r.X[0], r.X[1]
}

// logistic is the loss of a yes-or-no outcome.
func logistic(yes []bool, weight []float64) lossFunc {
	return func(scores, g, h []float64) {
		for i, s := range scores {
			p := 1 / (1 + math.Exp(-s))
			y := 0.0
			if yes[i] {
				y = 1
			}
			g[i] = weight[i] * (p - y)
			h[i] = weight[i] * max(p*(1-p), 1e-4)
		}
	}
}
