package answer

import (
	"cmp"
	"context"
	"slices"

	"verbatim/internal/article"
)

// Ranking is a question's candidates in order.
type Ranking struct {
	Rows       []Row // best first
	Scores     []float64
	Confidence float64      // 0 to 1: the chance that the first one answers
	empty      bool         // the message holds nothing that can be looked up
	text       string       // that was read: the point of the question, and what it leans on
	typed      article.Span // of it
	about      string       // what a follow-up leans on
	asked      string       // the question in full
	who        *entity      // whom the pronoun of a follow-up stands for, nil for none
	question   QuestionRow
	standing   []float64 // what the confidence was judged by
	wording    wording
	scan       *scan
}

// Row is one candidate as the model sees it.
type Row struct {
	Article, Sentence int // indices into the corpus
	Features          []float64
}

// Rank orders the candidates of a question. In a corpus or a scope of up to
// maxExhaustive sentences every sentence is one; otherwise those are that the
// search found.
func (a *Answerer) Rank(ctx context.Context, q Question) (*Ranking, error) {
	r, err := a.features(ctx, q)
	if err != nil || len(r.Rows) == 0 {
		return r, err
	}
	rows := r.Rows
	scores, order := make([]float64, len(rows)), make([]int, len(rows))
	a.model.score(scores, r.scan.features)
	worth := r.wording.worthIntroducing()
	for i, row := range rows {
		scores[i] += worth * row.Features[fIntroduces]
		order[i] = i
	}
	r.standing = Standing(r.question, rows, scores)
	r.Confidence = a.model.chance(r.standing)
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(scores[j], scores[i]) })
	r.Rows = make([]Row, len(rows))
	r.Scores = make([]float64, len(rows))
	for k, i := range order {
		r.Rows[k], r.Scores[k] = rows[i], scores[i]
	}
	return r, nil
}

// introduction is what a sentence that spells out an abbreviation is worth to a
// question for what it is or stands for. The sets hold too few such questions
// to learn it; it was chosen on the goldens of package eval, where 1 to 4 give
// the same answers.
const introduction = 2.5

// worthIntroducing is what is known of the candidates beside what was learned:
// what one that introduces the thing asked about is worth.
func (w *wording) worthIntroducing() float64 {
	if w.kind == KindDefinition || w.standsFor() {
		return introduction
	}
	return 0
}

// joinWithin is how far the score of a neighbour may lie below a passage's to
// be joined with it into one quote; passageWithin how far below the first
// further passages are worth showing. Scores are log-odds against each other:
// 1 is a factor of e. What other values would do stands in docs/quality.md; more
// of the answer costs more that is none, and no figure says what that is worth.
const (
	joinWithin    = 1.0
	passageWithin = 4.0
	maxJoined     = 3 // sentences; set by hand
	// supplyWithin takes joinWithin's place for a neighbour that has what is
	// asked for, a reason, a time or a number, where the passage has none. From 3
	// to 12 it makes no difference on the sets.
	supplyWithin = 6.0
)

// at is the sentence of a row.
func (a *analysis) at(r Row) *sentence { return &a.sentences[a.first[r.Article]+r.Sentence] }

// supplies reports whether a sentence has the thing that a kind of question
// asks for, for the kinds where that can be seen.
func (x *sentence) supplies(k Kind) bool {
	switch k {
	case KindReason:
		return x.signs&signReason != 0
	case KindDate:
		return x.found.moments > 0
	case KindDuration:
		return x.found.durations > 0
	case KindNumber:
		return x.found.counts > 0
	case KindMoney:
		return x.found.money > 0
	}
	return false
}

// results turns the best rows into at most n passages.
func (a *Answerer) results(r *Ranking, n int, explain bool) []Result {
	var out []Result
	for i, row := range r.Rows {
		within := joinWithin
		if x := a.analysis.at(row); len(out) > 0 && x.supplies(r.wording.kind) && !a.analysis.at(r.Rows[0]).supplies(r.wording.kind) {
			within = supplyWithin
		}
		if join(out, a.analysis.corpus.Articles[row.Article], row.Sentence, r.Scores[i], within) || len(out) >= n || len(out) > 0 && r.Scores[i] < r.Scores[0]-passageWithin {
			continue
		}
		res := Result{Passage: article.Passage{Article: a.analysis.corpus.Articles[row.Article], First: row.Sentence, Last: row.Sentence}, Score: r.Scores[i]}
		if explain {
			res.Parts = a.explain(r, row)
		}
		out = append(out, res)
	}
	return out
}

// explain returns what the score of a row is made of, the largest part first.
func (a *Answerer) explain(r *Ranking, row Row) []Part {
	parts := a.model.explain(row.Features)
	introduces := row.Features[fIntroduces]
	if share := r.wording.worthIntroducing() * introduces; share != 0 {
		parts = append(parts, Part{introductionPart, introduces, share})
		slices.SortStableFunc(parts, largestFirst)
	}
	return parts
}

// join adds a sentence to a passage beside it, when both are of one paragraph
// and its score lies within so much of the passage's.
func join(out []Result, art *article.Article, sentence int, score, within float64) bool {
	for k := range out {
		p := &out[k].Passage
		if p.Article != art || p.Last-p.First+1 >= maxJoined || score < out[k].Score-within {
			continue
		}
		if art.Sentences[p.First].Paragraph != art.Sentences[sentence].Paragraph {
			continue
		}
		switch sentence {
		case p.First - 1:
			p.First--
			return true
		case p.Last + 1:
			p.Last++
			return true
		}
	}
	return false
}
