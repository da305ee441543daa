package answer

import (
	"math"
	"unicode/utf8"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// word is one distinct normalised word of the corpus: what comparing it with the
// words of a question reads, and little else, as that reads many.
type word struct {
	norm   string
	stem   int32
	row    int32   // in the word vectors, -1 for none
	rarity float32 // in general English, 0 to 1
	prefix prefix
	stop   bool
}

// flag says what one occurrence of a word looks like.
type flag uint8

const (
	flagUpper  flag = 1 << iota // begins with a capital, and not because the sentence does
	flagNumber                  // begins with a digit
	flagGap                     // punctuation before it
	flagFirst                   // first word of its sentence
)

// use is one occurrence of a word in a sentence.
type use struct {
	word       int32
	flags      flag
	start, end uint32 // in the article's text
}

// sentence is one analysed sentence.
type sentence struct {
	article int32
	index   int32 // in its article
	uses    []use
	signs   sign
	content int32 // how many of its words are not stop words
	found   sought
	times   []lang.Time
	amounts []lang.Quantity
}

// analysis is what ranking knows of a corpus, computed once. It is immutable.
type analysis struct {
	corpus     *article.Corpus
	languages  []*lang.Language // of the articles, that of most sentences first; never empty
	words      []word
	wordKeys   []string         // by word
	wordIDs    map[string]int32 // by wordKey
	written    []int32          // by word: the first sentence that has it
	stems      map[string]int32
	stemNames  []string // by stem
	df         []int32  // by stem: how many sentences hold it
	sentences  []sentence
	first      []int     // by article: index of its first sentence here
	titles     [][]int32 // by article: the stems of its title
	names      []*lang.Names
	spelt      spelt
	packed     *lang.Packed // the words' vectors
	directions []direction  // by sentence; nil in a large corpus
}

// analyse analyses a corpus: each article by itself, on all processors, then
// all together, in order. What a former analysis has of the same articles is
// taken from there; nil stands for none. The result is the same in every case.
// told, when it isn't nil, is told how many of the sentences are done, after each
// article.
func analyse(c *article.Corpus, former *analysis, told func(done, of int)) *analysis {
	a := &analysis{corpus: c, languages: languagesOf(c), wordIDs: map[string]int32{}, stems: map[string]int32{}, spelt: spelt{}}
	a.sentences = make([]sentence, 0, c.Sentences())
	j := joiner{analysis: a}
	for i, p := range parts(c, former) {
		j.add(i, p)
		if told != nil {
			told(len(a.sentences), cap(a.sentences))
		}
	}
	rows := make([]int32, len(a.words))
	for i := range a.words {
		rows[i] = a.words[i].row
	}
	a.packed = a.vectors().Pack(rows)
	a.pointAll()
	return a
}

func (a *analysis) stem(s string) int32 {
	id, ok := a.stems[s]
	if !ok {
		id = int32(len(a.df))
		a.stems[s] = id
		a.stemNames = append(a.stemNames, s)
		a.df = append(a.df, 0)
	}
	return id
}

// holds reports whether a sentence has a word of the token's family.
func (a *analysis) holds(t lang.Token) bool {
	id, ok := a.stems[t.Stem]
	return ok && a.df[id] > 0
}

// wordKey keeps "US" apart from "us", and the words of one language from those
// of another that are written alike: "war" is a stop word in one of them.
func wordKey(t lang.Token, l *lang.Language) string {
	key := t.Norm
	if t.Acronym && !t.Stop && t.Row < 0 {
		key = "!" + key
	}
	if l.Code != "en" {
		key = l.Code + " " + key
	}
	return key
}

// acronymRarity is the rarity of a short abbreviation that the vocabulary lacks.
// Set by hand, not measured.
const acronymRarity = 0.7

// rarity is how much a word says by itself: that of general English, and a
// little less than a rare word's for a number.
func rarity(t lang.Token, l *lang.Language) float64 {
	if t.Stop {
		return 0
	}
	if t.Row < 0 && t.Acronym && utf8.RuneCountInString(t.Norm) <= 3 {
		return acronymRarity // "US", "UN": as common as names get
	}
	return l.Vectors().Rarity(t.Row)
}

// idf is the inverse document frequency of a stem that stands in df of the
// corpus's sentences, as BM25 uses it (Robertson and Zaragoza 2009), never
// negative.
func (a *analysis) idf(df int32) float64 {
	n := float64(len(a.sentences))
	return math.Log1p((n - float64(df) + 0.5) / (float64(df) + 0.5))
}
