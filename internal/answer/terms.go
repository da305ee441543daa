package answer

import (
	"math"

	"verbatim/internal/lang"
)

// term is one content word of a question against a corpus.
type term struct {
	lang.Token
	stem    int32     // -1 when the corpus does not hold it
	meant   int32     // the corpus's word that a misspelled one is taken for, -1 for none
	aliases []int32   // stems that stand for the same
	phrases [][]int32 // phrases that stand for the same, as stems
	df      int32     // sentences that hold the term or its most frequent alias
	idf     float64
	rarity  float64
	weight  float64 // idf times rarity: what a match is worth
}

// absent reports whether no sentence holds the term or an alias of it.
func (t *term) absent() bool { return t.stem < 0 && len(t.aliases) == 0 && len(t.phrases) == 0 }

// carriedWeight is what a word carried over from the turn before counts against
// one that was typed.
const carriedWeight = 0.4

// terms looks the words of a question up in the corpus.
func (a *analysis) terms(w wording) []term {
	terms := make([]term, len(w.terms))
	for i, t := range w.terms {
		x := term{Token: t, stem: -1, meant: -1, rarity: max(rarity(t, w.language), 0.05)}
		var df int32
		if id, ok := a.stems[t.Stem]; ok && a.df[id] > 0 {
			x.stem, df = id, a.df[id]
		} else if k := a.spelling(t); k >= 0 {
			w := a.words[k]
			x.stem, df, x.Row, x.meant = w.stem, a.df[w.stem], int(w.row), k
			x.rarity = float64(w.rarity)
		}
		x.df = df
		terms[i] = x
	}
	for i := range w.tokens {
		others, n := w.language.Aliases(w.tokens, i)
		for k := range terms {
			if t := &terms[k]; n > 0 && t.Start >= w.tokens[i].Start && t.End <= w.tokens[i+n-1].End {
				a.alias(t, others)
			}
		}
	}
	for i := range terms {
		if w.own > 0 && terms[i].Start >= w.own {
			terms[i].rarity *= carriedWeight
		}
		terms[i].idf = a.idf(terms[i].df)
		terms[i].weight = terms[i].idf * terms[i].rarity
	}
	return terms
}

// alias adds to a term those of its aliases that the corpus can hold.
func (a *analysis) alias(t *term, others []lang.Alias) {
	for _, o := range others {
		stems := make([]int32, 0, len(o))
		for _, s := range o {
			if id, ok := a.stems[s]; ok && a.df[id] > 0 {
				stems = append(stems, id)
			}
		}
		switch {
		case len(stems) < len(o):
		case len(o) == 1:
			if stems[0] != t.stem {
				t.aliases = append(t.aliases, stems[0])
				t.df = max(t.df, a.df[stems[0]])
			}
		default:
			t.phrases = append(t.phrases, stems)
		}
	}
}

// similarity is how far a word of the corpus stands for a term: 1 for the same
// stem or an alias, otherwise the cosine of their vectors, 0 when negative,
// and not less than rootSimilarity for words of one root.
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
	if t.Number || w.stop {
		return 0
	}
	c := a.vectors().Cosine(t.Row, int(w.row))
	if c < rootSimilarity && sameRoot(t.Norm, w.norm) {
		c = rootSimilarity
	}
	return max(0, min(c, 0.95))
}

// rootSimilarity is at least that of two words of one root: "invent" and
// "inventor".
const rootSimilarity = 0.8

// sameRoot reports whether two words share their beginning: five letters or
// more, and two thirds of the longer one.
func sameRoot(a, b string) bool {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n >= 5 && n*3 >= 2*max(len(a), len(b))
}

// aliasSimilarity is a little below 1, so that the very word comes first.
const aliasSimilarity = 0.97

// variantSimilarity is that of a name with another variant of it in the
// article: "HTS" and "Hayat Tahrir Al Sham".
const variantSimilarity = 0.965

// pronounSimilarity is that of a name with the pronoun that begins the sentence
// after one that has the name.
const pronounSimilarity = 0.962

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
	a      *analysis
	terms  []term
	local  []int32   // by word: its row in sims and kern, plus one; 0 for a word not met yet
	met    int32     // how many words have a row
	sims   []float32 // len(terms) a word
	kern   []float32 // len(terms)*len(kernels) a word
	cache  map[int32]matches
	asked  map[int32][]named // by article
	words  []lang.Token      // of the question
	counts []float64         // of soften
}

// named is an entity of an article that the question names, with the terms
// that name it.
type named struct {
	entity int
	terms  []int
}

func newScan(a *analysis, w wording) *scan {
	return &scan{a: a, terms: a.terms(w), words: w.tokens, local: make([]int32, len(a.words)),
		cache: make(map[int32]matches, 64), asked: map[int32][]named{}}
}

// names returns the entities of an article that the question names.
func (s *scan) names(article int32) []named {
	found, ok := s.asked[article]
	if ok {
		return found
	}
	names, art := s.a.names[article], s.a.corpus.Articles[article]
	for _, e := range names.Match(s.words) {
		entity := names.Entities[e]
		n := named{entity: e}
		has := map[string]bool{}
		for _, span := range append(entity.Variants, entity.Name) {
			for _, t := range lang.For(art.Lang).Tokens(art.Text[span.Start:span.End]) {
				has[lang.Skeleton(t.Norm)] = true
			}
		}
		for i := range s.terms {
			if has[lang.Skeleton(s.terms[i].Norm)] {
				n.terms = append(n.terms, i)
			}
		}
		found = append(found, n)
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

// kernels returns, for each term and kernel, how far the word's similarity
// with the term falls into the kernel.
func (s *scan) kernels(w int32) []float32 {
	n := int32(len(s.terms) * len(kernels))
	i := s.row(w)
	return s.kern[i*n : (i+1)*n]
}

func (s *scan) row(w int32) int32 {
	if i := s.local[w]; i > 0 {
		return i - 1
	}
	s.met++
	s.local[w] = s.met
	for t := range s.terms {
		v := s.a.similarity(&s.terms[t], &s.a.words[w])
		s.sims = append(s.sims, v)
		if v == 0 { // most pairs
			s.kern = append(s.kern, unlike[:]...)
			continue
		}
		for _, mu := range kernels {
			s.kern = append(s.kern, kernelAt(v, mu))
		}
	}
	return s.met - 1
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
	x := &s.a.sentences[i]
	for t := range s.terms {
		for _, phrase := range s.terms[t].phrases {
			if at := s.a.find(x, phrase); at >= 0 && m.best[t] < aliasSimilarity {
				m.best[t], m.at[t] = aliasSimilarity, at
			}
		}
	}
	for _, n := range s.names(x.article) {
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
	s.cache[i] = m
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

// cosine is the cosine of two vectors, 0 when either is nothing.
func cosine(a, b []float32) float64 {
	dot := 0.0
	for i, x := range a {
		dot += float64(x) * float64(b[i])
	}
	if l := length(a) * length(b); l > 0 {
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
