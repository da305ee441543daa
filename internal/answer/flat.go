package answer

import "fmt"

// flat is a forest laid out to be evaluated fast: every tree is filled up to
// the same depth, its nodes level by level, so that the way down is arithmetic
// without a branch, of which a processor would guess every other one wrong.
type flat struct {
	depth  int
	splits []split   // 2^depth - 1 a tree
	leaves []float64 // 2^depth a tree
}

// split sends a vector left when its feature is at most the threshold.
type split struct {
	threshold float64
	feature   int
}

// maxDepth is how deep a tree of a model may be: a level more doubles its room.
const maxDepth = 10

// flatten lays out a forest.
func flatten(forest Forest) (*flat, error) {
	f := &flat{}
	for i, t := range forest {
		d := t.depth(0)
		if d > maxDepth {
			return nil, fmt.Errorf("tree %d is %d deep, more than %d", i, d, maxDepth)
		}
		f.depth = max(f.depth, d)
	}
	inner := 1<<f.depth - 1
	f.splits = make([]split, len(forest)*inner)
	f.leaves = make([]float64, len(forest)*(inner+1))
	for i, t := range forest {
		splits, leaves := f.splits[i*inner:(i+1)*inner], f.leaves[i*(inner+1):(i+1)*(inner+1)]
		var fill func(at, node int)
		fill = func(at, node int) {
			n := t[node]
			if at >= inner {
				leaves[at-inner] = n.Value
				return
			}
			left, right := node, node // below a leaf both ways lead to it
			if n.Feature >= 0 {
				splits[at] = split{n.Threshold, n.Feature}
				left, right = n.Left, n.Right
			}
			fill(2*at+1, left)
			fill(2*at+2, right)
		}
		fill(0, 0)
	}
	return f, nil
}

func (t Tree) depth(i int) int {
	if t[i].Feature < 0 {
		return 0
	}
	return 1 + max(t.depth(t[i].Left), t.depth(t[i].Right))
}

// add adds the trees up for each of the vectors of n features that stand in x
// one after the other, as Forest.Predict does bit for bit. It takes tree by
// tree, which then stays in the processor's nearest memory, and four vectors
// side by side, so that none waits for another.
func (f *flat) add(sums, x []float64, n int) {
	inner := 1<<f.depth - 1
	for t := 0; t*(inner+1) < len(f.leaves); t++ {
		splits, leaves := f.splits[t*inner:(t+1)*inner], f.leaves[t*(inner+1):(t+1)*(inner+1)]
		r := 0
		for ; r+4 <= len(sums); r += 4 {
			a, b, c, d := fall4(splits, x[r*n:(r+4)*n], n)
			sums[r] += leaves[a]
			sums[r+1] += leaves[b]
			sums[r+2] += leaves[c]
			sums[r+3] += leaves[d]
		}
		for ; r < len(sums); r++ {
			sums[r] += leaves[fall(splits, x[r*n:(r+1)*n])]
		}
	}
}

// fall returns the leaf that a vector falls into.
func fall(splits []split, x []float64) int {
	a := 0
	for a < len(splits) {
		s := &splits[a]
		a = 2*a + 2 - atMost(x[s.feature], s.threshold)
	}
	return a - len(splits)
}

// fall4 returns the leaves that four vectors of n features fall into.
func fall4(splits []split, x []float64, n int) (a, b, c, d int) {
	for a < len(splits) && b < len(splits) && c < len(splits) && d < len(splits) {
		s := &splits[a]
		a = 2*a + 2 - atMost(x[s.feature], s.threshold)
		s = &splits[b]
		b = 2*b + 2 - atMost(x[s.feature+n], s.threshold)
		s = &splits[c]
		c = 2*c + 2 - atMost(x[s.feature+2*n], s.threshold)
		s = &splits[d]
		d = 2*d + 2 - atMost(x[s.feature+3*n], s.threshold)
	}
	leaf := len(splits)
	return a - leaf, b - leaf, c - leaf, d - leaf
}

// atMost is 1 when x is at most limit and 0 otherwise, without a branch.
func atMost(x, limit float64) (one int) {
	if x <= limit {
		one = 1
	}
	return one
}
