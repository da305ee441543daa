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

func grow(b binned, in []int32, features []int, g, h []float64, o treeOptions) answer.Tree {
	t := answer.Tree{{}}
	type part struct {
		node int
		rows []int32
	}
	level := []part{{0, in}}
	leaf := func(rows []int32) float64 {
		var sg, sh float64
		for _, i := range rows {
			sg += g[i]
			sh += h[i]
		}
		return -o.Rate * sg / (sh + o.L2)
	}
	for depth := 0; depth < o.Depth && len(level) > 0; depth++ {
		var next []part
		for _, p := range level {
			s := best(b, p.rows, features, g, h, o)
			if s.gain <= 1e-6 {
				t[p.node] = answer.Node{Feature: -1, Value: leaf(p.rows)}
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
			next = append(next, part{len(t), left}, part{len(t) + 1, right})
			t = append(t, answer.Node{}, answer.Node{})
		}
		level = next
	}
	for _, p := range level {
		t[p.node] = answer.Node{Feature: -1, Value: leaf(p.rows)}
	}
	return t
}

func best(b binned, rows []int32, features []int, g, h []float64, o treeOptions) split {
	var sg, sh float64
	for _, i := range rows {
		sg += g[i]
		sh += h[i]
	}
	parent := sg * sg / (sh + o.L2)
	top := split{}
	for _, f := range features {
		var hg, hh [bins + 1]float64
		col := b.bin[f]
		for _, i := range rows {
			k := col[i]
			hg[k] += g[i]
			hh[k] += h[i]
		}
		var lg, lh float64
		for k := range b.edges[f] {
			lg += hg[k]
			lh += hh[k]
			if lh < o.MinHess || sh-lh < o.MinHess {
				continue
			}
			rg := sg - lg
			gain := lg*lg/(lh+o.L2) + rg*rg/(sh-lh+o.L2) - parent
			if gain > top.gain {
				top = split{gain, f, k}
			}
		}
	}
	return top
}

// softmax is the list-wise loss: cross-entropy between the softmax of a
// group's scores and an even spread over its gold rows (Cao et al., "Learning
// to Rank: from Pairwise Approach to Listwise Approach", ICML 2007).
func softmax(groups [][2]int, gold []bool) lossFunc {
	return func(scores, g, h []float64) {
		for _, gr := range groups {
			p, n := spread(scores[gr[0]:gr[1]], gold[gr[0]:gr[1]])
			for i := gr[0]; i < gr[1]; i++ {
				q := p[i-gr[0]]
				g[i], h[i] = q, max(q*(1-q), 1e-4)
				if gold[i] {
					g[i] -= 1 / n
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
