package lang

import (
	"math/rand/v2"
	"testing"
)

// TestPackedCosine: packing changes no bit of a cosine.
func TestPackedCosine(t *testing.T) {
	v := English()
	r := rand.New(rand.NewPCG(1, 2))
	rows := []int32{-1}
	for range 300 {
		rows = append(rows, int32(r.IntN(v.Len())))
	}
	p := v.Pack(rows)
	for _, a := range rows {
		q := v.Probe(int(a))
		for i, b := range rows {
			if got, want := p.Cosine(&q, int32(i)), v.Cosine(int(a), int(b)); got != want {
				t.Fatalf("rows %d and %d: packed %v, plain %v", a, b, got, want)
			}
		}
	}
	extreme := &Vectors{dim: 100, data: make([]byte, 300), norm: []float32{1, 1, 1}}
	for k := range 100 {
		extreme.data[k], extreme.data[100+k], extreme.data[200+k] = 0x80, 0x7f, byte(k*37)
	}
	p = extreme.Pack([]int32{0, 1, 2})
	for a := range 3 {
		q := extreme.Probe(a)
		for b := range 3 {
			if got, want := p.Cosine(&q, int32(b)), extreme.Cosine(a, b); got != want {
				t.Fatalf("extreme rows %d and %d: packed %v, plain %v", a, b, got, want)
			}
		}
	}
}

func BenchmarkCosine(b *testing.B) {
	v := English()
	rows := make([]int32, 300)
	for i := range rows {
		rows[i] = int32(i * 97)
	}
	b.Run("plain", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, r := range rows {
				v.Cosine(1000, int(r))
			}
		}
	})
	b.Run("packed", func(b *testing.B) {
		p, q := v.Pack(rows), v.Probe(1000)
		b.ReportAllocs()
		for b.Loop() {
			for i := range rows {
				p.Cosine(&q, int32(i))
			}
		}
	})
}
