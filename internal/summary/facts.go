package summary

import (
	"context"
	"slices"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// FactKind is the question that a fact answers.
type FactKind string

// The kinds of fact, in the order shown.
const (
	Who     FactKind = "who"
	What    FactKind = "what"
	When    FactKind = "when"
	Where   FactKind = "where"
	HowMany FactKind = "how many"
)

// Fact is a phrase of an article that answers one of the plain questions.
type Fact struct {
	Kind    FactKind
	Phrase  article.Span // in the article's bytes
	Passage article.Passage
}

// Facts is the facts of one article: by kind, in the order shown, and in each
// kind the weightiest few in the article's order.
type Facts struct {
	Article  *article.Article
	Revision article.Revision
	Facts    []Fact
}

// factsOfKind is how many facts of one kind are kept.
const factsOfKind = 5

// Facts returns the facts of the article with the ID, or of every article when
// it is empty. Errors are those of Summarize.
func (s *Summarizer) Facts(ctx context.Context, id string) ([]Facts, error) {
	return each(ctx, s, "facts", id, func(d *document) Facts {
		return Facts{Article: d.article, Revision: s.corpus.Revision, Facts: d.facts(d.scores(s.model))}
	})
}

// weighted is a fact with its weight among those of its kind.
type weighted struct {
	Fact
	weight float64
}

func (d *document) facts(scores []float64) []Fact {
	var all []weighted
	add := func(kind FactKind, i int, phrase article.Span, weight float64) {
		all = append(all, weighted{Fact{kind, phrase, d.passage(i)}, weight})
	}
	c := choice{document: d, scores: scores, told: &telling{}}
	for _, i := range c.choose(2) {
		add(What, i, article.Span{Start: d.article.Sentences[i].Start, End: d.article.Sentences[i].End}, scores[i])
	}
	for _, e := range d.names.Entities {
		i, phrase := d.introduction(e)
		switch e.Kind {
		case lang.Person:
			add(Who, i, phrase, float64(len(e.Mentions))+0.5)
		case lang.Organisation:
			add(Who, i, phrase, float64(len(e.Mentions)))
		case lang.Place:
			add(Where, i, phrase, float64(len(e.Mentions)))
		}
	}
	for i := range d.sentences {
		if d.sentences[i].excluded {
			continue
		}
		text, start := d.article.SentenceText(i), d.article.Sentences[i].Start
		tokens := d.lang.Tokens(text)
		times := d.lang.Times(text, tokens)
		for _, t := range times {
			span := article.Span{Start: start + t.Start, End: start + t.End}
			switch {
			case t.Calendar() || t.Kind == lang.Clock: // not "six minutes later"
				add(When, i, span, scores[i])
			case t.Kind != lang.Duration:
			case strings.ContainsAny(text[t.Bare:t.End], " -"): // not a bare "months"
				add(HowMany, i, span, scores[i])
			}
		}
		for _, q := range d.lang.Quantities(text, tokens, times) {
			add(HowMany, i, article.Span{Start: start + q.Start, End: start + q.End}, scores[i]+precise(q))
		}
	}
	return d.best(all)
}

// precise tells how much more a quantity says for its kind: figures of people
// and money more than a rank or a word like "dozens".
func precise(q lang.Quantity) float64 {
	switch {
	case q.Kind == lang.Money || q.Kind == lang.Percent:
		return 4
	case q.Value > 2 && q.Kind != lang.Rank:
		return 3
	case q.Value > 2:
		return 2
	}
	return 0
}

// introduction returns the mention that introduces a name best, the fullest,
// with the titles and roles that stand before it.
func (d *document) introduction(e lang.Entity) (int, article.Span) {
	k := slices.IndexFunc(e.Mentions, func(m lang.Mention) bool { return m.Start == e.Name.Start })
	m := e.Mentions[max(k, 0)]
	phrase := article.Span{Start: m.Start, End: m.End}
	if e.Kind == lang.Person {
		s := d.article.Sentences[m.Sentence]
		tokens := d.lang.Tokens(d.article.SentenceText(m.Sentence))
		phrase.Start = s.Start + d.lang.TitleStart(tokens, m.Start-s.Start)
	}
	return m.Sentence, phrase
}

// best keeps the weightiest facts of each kind, no phrase twice.
func (d *document) best(all []weighted) []Fact {
	var facts []Fact
	for _, kind := range []FactKind{Who, What, When, Where, HowMany} {
		var mine []weighted
		seen := map[string]bool{}
		for _, f := range all {
			text := d.article.Text[f.Phrase.Start:f.Phrase.End]
			if kind == When {
				// "late on Tuesday" is "on Tuesday" again.
				text = text[strings.LastIndexByte(text, ' ')+1:]
			}
			if text = lang.Fold(text); f.Kind == kind && !seen[text] {
				seen[text] = true
				mine = append(mine, f)
			}
		}
		slices.SortStableFunc(mine, func(a, b weighted) int {
			switch {
			case a.weight > b.weight:
				return -1
			case a.weight < b.weight:
				return 1
			}
			return 0
		})
		mine = mine[:min(factsOfKind, len(mine))]
		slices.SortStableFunc(mine, func(a, b weighted) int { return a.Phrase.Start - b.Phrase.Start })
		for _, f := range mine {
			facts = append(facts, f.Fact)
		}
	}
	return facts
}
