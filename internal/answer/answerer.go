package answer

import (
	"context"
	"fmt"

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
}

// New prepares the answers of a corpus. The searcher must be of the same one.
func New(c *article.Corpus, s Searcher) (*Answerer, error) {
	return &Answerer{analysis: analyse(c), searcher: s}, nil
}

const (
	// maxExhaustive is up to how many sentences all of them are ranked, and
	// not only those that the search brings.
	maxExhaustive = 400
	// maxCandidates is how many hits of a search are ranked in a larger corpus.
	maxCandidates = 100
)

// Row is one candidate as the training sees it.
type Row struct {
	Article, Sentence int // indices into the corpus
	Features          []float64
}

// Features returns the feature vectors of a question's candidates, in the
// order of the articles.
func (a *Answerer) Features(ctx context.Context, q Question) ([]Row, error) {
	w := read(q.Text, a.analysis.language)
	candidates, err := a.candidates(ctx, q, w)
	if err != nil || len(candidates) == 0 {
		return nil, err
	}
	a.analysis.measure(w, newScan(a.analysis, a.analysis.terms(w)), candidates)
	rows := make([]Row, len(candidates))
	for i, c := range candidates {
		s := a.analysis.sentences[c.sentence]
		rows[i] = Row{Article: int(s.article), Sentence: int(s.index), Features: c.features}
	}
	return rows, nil
}

func (a *Answerer) candidates(ctx context.Context, q Question, w wording) ([]candidate, error) {
	n := len(a.analysis.sentences)
	query := article.Query{Limit: maxCandidates}
	if n <= maxExhaustive {
		query.Limit = n
	}
	for _, t := range w.terms {
		query.Text += t.Norm + " "
		if t.Row < 0 && !t.Number {
			query.Fuzzy = append(query.Fuzzy, t.Norm)
		}
	}
	hits, err := a.searcher.Search(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("candidates: %w", err)
	}
	if n > maxExhaustive {
		out := make([]candidate, len(hits))
		for i, h := range hits {
			out[i] = candidate{sentence: int32(a.analysis.first[h.Article] + h.Sentence), bm25: h.Score}
		}
		return out, nil
	}
	out := make([]candidate, n)
	for i := range out {
		out[i].sentence = int32(i)
	}
	for _, h := range hits {
		out[a.analysis.first[h.Article]+h.Sentence].bm25 = h.Score
	}
	return out, nil
}
