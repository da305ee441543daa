package lang

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"math"
	"sync"
)

//go:embed data/vectors.bin
var vectorTable []byte

// Vectors is a table of static word vectors (GloVe, made by genvectors). It is
// read-only: any number of goroutines may use it.
type Vectors struct {
	rows  map[string]int
	words []string
	data  []byte // len(words)*dim signed 8-bit components
	dim   int
	norm  []float32 // reciprocal length of each row
}

// English returns the embedded table, decoded at first use.
var English = sync.OnceValue(func() *Vectors { return decodeVectors(vectorTable) })

func decodeVectors(table []byte) *Vectors {
	n := int(binary.LittleEndian.Uint32(table[4:]))
	v := &Vectors{dim: int(binary.LittleEndian.Uint32(table[8:])), rows: make(map[string]int, n), words: make([]string, n), norm: make([]float32, n)}
	rest := table[12:]
	for i := range n {
		end := bytes.IndexByte(rest, '\n')
		v.words[i] = string(rest[:end])
		v.rows[v.words[i]] = i
		rest = rest[end+1:]
	}
	v.data = rest
	for i := range n {
		var sum int32
		for _, x := range v.row(i) {
			sum += int32(int8(x)) * int32(int8(x))
		}
		v.norm[i] = float32(1 / math.Sqrt(float64(max(sum, 1))))
	}
	return v
}

func (v *Vectors) row(i int) []byte { return v.data[i*v.dim : (i+1)*v.dim] }

// Row returns the row of a word in lower case, -1 when it has none. Rows are
// ordered by how frequent the words are in general English, most frequent
// first.
func (v *Vectors) Row(word string) int {
	if r, ok := v.rows[word]; ok {
		return r
	}
	return -1
}

// Len is the number of words in the table.
func (v *Vectors) Len() int { return len(v.words) }

// Dim is the number of components of a vector.
func (v *Vectors) Dim() int { return v.dim }

// Cosine returns the cosine of two rows, -1 to 1; 0 when either is -1.
func (v *Vectors) Cosine(i, j int) float32 {
	if i < 0 || j < 0 {
		return 0
	}
	a, b := v.row(i), v.row(j)
	b = b[:len(a)]
	var sum int32
	for k, x := range a {
		sum += int32(int8(x)) * int32(int8(b[k]))
	}
	return float32(sum) * v.norm[i] * v.norm[j]
}

// Add adds weight times the unit vector of a row to sum, which has Dim
// components. A row of -1 adds nothing.
func (v *Vectors) Add(sum []float32, row int, weight float32) {
	if row < 0 {
		return
	}
	weight *= v.norm[row]
	components := v.row(row)
	sum = sum[:len(components)]
	for k, x := range components {
		sum[k] += weight * float32(int8(x))
	}
}

// Rarity tells how rare a word is in general English: 0 for the most frequent,
// 1 for a word that is not in the table. By Zipf's law the logarithm of a
// word's rank stands in for the logarithm of its frequency.
func (v *Vectors) Rarity(row int) float64 {
	if row < 0 {
		return 1
	}
	return math.Log1p(float64(row)) / math.Log1p(float64(len(v.words)))
}
