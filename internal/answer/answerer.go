package answer

import (
	"context"
	"fmt"
	"strings"
	"time"

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
}

// New prepares the answers of a corpus. The searcher must be of the same one.
func New(c *article.Corpus, s Searcher) (*Answerer, error) {
	m, err := shipped()
	if err != nil {
		return nil, err
	}
	return NewWith(c, s, m), nil
}

// NewWith is New with a model other than the shipped one. Without a model only
// Features may be called, which is what training does.
func NewWith(c *article.Corpus, s Searcher, m *Model) *Answerer {
	return &Answerer{analysis: analyse(c), searcher: s, model: m}
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

// Ask answers a question. A question that the articles do not answer, or that
// is none, is an outcome and not an error; an error means that the search
// failed or that the context ended.
func (a *Answerer) Ask(ctx context.Context, q Question) (Answer, error) {
	start := time.Now()
	n := q.Passages
	if n <= 0 {
		n = DefaultPassages
	}
	out := Answer{Question: q.Text, Band: None, Revision: a.analysis.corpus.Revision}
	if !asks(q.Text) {
		out.Reason = NotQuestion
		out.Took = time.Since(start)
		return out, nil
	}
	r, err := a.Rank(ctx, q)
	if err != nil {
		return Answer{}, fmt.Errorf("ask: %w", err)
	}
	out.Searched = a.searched(q)
	out.Confidence = r.Confidence
	out.Answered, out.Reason = decide(r)
	out.Band = bandOf(r.Confidence, out.Answered)
	out.Missing = missing(q.Text, r)
	if out.Answered {
		out.Passages = a.results(r, n, q.Explain)
		out.Span = a.span(r, out.Passages[0].Passage)
	} else {
		out.Nearest = a.results(r, maxNearest, q.Explain)
	}
	out.Took = time.Since(start)
	return out, nil
}

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

// missing are the content words, as typed, that no sentence holds.
func missing(text string, r *Ranking) []string {
	var words []string
	if r.scan == nil {
		return nil
	}
	for i := range r.scan.terms {
		t := &r.scan.terms[i]
		if t.absent() && t.End <= len(text) {
			words = append(words, text[t.Start:t.End])
		}
	}
	return words
}

// Features returns what the model sees of a question and of its candidates,
// in the order of the articles. Both are empty when there is no candidate.
func (a *Answerer) Features(ctx context.Context, q Question) (QuestionRow, []Row, error) {
	question, rows, _, _, err := a.features(ctx, q)
	return question, rows, err
}

func (a *Answerer) features(ctx context.Context, q Question) (QuestionRow, []Row, wording, *scan, error) {
	w := read(q.Text, a.analysis.language, a.analysis.holds)
	s := newScan(a.analysis, w)
	candidates, err := a.candidates(ctx, q, w)
	if err != nil || len(candidates) == 0 {
		return questionRow(w, s), nil, w, s, err
	}
	a.analysis.measure(w, s, candidates)
	rows := make([]Row, len(candidates))
	for i, c := range candidates {
		s := a.analysis.sentences[c.sentence]
		rows[i] = Row{Article: int(s.article), Sentence: int(s.index), Features: c.features}
	}
	return questionRow(w, s), rows, w, s, nil
}

// candidates searches for the content words and adds, in a small scope, the
// sentences that were not found.
func (a *Answerer) candidates(ctx context.Context, q Question, w wording) ([]candidate, error) {
	var scope []int
	n := len(a.analysis.sentences)
	if len(q.Articles) > 0 {
		scope = a.scope(q)
		n = 0
		for _, i := range scope {
			n += a.analysis.count(int32(i))
		}
	}
	if n == 0 {
		return nil, nil
	}
	query := article.Query{Limit: maxCandidates, Articles: scope}
	if n <= maxExhaustive {
		query.Limit = n
	}
	var text strings.Builder
	for _, t := range w.terms {
		text.WriteString(t.Norm + " ")
		if t.Row < 0 && !t.Number {
			query.Fuzzy = append(query.Fuzzy, t.Norm)
		}
	}
	query.Text = text.String()
	hits, err := a.searcher.Search(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("candidates: %w", err)
	}
	found := make(map[int32]float64, len(hits))
	for _, h := range hits {
		found[int32(a.analysis.first[h.Article]+h.Sentence)] = h.Score
	}
	out := make([]candidate, 0, max(n, len(hits)))
	if n > maxExhaustive {
		for _, h := range hits {
			i := int32(a.analysis.first[h.Article] + h.Sentence)
			out = append(out, candidate{sentence: i, bm25: h.Score})
		}
		return out, nil
	}
	add := func(article int) {
		for k := range a.analysis.count(int32(article)) {
			i := int32(a.analysis.first[article] + k)
			if a.analysis.sentences[i].uses != nil {
				out = append(out, candidate{sentence: i, bm25: found[i]})
			}
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
	return out, nil
}
