package answer

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestFlatForest: laid out, a forest gives what its trees do, bit for bit, for
// any number of vectors and at the thresholds themselves.
func TestFlatForest(t *testing.T) {
	m, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, forest := range []Forest{m.Trees, m.Confidence, {{{Feature: -1, Value: 3}}, m.Trees[0]}, {{{Feature: -1, Value: 3}}}, {}} {
		f, err := flatten(forest)
		if err != nil {
			t.Fatal(err)
		}
		const n = 200 // no fewer than features in any forest
		for vectors := range 10 {
			x, sums := make([]float64, vectors*n), make([]float64, vectors)
			for i := range x {
				if x[i] = r.NormFloat64(); r.IntN(2) == 0 && len(f.splits) > 0 {
					x[i] = f.splits[r.IntN(len(f.splits))].threshold
				}
			}
			f.add(sums, x, n)
			for i, got := range sums {
				if want := forest.Predict(x[i*n : (i+1)*n]); got != want {
					t.Fatalf("vector %d of %d: %v, the trees give %v", i, vectors, got, want)
				}
			}
		}
	}
	tree, err := ParseTree(strings.Repeat("0<1 ", maxDepth+1)+strings.Repeat("=1 ", maxDepth+2), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := flatten(Forest{tree}); err == nil {
		t.Error("a tree deeper than maxDepth was laid out")
	}
}

func BenchmarkForest(b *testing.B) {
	m, err := shipped()
	if err != nil {
		b.Fatal(err)
	}
	f, err := flatten(m.Trees)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([]Row, 2600)
	x := make([]float64, 2600*width)
	for i := range rows {
		rows[i].Features = x[i*width : (i+1)*width]
		for k := range rows[i].Features {
			rows[i].Features[k] = r.Float64() * 3
		}
	}
	sums := make([]float64, len(rows))
	i := 0
	b.Run("flat", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.add(sums[i:i+26], x[i*width:(i+26)*width], width)
			i = (i + 26) % 2600
		}
	})
	b.Run("trees", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for k := i; k < i+26; k++ {
				sums[k] = m.Trees.Predict(rows[k].Features)
			}
			i = (i + 26) % 2600
		}
	})
}
