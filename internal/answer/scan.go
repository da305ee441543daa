package answer

import (
	"math"
	"slices"

	"verbatim/internal/lang"
)

// scan is one question against the corpus: what its terms have in common with
// the words and sentences that it met, each computed once. It is the room of
// one answer and goes from one to the next through Answerer.scans; it is not
// safe for concurrent use.
type scan struct {
	a      *analysis
	terms  []term
	weigh  [][weighings]float64 // by term
	totals [weighings]float64   // sums of weigh
	words  *lang.Phrases        // of the question

	probes []lang.Probe // by term: its vector
	local  []int32      // by word: its row in sims, plus one; 0 for a word not met yet
	met    []int32      // the words that have a row, by row
	sims   []float32    // len(terms) a row
	top    []float32    // by row: the highest of sims
	kerned []int32      // by row: its row in kern, plus one; 0 for none yet
	kern   []float32    // len(terms)*len(kernels) a row
	kerns  int32        // how many rows kern has

	place  []int32 // by sentence: its index in known, plus one; 0 for a sentence not met yet
	order  []int32 // the sentences that are known
	known  []matches
	floats room[float32]
	ints   room[int32]

	asked      map[int32]*naming // by article
	directions directions
	features   []float64 // of the candidates
	counts     []float64 // of soften
	wide       []float32 // of surroundings
	finding    finder
	found      []candidate
}

// naming is what the question names in one article.
type naming struct {
	names  []named
	deed   bool // of asksDeed, when it was judged
	judged bool
}

// named is an entity of an article that the question names, with the terms
// that name it.
type named struct {
	entity int
	terms  []int
}

// weighing is a way of weighing the terms against each other.
type weighing int

const (
	byIDF weighing = iota
	byRarity
	byWeight
	plainly
	byName // names and numbers alone
	byRest // what is neither a name nor a number: the deed or the thing
	weighings
)

func weights(t *term) (w [weighings]float64) {
	w[byIDF], w[byRarity], w[byWeight], w[plainly] = t.idf, t.rarity, t.weight, 1
	if t.Upper || t.Number || t.Row < 0 {
		w[byName] = t.rarity
	} else {
		w[byRest] = t.rarity
	}
	return w
}

// scan begins the scan of a question.
func (a *Answerer) scan(w *wording) *scan {
	s, ok := a.scans.Get().(*scan)
	if !ok {
		n := a.analysis
		s = &scan{a: n, local: make([]int32, len(n.words)), place: make([]int32, len(n.sentences)), asked: map[int32]*naming{}}
	}
	s.terms, s.words = s.a.terms(w), lang.NewPhrases(w.tokens)
	v := s.a.vectors()
	s.weigh, s.probes, s.totals = s.weigh[:0], s.probes[:0], [weighings]float64{}
	for i := range s.terms {
		x := weights(&s.terms[i])
		s.weigh = append(s.weigh, x)
		for k := range x {
			s.totals[k] += x[k]
		}
		s.probes = append(s.probes, v.Probe(s.terms[i].Row))
	}
	s.direct(w)
	return s
}

// release gives the room of a ranking to the next question. Nothing of the
// ranking may be used after.
func (a *Answerer) release(r *Ranking) {
	s := r.scan
	if s == nil {
		return
	}
	for _, w := range s.met {
		s.local[w] = 0
	}
	for _, i := range s.order {
		s.place[i] = 0
	}
	s.met, s.order, s.known, s.kerned, s.kerns = s.met[:0], s.order[:0], s.known[:0], s.kerned[:0], 0
	s.sims, s.top, s.kern = s.sims[:0], s.top[:0], s.kern[:0]
	s.floats.clear()
	s.ints.clear()
	clear(s.asked)
	s.terms, s.words, s.finding = nil, nil, finder{options: s.finding.options[:0]}
	*r = Ranking{}
	a.scans.Put(s)
}

// room hands out slices of one piece of memory for as long as it lasts, and
// takes a new piece then.
type room[T any] struct{ free, all []T }

// take returns n zero values.
func (r *room[T]) take(n int) []T {
	if len(r.free) < n {
		r.all = make([]T, max(2*len(r.all), n, 1024))
		r.free = r.all
	}
	out := r.free[:n:n]
	r.free = r.free[n:]
	return out
}

func (r *room[T]) clear() {
	clear(r.all[:len(r.all)-len(r.free)])
	r.free = r.all
}

// similarity is how far a word of the corpus stands for term t: 1 for the same
// stem or an alias, otherwise the cosine of their vectors, 0 when negative,
// and not less than rootSimilarity for words of one root.
// Numbers stand for themselves only.
func (s *scan) similarity(t int, word int32) float32 {
	x, w := &s.terms[t], &s.a.words[word]
	if w.stem == x.stem {
		return 1
	}
	for _, alias := range x.aliases {
		if w.stem == alias {
			return aliasSimilarity
		}
	}
	if x.Number || w.stop {
		return 0
	}
	c := s.a.packed.Cosine(&s.probes[t], word)
	if c < rootSimilarity && w.prefix == x.prefix && sameRoot(x.Norm, w.norm) {
		c = rootSimilarity
	}
	return max(0, min(c, mostNear))
}

// matches are a question's terms against one sentence.
type matches struct {
	best  []float32 // by term: the highest similarity of a word of the sentence
	at    []int32   // by term: the use that has it, -1 for none
	near  float64   // mean of best byWeight
	cover float64   // the same of matched
}

// names returns the entities of an article that the question names.
func (s *scan) names(article int32) *naming {
	if found, ok := s.asked[article]; ok {
		return found
	}
	found := &naming{}
	names, art := s.a.names[article], s.a.corpus.Articles[article]
	for _, e := range names.MatchPhrases(s.words) {
		entity := names.Entities[e]
		n := named{entity: e}
		has := map[string]bool{}
		for _, span := range append(slices.Clip(entity.Variants), entity.Name) {
			for _, t := range lang.For(art.Lang).Tokens(art.Text[span.Start:span.End]) {
				has[lang.Skeleton(t.Norm)] = true
			}
		}
		for i := range s.terms {
			if has[lang.Skeleton(s.terms[i].Norm)] {
				n.terms = append(n.terms, i)
			}
		}
		found.names = append(found.names, n)
	}
	s.asked[article] = found
	return found
}

// kernels are centres of the soft-match counts (Xiong et al., "End-to-End
// Neural Ad-hoc Ranking with Kernel Pooling", SIGIR 2017), in the order of the
// features from fKernel9 on.
var kernels = [...]float32{0.9, 0.7, 0.5, 0.3}

// of returns the similarities of a word with every term.
func (s *scan) of(w int32) []float32 {
	n := int32(len(s.terms))
	i := s.row(w)
	return s.sims[i*n : (i+1)*n]
}

// likeness is the highest of a word's similarities.
func (s *scan) likeness(w int32) float32 { return s.top[s.row(w)] }

func (s *scan) row(w int32) int32 {
	if i := s.local[w]; i > 0 {
		return i - 1
	}
	top := float32(0)
	for t := range s.terms {
		v := s.similarity(t, w)
		s.sims = append(s.sims, v)
		top = max(top, v)
	}
	s.met, s.top, s.kerned = append(s.met, w), append(s.top, top), append(s.kerned, 0)
	s.local[w] = int32(len(s.met))
	return s.local[w] - 1
}

// kernels returns, for each term and kernel, how far the word's similarity
// with the term falls into the kernel.
func (s *scan) kernels(w int32) []float32 {
	n := int32(len(s.terms) * len(kernels))
	i := s.row(w)
	if s.kerned[i] == 0 {
		for _, v := range s.of(w) {
			if v == 0 { // most pairs
				s.kern = append(s.kern, unlike[:]...)
				continue
			}
			for _, mu := range kernels {
				s.kern = append(s.kern, kernelAt(v, mu))
			}
		}
		s.kerns++
		s.kerned[i] = s.kerns
	}
	k := s.kerned[i] - 1
	return s.kern[k*n : (k+1)*n]
}

// kernelAt is how far a similarity falls into the kernel with centre mu.
func kernelAt(v, mu float32) float32 {
	d := float64(v - mu)
	return float32(math.Exp(-d * d / (2 * 0.1 * 0.1)))
}

// unlike are the kernels of a word that is not like a term at all.
var unlike = func() (out [len(kernels)]float32) {
	for k, mu := range kernels {
		out[k] = kernelAt(0, mu)
	}
	return out
}()

// sentence matches the terms against a sentence of the analysis. The result is
// good until the scan is released.
func (s *scan) sentence(i int32) matches {
	if k := s.place[i]; k > 0 {
		return s.known[k-1]
	}
	n := len(s.terms)
	m := matches{best: s.floats.take(n), at: s.ints.take(n)}
	for t := range m.at {
		m.at[t] = -1
	}
	x := &s.a.sentences[i]
	for k, u := range x.uses {
		row := s.row(u.word)
		if s.top[row] == 0 {
			continue // most words
		}
		for t, v := range s.sims[int(row)*n : int(row+1)*n] {
			if v > m.best[t] {
				m.best[t], m.at[t] = v, int32(k)
			}
		}
	}
	for t := range s.terms {
		for _, phrase := range s.terms[t].phrases {
			if at := s.a.find(x, phrase); at >= 0 && m.best[t] < aliasSimilarity {
				m.best[t], m.at[t] = aliasSimilarity, at
			}
		}
	}
	for _, n := range s.names(x.article).names {
		for _, mention := range s.a.names[x.article].In(int(x.index)) {
			if mention.Entity != n.entity {
				continue
			}
			at := x.useAt(mention.Start)
			for _, t := range n.terms {
				if m.best[t] < variantSimilarity {
					m.best[t], m.at[t] = variantSimilarity, at
				}
			}
			break
		}
	}
	if x.signs&signPersonal != 0 && x.index > 0 {
		for t, v := range s.sentence(i - 1).best {
			if term := &s.terms[t]; v > pronounSimilarity && m.best[t] < pronounSimilarity && (term.Upper || term.Row < 0) && !term.Number {
				m.best[t], m.at[t] = pronounSimilarity, 0
			}
		}
	}
	m.near = s.mean(byWeight, func(t int) float64 { return float64(m.best[t]) })
	m.cover = s.mean(byWeight, func(t int) float64 { return matched(m.best[t]) })
	s.known, s.order = append(s.known, m), append(s.order, i)
	s.place[i] = int32(len(s.known))
	return m
}

// find returns the first use at which a phrase begins in a sentence, -1 when
// it does not.
func (a *analysis) find(x *sentence, phrase []int32) int32 {
	for k := 0; k+len(phrase) <= len(x.uses); k++ {
		same := true
		for j, stem := range phrase {
			same = same && a.words[x.uses[k+j].word].stem == stem
		}
		if same {
			return int32(k)
		}
	}
	return -1
}

// useAt returns the first use that ends after a byte of the article.
func (x *sentence) useAt(offset int) int32 {
	for k, u := range x.uses {
		if int(u.end) > offset {
			return int32(k)
		}
	}
	return int32(len(x.uses) - 1)
}

// mean is the mean of f over the terms, weighted; 0 without terms.
func (s *scan) mean(w weighing, f func(t int) float64) float64 {
	if s.totals[w] == 0 {
		return 0
	}
	var sum float64
	for t := range s.weigh {
		sum += s.weigh[t][w] * f(t)
	}
	return sum / s.totals[w]
}
