package summary

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"

	"verbatim/internal/article"
)

// Summarizer summarises the articles of one corpus. It is safe for concurrent
// use; an article is analysed when it is first asked for, once.
type Summarizer struct {
	corpus    *article.Corpus
	model     *Model
	documents map[string]func() *document // by ID
}

// New returns a summariser of the corpus with the weights that the package
// comes with.
func New(c *article.Corpus) *Summarizer { return NewWith(c, DefaultModel()) }

// NewWith is New with other weights.
func NewWith(c *article.Corpus, m *Model) *Summarizer {
	s := &Summarizer{corpus: c, model: m, documents: make(map[string]func() *document, len(c.Articles))}
	for _, a := range c.Articles {
		s.documents[a.ID] = sync.OnceValue(func() *document { return analyse(a) })
	}
	return s
}

// With returns a summariser of the same corpus with other weights, which
// shares the analyses.
func (s *Summarizer) With(m *Model) *Summarizer {
	return &Summarizer{corpus: s.corpus, model: m, documents: s.documents}
}

// UnknownArticleError says that there is no article with the ID.
type UnknownArticleError string

func (e UnknownArticleError) Error() string { return fmt.Sprintf("there is no article %q", string(e)) }

// Summarize makes one summary an article, in the corpus's order: of the one
// that the request names, or of all; then none repeats a sentence of another.
// It fails with an UnknownArticleError, or when the context is done.
func (s *Summarizer) Summarize(ctx context.Context, r Request) ([]Summary, error) {
	articles, err := s.articles(r.Article)
	if err != nil {
		return nil, fmt.Errorf("summarize: %w", err)
	}
	var all []Summary
	var told telling
	for _, a := range articles {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("summarize %q: %w", a.ID, err)
		}
		d := s.documents[a.ID]()
		sum := s.one(d, r, &told)
		told.add(d, sum.Sentences)
		all = append(all, sum)
	}
	return all, nil
}

// Prepare analyses articles ahead of the first request about them, in the
// corpus's order, of at most so many sentences together: what doesn't fit is
// left for its first request. It returns early when the context is done.
func (s *Summarizer) Prepare(ctx context.Context, sentences int) {
	for _, a := range s.corpus.Articles {
		if ctx.Err() != nil {
			return
		}
		if n := len(a.Sentences); n <= sentences {
			sentences -= n
			s.documents[a.ID]()
		}
	}
}

// articles returns the article with the ID, or all when it is empty.
func (s *Summarizer) articles(id string) ([]*article.Article, error) {
	if id == "" {
		return s.corpus.Articles, nil
	}
	a := s.corpus.Article(id)
	if a == nil {
		return nil, UnknownArticleError(id)
	}
	return []*article.Article{a}, nil
}

// shortArticle is how many sentences an article has at least for a summary to
// be of use.
const shortArticle = 6

// one summarises one article.
func (s *Summarizer) one(d *document, r Request, told *telling) Summary {
	n := len(d.sentences)
	sum := Summary{Article: d.article, Revision: s.corpus.Revision, ReadTime: seconds(d.words)}
	c := choice{document: d, scores: d.scores(s.model), redundancy: s.model.redundancy, told: told}
	focused := strings.TrimSpace(r.Focus) != ""
	if focused {
		t := d.topic(r.Focus, c.scores)
		sum.Unmatched = !t.matched
		if t.matched {
			c.scores, c.eligible, c.redundancy = s.model.focused(t), t.about, s.model.refocus
		}
	}
	budget := r.Sentences
	if budget <= 0 {
		budget = r.Length.budget(n)
	}
	if r.Sentences <= 0 && n < shortArticle && !(focused && !sum.Unmatched) {
		sum.TooShort = true
		for i, x := range d.sentences {
			if x.words > 0 {
				sum.Sentences = append(sum.Sentences, article.Passage{Article: d.article, First: i, Last: i})
			}
		}
		return sum
	}
	words := 0
	picked := c.choose(budget)
	if len(picked) < r.Sentences && c.eligible != nil {
		// So many sentences are wanted and too few are about the focus: the
		// others stand by, those nearest to it first.
		c.eligible = nil
		picked = c.choose(budget)
	}
	for _, i := range picked {
		sum.Sentences = append(sum.Sentences, article.Passage{Article: d.article, First: i, Last: i})
		words += d.sentences[i].words
	}
	sum.SaveTime = max(0, sum.ReadTime-seconds(words))
	return sum
}

// budget is how many sentences a summary of that length has for an article of
// n.
func (l Length) budget(n int) int {
	short, medium := 3, 5
	if n < 12 {
		short = 2
	}
	switch {
	case n < 16:
		medium = 4
	case n >= 30:
		medium = 6
	}
	switch l {
	case Short:
		return short
	case Long:
		return min(max(medium, n/4), longest)
	}
	return medium
}

// longest is how many sentences the longest summary has: about ten pages of a
// chat window; who wants more wants the article.
const longest = 60

// wordsPerMinute is how fast grown-ups read prose silently: 238 on average
// over 190 studies (Brysbaert, 2019).
const wordsPerMinute = 238

func seconds(words int) int { return int(math.Ceil(float64(words) * 60 / wordsPerMinute)) }

// telling is what the summaries made so far say, over all articles.
type telling struct {
	count    int
	postings map[string][]posting // by stem
}

// posting is a sentence told that holds a stem, with the stem's weight there.
type posting struct {
	sentence int
	weight   float64
}

// toldAlready is the cosine from which a sentence of one article repeats one
// told of another. It is below repeats as each article weighs words its way.
const toldAlready = 0.6

// add notes the sentences of a summary.
func (t *telling) add(d *document, ps []article.Passage) {
	if t.postings == nil {
		t.postings = map[string][]posting{}
	}
	for _, p := range ps {
		for _, x := range d.sentences[p.First].terms {
			stem := d.stems[x.id]
			t.postings[stem] = append(t.postings[stem], posting{t.count, float64(x.weight)})
		}
		t.count++
	}
}

// has reports whether a sentence of an article repeats what is told.
func (t *telling) has(d *document, i int) bool {
	if t.count == 0 {
		return false
	}
	cosines := map[int]float64{}
	for _, x := range d.sentences[i].terms {
		for _, p := range t.postings[d.stems[x.id]] {
			cosines[p.sentence] += p.weight * float64(x.weight)
			if cosines[p.sentence] > toldAlready {
				return true
			}
		}
	}
	return false
}

// Choose returns the indices of the sentences, of those given, that make a
// summary of up to n, in order; with a query, one about that. It goes the same
// way as Summarize.
func Choose(title string, sentences []string, n int, query string) ([]int, error) {
	c := article.NewCorpus([]*article.Article{article.FromSentences("set", title, sentences)})
	sums, err := New(c).Summarize(context.Background(), Request{Sentences: n, Focus: query})
	if err != nil {
		return nil, err
	}
	return sums[0].Indices(), nil
}

// Indices returns the indices of the summary's sentences in its article.
func (s Summary) Indices() []int {
	indices := make([]int, len(s.Sentences))
	for i, p := range s.Sentences {
		indices[i] = p.First
	}
	return indices
}
