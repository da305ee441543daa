package answer

import (
	"math"

	"verbatim/internal/lang"
)

// term is one content word of a question against a corpus.
type term struct {
	lang.Token
	stem    int32   // -1 when the corpus does not hold it
	aliases []int32 // stems that stand for the same
	idf     float64 // of the term or of its most frequent alias
	rarity  float64
	weight  float64 // idf times rarity: what a match is worth
}

// terms looks the words of a question up in the corpus.
func (a *analysis) terms(w wording) []term {
	terms := make([]term, len(w.terms))
	for i, t := range w.terms {
		x := term{Token: t, stem: -1, rarity: max(rarity(t, a.language), 0.05)}
		var df int32
		if id, ok := a.stems[t.Stem]; ok && a.df[id] > 0 {
			x.stem, df = id, a.df[id]
		}
		for _, s := range a.language.Aliases(t) {
			if id, ok := a.stems[s]; ok && id != x.stem && a.df[id] > 0 {
				x.aliases = append(x.aliases, id)
				df = max(df, a.df[id])
			}
		}
		x.idf = a.idf(df)
		x.weight = x.idf * x.rarity
		terms[i] = x
	}
	return terms
}

// similarity is how far a word of the corpus stands for a term: 1 for the same
// stem or an alias, otherwise the cosine of their vectors, 0 when negative.
// Numbers stand for themselves only.
func (a *analysis) similarity(t *term, w *word) float32 {
	if w.stem == t.stem {
		return 1
	}
	for _, s := range t.aliases {
		if w.stem == s {
			return aliasSimilarity
		}
	}
	if t.Number || t.Row < 0 || w.row < 0 || w.stop {
		return 0
	}
	c := a.language.Vectors().Cosine(t.Row, int(w.row))
	return max(0, min(c, 0.95))
}

// aliasSimilarity is a little below 1, so that the very word comes first.
const aliasSimilarity = 0.97

// exact is the similarity from which a term counts as matched.
const exact = 0.96

// matches are a question's terms against one sentence.
type matches struct {
	best []float32 // by term: the highest similarity of a word of the sentence
	at   []int32   // by term: the use that has it, -1 for none
}

// scan holds the similarities of one question's terms with the words it met,
// so that each pair is computed once.
type scan struct {
	a     *analysis
	terms []term
	local map[int32]int32 // word to its rows in sims
	sims  []float32       // len(terms) a word
	cache map[int32]matches
}

func newScan(a *analysis, terms []term) *scan {
	return &scan{a: a, terms: terms, local: make(map[int32]int32, 256), cache: make(map[int32]matches, 64)}
}

// of returns the similarities of a word with every term.
func (s *scan) of(w int32) []float32 {
	n := int32(len(s.terms))
	i, ok := s.local[w]
	if !ok {
		i = int32(len(s.local))
		s.local[w] = i
		for t := range s.terms {
			s.sims = append(s.sims, s.a.similarity(&s.terms[t], &s.a.words[w]))
		}
	}
	return s.sims[i*n : (i+1)*n]
}

// sentence matches the terms against a sentence of the analysis.
func (s *scan) sentence(i int32) matches {
	if m, ok := s.cache[i]; ok {
		return m
	}
	n := len(s.terms)
	m := matches{best: make([]float32, n), at: make([]int32, n)}
	for t := range m.at {
		m.at[t] = -1
	}
	for k, u := range s.a.sentences[i].uses {
		for t, v := range s.of(u.word) {
			if v > m.best[t] {
				m.best[t], m.at[t] = v, int32(k)
			}
		}
	}
	s.cache[i] = m
	return m
}

// mean is the mean of f over the terms, weighted by w; 0 without terms.
func (s *scan) mean(w func(*term) float64, f func(t int) float64) float64 {
	var sum, total float64
	for t := range s.terms {
		x := w(&s.terms[t])
		sum += x * f(t)
		total += x
	}
	if total == 0 {
		return 0
	}
	return sum / total
}

func matched(v float32) float64 {
	if v >= exact {
		return 1
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
