package answer

import (
	"slices"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// A follow-up is a question that leans on the turn before it: it has a pronoun
// in place of its subject ("who founded it?"), begins as a continuation ("and
// the SDF?"), or has no content of its own ("why?"). What it leans on is
// appended to its words, so that one ranking serves both.

// leans reports whether a question leans on the one before it.
func (w *wording) leans() bool {
	if len(w.tokens) == 0 {
		return false
	}
	if w.about() {
		return true
	}
	content := 0
	for i, t := range w.tokens {
		if does("pronoun", t.Norm) {
			return true
		}
		if does("demonstrative", t.Norm) && (i+1 == len(w.tokens) || w.tokens[i+1].Stop) {
			return true
		}
		if !t.Stop {
			content++
		}
	}
	return content == 0 || content < standsAlone && does("continuing", w.tokens[0].Norm)
}

// standsAlone is from how many content words on a question that begins with
// "and" needs nothing from the one before.
const standsAlone = 2

// about reports whether the question begins with "what about" or "how about".
func (w *wording) about() bool {
	return len(w.tokens) > 2 && (w.tokens[0].Norm == "what" || w.tokens[0].Norm == "how") && w.tokens[1].Norm == "about"
}

// follow completes a question by the turn before it. It returns the text to be
// read, and what the question was understood to be about; both are as they
// were when the question stands by itself.
func (a *Answerer) follow(q Question, w wording) (text, about string) {
	p := q.Previous
	if p == nil || !w.leans() {
		return q.Text, ""
	}
	passages := p.Passages
	if p.Revision != a.analysis.corpus.Revision {
		passages = nil // their sentences may be others by now, or gone
	}
	asked := a.point(p.Question)
	before := read(asked, a.analysis.tongue(asked), a.analysis.holds)
	subjects := a.subjects(before, passages)
	var carried []string
	own := 0
	for _, t := range w.tokens {
		if !t.Stop {
			own++
		}
	}
	if own == 0 || w.about() || does("continuing", w.tokens[0].Norm) && own < standsAlone {
		// Nothing, or only another subject: the rest is as it was asked before.
		for _, t := range before.terms {
			if own == 0 || !t.Upper {
				carried = append(carried, t.Norm)
			}
		}
	}
	if own == 0 || !a.names(w, passages) {
		carried = append(carried, subjects...)
		about = strings.Join(subjects, ", ")
	}
	if len(carried) == 0 {
		return q.Text, ""
	}
	if about == "" {
		about = strings.Join(carried, " ")
	}
	return q.Text + " \n " + strings.Join(carried, " "), about
}

// names reports whether a question names something in the articles quoted
// before.
func (a *Answerer) names(w wording, passages []article.Passage) bool {
	for _, p := range passages {
		if len(a.analysis.names[a.place(p.Article)].Match(w.tokens)) > 0 {
			return true
		}
	}
	return false
}

// maxSubjects is how many names a follow-up carries over.
const maxSubjects = 2

// subjects are what the turn before was about, as the article writes it: the
// names in its question; without one the first name in what it quoted; without
// that the content words of its question.
func (a *Answerer) subjects(before wording, passages []article.Passage) []string {
	var found []string
	for _, p := range passages {
		i := a.place(p.Article)
		names := a.analysis.names[i]
		for _, e := range names.Match(before.tokens) {
			if len(found) < maxSubjects {
				found = append(found, a.write(i, names.Entities[e]))
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	for _, p := range passages {
		i := a.place(p.Article)
		for _, m := range a.analysis.names[i].In(p.First) {
			return []string{a.write(i, a.analysis.names[i].Entities[m.Entity])}
		}
	}
	for _, t := range before.terms {
		found = append(found, t.Norm)
	}
	return found
}

// write is an entity's fullest name as its article writes it.
func (a *Answerer) write(article int, e lang.Entity) string {
	return a.analysis.corpus.Articles[article].Text[e.Name.Start:e.Name.End]
}

// place is the index of an article of this revision in the corpus.
func (a *Answerer) place(art *article.Article) int {
	return slices.IndexFunc(a.analysis.corpus.Articles, func(x *article.Article) bool { return x.ID == art.ID })
}
