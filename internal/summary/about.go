package summary

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// About tells what an article is before anyone reads it.
type About struct {
	Article    *article.Article
	Revision   article.Revision
	Lead       article.Passage // the sentence that tells most of what it is about; empty Article when there is none
	Paragraphs int
	Sentences  int
	Words      int
	ReadTime   int      // seconds
	Names      []Name   // the most mentioned, at most aboutNames
	Questions  []string // that the article should answer, at most aboutQuestions; whether it does is not tried here
}

const (
	aboutNames     = 5
	aboutQuestions = 4
)

// About describes the article with the ID, or every article when it is empty.
// Errors are those of Summarize.
func (s *Summarizer) About(ctx context.Context, id string) ([]About, error) {
	return each(ctx, s, "about", id, s.about)
}

// each runs one look at an article for the article named, or all.
func each[T any](ctx context.Context, s *Summarizer, what, id string, look func(*document) T) ([]T, error) {
	articles, err := s.articles(id)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	var all []T
	for _, a := range articles {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("%s %q: %w", what, a.ID, err)
		}
		all = append(all, look(s.documents[a.ID]()))
	}
	return all, nil
}

func (s *Summarizer) about(d *document) About {
	a := About{Article: d.article, Revision: s.corpus.Revision, Sentences: len(d.sentences), Words: d.words, ReadTime: seconds(d.words)}
	for _, p := range d.article.Paragraphs {
		if p.Kind.Quotable() && p.Count > 0 {
			a.Paragraphs++
		}
	}
	c := choice{document: d, scores: d.scores(s.model), told: &telling{}}
	if lead := c.choose(1); len(lead) > 0 {
		a.Lead = d.passage(lead[0])
	}
	names := d.people()
	a.Names = names[:min(aboutNames, len(names))]
	a.Questions = d.questions(names)
	return a
}

// passage is one sentence as a passage.
func (d *document) passage(i int) article.Passage {
	return article.Passage{Article: d.article, First: i, Last: i}
}

// Name is a person, an organisation, a place or another name of an article
// with its variants merged.
type Name struct {
	Kind         lang.NameKind
	Name         article.Span   // the fullest form, in the article's bytes
	Abbreviation string         // as the article writes it, "" for none
	Variants     []article.Span // the other forms, each where first written
	Count        int            // how often it is mentioned, in any form
	First        article.Passage
}

// People returns the names of the article with the ID, or of every article when
// it is empty, the most mentioned first. Errors are those of Summarize.
func (s *Summarizer) People(ctx context.Context, id string) ([]ArticleNames, error) {
	return each(ctx, s, "people", id, func(d *document) ArticleNames {
		return ArticleNames{Article: d.article, Revision: s.corpus.Revision, Names: d.people()}
	})
}

// ArticleNames is the names of one article.
type ArticleNames struct {
	Article  *article.Article
	Revision article.Revision
	Names    []Name
}

func (d *document) people() []Name {
	var names []Name
	for _, e := range d.names.Entities {
		names = append(names, Name{Kind: e.Kind, Name: e.Name, Abbreviation: e.Abbreviation, Variants: e.Variants,
			Count: len(e.Mentions), First: d.passage(e.Mentions[0].Sentence)})
	}
	slices.SortStableFunc(names, func(a, b Name) int { return cmp.Compare(b.Count, a.Count) })
	return names
}

// questions makes questions of what an article introduces: who someone is, what
// an abbreviation stands for, what happened at a place and at a time.
func (d *document) questions(names []Name) []string {
	if d.lang.Code != "en" {
		return nil
	}
	text := func(s article.Span) string { return d.article.Text[s.Start:s.End] }
	var found []string
	take := func(format string, want func(Name) (string, bool)) {
		for _, n := range names {
			if x, ok := want(n); ok {
				found = append(found, fmt.Sprintf(format, x))
				return
			}
		}
	}
	take("Who is %s?", func(n Name) (string, bool) { return text(n.Name), n.Kind == lang.Person })
	take("What does %s stand for?", func(n Name) (string, bool) {
		return n.Abbreviation, n.Abbreviation != "" && n.Kind == lang.Organisation
	})
	take("What is said about %s?", func(n Name) (string, bool) {
		return text(n.Name), n.Kind == lang.Organisation && n.Abbreviation == ""
	})
	take("What happened in %s?", func(n Name) (string, bool) {
		return text(n.Name), n.Kind == lang.Place && n.Count > 1 && n.Abbreviation == "" && text(n.Name) != strings.ToUpper(text(n.Name))
	})
	return found[:min(aboutQuestions, len(found))]
}
