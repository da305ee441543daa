package answer

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"verbatim/internal/article"
)

// Searcher finds sentences that share words with a question.
type Searcher interface {
	Search(context.Context, article.Query) ([]article.Hit, error)
}

// Answerer answers questions about one corpus. It is safe for concurrent use.
type Answerer struct {
	analysis *analysis
	searcher Searcher
	model    *Model
	asker    asker
	scans    sync.Pool // of *scan: the room of answers that are done
}

// New prepares the answers of a corpus. The searcher must be of the same one.
func New(c *article.Corpus, s Searcher) (*Answerer, error) {
	return Prepare(c, s, nil, nil)
}

// NewWith is New with a model other than the shipped one. Without a model only
// Features may be called, which is what training does.
func NewWith(c *article.Corpus, s Searcher, m *Model) *Answerer {
	return &Answerer{analysis: analyse(c, nil, nil), searcher: s, model: m}
}

// Prepare is New for a corpus that follows that of a former answerer, nil for
// none. The answers are those that New would give; articles that both corpora
// have, the same in memory, are not analysed again. The former is left as it is.
// told, when it isn't nil, is told how many of the sentences are analysed so far,
// in the caller's goroutine.
func Prepare(c *article.Corpus, s Searcher, former *Answerer, told func(done, of int)) (*Answerer, error) {
	if former != nil {
		return &Answerer{analysis: analyse(c, former.analysis, told), searcher: s, model: former.model}, nil
	}
	m, err := shipped()
	if err != nil {
		return nil, err
	}
	return &Answerer{analysis: analyse(c, nil, told), searcher: s, model: m}, nil
}

const (
	// maxExhaustive is up to how many sentences all of them are ranked, and
	// not only those that the search brings.
	maxExhaustive = 400
	// maxCandidates is how many hits of a search are ranked in a larger corpus.
	maxCandidates = 100
	// maxNearest is how many passages a decline offers.
	maxNearest = 3
)

// searched counts the sentences in the question's scope.
func (a *Answerer) searched(q Question) int {
	if len(q.Articles) == 0 {
		return len(a.analysis.sentences)
	}
	n := 0
	for _, i := range a.scope(q) {
		n += a.analysis.count(int32(i))
	}
	return n
}

// scope returns the indices of the question's articles, in order; an ID that
// is not there is passed over.
func (a *Answerer) scope(q Question) []int {
	var scope []int
	for i, art := range a.analysis.corpus.Articles {
		for _, id := range q.Articles {
			if art.ID == id {
				scope = append(scope, i)
				break
			}
		}
	}
	return scope
}

// Features returns what the model sees of a question and of its candidates,
// in the order of the articles. There is no row when there is no candidate.
func (a *Answerer) Features(ctx context.Context, q Question) (QuestionRow, []Row, error) {
	r, err := a.features(ctx, q)
	if err != nil {
		return QuestionRow{}, nil, err
	}
	return r.question, r.Rows, nil
}

// features returns a ranking that is not ordered yet.
func (a *Answerer) features(ctx context.Context, q Question) (*Ranking, error) {
	text := a.point(q.Text)
	r := &Ranking{text: text, typed: article.Span{End: len(text)}, asked: q.Text}
	if !a.asks(q) {
		r.empty = true
		return r, nil
	}
	r.wording = read(text, a.analysis.tongue(text), a.analysis.holds)
	if f, ok := a.follow(text, r.wording, q.Previous); ok {
		r.text, r.typed, r.about, r.asked, r.who = f.text, f.typed, f.about, f.asked, f.who
		if r.typed.Empty() {
			r.typed.End = len(r.text)
		}
		r.wording = read(r.text, r.wording.language, a.analysis.holds)
		r.wording.typed = r.typed
	}
	r.scan = a.scan(&r.wording)
	r.question = questionRow(&r.wording, r.scan)
	candidates, err := a.candidates(ctx, q, r.scan)
	if err != nil || len(candidates) == 0 {
		return r, err
	}
	a.analysis.measure(&r.wording, r.scan, candidates)
	r.Rows = make([]Row, len(candidates))
	for i, c := range candidates {
		s := &a.analysis.sentences[c.sentence]
		r.Rows[i] = Row{Article: int(s.article), Sentence: int(s.index), Features: c.features}
	}
	return r, nil
}

// candidates searches for the content words and adds, in a small scope, the
// sentences that were not found.
func (a *Answerer) candidates(ctx context.Context, q Question, s *scan) ([]candidate, error) {
	scope, n := a.scope(q), a.searched(q)
	if n == 0 {
		return nil, nil
	}
	query := article.Query{Limit: maxCandidates, Articles: scope}
	if n <= maxExhaustive {
		query.Limit = n
	}
	var text strings.Builder
	for i := range s.terms {
		t := &s.terms[i]
		word := t.Norm
		if t.meant >= 0 {
			word = a.analysis.words[t.meant].norm
		}
		text.WriteString(word)
		text.WriteByte(' ')
		if t.absent() && !t.Number {
			query.Fuzzy = append(query.Fuzzy, t.Norm)
		}
	}
	query.Text = text.String()
	hits, err := a.searcher.Search(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("candidates: %w", err)
	}
	out := s.found[:0]
	if n > maxExhaustive {
		for _, h := range hits {
			out = append(out, candidate{sentence: a.analysis.id(h), bm25: h.Score})
		}
		s.found = out
		return out, nil
	}
	found := make(map[int32]float64, len(hits))
	for _, h := range hits {
		found[a.analysis.id(h)] = h.Score
	}
	add := func(article int) {
		for k := range a.analysis.count(int32(article)) {
			i := int32(a.analysis.first[article] + k)
			out = append(out, candidate{sentence: i, bm25: found[i]})
		}
	}
	if scope == nil {
		for i := range a.analysis.corpus.Articles {
			add(i)
		}
	}
	for _, i := range scope {
		add(i)
	}
	s.found = out
	return out, nil
}

// id is the index of a hit's sentence among all.
func (a *analysis) id(h article.Hit) int32 { return int32(a.first[h.Article] + h.Sentence) }
