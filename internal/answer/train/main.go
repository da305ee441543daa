// Command train fits the weights of the ranking.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"verbatim/internal/answer"
)

type model interface{ predict([]float64) float64 }

// data is a training set laid out for the fitters.
type data struct {
	rows   [][]float64
	groups [][2]int
	gold   []bool
	weight []float64
}

func layout(examples []example) data {
	var d data
	for _, e := range examples {
		n := 0
		for _, g := range e.gold {
			if g {
				n++
			}
		}
		if n == 0 || n == len(e.rows) {
			continue
		}
		d.groups = append(d.groups, [2]int{len(d.rows), len(d.rows) + len(e.rows)})
		d.rows = append(d.rows, e.rows...)
		d.gold = append(d.gold, e.gold...)
		d.weight = append(d.weight, 1)
	}
	return d
}

type figures struct {
	n               int
	ap, rr, p1, hit float64
}

func measure(e example, score func([]float64) float64) (ap, rr, p1 float64) {
	order := make([]int, len(e.rows))
	s := make([]float64, len(e.rows))
	for i := range order {
		order[i] = i
		s[i] = score(e.rows[i])
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s[b], s[a]) })
	hits := 0
	for r, i := range order {
		if e.gold[i] {
			hits++
			ap += float64(hits) / float64(r+1)
			if hits == 1 {
				rr = 1 / float64(r+1)
				if r == 0 {
					p1 = 1
				}
			}
		}
	}
	return ap / float64(e.golds), rr, p1
}

func main() {
	trees := flag.Int("trees", 200, "trees")
	depth := flag.Int("depth", 5, "depth")
	rate := flag.Float64("rate", 0.08, "rate")
	l2 := flag.Float64("l2", 10, "l2")
	which := flag.String("model", "linear,trees", "")
	flag.Parse()
	start := time.Now()
	examples, err := extract(context.Background(), flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stderr, "extracted", len(examples), time.Since(start), len(answer.FeatureNames()))
	var sets []string
	for _, e := range examples {
		if !slices.Contains(sets, e.set) {
			sets = append(sets, e.set)
		}
	}
	report := func(name string, pick func(e example) model) {
		fmt.Printf("%-10s", name)
		var all figures
		for _, s := range sets {
			var f figures
			for _, e := range examples {
				if e.set != s || e.golds == 0 || e.golds == len(e.rows) {
					continue
				}
				ap, rr, p1 := measure(e, pick(e).predict)
				f.n++
				f.ap += ap
				f.rr += rr
				f.p1 += p1
			}
			if f.n == 0 {
				continue
			}
			n := float64(f.n)
			fmt.Printf(" %s %.3f/%.3f/%.3f", s[:min(8, len(s))], f.ap/n, f.rr/n, f.p1/n)
			all.ap += f.ap / n
			all.p1 += f.p1 / n
			all.n++
		}
		fmt.Printf("  mean %.4f %.4f\n", all.ap/float64(all.n), all.p1/float64(all.n))
	}
	report("bm25", func(e example) model { return column(0) })
	fit := func(name string, train func(d data) model) [folds]model {
		var models [folds]model
		var wg sync.WaitGroup
		slots := make(chan bool, 2)
		for k := range folds {
			wg.Go(func() {
				slots <- true
				defer func() { <-slots }()
				var in []example
				for _, e := range examples {
					if e.fold != k {
						in = append(in, e)
					}
				}
				models[k] = train(layout(in))
			})
		}
		wg.Wait()
		report(name, func(e example) model { return models[e.fold] })
		return models
	}
	var lin, tr [folds]model
	if slices.Contains([]string{"linear", "linear,trees"}, *which) {
		lin = fit("linear", func(d data) model {
			m, err := fitLinear(d.rows, d.groups, d.gold, d.weight, 3e-4)
			if err != nil {
				panic(err)
			}
			return m
		})
		fmt.Fprintln(os.Stderr, time.Since(start))
	}
	if slices.Contains([]string{"trees", "linear,trees"}, *which) {
		tr = fit("trees", func(d data) model {
			return boost(d.rows, d.groups, softmax(d.groups, d.gold, d.weight), treeOptions{Trees: *trees, Depth: *depth, Rate: *rate, L2: *l2, MinHess: 2, Columns: 0.4, Share: 0.6, Seed: 1})
		})
		fmt.Fprintln(os.Stderr, time.Since(start))
	}
	if lin[0] != nil && tr[0] != nil {
		report("both", func(e example) model { return sum{lin[e.fold], tr[e.fold]} })
	}
}

type column int

func (c column) predict(x []float64) float64 { return x[c] }

type sum []model

func (s sum) predict(x []float64) float64 {
	t := 0.0
	for _, m := range s {
		t += m.predict(x)
	}
	return t
}
