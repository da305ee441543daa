package summary

import (
	"math"
	"sync"

	"verbatim/internal/lang"
)

// featureNames are the columns of a row, in order: what the model sees of a
// sentence. Those marked in features as standardised have mean 0 and standard
// deviation 1 over the article's sentences.
var featureNames = [...]string{
	"first", "second", "third", "near top", "log place", "relative place",
	"central", "earlier kin", "later kin", "frequent words", "frequent words mean", "topic vector",
	"like the top", "like the title",
	"log words", "short", "long",
	"names", "main names", "new names",
	"quantities", "dates", "quotation", "says", "first person", "second person", "question", "exclamation",
	"pronoun opening", "connective opening", "pronouns",
}

// shortSentence is how many words make a sentence that is not short.
const shortSentence = 9

const features = len(featureNames)

// features fills the row of every sentence; s is what each shows on its face.
func (d *document) features(s []surface) {
	n := len(d.sentences)
	rows := make([]float64, n*features)
	for i := range d.sentences {
		d.sentences[i].row = rows[i*features : (i+1)*features : (i+1)*features]
	}
	set := func(name int, f func(i int) float64, standardise bool) {
		var sum, squares float64
		for i := range d.sentences {
			x := f(i)
			d.sentences[i].row[name] = x
			sum += x
			squares += x * x
		}
		if !standardise {
			return
		}
		mean := sum / float64(max(n, 1))
		dev := math.Sqrt(max(squares/float64(max(n, 1))-mean*mean, 0))
		for i := range d.sentences {
			if dev > 1e-9 {
				d.sentences[i].row[name] = (d.sentences[i].row[name] - mean) / dev
			} else {
				d.sentences[i].row[name] = 0
			}
		}
	}
	col := 0
	plain := func(f func(i int) float64) { set(col, f, false); col++ }
	standard := func(f func(i int) float64) { set(col, f, true); col++ }
	is := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	place := func(i int) float64 { return d.sentences[i].place }

	plain(func(i int) float64 { return is(place(i) == 0) })
	plain(func(i int) float64 { return is(place(i) == 1) })
	plain(func(i int) float64 { return is(place(i) == 2) })
	plain(func(i int) float64 { return 1 / (1 + place(i)) })
	plain(func(i int) float64 { return math.Log1p(place(i)) })
	plain(func(i int) float64 { return float64(i) / float64(n) })

	c := d.centrality()
	standard(func(i int) float64 { return c.all[i] })
	standard(func(i int) float64 { return c.earlier[i] })
	standard(func(i int) float64 { return c.later[i] })
	standard(func(i int) float64 { return c.frequent[i] })
	standard(func(i int) float64 { return c.frequent[i] / float64(max(d.sentences[i].content, 1)) })
	standard(func(i int) float64 { return c.topic[i] })
	standard(func(i int) float64 { return c.top[i] })
	plain(d.likeTitle())

	words := func(i int) float64 { return float64(d.sentences[i].words) }
	// Below shortSentence words shortness tells nothing more: what is shorter
	// still may be a list's item, of which news has none to learn from.
	plain(func(i int) float64 { return math.Log1p(max(words(i), shortSentence)) - 3 })
	plain(func(i int) float64 { return is(words(i) < shortSentence) })
	plain(func(i int) float64 { return max(0, words(i)-30) / 10 })

	main, fresh := d.nameWeights()
	plain(func(i int) float64 { return math.Log1p(float64(len(d.names.In(i)))) })
	standard(func(i int) float64 { return main[i] })
	plain(func(i int) float64 { return math.Log1p(fresh[i]) })

	plain(func(i int) float64 { return math.Log1p(s[i].quantities) })
	plain(func(i int) float64 { return is(s[i].dates) })
	plain(func(i int) float64 { return is(s[i].quotation || d.sentences[i].quote.inside) })
	plain(func(i int) float64 { return is(s[i].says) })
	plain(func(i int) float64 { return is(s[i].firstPerson) })
	plain(func(i int) float64 { return is(s[i].secondPerson) })
	plain(func(i int) float64 { return is(s[i].question) })
	plain(func(i int) float64 { return is(s[i].exclamation) })
	plain(func(i int) float64 { return is(d.sentences[i].opening == lang.Pronoun) })
	plain(func(i int) float64 { return is(d.sentences[i].opening == lang.Connective) })
	plain(func(i int) float64 { return s[i].pronouns / max(words(i), 1) })
}

// central holds, by sentence, how it relates to the others.
type central struct {
	all, earlier, later, frequent, topic, top []float64
}

// topSentences is how many sentences make the top of an article.
const topSentences = 3

// centrality computes the sums of cosines of each sentence with all the others,
// with the earlier ones and with the later ones. As the vectors have unit
// length, a sum of cosines is a product with the sum of vectors: no pair is
// ever looked at, and the cost is linear.
func (d *document) centrality() central {
	n := len(d.sentences)
	c := central{all: make([]float64, n), earlier: make([]float64, n), later: make([]float64, n),
		frequent: make([]float64, n), topic: make([]float64, n), top: make([]float64, n)}
	sum := make([]float64, len(d.idf))
	count := make([]float64, len(d.idf))
	top := make([]float64, len(d.idf))
	total, placed := 0.0, 0
	for i := range d.sentences {
		s := &d.sentences[i]
		if s.excluded {
			continue
		}
		c.earlier[i] = dot(s.terms, sum)
		for _, t := range s.terms {
			sum[t.id] += float64(t.weight)
			count[t.id]++
			total++
			if placed < topSentences {
				top[t.id] += float64(t.weight)
			}
		}
		placed++
	}
	placed = 0
	for i := range d.sentences {
		s := &d.sentences[i]
		with := dot(s.terms, sum)
		own := 0.0
		if !s.excluded && len(s.terms) > 0 {
			own = 1
		}
		c.all[i] = with - own
		c.later[i] = c.all[i] - c.earlier[i]
		for _, t := range s.terms {
			c.frequent[i] += (count[t.id] - 1) / max(total, 1)
		}
		c.top[i] = dot(s.terms, top)
		if placed < topSentences {
			c.top[i] -= own
		}
		if !s.excluded {
			placed++
		}
	}
	d.topicVector(count, c.topic)
	return c
}

func dot(terms []term, dense []float64) float64 {
	sum := 0.0
	for _, t := range terms {
		sum += float64(t.weight) * dense[t.id]
	}
	return sum
}

// topicVector measures how near the words of each sentence lie to those of the
// whole article in the word vectors, each word by its idf.
func (d *document) topicVector(count, out []float64) {
	v := d.lang.Vectors()
	centre := make([]float32, v.Dim())
	for id, row := range d.rows {
		v.Add(centre, row, float32(count[id])*d.idf[id])
	}
	// The product of each word's vector with the centre, once a word.
	near := make([]float64, len(d.rows))
	u := make([]float32, v.Dim())
	for id, row := range d.rows {
		if row < 0 {
			continue
		}
		clear(u)
		v.Add(u, row, 1)
		for k, x := range u {
			near[id] += float64(x) * float64(centre[k])
		}
	}
	for i := range d.sentences {
		weight := 0.0
		for _, t := range d.sentences[i].terms {
			out[i] += float64(t.weight) * near[t.id]
			weight += float64(t.weight)
		}
		if weight > 0 {
			out[i] /= weight
		}
	}
}

// likeTitle returns how much of the title's words, by idf, a sentence has.
func (d *document) likeTitle() func(i int) float64 {
	title := map[int32]bool{}
	total := 0.0
	for _, t := range d.lang.Tokens(d.article.Title) {
		if id, ok := d.vocab[t.Stem]; ok && !t.Stop && !title[id] {
			title[id] = true
			total += float64(d.idf[id])
		}
	}
	return func(i int) float64 {
		sum := 0.0
		for _, t := range d.sentences[i].terms {
			if title[t.id] {
				sum += float64(d.idf[t.id])
			}
		}
		return sum / max(total, 1e-9)
	}
}

// nameWeights returns, by sentence, how prominent its names are in the article
// and how many of them it is the first to mention.
func (d *document) nameWeights() (main, fresh []float64) {
	main, fresh = make([]float64, len(d.sentences)), make([]float64, len(d.sentences))
	total := 0
	for _, e := range d.names.Entities {
		total += len(e.Mentions)
	}
	last := make([]int, len(d.names.Entities))
	for i := range d.sentences {
		for _, m := range d.names.In(i) {
			if last[m.Entity] == i+1 {
				continue
			}
			last[m.Entity] = i + 1
			e := &d.names.Entities[m.Entity]
			main[i] += float64(len(e.Mentions)) / float64(max(total, 1))
			if e.Mentions[0].Sentence == i {
				fresh[i]++
			}
		}
	}
	return main, fresh
}

// surface is what a sentence shows on its face.
type surface struct {
	quantities, pronouns                                                     float64
	dates, quotation, says, firstPerson, secondPerson, question, exclamation bool
}

func surfaceOf(text string, tokens []lang.Token, l *lang.Language) surface {
	var s surface
	times := l.Times(text, tokens)
	s.dates = len(times) > 0
	s.quantities = float64(len(l.Quantities(text, tokens, times)))
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"', 0xe2: // a straight mark, or the first byte of a curly one
			s.quotation = s.quotation || text[i] == '"' || i+2 < len(text) && (text[i+1] == 0x80 && (text[i+2] == 0x9c || text[i+2] == 0x9d))
		case '?':
			s.question = true
		case '!':
			s.exclamation = true
		}
	}
	words := surfaceWords()
	for _, t := range tokens {
		c := words[t.Norm]
		s.says = s.says || c&saysWord != 0
		s.firstPerson = s.firstPerson || c&firstWord != 0 && !t.Acronym
		s.secondPerson = s.secondPerson || c&secondWord != 0
		if c&thirdWord != 0 && !t.Acronym {
			s.pronouns++
		}
	}
	return s
}

// class is a set of the classes of words that matter to the choice.
type class uint8

const (
	saysWord class = 1 << iota
	firstWord
	secondWord
	thirdWord
	heWord      // a pronoun for one person
	speakerWord // a pronoun for who speaks or is spoken to
	articleWord // an indefinite article
)

// surfaceWords is the English words of each class.
var surfaceWords = sync.OnceValue(func() map[string]class {
	classes := map[string]class{"says": saysWord, "first": firstWord, "second": secondWord, "third": thirdWord,
		"he": heWord, "speakers": speakerWord, "articles": articleWord}
	words := map[string]class{}
	for name, list := range lang.Groups("surface_en.txt") {
		for _, w := range list {
			words[w] |= classes[name]
		}
	}
	return words
})
