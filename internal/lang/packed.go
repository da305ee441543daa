package lang

// Packed holds rows of a table laid out so that their cosines with a Probe come
// three times as fast as Vectors.Cosine's, and bit for bit the same. It is
// read-only: any number of goroutines may use it.
//
// Three components share a 64-bit word, in the probe's words in the opposite
// order, so that one multiplication of two words adds up the three products
// that belong together in the middle of its result.
type Packed struct {
	width int      // words a row
	words []uint64 // width a row
	rows  []packedRow
}

type packedRow struct {
	sum    int32 // of the components, shifted to be positive
	known  bool
	length float32 // the reciprocal of the vector's
}

// Probe is one row to be compared with packed ones.
type Probe struct {
	words []uint64
	packedRow
	dim int32
}

const (
	lane  = 20  // bits of a word that a component and the sum of its products may take
	shift = 128 // makes a component positive
	// batch is how many products can be added up before a lane overflows:
	// 5*3*255*255 < 1<<lane.
	batch = 5
)

// Pack lays out rows of the table, of which -1 stands for none.
func (v *Vectors) Pack(rows []int32) *Packed {
	p := &Packed{width: (v.dim + 2) / 3, rows: make([]packedRow, len(rows))}
	p.words = make([]uint64, p.width*len(rows))
	for i, row := range rows {
		if row >= 0 {
			p.rows[i] = v.pack(p.words[i*p.width:(i+1)*p.width], int(row), [3]int{0, lane, 2 * lane})
		}
	}
	return p
}

// Probe prepares one row, of which -1 stands for none.
func (v *Vectors) Probe(row int) Probe {
	if row < 0 {
		return Probe{}
	}
	q := Probe{words: make([]uint64, (v.dim+2)/3), dim: int32(v.dim)}
	q.packedRow = v.pack(q.words, row, [3]int{2 * lane, lane, 0})
	return q
}

func (v *Vectors) pack(words []uint64, row int, lanes [3]int) packedRow {
	r := packedRow{known: true, length: v.norm[row]}
	for k, x := range v.row(row) {
		positive := int32(int8(x)) + shift
		r.sum += positive
		words[k/3] |= uint64(positive) << lanes[k%3]
	}
	return r
}

// Cosine is Vectors.Cosine of the probe's row and that of packed row i.
func (p *Packed) Cosine(q *Probe, i int32) float32 {
	r := &p.rows[i]
	if !q.known || !r.known {
		return 0
	}
	a := q.words
	b := p.words[int(i)*p.width:][:len(a)]
	var dot, sum uint64
	for len(a) >= batch && len(b) >= batch {
		sum = a[0]*b[0] + a[1]*b[1] + a[2]*b[2] + a[3]*b[3] + a[4]*b[4]
		dot += sum >> (2 * lane) & (1<<lane - 1)
		a, b = a[batch:], b[batch:]
	}
	sum = 0
	for k, x := range a {
		sum += x * b[k]
	}
	dot += sum >> (2 * lane) & (1<<lane - 1)
	// (x+shift)(y+shift) summed up is more than xy by what the shifts add.
	exact := int32(dot) - shift*(q.sum+r.sum) + shift*shift*q.dim
	return float32(exact) * q.length * r.length
}
