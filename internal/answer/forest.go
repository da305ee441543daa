package answer

import (
	"fmt"
	"strconv"
	"strings"
)

// Node is one node of a regression tree. A leaf has Feature -1 and adds Value;
// any other node sends a vector left when its feature is at most Threshold.
type Node struct {
	Feature     int
	Threshold   float64
	Left, Right int // indices into the tree
	Value       float64
}

// Tree is a regression tree, its root first.
type Tree []Node

// Predict returns the value of the leaf that a vector falls into.
func (t Tree) Predict(x []float64) float64 {
	i := 0
	for t[i].Feature >= 0 {
		if x[t[i].Feature] <= t[i].Threshold {
			i = t[i].Left
		} else {
			i = t[i].Right
		}
	}
	return t[i].Value
}

// Forest is a sum of trees (gradient boosting, Friedman 2001).
type Forest []Tree

// Predict adds up the trees.
func (f Forest) Predict(x []float64) float64 {
	sum := 0.0
	for _, t := range f {
		sum += t.Predict(x)
	}
	return sum
}

// explain adds what each feature contributed to Predict: at every node on the
// way, the change of the mean value below is the feature's (Saabas 2014). The
// means are of leaves, unweighted; what is left is the forest's own level, which
// it returns.
func (f Forest) explain(x, share []float64) (level float64) {
	for _, t := range f {
		i, at := 0, t.mean(0)
		level += at
		for t[i].Feature >= 0 {
			next := t[i].Right
			if x[t[i].Feature] <= t[i].Threshold {
				next = t[i].Left
			}
			below := t.mean(next)
			share[t[i].Feature] += below - at
			i, at = next, below
		}
	}
	return level
}

func (t Tree) mean(i int) float64 {
	if t[i].Feature < 0 {
		return t[i].Value
	}
	return (t.mean(t[i].Left) + t.mean(t[i].Right)) / 2
}

// String writes a tree in preorder: "12<0.5" for a node, "=0.1" for a leaf.
func (t Tree) String() string {
	var b strings.Builder
	var write func(i int)
	write = func(i int) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if n := t[i]; n.Feature < 0 {
			b.WriteString("=" + strconv.FormatFloat(n.Value, 'g', 4, 64))
		} else {
			b.WriteString(strconv.Itoa(n.Feature) + "<" + strconv.FormatFloat(n.Threshold, 'g', 5, 64))
			write(n.Left)
			write(n.Right)
		}
	}
	write(0)
	return b.String()
}

// ParseTree reads what String wrote; width is the number of features.
func ParseTree(text string, width int) (Tree, error) {
	parts := strings.Fields(text)
	var t Tree
	var read func() (int, error)
	read = func() (int, error) {
		if len(parts) == 0 {
			return 0, fmt.Errorf("tree ends early: %q", text)
		}
		p := parts[0]
		parts = parts[1:]
		at := len(t)
		t = append(t, Node{Feature: -1})
		if v, ok := strings.CutPrefix(p, "="); ok {
			value, err := strconv.ParseFloat(v, 64)
			t[at].Value = value
			return at, err
		}
		name, threshold, _ := strings.Cut(p, "<")
		f, err := strconv.Atoi(name)
		if err != nil || f < 0 || f >= width {
			return 0, fmt.Errorf("tree node %q: no such feature", p)
		}
		v, err := strconv.ParseFloat(threshold, 64)
		if err != nil {
			return 0, fmt.Errorf("tree node %q: %w", p, err)
		}
		left, err := read()
		if err != nil {
			return 0, err
		}
		right, err := read()
		t[at] = Node{Feature: f, Threshold: v, Left: left, Right: right}
		return at, err
	}
	if _, err := read(); err != nil {
		return nil, err
	}
	if len(parts) > 0 {
		return nil, fmt.Errorf("tree goes on after its end: %q", text)
	}
	return t, nil
}
