package answer

import "math"

// candidate is one sentence under consideration.
type candidate struct {
	sentence int32   // index into analysis.sentences
	bm25     float64 // Bleve's score, 0 when it did not find the sentence
	features []float64
}

// measure fills in the features of the candidates.
func (a *analysis) measure(w *wording, s *scan, candidates []candidate) {
	s.features = zeros(s.features, width*len(candidates))
	for i := range candidates {
		c := &candidates[i]
		c.features = s.features[i*width : (i+1)*width : (i+1)*width]
		a.describe(w, s, c)
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

// zeros returns n zero values in the room of a slice, or in new room when it
// has too little.
func zeros[T any](room []T, n int) []T {
	if cap(room) < n {
		return make([]T, n)
	}
	room = room[:n]
	clear(room)
	return room
}

func (a *analysis) describe(w *wording, s *scan, c *candidate) {
	f := c.features
	x := &a.sentences[c.sentence]
	m := s.sentence(c.sentence)
	f[fBM25] = c.bm25
	a.alignment(s, m, f)
	counts := s.soften(x)
	for k := range kernels {
		f[fKernel9+feature(k)] = s.mean(byWeight, func(t int) float64 { return math.Log1p(counts[t*len(kernels)+k]) })
	}
	a.sequence(s, x, m, f)
	a.novelty(w, s, c.sentence, x, m, f)
	a.surroundings(s, c.sentence, x, m, f)
	a.voices(w, s, c.sentence, x, m, f)
	a.types(w, s, x, f)
	a.things(w, s, x, f)
	a.spans(w, s, c.sentence, f)
}

// alignment are the features of which terms a sentence matches, and how nearly.
func (a *analysis) alignment(s *scan, m matches, f []float64) {
	var cover, align [weighings]float64
	least, top, rest := 1.0, 0.0, 0.0
	deed := false // the first and the last term that is not a name
	for t := range s.terms {
		soft, hit := float64(m.best[t]), matched(m.best[t])
		for k, x := range s.weigh[t] {
			cover[k] += x * hit
			align[k] += x * soft
		}
		if hit == 0 {
			rest += s.terms[t].weight * soft
		}
		least = min(least, soft)
		top = max(top, s.terms[t].weight*(1-hit))
		if s.weigh[t][byRest] > 0 {
			if !deed {
				f[fAlignFirst] = soft
			}
			f[fAlignLast] = soft
			deed = true
		}
	}
	share := func(sum float64, w weighing) float64 {
		if s.totals[w] == 0 {
			return 0
		}
		return sum / s.totals[w]
	}
	f[fCoverageIDF] = share(cover[byIDF], byIDF)
	f[fCoverageRarity] = share(cover[byRarity], byRarity)
	f[fCoverageWeight] = share(cover[byWeight], byWeight)
	f[fCoveragePlain] = share(cover[plainly], plainly)
	f[fCoverageNames] = share(cover[byName], byName)
	f[fCoverageRest] = share(cover[byRest], byRest)
	f[fAlignIDF] = share(align[byIDF], byIDF)
	f[fAlignRarity] = share(align[byRarity], byRarity)
	f[fAlignWeight] = share(align[byWeight], byWeight)
	f[fAlignPlainRest] = share(align[byRest], byRest)
	f[fAlignRest] = share(rest, byWeight)
	f[fAlignLeast] = least
	f[fMissingTop] = top
}

// soften counts softly, for each term and kernel, how many words of a sentence
// are about as near to the term as the kernel's centre. The slice is the
// scan's and good until the next call.
func (s *scan) soften(x *sentence) []float64 {
	s.counts = zeros(s.counts, len(s.terms)*len(kernels))
	counts := s.counts
	for _, u := range x.uses {
		kernels := s.kernels(u.word)
		counts := counts[:len(kernels)]
		for i, v := range kernels {
			counts[i] += float64(v)
		}
	}
	return counts
}

// sequence are the features of order and nearness.
func (a *analysis) sequence(s *scan, x *sentence, m matches, f []float64) {
	pairs, found, inOrder := 0.0, 0.0, 0.0
	for t := 1; t < len(s.terms); t++ {
		weight := s.terms[t-1].weight + s.terms[t].weight
		pairs += weight
		p, q := m.at[t-1], m.at[t]
		if p < 0 || q < 0 || m.best[t-1] < akin || m.best[t] < akin {
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
func (a *analysis) novelty(w *wording, s *scan, i int32, x *sentence, m matches, f []float64) {
	var reverse, weights, fresh, names, numbers, nearFocus float64
	shared := false
	for _, u := range x.uses {
		word := &a.words[u.word]
		if word.stop {
			continue
		}
		best := s.likeness(u.word)
		weight := float64(word.rarity) + leastRarity
		reverse += weight * float64(best)
		weights += weight
		if best >= exact {
			shared = true
			continue
		}
		fresh++
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
	d := &s.directions
	whole := s.direction(i)
	added := whole // what is new is all of it, unless a word is the question's
	if shared {
		added = &d.fresh
		s.pointFresh(x)
	}
	f[fCentroid] = whole.cosine(&d.centroid)
	f[fFreshCentroid] = f[fCentroid]
	if shared {
		f[fFreshCentroid] = added.cosine(&d.centroid)
	}
	f[fNewWords] = math.Log1p(fresh)
	f[fNewShare] = fresh / float64(max(x.content, 1))
	f[fNewNames] = math.Log1p(names)
	f[fNewNumbers] = min(numbers, 3)
	if w.focus >= 0 {
		f[fFocusExact] = matched(m.best[w.focus])
		f[fFocusNear] = nearFocus
		f[fFocusCentroid] = added.cosine(&d.focus)
	}
}
