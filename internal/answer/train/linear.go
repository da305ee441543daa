package main

import (
	"math"

	"gonum.org/v1/gonum/optimize"
)

// linear is a list-wise softmax regression on standardised features.
type linear struct {
	mean, scale, weight []float64
}

func (l linear) predict(x []float64) float64 {
	s := 0.0
	for i, v := range x {
		s += l.weight[i] * (v - l.mean[i]) * l.scale[i]
	}
	return s
}

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
func fitLinear(rows [][]float64, groups [][2]int, gold []bool, weight []float64, l2 float64) (linear, error) {
	l := linear{}
	l.mean, l.scale = standardise(rows)
	width := len(l.mean)
	z := make([][]float64, len(rows))
	store := make([]float64, width*len(rows))
	for i, r := range rows {
		z[i] = store[i*width : (i+1)*width]
		for f, v := range r {
			z[i][f] = (v - l.mean[f]) * l.scale[f]
		}
	}
	total := 0.0
	for _, w := range weight {
		total += w
	}
	scores, g, h := make([]float64, len(rows)), make([]float64, len(rows)), make([]float64, len(rows))
	loss := softmax(groups, gold, weight)
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
			for k, gr := range groups {
				top, n := math.Inf(-1), 0.0
				for i := gr[0]; i < gr[1]; i++ {
					top = max(top, scores[i])
					if gold[i] {
						n++
					}
				}
				z := 0.0
				for i := gr[0]; i < gr[1]; i++ {
					z += math.Exp(scores[i] - top)
				}
				for i := gr[0]; i < gr[1]; i++ {
					if gold[i] {
						sum += weight[k] * (math.Log(z) + top - scores[i]) / n
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
	if err != nil && result == nil {
		return l, err
	}
	l.weight = result.X
	return l, nil
}
