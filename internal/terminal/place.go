package terminal

import (
	"fmt"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/verify"
)

// Context lays out the paragraph that a passage stands in, a sentence a line,
// those of the passage marked, between the sentences before and after it.
func (s Screen) Context(p article.Passage) string {
	a := p.Article
	at := a.Sentences[p.First].Paragraph
	here := a.Paragraphs[at]
	var b strings.Builder
	c := p.Citation()
	s.aside(&b, "", fmt.Sprintf("%s, paragraph %d", line(a.Name()), c.Paragraph))
	if heading := a.HeadingText(at); heading != "" {
		s.aside(&b, "", line(heading))
	}
	b.WriteByte('\n')
	if here.First > 0 {
		s.aside(&b, "  ", "… "+a.SentenceText(here.First-1))
		b.WriteByte('\n')
	}
	for i := here.First; i < here.First+here.Count; i++ {
		text := a.SentenceText(i)
		if i < p.First || i > p.Last {
			s.say(&b, "  ", text)
			continue
		}
		s.column(&b, "> ", text, article.Span{End: len(text)})
	}
	if next := here.First + here.Count; next < len(a.Sentences) {
		b.WriteByte('\n')
		s.aside(&b, "  ", a.SentenceText(next)+" …")
	}
	return b.String()
}

// verdict says in a line what was found of a quotation.
func verdict(r verify.Result, articles int) string {
	one, which := oneOr(articles, "the article", "an article"), oneOr(articles, "the article", "the articles")
	switch r.Verdict {
	case verify.Exact:
		return "Yes: " + one + " says this, word for word."
	case verify.Same:
		return "Yes: " + one + " says this; only capitals, spaces or punctuation differ."
	case verify.Differs:
		return "Not quite: " + one + " says something close to this."
	case verify.Stitched:
		if r.Marked {
			return "Its parts are in " + which + ", and it marks what it leaves out."
		}
		return "Not as it stands: this is put together from several places of " + which + "."
	case verify.TooShort:
		return "Please give a few words more to look for."
	}
	return "No: " + which + oneOr(articles, " does", " do") + " not say this."
}

// Verdict lays out what was found of a quotation. c is the corpus that was
// looked through.
func (s Screen) Verdict(r verify.Result, c *article.Corpus) string {
	var b strings.Builder
	s.say(&b, "", verdict(r, len(c.Articles)))
	if r.Verdict == verify.TooShort {
		return b.String()
	}
	if r.Verdict != verify.Stitched && len(r.Places) > 1 {
		s.say(&b, "", fmt.Sprintf("It runs over %d paragraphs.", len(r.Places)))
	}
	if len(r.Edits) > 0 {
		s.say(&b, "", "Yours is in [-…-], the article's in {+…+}:")
		s.say(&b, "  ", differences(r.Edits))
	}
	for i, place := range r.Places {
		switch {
		case i > 0 || r.Verdict != verify.Absent:
			b.WriteByte('\n')
		default:
			b.WriteString("\nNearest passage:\n")
		}
		if p, span, ok := place.Passage(); ok {
			if r.Verdict == verify.Differs || r.Verdict == verify.Absent {
				span = article.Span{}
			}
			s.quote(&b, p, spanWithin(p, span))
		} else {
			s.say(&b, "", "In a heading, a table, code or a caption of "+line(place.Article.Name())+", which is not cited by sentence.")
		}
	}
	b.WriteByte('\n')
	s.aside(&b, "", fmt.Sprintf("Revision %s.", c.Revision))
	return b.String()
}

// differences reads as `git diff --word-diff` does.
func differences(edits []verify.Edit) string {
	parts := make([]string, len(edits))
	for i, e := range edits {
		text := line(e.Text)
		switch e.Kind {
		case verify.Added:
			text = "[-" + text + "-]"
		case verify.Missing:
			text = "{+" + text + "+}"
		}
		parts[i] = text
	}
	return strings.Join(parts, " ")
}
