package answer

import "verbatim/internal/article"

// span returns the shortest stretch of a passage that answers, empty when
// unsure.
func (a *Answerer) span(r *Ranking, p article.Passage) article.Span {
	return article.Span{}
}
