package answer

import "math"

// candidate is one sentence under consideration.
type candidate struct {
	sentence int32   // index into analysis.sentences
	bm25     float64 // Bleve's score, 0 when it did not find the sentence
	features []float64
}

func byIDF(t *term) float64    { return t.idf }
func byRarity(t *term) float64 { return t.rarity }
func byWeight(t *term) float64 { return t.weight }
func plainly(*term) float64    { return 1 }
func byName(t *term) float64 {
	if t.Upper || t.Number || t.Row < 0 {
		return t.rarity
	}
	return 0
}

// byRest weighs what is neither a name nor a number: the deed or the thing.
func byRest(t *term) float64 {
	if t.Upper || t.Number || t.Row < 0 {
		return 0
	}
	return t.rarity
}

// measure fills in the features of the candidates.
func (a *analysis) measure(w wording, s *scan, candidates []candidate) {
	store := make([]float64, width*len(candidates))
	centroid := a.centroid(s)
	for i := range candidates {
		c := &candidates[i]
		c.features = store[i*width : (i+1)*width : (i+1)*width]
		a.describe(w, s, c, centroid)
	}
	for k, f := range listwise {
		mean, dev, top := 0.0, 0.0, math.Inf(-1)
		for _, c := range candidates {
			mean += c.features[f]
			top = max(top, c.features[f])
		}
		mean /= float64(len(candidates))
		for _, c := range candidates {
			dev += (c.features[f] - mean) * (c.features[f] - mean)
		}
		dev = math.Sqrt(dev / float64(len(candidates)))
		at := int(features) + 2*k
		for _, c := range candidates {
			if dev > 1e-9 {
				c.features[at] = (c.features[f] - mean) / dev
			}
			c.features[at+1] = c.features[f] - top
		}
	}
}

// centroid is the weighted sum of the terms' vectors.
func (a *analysis) centroid(s *scan) []float32 {
	v := a.vectors()
	sum := make([]float32, v.Dim())
	for i := range s.terms {
		v.Add(sum, s.terms[i].Row, float32(s.terms[i].rarity))
	}
	return sum
}

func (a *analysis) describe(w wording, s *scan, c *candidate, centroid []float32) {
	f := c.features
	x := &a.sentences[c.sentence]
	m := s.sentence(c.sentence)
	hit := func(t int) float64 { return matched(m.best[t]) }
	soft := func(t int) float64 { return float64(m.best[t]) }

	f[fBM25] = c.bm25
	f[fCoverageIDF] = s.mean(byIDF, hit)
	f[fCoverageRarity] = s.mean(byRarity, hit)
	f[fCoverageWeight] = s.mean(byWeight, hit)
	f[fCoveragePlain] = s.mean(plainly, hit)
	f[fCoverageNames] = s.mean(byName, hit)
	f[fAlignIDF] = s.mean(byIDF, soft)
	f[fAlignRarity] = s.mean(byRarity, soft)
	f[fAlignWeight] = s.mean(byWeight, soft)
	f[fAlignRest] = s.mean(func(t *term) float64 { return t.weight }, func(t int) float64 {
		if m.best[t] >= exact {
			return 0
		}
		return soft(t)
	})
	f[fCoverageRest] = s.mean(byRest, hit)
	f[fAlignPlainRest] = s.mean(byRest, soft)
	least, top := 1.0, 0.0
	for t := range s.terms {
		least = min(least, soft(t))
		top = max(top, s.terms[t].weight*(1-hit(t)))
	}
	f[fAlignLeast] = least
	f[fMissingTop] = top
	counts := s.soften(x)
	for k := range kernels {
		f[fKernel9+feature(k)] = s.mean(byWeight, func(t int) float64 { return math.Log1p(counts[t*len(kernels)+k]) })
	}
	deed := false // the first and the last term that is not a name
	for t := range s.terms {
		if byRest(&s.terms[t]) > 0 {
			if !deed {
				f[fAlignFirst] = soft(t)
			}
			f[fAlignLast] = soft(t)
			deed = true
		}
	}
	a.sequence(w, s, x, m, f)
	a.novelty(w, s, x, m, centroid, f)
	a.surroundings(w, s, c.sentence, x, m, f)
	a.types(w, s, x, m, f)
	a.things(w, s, x, f)
	a.spans(w, s, c.sentence, f)
}

// soften counts softly, for each term and kernel, how many words of a sentence
// are about as near to the term as the kernel's centre. The slice is the
// scan's and good until the next call.
func (s *scan) soften(x *sentence) []float64 {
	n := len(s.terms) * len(kernels)
	if cap(s.counts) < n {
		s.counts = make([]float64, n)
	}
	counts := s.counts[:n]
	clear(counts)
	for _, u := range x.uses {
		for i, v := range s.kernels(u.word) {
			counts[i] += float64(v)
		}
	}
	return counts
}

// sequence are the features of order and nearness.
func (a *analysis) sequence(w wording, s *scan, x *sentence, m matches, f []float64) {
	pairs, found, inOrder := 0.0, 0.0, 0.0
	for t := 1; t < len(s.terms); t++ {
		weight := s.terms[t-1].weight + s.terms[t].weight
		pairs += weight
		p, q := m.at[t-1], m.at[t]
		if p < 0 || q < 0 || m.best[t-1] < 0.6 || m.best[t] < 0.6 {
			continue
		}
		if q > p {
			inOrder += weight
		}
		if d := q - p; d != 0 && d >= -3 && d <= 3 {
			found += weight
		}
	}
	if pairs > 0 {
		f[fBigrams] = found / pairs
		f[fOrder] = inOrder / pairs
	}
	first, last, n := int32(-1), int32(-1), 0.0
	early := 0.0
	for t := range s.terms {
		if m.best[t] < exact {
			continue
		}
		if first < 0 || m.at[t] < first {
			first = m.at[t]
		}
		last = max(last, m.at[t])
		n++
		if m.at[t] < 4 {
			early = 1
		}
	}
	if n > 1 {
		f[fDensity] = n / float64(last-first+1)
	}
	f[fSubjectEarly] = early
	same := 0.0
	for i := range s.terms {
		if m.at[i] >= 0 && a.words[x.uses[m.at[i]].word].norm == s.terms[i].Norm {
			same++
		}
	}
	if len(s.terms) > 0 {
		f[fSurface] = same / float64(len(s.terms))
	}
}

// novelty are the features of what a sentence says beyond the question.
func (a *analysis) novelty(w wording, s *scan, x *sentence, m matches, centroid []float32, f []float64) {
	v := a.vectors()
	sum, added := make([]float32, v.Dim()), make([]float32, v.Dim())
	var reverse, weights, fresh, names, numbers, nearFocus float64
	for _, u := range x.uses {
		word := &a.words[u.word]
		if word.stop {
			continue
		}
		v.Add(sum, int(word.row), word.rarity)
		best := float32(0)
		for _, sim := range s.of(u.word) {
			best = max(best, sim)
		}
		weight := float64(word.rarity) + 0.05
		reverse += weight * float64(best)
		weights += weight
		if best >= exact {
			continue
		}
		fresh++
		v.Add(added, int(word.row), word.rarity)
		if u.flags&flagUpper != 0 {
			names++
		}
		if u.flags&flagNumber != 0 {
			numbers++
		}
		if w.focus >= 0 {
			nearFocus = max(nearFocus, float64(s.of(u.word)[w.focus]))
		}
	}
	if weights > 0 {
		f[fReverse] = reverse / weights
	}
	f[fCentroid] = cosine(sum, centroid)
	f[fFreshCentroid] = cosine(added, centroid)
	f[fNewWords] = math.Log1p(fresh)
	f[fNewShare] = fresh / float64(max(x.content, 1))
	f[fNewNames] = math.Log1p(names)
	f[fNewNumbers] = min(numbers, 3)
	if w.focus >= 0 {
		f[fFocusExact] = matched(m.best[w.focus])
		f[fFocusNear] = nearFocus
		focus := make([]float32, v.Dim())
		v.Add(focus, s.terms[w.focus].Row, 1)
		f[fFocusCentroid] = cosine(added, focus)
	}
}
