package summary

import (
	"embed"
	"math"
	"slices"
	"strings"
	"sync"

	"verbatim/internal/article"
	"verbatim/internal/lang"
	"verbatim/internal/workers"
)

//go:embed data
var data embed.FS

// term is one distinct stem of a sentence with its weight.
type term struct {
	id     int32
	weight float32
}

// sentence is what choosing knows of one sentence.
type sentence struct {
	terms    []term  // tf-idf, of unit length, by id
	words    int     // how many
	content  int     // how many of them are not stop words
	place    float64 // how far in it stands, as a reader of its kind of text counts
	excluded bool    // a caption, byline or piece of navigation
	opening  lang.Opening
	quote    quotation
	back     int       // how many sentences before it its opening needs to be understood
	row      []float64 // the features, by column
}

// document is the analysis of one article. It is immutable.
type document struct {
	article   *article.Article
	lang      *lang.Language
	vocab     map[string]int32 // stem to term
	stems     []string         // by term
	rows      []int            // by term, in the word vectors
	idf       []float32        // by term
	sentences []sentence
	units     []unit // by sentence
	names     *lang.Names
	words     int
}

// analyse computes all that does not depend on a request. It is linear in the
// length of the article.
func analyse(a *article.Article) *document {
	d := &document{article: a, lang: lang.For(a.Lang), vocab: map[string]int32{}, sentences: make([]sentence, len(a.Sentences))}
	tokens := make([][]lang.Token, len(a.Sentences))
	texts := make([]string, len(a.Sentences))
	faces := make([]surface, len(a.Sentences))
	workers.Each(len(a.Sentences), block, func(i int) {
		s := &d.sentences[i]
		texts[i] = a.SentenceText(i)
		tokens[i] = d.lang.Tokens(texts[i])
		faces[i] = surfaceOf(texts[i], tokens[i], d.lang)
		s.opening = d.lang.Opening(tokens[i])
		s.excluded = boilerplate(texts[i], a.Paragraphs[a.Sentences[i].Paragraph].Kind, tokens[i])
	})
	d.weigh(tokens)
	d.names = d.lang.Names(a, tokens)
	qs := quotations(texts, func(i int) bool { return i > 0 && a.Sentences[i].Paragraph != a.Sentences[i-1].Paragraph })
	for i := range d.sentences {
		s := &d.sentences[i]
		s.quote = qs[i]
		switch {
		case i == 0 && d.fromTitle(tokens[i]):
		case s.opening != lang.Alone || d.headless(i, tokens[i]) || i > 0 && d.definite(tokens[i-1], tokens[i]):
			s.back = 1
		case i > 1 && d.definite(tokens[i-2], tokens[i]):
			s.back = 2
		}
	}
	if !slices.ContainsFunc(d.sentences, func(s sentence) bool { return !s.excluded }) {
		for i := range d.sentences {
			d.sentences[i].excluded = len(d.sentences[i].terms) == 0
		}
	}
	d.places()
	d.units = unitsOf(d.sentences)
	d.features(faces)
	return d
}

// block is how many sentences are worth a goroutine.
const block = 64

// scores returns the score of every sentence for the whole article.
func (d *document) scores(m *Model) []float64 {
	scores := make([]float64, len(d.sentences))
	for i := range d.sentences {
		for k, x := range d.sentences[i].row {
			scores[i] += m.weights[k] * x
		}
	}
	return scores
}

// weigh fills the term vectors: the logarithm of the count times the inverse
// document frequency within the article.
func (d *document) weigh(tokens [][]lang.Token) {
	var df []int32
	var at []int32 // by term: the place in its sentence's terms, one of an earlier sentence when out of date
	for i, ts := range tokens {
		s := &d.sentences[i]
		s.words = len(ts)
		d.words += len(ts)
		for _, t := range ts {
			if t.Stop {
				continue
			}
			s.content++
			id, ok := d.vocab[t.Stem]
			if !ok {
				id = int32(len(df))
				d.vocab[t.Stem] = id
				d.stems = append(d.stems, t.Stem)
				d.rows = append(d.rows, t.Row)
				df = append(df, 0)
				at = append(at, -1)
			}
			if k := int(at[id]); k >= 0 && k < len(s.terms) && s.terms[k].id == id {
				s.terms[k].weight++
				continue
			}
			at[id] = int32(len(s.terms))
			s.terms = append(s.terms, term{id, 1})
			df[id]++
		}
		slices.SortFunc(s.terms, func(a, b term) int { return int(a.id - b.id) })
	}
	d.idf = make([]float32, len(df))
	for id, n := range df {
		d.idf[id] = float32(math.Log1p((float64(len(tokens)) - float64(n) + 0.5) / (float64(n) + 0.5)))
	}
	for i := range d.sentences {
		ts := d.sentences[i].terms
		var sum float64
		for k := range ts {
			ts[k].weight = (1 + float32(math.Log(float64(ts[k].weight)))) * d.idf[ts[k].id]
			sum += float64(ts[k].weight) * float64(ts[k].weight)
		}
		if sum > 0 {
			for k := range ts {
				ts[k].weight /= float32(math.Sqrt(sum))
			}
		}
	}
}

// headless reports whether a sentence speaks of "he" or "she" before and
// without naming anyone: its person is named in the sentence before.
func (d *document) headless(i int, tokens []lang.Token) bool {
	if len(d.names.In(i)) > 0 || d.lang.Code != "en" {
		return false
	}
	for k, t := range tokens {
		if k > 5 {
			return false
		}
		switch c := surfaceWords()[t.Norm]; {
		case c&heWord != 0:
			return true
		case c&speakerWord != 0:
			return false
		}
	}
	return false
}

// definite reports whether a sentence opens with "The" and a common noun that
// a sentence before has just introduced with "a" or "an": which video "The
// video" is, only that one tells.
func (d *document) definite(before, tokens []lang.Token) bool {
	if d.lang.Code != "en" || len(tokens) < 2 || tokens[0].Norm != "the" || tokens[1].Upper || tokens[1].Stop {
		return false
	}
	if !slices.ContainsFunc(before, func(t lang.Token) bool { return t.Stem == tokens[1].Stem }) {
		return false // nearly always, and cheap to find out
	}
	article := -1 // where the last "a" or "an" stands
	for k, t := range before {
		switch {
		case surfaceWords()[t.Norm]&articleWord != 0:
			article = k
		case t.Stem == tokens[1].Stem && article >= 0 && k-article <= 3:
			return true
		case t.Gap || t.Stop:
			article = -1
		}
	}
	return false
}

// fromTitle reports whether the first sentence opens with a word for what the
// title names: "This soup" under "Lentil soup".
func (d *document) fromTitle(tokens []lang.Token) bool {
	if len(tokens) < 2 || tokens[1].Stop {
		return false
	}
	return slices.ContainsFunc(d.lang.Tokens(d.article.Title), func(t lang.Token) bool { return t.Stem == tokens[1].Stem })
}

// places counts how far in each sentence stands. A news story is read from the
// top; a text with headings or lists is read by its sections, and the first
// sentence of each stands near the top.
func (d *document) places() {
	a := d.article
	items, headings := 0, map[int]bool{}
	for _, p := range a.Paragraphs {
		if p.Kind == article.Item {
			items += p.Count
		}
		if p.Count > 0 && p.Heading >= 0 {
			headings[p.Heading] = true
		}
	}
	sections := len(headings) > 1 || 3*items > len(a.Sentences)
	at, heading := 0, -2
	for i := range d.sentences {
		if h := a.Paragraphs[a.Sentences[i].Paragraph].Heading; h != heading {
			if sections && heading != -2 {
				at = sectionPlace
			}
			heading = h
		}
		d.sentences[i].place = float64(at)
		if !d.sentences[i].excluded {
			at++
		}
	}
}

// sectionPlace is the place that the first sentence of a later section has in
// a text of several: as good as the third of a story.
const sectionPlace = 2

// marks are the words that mark boilerplate, in lower case.
type marks struct{ starts, contains, ends []string }

var boilerplates = sync.OnceValue(func() *marks {
	list, err := data.ReadFile("data/boilerplate.txt")
	if err != nil {
		panic("summary: embedded list: " + err.Error())
	}
	m := &marks{}
	for line := range strings.Lines(string(list)) {
		where, words, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch where {
		case "starts":
			m.starts = append(m.starts, words)
		case "contains":
			m.contains = append(m.contains, words)
		case "ends":
			m.ends = append(m.ends, words)
		}
	}
	return m
})

// Sentences of fewer than minWords words are no prose; items of a list of fewer
// than minItem, and other sentences of up to maxLabel, are a label when no
// punctuation ends them; of more than maxMarked none is boilerplate.
const (
	minWords  = 3
	minItem   = 6
	maxLabel  = 8
	maxMarked = 60
)

// boilerplate reports whether a sentence is a caption, a byline, a credit, a
// label or a piece of navigation.
func boilerplate(text string, kind article.Kind, tokens []lang.Token) bool {
	if len(tokens) < minWords {
		return true
	}
	if end := text[len(text)-1]; kind == article.Prose && len(tokens) <= maxLabel && (isWordByte(end) || end == ':') {
		return true
	}
	if end := text[len(text)-1]; kind == article.Item && len(tokens) < minItem && isWordByte(end) {
		return true
	}
	if len(tokens) > maxMarked {
		return false
	}
	m := boilerplates()
	lower := strings.TrimLeft(strings.ReplaceAll(strings.ToLower(text), "’", "'"), "\"“'‘([")
	return slices.ContainsFunc(m.starts, func(s string) bool { return strings.HasPrefix(lower, s) }) ||
		slices.ContainsFunc(m.contains, func(s string) bool { return strings.Contains(lower, s) }) ||
		slices.ContainsFunc(m.ends, func(s string) bool { return strings.HasSuffix(lower, s) }) ||
		byline(tokens)
}

// byline reports whether a sentence is "By" and names.
func byline(tokens []lang.Token) bool {
	if tokens[0].Norm != "by" || len(tokens) > 10 {
		return false
	}
	for _, t := range tokens[1:] {
		if !t.Upper && t.Norm != "and" && t.Norm != "for" && t.Norm != "in" && t.Norm != "of" {
			return false
		}
	}
	return true
}

func isWordByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
