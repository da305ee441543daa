package answer

import (
	"math"
	"strings"
	"unicode/utf8"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// word is one distinct normalised word of the corpus.
type word struct {
	norm     string
	letters  letters
	stem     int32
	row      int32   // in the word vectors, -1 for none
	rarity   float32 // in general English, 0 to 1
	sentence int32   // the first that has it
	stop     bool
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
	wordIDs    map[string]int32 // by wordKey
	stems      map[string]int32
	df         []int32 // by stem: how many sentences hold it
	sentences  []sentence
	first      []int     // by article: index of its first sentence here
	titles     [][]int32 // by article: the stems of its title
	names      []*lang.Names
	spelt      spelt
	packed     *lang.Packed // the words' vectors
	directions []direction  // by sentence; nil in a large corpus
}

func analyse(c *article.Corpus) *analysis {
	a := &analysis{corpus: c, languages: languagesOf(c), wordIDs: map[string]int32{}, stems: map[string]int32{}, spelt: spelt{}}
	a.sentences = make([]sentence, 0, c.Sentences())
	seen := map[int32]int{}
	for i, art := range c.Articles {
		l := lang.For(art.Lang)
		a.first = append(a.first, len(a.sentences))
		var title []int32
		for _, t := range l.Tokens(art.Title) {
			if !t.Stop {
				title = append(title, a.stem(t.Stem))
			}
		}
		a.titles = append(a.titles, title)
		tokens := make([][]lang.Token, len(art.Sentences))
		for j := range art.Sentences {
			tokens[j] = l.Tokens(art.SentenceText(j))
		}
		a.names = append(a.names, l.Names(art, tokens))
		for j := range art.Sentences {
			a.add(i, j, tokens[j], l, seen)
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

// add analyses one sentence. seen holds for each stem the last sentence that
// had it, plus one.
func (a *analysis) add(art, index int, tokens []lang.Token, l *lang.Language, seen map[int32]int) {
	src := a.corpus.Articles[art]
	offset := src.Sentences[index].Start
	text := src.SentenceText(index)
	x := sentence{article: int32(art), index: int32(index), uses: make([]use, len(tokens))}
	for k, t := range tokens {
		u := use{word: a.word(t, l), start: uint32(offset + t.Start), end: uint32(offset + t.End)}
		if t.Number {
			u.flags |= flagNumber
		}
		if t.Gap {
			u.flags |= flagGap
		}
		if k == 0 {
			u.flags |= flagFirst
		}
		if t.Upper && (k > 0 || t.Acronym) {
			u.flags |= flagUpper
		}
		x.uses[k] = u
		w := a.words[u.word]
		if !w.stop {
			x.content++
		}
		if seen[w.stem] != len(a.sentences)+1 {
			seen[w.stem] = len(a.sentences) + 1
			a.df[w.stem]++
		}
	}
	x.signs = signsOf(text, tokens)
	if a.quoted(art, index) {
		x.signs |= signInQuote
	}
	x.times = l.Times(text, tokens)
	x.amounts = l.Quantities(text, tokens, x.times)
	x.found = count(x.times, x.amounts)
	a.sentences = append(a.sentences, x)
}

// quoted reports whether a sentence opens with a quotation mark or continues
// what the one before it quotes, in the same paragraph.
func (a *analysis) quoted(art, index int) bool {
	src := a.corpus.Articles[art]
	if strings.HasPrefix(strings.TrimLeft(src.SentenceText(index), " '"), "\"") || strings.HasPrefix(src.SentenceText(index), "“") {
		return true
	}
	if index == 0 || src.Sentences[index-1].Paragraph != src.Sentences[index].Paragraph {
		return false
	}
	before := src.SentenceText(index - 1)
	if strings.LastIndex(before, "“") > strings.LastIndex(before, "”") {
		return true
	}
	inside := a.sentences[len(a.sentences)-1].signs&signInQuote != 0
	switch strings.Count(before, "\"") {
	case 0:
		return inside && !strings.ContainsAny(before, "”")
	case 1:
		return strings.HasPrefix(before, "\"") // else it closes
	}
	return false
}

// sought counts the things in a sentence that questions ask for.
type sought struct{ moments, durations, counts, money, ranks uint8 }

func count(times []lang.Time, amounts []lang.Quantity) sought {
	var s sought
	for _, t := range times {
		if t.Kind == lang.Duration {
			s.durations++
		} else {
			s.moments++
		}
	}
	for _, q := range amounts {
		switch q.Kind {
		case lang.Money:
			s.money++
		case lang.Rank:
			s.ranks++
		default:
			s.counts++
		}
	}
	return s
}

func (a *analysis) stem(s string) int32 {
	id, ok := a.stems[s]
	if !ok {
		id = int32(len(a.df))
		a.stems[s] = id
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

func (a *analysis) word(t lang.Token, l *lang.Language) int32 {
	key := wordKey(t, l)
	id, ok := a.wordIDs[key]
	if !ok {
		id = int32(len(a.words))
		a.wordIDs[key] = id
		a.words = append(a.words, word{norm: t.Norm, letters: lettersOf(t.Norm), stem: a.stem(t.Stem), row: int32(t.Row),
			rarity: float32(rarity(t, l)), sentence: int32(len(a.sentences)), stop: t.Stop})
		a.spelt.add(id, &a.words[id])
	}
	return id
}

// rarity is how much a word says by itself: that of general English, and a
// little less than a rare word's for a number.
func rarity(t lang.Token, l *lang.Language) float64 {
	if t.Stop {
		return 0
	}
	if t.Row < 0 && t.Acronym && utf8.RuneCountInString(t.Norm) <= 3 {
		return 0.7 // "US", "UN": as common as names get
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
