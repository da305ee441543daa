// Command train fits the model of package answer: the order of sentences and
// the confidence. It takes sets in the format of package eval, judges by
// cross-validation over articles, then fits on everything and writes the model
// with where it comes from. The same sets give the same model.
//
//	go run ./internal/answer/train -out internal/answer/model.txt SET.jsonl ...
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"verbatim/internal/answer"
)

// The settings, chosen by the cross-validation over all sets together; the
// figures of those tried stand in docs/quality.md.
var (
	rankTrees = treeOptions{Trees: 200, Depth: 5, Rate: 0.08, L2: 10, MinHess: 2, Columns: 0.4, Share: 0.6, Seed: 1}
	sureTrees = treeOptions{Trees: 200, Depth: 4, Rate: 0.04, L2: 10, MinHess: 3, Columns: 0.3, Share: 0.6, Seed: 1}
)

const rankL2 = 3e-3 // of the linear part

func main() {
	out := flag.String("out", "", "file to write the model to; without it only the cross-validation is done")
	seeds := flag.Int("seeds", 1, "how many times to cross-validate, each with other random numbers, to even out chance")
	flag.Parse()
	if err := run(context.Background(), *out, *seeds, flag.Args(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out string, seeds int, paths []string, w io.Writer) error {
	if len(paths) == 0 {
		return errors.New("no sets given")
	}
	examples, err := extract(ctx, paths)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d questions, %d features; MAP/MRR/P@1 of questions of articles not trained on\n", len(examples), len(answer.FeatureNames()))
	t := table{runs: seeds}
	var sure judged
	var odds []float64
	for seed := range uint64(seeds) {
		var linear, trees, both [folds]predictor
		err = eachFold(func(k int) error {
			d := layout(others(examples, k))
			l, err := fitLinear(d, rankL2)
			if err != nil {
				return err
			}
			f := boost(d.rows, d.groups, softmax(d), rankTrees.with(seed))
			linear[k], trees[k], both[k] = l, f, sum{l, f}
			return nil
		})
		if err != nil {
			return err
		}
		t.add("bm25", examples, func(example) predictor { return column(0) })
		t.add("linear", examples, func(e example) predictor { return linear[e.fold] })
		t.add("trees", examples, func(e example) predictor { return trees[e.fold] })
		t.add("both", examples, func(e example) predictor { return both[e.fold] })
		next := judge(examples, func(e example) predictor { return both[e.fold] })
		nextOdds := next.crossValidate(sureTrees.with(seed))
		if odds == nil {
			sure, odds = next, nextOdds
		}
		next.measure(&t, nextOdds)
	}
	t.print(w)
	sure.report(w, odds)
	if out == "" {
		return nil
	}
	d := layout(examples)
	m := answer.Model{Trees: boost(d.rows, d.groups, softmax(d), rankTrees), Confidence: sure.fit(sureTrees)}
	if m.Linear, err = fitLinear(d, rankL2); err != nil {
		return err
	}
	m.Slope, m.Intercept = sure.calibrate(odds)
	return write(out, &m, paths)
}

func write(out string, m *answer.Model, paths []string) error {
	var names []string
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(filepath.Base(p), ".jsonl"))
	}
	slices.Sort(names)
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	err = m.Write(f, []string{
		"The model of package answer, made by: go run ./internal/answer/train -out FILE SETS",
		"Sets: " + strings.Join(names, " "),
		"feature: index name mean scale weight; tree: feature<threshold left right, =value at a leaf",
	})
	return errors.Join(err, f.Close())
}

// data is a training set laid out for the fitters: the rows of a question
// stand together, from groups[i][0] up to groups[i][1].
type data struct {
	rows   [][]float64
	groups [][2]int
	gold   []bool
	weight []float64 // by group
}

// balance is the power of its size by which a set's questions are weighed
// down, so that no set drowns the others.
const balance = 0.5

// layout leaves out questions that have nothing to order.
func layout(examples []example) data {
	var d data
	size := map[string]float64{}
	total := 0.0
	for _, e := range examples {
		if e.ranked() {
			size[family(e.set)]++
			total++
		}
	}
	for _, e := range examples {
		if !e.ranked() {
			continue
		}
		d.groups = append(d.groups, [2]int{len(d.rows), len(d.rows) + len(e.rows)})
		for _, r := range e.rows {
			d.rows = append(d.rows, r.Features)
		}
		d.gold = append(d.gold, e.gold...)
		d.weight = append(d.weight, math.Pow(size[family(e.set)], -balance))
	}
	sum := 0.0
	for _, w := range d.weight {
		sum += w
	}
	for i := range d.weight {
		d.weight[i] *= total / sum
	}
	return d
}
