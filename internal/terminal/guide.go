package terminal

import (
	"fmt"
	"strings"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/lang"
	"verbatim/internal/summary"
)

// About lays out what articles are.
func (s Screen) About(abouts []summary.About) string {
	return joined(abouts, func(b *strings.Builder, a summary.About) {
		s.heading(b, a.Article)
		s.aside(b, "", fmt.Sprintf("%s, %s, %s: %s to read.", plural(a.Paragraphs, "paragraph", "paragraphs"),
			plural(a.Sentences, "sentence", "sentences"), plural(a.Words, "word", "words"), seconds(a.ReadTime)))
		if a.Lead.Article != nil {
			b.WriteByte('\n')
			s.passage(b, a.Lead, article.Span{})
		}
		if len(a.Questions) > 0 {
			b.WriteString("\nQuestions to try:\n")
			for _, q := range a.Questions {
				s.say(b, "  ", line(q))
			}
		}
	})
}

// Facts lays out the facts of articles, kind by kind.
func (s Screen) Facts(facts []summary.Facts) string {
	return joined(facts, func(b *strings.Builder, f summary.Facts) {
		s.heading(b, f.Article)
		if len(f.Facts) == 0 {
			s.say(b, "", "No facts stand out in it.")
		}
		var kind summary.FactKind
		for _, x := range f.Facts {
			if x.Kind != kind {
				kind = x.Kind
				b.WriteByte('\n')
				s.say(b, "", strings.ToUpper(string(kind[:1]))+string(kind[1:])+":")
			}
			s.column(b, "> ", f.Article.Text[x.Phrase.Start:x.Phrase.End], article.Span{})
			s.aside(b, "  ", place(x.Passage.Citation()))
		}
	})
}

// Timeline lays out what articles tell with a time, in the order of the time.
func (s Screen) Timeline(lines []summary.Timeline) string {
	return joined(lines, func(b *strings.Builder, t summary.Timeline) {
		s.heading(b, t.Article)
		switch {
		case len(t.Events) == 0:
			s.say(b, "", "It tells no dates.")
		case !t.Dated:
			s.say(b, "", "Its own date is not known: days told from it, such as “on Monday”, stand where they seem to belong.")
		}
		for _, e := range t.Events {
			b.WriteByte('\n')
			when := t.Article.Text[e.When.Start:e.When.End]
			if e.Resolved() {
				when += ": " + days(e.From, e.To)
			}
			s.say(b, "", line(when))
			s.passage(b, e.Passage, e.When)
		}
	})
}

// days reads "12 November 2025", "June 2025", "2015", or first and last day.
func days(from, to time.Time) string {
	const day = "2 January 2006"
	switch last := to.AddDate(0, 0, -1); {
	case from.Equal(last):
		return from.Format(day)
	case from.Day() == 1 && from.AddDate(0, 1, 0).Equal(to):
		return from.Format("January 2006")
	case from.YearDay() == 1 && from.AddDate(1, 0, 0).Equal(to):
		return from.Format("2006")
	default:
		return from.Format(day) + " to " + last.Format(day)
	}
}

// People lays out the names of articles, kind by kind.
func (s Screen) People(people []summary.ArticleNames) string {
	kinds := []struct {
		kind lang.NameKind
		name string
	}{{lang.Person, "People"}, {lang.Organisation, "Organisations"}, {lang.Place, "Places"}, {lang.Other, "Other names"}}
	return joined(people, func(b *strings.Builder, p summary.ArticleNames) {
		s.heading(b, p.Article)
		if len(p.Names) == 0 {
			s.say(b, "", "It names nobody and nothing.")
		}
		for _, k := range kinds {
			first := true
			for _, n := range p.Names {
				if n.Kind != k.kind {
					continue
				}
				if first {
					first = false
					fmt.Fprintf(b, "\n%s:\n", k.name)
				}
				text := p.Article.Text[n.Name.Start:n.Name.End]
				var others []string
				for _, v := range n.Variants {
					others = append(others, p.Article.Text[v.Start:v.End])
				}
				if len(others) > 0 {
					text += " (" + strings.Join(others, ", ") + ")"
				}
				s.say(b, "  ", line(text))
				s.aside(b, "    ", fmt.Sprintf("%s, first in %s", plural(n.Count, "mention", "mentions"), place(n.First.Citation())))
			}
		}
	})
}

// Mentions lays out every sentence that mentions a term.
func (s Screen) Mentions(mentions []summary.Mentions, term string) string {
	return joined(mentions, func(b *strings.Builder, m summary.Mentions) {
		s.heading(b, m.Article)
		if m.Count == 0 {
			s.say(b, "", fmt.Sprintf("It does not mention “%s”.", line(term)))
			return
		}
		s.say(b, "", fmt.Sprintf("%s of “%s” in %s.", plural(m.Count, "mention", "mentions"), line(term),
			plural(len(m.Sentences), "sentence", "sentences")))
		for _, in := range m.Sentences {
			b.WriteByte('\n')
			s.passage(b, in.Passage, in.Spans[0])
		}
	})
}

// joined lays out one thing an article, an empty line between them.
func joined[T any](things []T, lay func(*strings.Builder, T)) string {
	var b strings.Builder
	for i, x := range things {
		if i > 0 {
			b.WriteByte('\n')
		}
		lay(&b, x)
	}
	return b.String()
}

// heading names an article with what is known of where it is from.
func (s Screen) heading(b *strings.Builder, a *article.Article) {
	title := line(a.Name())
	s.column(b, "", title, article.Span{End: len(title)})
	var from []string
	for _, f := range []string{a.Author, a.Source, a.Published, a.URL} {
		if f != "" {
			from = append(from, line(f))
		}
	}
	if len(from) > 0 {
		s.aside(b, "", strings.Join(from, ", "))
	}
}

// passage lays out a passage with its place, the stretch of it emphasised.
func (s Screen) passage(b *strings.Builder, p article.Passage, emphasis article.Span) {
	s.column(b, "> ", p.Text(), article.Span{Start: emphasis.Start - p.Start(), End: emphasis.End - p.Start()})
	s.aside(b, "  ", place(p.Citation()))
}
