package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"gonum.org/v1/gonum/optimize"

	"verbatim/internal/lang"
	"verbatim/internal/summary"
)

// summarySentences is how long the summaries are that are scored.
const summarySentences = 3

// sharpness turns the gains of sentences into how likely each should be
// chosen; penalty is the L2 regularisation, per article. Both were chosen by
// cross-validation.
const (
	sharpness = 16.0
	penalty   = 0.01
)

// titleWeight is the weight of likeness to the title: the sets have no titles
// to learn it from, and a title is at least as good a guide as the top.
const titleWeight = 1.0

// gains returns what each sentence alone is worth: the mean of its ROUGE-1 and
// ROUGE-2.
func gains(sentences, reference text) []float64 {
	g := make([]float64, len(sentences))
	for i := range sentences {
		one := sentences[i : i+1]
		g[i] = (rouge(one, reference, 1) + rouge(one, reference, 2)) / 2
	}
	return g
}

// list is one article for fitting: rows of features, and how likely each
// should be chosen.
type list struct {
	rows   [][]float64
	target []float64
}

func newList(rows [][]float64, can []bool, gains []float64) list {
	var l list
	sum := 0.0
	for i, row := range rows {
		if can[i] {
			l.rows = append(l.rows, row)
			l.target = append(l.target, math.Exp(sharpness*gains[i]))
			sum += l.target[len(l.target)-1]
		}
	}
	for i := range l.target {
		l.target[i] /= sum
	}
	return l
}

// fitLists finds the weights whose softmax over each list comes nearest to its
// targets, by cross-entropy.
func fitLists(lists []list, n int) ([]float64, error) {
	problem := optimize.Problem{
		Func: func(w []float64) float64 { return loss(lists, w, nil) },
		Grad: func(grad, w []float64) { loss(lists, w, grad) },
	}
	r, err := optimize.Minimize(problem, make([]float64, n), &optimize.Settings{MajorIterations: 300, GradientThreshold: 1e-5}, &optimize.LBFGS{})
	if r == nil {
		return nil, fmt.Errorf("fit %d weights on %d articles: %w", n, len(lists), err)
	}
	return r.X, nil
}

// loss returns the mean cross-entropy with the penalty, and fills its gradient
// unless that is nil.
func loss(lists []list, w, grad []float64) float64 {
	total := 0.0
	clear(grad)
	for _, l := range lists {
		p := make([]float64, len(l.rows))
		top := math.Inf(-1)
		for i, row := range l.rows {
			for k, x := range row {
				p[i] += w[k] * x
			}
			top = max(top, p[i])
		}
		sum := 0.0
		for i := range p {
			sum += math.Exp(p[i] - top)
		}
		for i, row := range l.rows {
			logp := p[i] - top - math.Log(sum)
			total -= l.target[i] * logp
			if grad != nil {
				d := math.Exp(logp) - l.target[i]
				for k, x := range row {
					grad[k] += d * x
				}
			}
		}
	}
	n := float64(max(len(lists), 1))
	total /= n
	for k, x := range w {
		total += penalty / 2 * x * x
		if grad != nil {
			grad[k] = grad[k]/n + penalty*x
		}
	}
	return total
}

// fit fits a whole model: the weights of the features and of redundancy, then
// those of a focus.
func fit(whole, focus []*document) (*summary.Model, error) {
	names, focusNames := summary.FeatureNames()
	weights := map[string]float64{}
	for _, name := range append(focusNames, "focus: redundancy") {
		weights[name] = 0
	}
	w, err := fitBoth(whole, len(names), wholePenalty, func(d *document) (summary.Example, [][]float64) {
		e := d.made.Example("a", "")
		return e, e.Whole
	})
	if err != nil {
		return nil, err
	}
	for i, name := range append(names, "redundancy") {
		weights[name] = w[i]
	}
	weights["like the title"] = titleWeight
	m, err := model(weights)
	if err != nil {
		return nil, err
	}
	w, err = fitBoth(focus, len(focusNames), focusPenalty, func(d *document) (summary.Example, [][]float64) {
		e := d.made.With(m).Example("a", d.Query)
		return e, e.Focus
	})
	if err != nil {
		return nil, err
	}
	for i, name := range append(focusNames, "focus: redundancy") {
		weights[name] = w[i]
	}
	return model(weights)
}

// fitBoth fits weights by sentences first, then by the summaries that the best
// of them make; the last weight is that of redundancy.
func fitBoth(docs []*document, n int, pull float64, example func(*document) (summary.Example, [][]float64)) ([]float64, error) {
	var lists []list
	for _, d := range docs {
		e, rows := example(d)
		lists = append(lists, newList(rows, e.Can, d.gains))
	}
	w, err := fitLists(lists, n)
	if err != nil {
		return nil, err
	}
	var lots []lot
	for _, d := range docs {
		e, rows := example(d)
		lots = append(lots, newLot(d, e, rows, w))
	}
	return fitLots(lots, append(w, 1), pull)
}

func model(weights map[string]float64) (*summary.Model, error) {
	var b strings.Builder
	for name, x := range weights {
		fmt.Fprintf(&b, "%s\t%g\n", name, x)
	}
	return summary.ParseModel(b.String())
}

// scores are mean ROUGE-1, -2 and -L of summaries and of the first sentences,
// and what is wrong with the summaries.
type scores struct {
	run, lead [3]float64
	dangling  int // sentences whose opening leans on one that isn't shown
	unpaired  int // summaries with an odd quotation mark
	short     int // summaries of fewer sentences than asked for
}

func score(docs []*document, model func(*document) *summary.Model) scores {
	var s scores
	for _, d := range docs {
		made, err := d.made.With(model(d)).Summarize(context.Background(), summary.Request{Sentences: summarySentences, Focus: d.Query})
		if err != nil {
			continue
		}
		picked := made[0].Indices()
		var run text
		quotes := 0
		for k, i := range picked {
			run = append(run, d.texts[i])
			en := lang.For("en")
			if en.Opening(en.Tokens(d.Sentences[i])) != lang.Alone && (i == 0 || k == 0 || picked[k-1] != i-1) {
				s.dangling++
			}
			quotes += strings.Count(d.Sentences[i], `"`)
		}
		s.unpaired += quotes % 2
		if len(picked) < min(summarySentences, len(d.Sentences)) {
			s.short++
		}
		add(&s.run, run, d.reference, len(docs))
		add(&s.lead, d.texts[:min(summarySentences, len(d.texts))], d.reference, len(docs))
	}
	return s
}

func add(to *[3]float64, run, reference text, n int) {
	to[0] += 100 * rouge(run, reference, 1) / float64(n)
	to[1] += 100 * rouge(run, reference, 2) / float64(n)
	to[2] += 100 * rougeL(run, reference) / float64(n)
}

func report(w io.Writer, name string, docs []*document, model func(*document) *summary.Model) {
	s := score(docs, model)
	fmt.Fprintf(w, "  %-9s %4d articles: ROUGE-1/2/L %.2f/%.2f/%.2f, first %d sentences %.2f/%.2f/%.2f; %d leaning openings, %d odd quotation marks, %d too short\n",
		name, len(docs), s.run[0], s.run[1], s.run[2], summarySentences, s.lead[0], s.lead[1], s.lead[2], s.dangling, s.unpaired, s.short)
}
