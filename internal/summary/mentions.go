package summary

import (
	"context"
	"slices"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// Mentions is every sentence of an article that mentions a term.
type Mentions struct {
	Article   *article.Article
	Revision  article.Revision
	Name      article.Span // the name that the term is a variant of, empty when it is none
	Count     int          // how often it is mentioned
	Sentences []MentionedIn
}

// MentionedIn is one sentence with the stretches of it that mention the term,
// in the article's bytes and in order.
type MentionedIn struct {
	Passage article.Passage
	Spans   []article.Span
}

// Mentions returns, for the article with the ID or for every article when it is
// empty, all sentences that mention the term: a name in any of its variants,
// or the words in a row, in any of their forms. An article that does not
// mention it has a Count of 0. Errors are those of Summarize.
func (s *Summarizer) Mentions(ctx context.Context, id, term string) ([]Mentions, error) {
	return each(ctx, s, "mentions", id, func(d *document) Mentions {
		m := d.mentions(term)
		m.Revision = s.corpus.Revision
		return m
	})
}

func (d *document) mentions(term string) Mentions {
	m := Mentions{Article: d.article}
	tokens := d.lang.Tokens(term)
	entities := d.names.Match(tokens)
	if len(entities) > 0 {
		m.Name = d.names.Entities[entities[0]].Name
	}
	phrases := d.phrases(tokens)
	for i := range d.sentences {
		var spans []article.Span
		for _, x := range d.names.In(i) {
			if slices.Contains(entities, x.Entity) {
				spans = append(spans, article.Span{Start: x.Start, End: x.End})
			}
		}
		spans = d.find(i, phrases, spans)
		if len(spans) > 0 {
			slices.SortFunc(spans, func(a, b article.Span) int { return a.Start - b.Start })
			m.Count += len(spans)
			m.Sentences = append(m.Sentences, MentionedIn{d.passage(i), spans})
		}
	}
	return m
}

// phrases returns the stems in a row that mention a term: its own without the
// stop words at either end, unless it has no others, and those of its aliases.
// One that holds a word which the article does not have is left out.
func (d *document) phrases(tokens []lang.Token) []lang.Alias {
	from, to := 0, len(tokens)
	for from < to && tokens[from].Stop {
		from++
	}
	for to > from && tokens[to-1].Stop {
		to--
	}
	if from < to {
		tokens = tokens[from:to]
	}
	if len(tokens) == 0 {
		return nil
	}
	var own lang.Alias
	for _, t := range tokens {
		own = append(own, t.Stem)
	}
	all := []lang.Alias{own}
	if others, n := d.lang.Aliases(tokens, 0); n == len(tokens) {
		all = append(all, others...)
	}
	return slices.DeleteFunc(all, func(a lang.Alias) bool {
		return slices.ContainsFunc(a, func(stem string) bool {
			_, known := d.vocab[stem]
			return !known && !d.lang.IsStop(stem)
		})
	})
}

// find adds the places where a sentence has one of the phrases that lie in none
// of the spans it has already.
func (d *document) find(i int, phrases []lang.Alias, spans []article.Span) []article.Span {
	if len(phrases) == 0 {
		return spans
	}
	start := d.article.Sentences[i].Start
	tokens := d.lang.Tokens(d.article.SentenceText(i))
	for k := range tokens {
		for _, p := range phrases {
			if k+len(p) > len(tokens) {
				continue
			}
			same := true
			for j, stem := range p {
				same = same && tokens[k+j].Stem == stem
			}
			span := article.Span{Start: start + tokens[k].Start, End: start + tokens[k+len(p)-1].End}
			if same && !slices.ContainsFunc(spans, func(s article.Span) bool { return s.Start < span.End && span.Start < s.End }) {
				spans = append(spans, span)
			}
		}
	}
	return spans
}
