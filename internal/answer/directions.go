package answer

import "math"

// direction is a vector with its length, which comparing it needs every time.
type direction struct {
	vector []float32
	length float64
}

func (d *direction) measure() { d.length = length(d.vector) }

// cosine is the cosine of two vectors, 0 when either is nothing.
func (d *direction) cosine(e *direction) float64 {
	b := e.vector[:len(d.vector)]
	dot := 0.0
	for i, x := range d.vector {
		dot += float64(x) * float64(b[i])
	}
	if l := d.length * e.length; l > 0 {
		return dot / l
	}
	return 0
}

// length is the Euclidean length of a vector.
func length(v []float32) float64 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

// directions are where the words of a question point in the space of the word
// vectors, and room for where those of a sentence do.
type directions struct {
	centroid direction // the terms' vectors by their rarity, added up
	focus    direction // the vector of the thing asked for
	whole    direction // of a sentence
	fresh    direction // of what a sentence says beyond the question
}

// direct points the directions of a question.
func (s *scan) direct(w *wording) {
	v, d := s.a.vectors(), &s.directions
	if d.centroid.vector == nil {
		for _, x := range []*direction{&d.centroid, &d.focus, &d.whole, &d.fresh} {
			x.vector = make([]float32, v.Dim())
		}
	}
	clear(d.centroid.vector)
	for i := range s.terms {
		v.Add(d.centroid.vector, s.terms[i].Row, float32(s.terms[i].rarity))
	}
	d.centroid.measure()
	if w.focus >= 0 {
		clear(d.focus.vector)
		v.Add(d.focus.vector, s.terms[w.focus].Row, 1)
		d.focus.measure()
	}
}

// direction is where the words of a sentence point. It is good until the next
// call.
func (s *scan) direction(i int32) *direction {
	if s.a.directions != nil {
		return &s.a.directions[i]
	}
	s.a.point(&s.directions.whole, i)
	return &s.directions.whole
}

// point points a direction where the words of a sentence do that are not stop
// words, by their rarity.
func (a *analysis) point(d *direction, i int32) {
	clear(d.vector)
	for _, u := range a.sentences[i].uses {
		if w := &a.words[u.word]; !w.stop {
			a.vectors().Add(d.vector, int(w.row), w.rarity)
		}
	}
	d.measure()
}

// pointFresh points directions.fresh where those words of a sentence do that are
// not the question's.
func (s *scan) pointFresh(x *sentence) {
	d := &s.directions.fresh
	clear(d.vector)
	for _, u := range x.uses {
		if w := &s.a.words[u.word]; !w.stop && s.likeness(u.word) < exact {
			s.a.vectors().Add(d.vector, int(w.row), w.rarity)
		}
	}
	d.measure()
}

// pointAll points the directions of all sentences ahead, in a corpus of which
// every question looks at all of them.
func (a *analysis) pointAll() {
	if len(a.sentences) > maxExhaustive {
		return
	}
	dim := a.vectors().Dim()
	room := make([]float32, dim*len(a.sentences))
	a.directions = make([]direction, len(a.sentences))
	for i := range a.directions {
		a.directions[i].vector = room[i*dim : (i+1)*dim : (i+1)*dim]
		a.point(&a.directions[i], int32(i))
	}
}
