package main

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"

	"verbatim/internal/answer"
)

func standardise(rows [][]float64) (mean, scale []float64) {
	width := len(rows[0])
	mean, scale = make([]float64, width), make([]float64, width)
	for _, r := range rows {
		for f, v := range r {
			mean[f] += v
		}
	}
	for f := range mean {
		mean[f] /= float64(len(rows))
	}
	for _, r := range rows {
		for f, v := range r {
			scale[f] += (v - mean[f]) * (v - mean[f])
		}
	}
	for f := range scale {
		if d := math.Sqrt(scale[f] / float64(len(rows))); d > 1e-9 {
			scale[f] = 1 / d
		} else {
			scale[f] = 0
		}
	}
	return mean, scale
}

// fitLinear minimises the mean list-wise loss plus l2 times the squared
// weights by L-BFGS.
func fitLinear(d data, l2 float64) (answer.Linear, error) {
	l := answer.Linear{}
	l.Mean, l.Scale = standardise(d.rows)
	width := len(l.Mean)
	z := make([][]float64, len(d.rows))
	store := make([]float64, width*len(d.rows))
	for i, r := range d.rows {
		z[i] = store[i*width : (i+1)*width]
		for f, v := range r {
			z[i][f] = (v - l.Mean[f]) * l.Scale[f]
		}
	}
	scores, g, h := make([]float64, len(d.rows)), make([]float64, len(d.rows)), make([]float64, len(d.rows))
	loss := softmax(d)
	total := float64(len(d.groups))
	forward := func(x []float64) {
		for i, r := range z {
			s := 0.0
			for f, v := range r {
				s += x[f] * v
			}
			scores[i] = s
		}
	}
	p := optimize.Problem{
		Func: func(x []float64) float64 {
			forward(x)
			sum := 0.0
			for k, gr := range d.groups {
				p, n := spread(scores[gr[0]:gr[1]], d.gold[gr[0]:gr[1]])
				for i, q := range p {
					if d.gold[gr[0]+i] {
						sum -= d.weight[k] * math.Log(max(q, 1e-300)) / n
					}
				}
			}
			sum /= total
			for _, v := range x {
				sum += l2 * v * v
			}
			return sum
		},
		Grad: func(grad, x []float64) {
			forward(x)
			loss(scores, g, h)
			for f := range grad {
				grad[f] = 2 * l2 * x[f]
			}
			for i, r := range z {
				c := g[i] / total
				for f, v := range r {
					grad[f] += c * v
				}
			}
		},
	}
	result, err := optimize.Minimize(p, make([]float64, width), &optimize.Settings{MajorIterations: 150, GradientThreshold: 1e-5}, &optimize.LBFGS{})
	if result == nil {
		return l, fmt.Errorf("fit linear: %w", err)
	}
	l.Weight = result.X // where it stopped; a line search that can go no further is an end too
	return l, nil
}
