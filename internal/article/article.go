// Package article holds the domain: articles, their paragraphs and sentences,
// the passages quoted from them, and the revision of a corpus. It is the leaf
// that every other package may import and it imports only the standard
// library.
//
// Values of this package are built once by a loader and never changed after:
// they may be read from any number of goroutines.
package article

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
)

// Kind says what a block of an article is.
type Kind uint8

// The kinds of block. Prose, Item and Quote are quotable; the others are
// context: they help to find a sentence and are never quoted as one.
const (
	Prose   Kind = iota // an ordinary paragraph
	Item                // one item of a list
	Quote               // a block quotation
	Heading             // a heading of any level
	Table               // a table, all its rows
	Code                // a code block
	Caption             // a caption, byline, or piece of navigation
)

// Quotable reports whether sentences of such a block may be quoted.
func (k Kind) Quotable() bool { return k <= Quote }

// Sentence is one sentence: Text[Start:End] of its article, in bytes, with no
// white space at either end.
type Sentence struct {
	Start, End int
	Paragraph  int // index into Article.Paragraphs
	Number     int // place in its paragraph, from 1
}

// Paragraph is one block: Text[Start:End] of its article, in bytes.
type Paragraph struct {
	Start, End int
	Kind       Kind
	Number     int // place among the quotable paragraphs, from 1; 0 for context
	Heading    int // index of the heading in force, -1 for none
	First      int // index into Article.Sentences of its first sentence
	Count      int // how many sentences it has; 0 for context
}

// Article is one stored article. Text is what is quoted from: the body of a
// .md or .txt file after its front matter, the readable text of a .html file;
// valid UTF-8, lines ended by "\n", no byte order mark.
type Article struct {
	ID        string // from the file's path, unique in a corpus: "news/syria"
	Path      string // the file, relative to the corpus folder
	Title     string
	URL       string // empty when unknown, like the four below
	Source    string
	Author    string
	Published string // YYYY-MM-DD
	Lang      string // BCP 47; empty means English

	Text       string
	Paragraphs []Paragraph // in order, not overlapping
	Sentences  []Sentence  // in order, not overlapping, each inside its paragraph
}

// Name is how readers are told of the article: its title, or its ID where it has
// none.
func (a *Article) Name() string { return cmp.Or(a.Title, a.ID) }

// SentenceText returns sentence i, byte for byte.
func (a *Article) SentenceText(i int) string {
	s := a.Sentences[i]
	return a.Text[s.Start:s.End]
}

// HeadingText returns the text of the heading that stands over paragraph p, ""
// when none does.
func (a *Article) HeadingText(p int) string {
	h := a.Paragraphs[p].Heading
	if h < 0 {
		return ""
	}
	return a.Text[a.Paragraphs[h].Start:a.Paragraphs[h].End]
}

// Revision names the content of a corpus to readers: the same articles give the
// same revision, any change another. It is twelve hexadecimal digits, which is
// enough for what changes by itself. Where someone could gain by writing an
// article that gives the revision of other articles, compare Corpus.Digest.
type Revision string

// Corpus is a set of articles under one revision, ordered by ID.
type Corpus struct {
	Articles []*Article
	Revision Revision          // begins Digest
	Digest   [sha256.Size]byte // corpora with the same one answer alike
}

// NewCorpus orders the articles by ID and computes their digest, SHA-256 over
// every field that a reader can see, and their revision.
func NewCorpus(articles []*Article) *Corpus {
	c := &Corpus{Articles: slices.Clone(articles)}
	slices.SortFunc(c.Articles, func(a, b *Article) int { return cmp.Compare(a.ID, b.ID) })
	h := sha256.New()
	for _, a := range c.Articles {
		sum := a.Digest()
		h.Write(sum[:])
	}
	c.Digest = [sha256.Size]byte(h.Sum(nil))
	c.Revision = Revision(hex.EncodeToString(c.Digest[:6]))
	return c
}

// Digest is the SHA-256 of everything an article says and of how it is cut
// into blocks and sentences. Two articles with the same digest answer alike.
func (a *Article) Digest() [sha256.Size]byte {
	h := sha256.New()
	var n [8]byte
	number := func(i int) {
		binary.LittleEndian.PutUint64(n[:], uint64(i))
		h.Write(n[:])
	}
	for _, f := range []string{a.ID, a.Title, a.URL, a.Source, a.Author, a.Published, a.Lang, a.Text} {
		number(len(f))
		h.Write([]byte(f))
	}
	for _, p := range a.Paragraphs {
		number(int(p.Kind))
		number(p.Start)
		number(p.End)
		number(p.Heading)
	}
	for _, s := range a.Sentences {
		number(s.Start)
		number(s.End)
		number(s.Paragraph)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// Article returns the article with the ID, nil when there is none.
func (c *Corpus) Article(id string) *Article {
	i, ok := slices.BinarySearchFunc(c.Articles, id, func(a *Article, id string) int { return cmp.Compare(a.ID, id) })
	if !ok {
		return nil
	}
	return c.Articles[i]
}

// Sentences counts the sentences of all articles.
func (c *Corpus) Sentences() int {
	n := 0
	for _, a := range c.Articles {
		n += len(a.Sentences)
	}
	return n
}

// Paragraphs counts the quotable paragraphs of all articles.
func (c *Corpus) Paragraphs() int {
	n := 0
	for _, a := range c.Articles {
		for _, p := range a.Paragraphs {
			if p.Kind.Quotable() {
				n++
			}
		}
	}
	return n
}

// Passage is a stretch of whole sentences, First to Last, of one paragraph of
// an article. It is the only thing that is ever quoted.
type Passage struct {
	Article     *Article
	First, Last int // indices into Article.Sentences, both included
}

// Start is the passage's first byte in Article.Text.
func (p Passage) Start() int { return p.Article.Sentences[p.First].Start }

// End is the byte after the passage's last in Article.Text.
func (p Passage) End() int { return p.Article.Sentences[p.Last].End }

// Text is the passage, byte for byte.
func (p Passage) Text() string { return p.Article.Text[p.Start():p.End()] }

// Citation says where the passage stands.
func (p Passage) Citation() Citation {
	s := p.Article.Sentences[p.First]
	return Citation{
		Article:   p.Article.ID,
		Title:     p.Article.Title,
		URL:       p.Article.URL,
		Paragraph: p.Article.Paragraphs[s.Paragraph].Number,
		Sentence:  s.Number,
		Last:      p.Article.Sentences[p.Last].Number,
	}
}

// Citation is where a passage stands, as a reader counts: paragraphs in the
// article and sentences in the paragraph, from 1.
type Citation struct {
	Article   string // ID
	Title     string
	URL       string // of the article; empty when unknown
	Paragraph int
	Sentence  int // first sentence quoted
	Last      int // last sentence quoted; the same as Sentence for one
}

// Span is a stretch of an article's text in bytes; the zero value is none.
type Span struct{ Start, End int }

// Empty reports whether there is nothing in the span.
func (s Span) Empty() bool { return s.End <= s.Start }

// FromSentences makes an article of sentences already cut, joined by single
// spaces into one paragraph of prose. Leading and trailing white space of a
// sentence is dropped; an empty sentence keeps its place with an empty span,
// so that indices stay those of the input.
func FromSentences(id, title string, sentences []string) *Article {
	a := &Article{ID: id, Path: id, Title: title}
	var b strings.Builder
	for i, s := range sentences {
		s = strings.TrimSpace(s)
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		start := b.Len()
		b.WriteString(s)
		a.Sentences = append(a.Sentences, Sentence{Start: start, End: b.Len(), Number: i + 1})
	}
	a.Text = b.String()
	a.Paragraphs = []Paragraph{{End: len(a.Text), Number: 1, Heading: -1, Count: len(a.Sentences)}}
	return a
}
