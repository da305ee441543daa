package answer

import "verbatim/internal/lang"

// term is one content word of a question against a corpus.
type term struct {
	lang.Token
	prefix  prefix
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
// one that was typed. Set by hand: no set has questions that follow others.
const carriedWeight = 0.4

// terms looks the words of a question up in the corpus.
func (a *analysis) terms(w *wording) []term {
	terms := make([]term, len(w.terms))
	for i, t := range w.terms {
		x := term{Token: t, prefix: prefixOf(t.Norm), stem: -1, meant: -1, rarity: max(rarity(t, w.language), leastRarity)}
		var df int32
		if id, ok := a.stems[t.Stem]; ok && a.df[id] > 0 {
			x.stem, df = id, a.df[id]
		} else if k := a.meant(t); k >= 0 {
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
		if t := &terms[i]; !w.typed.Empty() && (t.Start < w.typed.Start || t.End > w.typed.End) {
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

// leastRarity is what the most common content word counts for at least. Set by
// hand; nothing and three times as much rank no differently (docs/quality.md).
const leastRarity = 0.05

// rootSimilarity is at least that of two words of one root: "invent" and
// "inventor".
const rootSimilarity = 0.8

// prefix is the first bytes of a word, all of which words of one root share.
type prefix uint32

func prefixOf(norm string) (p prefix) {
	for i := range min(len(norm), 4) {
		p = p<<8 | prefix(norm[i])
	}
	return p
}

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

// mostNear is the highest similarity that vectors give: below exact, so that they
// never match. How far below makes no difference (docs/quality.md).
const mostNear = 0.95

// akin is the similarity from which a word stands for a term where order and
// neighbourhood are looked at, related where it is enough that it bears on it. Set
// by hand; 0.1 less or more ranks no differently (docs/quality.md).
const (
	akin    = 0.6
	related = 0.5
)

func matched(v float32) float64 {
	if v >= exact {
		return 1
	}
	return 0
}
