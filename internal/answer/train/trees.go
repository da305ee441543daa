package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"verbatim/internal/answer"
)

// Boosted regression trees (Friedman 2001) grown level by level on binned
// features with second-order gains (Chen and Guestrin, "XGBoost", 2016), for
// any loss that gives a gradient and a curvature a row.

// treeOptions are the settings of the boosting.
type treeOptions struct {
	Trees, Depth   int
	Rate           float64 // shrinkage
	L2             float64
	MinHess        float64 // least curvature in a leaf
	Columns, Share float64 // share of features a tree, of groups a tree
	Seed           uint64
}

// with returns the options with other random numbers.
func (o treeOptions) with(seed uint64) treeOptions {
	o.Seed += seed
	return o
}

const bins = 64

// binned are rows with each feature replaced by the number of its bin.
type binned struct {
	bin   [][]uint8 // by feature, by row
	edges [][]float64
}

func bin(rows [][]float64) binned {
	width := len(rows[0])
	b := binned{bin: make([][]uint8, width), edges: make([][]float64, width)}
	for f := range width {
		values := make([]float64, len(rows))
		for i, r := range rows {
			values[i] = r[f]
		}
		slices.Sort(values)
		distinct := slices.Compact(slices.Clone(values))
		var edges []float64
		if len(distinct) <= bins {
			for i := 1; i < len(distinct); i++ {
				edges = append(edges, (distinct[i-1]+distinct[i])/2)
			}
		} else {
			for k := 1; k < bins; k++ {
				e := values[len(values)*k/bins]
				if len(edges) == 0 || e > edges[len(edges)-1] {
					edges = append(edges, e)
				}
			}
		}
		b.edges[f] = edges
		col := make([]uint8, len(rows))
		for i, r := range rows {
			col[i] = uint8(sort.SearchFloat64s(edges, r[f]))
		}
		b.bin[f] = col
	}
	return b
}

// lossFunc fills the gradient and the curvature of each row from the scores.
type lossFunc func(scores, g, h []float64)

// boost grows trees. groups are [start,end) runs of rows that belong together;
// loss fills gradient and curvature of each row from the scores.
func boost(rows [][]float64, groups [][2]int, loss lossFunc, o treeOptions) answer.Forest {
	b := bin(rows)
	r := rand.New(rand.NewPCG(o.Seed, 7))
	n := len(rows)
	scores, g, h := make([]float64, n), make([]float64, n), make([]float64, n)
	var out answer.Forest
	for range o.Trees {
		loss(scores, g, h)
		var in []int32
		for _, gr := range groups {
			if r.Float64() < o.Share {
				for i := gr[0]; i < gr[1]; i++ {
					in = append(in, int32(i))
				}
			}
		}
		var features []int
		for f := range b.edges {
			if len(b.edges[f]) > 0 && r.Float64() < o.Columns {
				features = append(features, f)
			}
		}
		t := grow(b, in, features, g, h, o)
		out = append(out, t)
		for i := range rows {
			scores[i] += t.Predict(rows[i])
		}
	}
	return out
}

type split struct {
	gain    float64
	feature int
	bin     int
}

// sums are a gradient and a curvature, added up over rows.
type sums struct{ g, h float64 }

// histogram holds the sums of a node's rows by feature and bin.
type histogram [][bins]sums

func grow(b binned, in []int32, features []int, g, h []float64, o treeOptions) answer.Tree {
	t := answer.Tree{{}}
	type part struct {
		node int
		rows []int32
		hist histogram
	}
	leaf := func(rows []int32) answer.Node {
		var s sums
		for _, i := range rows {
			s.g += g[i]
			s.h += h[i]
		}
		return answer.Node{Feature: -1, Value: -o.Rate * s.g / (s.h + o.L2)}
	}
	level := []part{{0, in, count(b, in, features, g, h)}}
	for depth := 0; depth < o.Depth && len(level) > 0; depth++ {
		var next []part
		for _, p := range level {
			s := best(b, p.hist, features, o)
			if s.gain <= 1e-6 {
				t[p.node] = leaf(p.rows)
				continue
			}
			var left, right []int32
			col := b.bin[s.feature]
			for _, i := range p.rows {
				if int(col[i]) <= s.bin {
					left = append(left, i)
				} else {
					right = append(right, i)
				}
			}
			t[p.node] = answer.Node{Feature: s.feature, Threshold: b.edges[s.feature][s.bin], Left: len(t), Right: len(t) + 1}
			l, r := part{node: len(t), rows: left}, part{node: len(t) + 1, rows: right}
			if depth+1 < o.Depth {
				if len(left) < len(right) {
					l.hist = count(b, left, features, g, h)
					r.hist = p.hist.minus(l.hist)
				} else {
					r.hist = count(b, right, features, g, h)
					l.hist = p.hist.minus(r.hist)
				}
			}
			next = append(next, l, r)
			t = append(t, answer.Node{}, answer.Node{})
		}
		level = next
	}
	for _, p := range level {
		t[p.node] = leaf(p.rows)
	}
	return t
}

// count makes the histogram of rows.
func count(b binned, rows []int32, features []int, g, h []float64) histogram {
	hist := make(histogram, len(features))
	for k, f := range features {
		col, x := b.bin[f], &hist[k]
		for _, i := range rows {
			s := &x[col[i]%bins]
			s.g += g[i]
			s.h += h[i]
		}
	}
	return hist
}

// minus takes the histogram of one child from that of its parent, in place,
// which leaves that of the other child.
func (x histogram) minus(y histogram) histogram {
	for k := range x {
		for i := range x[k] {
			x[k][i].g -= y[k][i].g
			x[k][i].h -= y[k][i].h
		}
	}
	return x
}

func best(b binned, hist histogram, features []int, o treeOptions) split {
	var all sums
	if len(hist) > 0 {
		for _, s := range hist[0] {
			all.g += s.g
			all.h += s.h
		}
	}
	parent := all.g * all.g / (all.h + o.L2)
	top := split{}
	for k, f := range features {
		var l sums
		for i := range b.edges[f] {
			l.g += hist[k][i].g
			l.h += hist[k][i].h
			if l.h < o.MinHess || all.h-l.h < o.MinHess {
				continue
			}
			rg := all.g - l.g
			gain := l.g*l.g/(l.h+o.L2) + rg*rg/(all.h-l.h+o.L2) - parent
			if gain > top.gain {
				top = split{gain, f, i}
			}
		}
	}
	return top
}

// softmax is the list-wise loss: cross-entropy between the softmax of a
// group's scores and an even spread over its gold rows (Cao et al., "Learning
// to Rank: from Pairwise Approach to Listwise Approach", ICML 2007).
func softmax(d data) lossFunc {
	groups, gold := d.groups, d.gold
	return func(scores, g, h []float64) {
		for k, gr := range groups {
			w := d.weight[k]
			p, n := spread(scores[gr[0]:gr[1]], gold[gr[0]:gr[1]])
			for i := gr[0]; i < gr[1]; i++ {
				q := p[i-gr[0]]
				g[i], h[i] = w*q, w*max(q*(1-q), 1e-4)
				if gold[i] {
					g[i] -= w / n
				}
			}
		}
	}
}

// spread returns the softmax of a group's scores and how many are gold.
func spread(scores []float64, gold []bool) (p []float64, golds float64) {
	top := slices.Max(scores)
	p = make([]float64, len(scores))
	total := 0.0
	for i, s := range scores {
		p[i] = math.Exp(s - top)
		total += p[i]
		if gold[i] {
			golds++
		}
	}
	for i := range p {
		p[i] /= total
	}
	return p, golds
}
