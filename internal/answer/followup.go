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
// appended to its words, so that one ranking serves both; a variation is read as
// the question that it varies.

// following is how a follow-up is read.
type following struct {
	text  string
	typed article.Span // in text: what counts in full, the rest being carried over; empty when all does
	about string       // what it was understood to be about
	asked string       // the question in full, to be asked without the turn before it
	who   *entity      // whom its pronoun stands for, nil when that is no name of an article
}

// entity is a name of an article.
type entity struct {
	article int // index into the corpus
	name    int // index into its names
}

// leans reports whether a question leans on the one before it.
func (w *wording) leans() bool {
	if len(w.tokens) == 0 {
		return false
	}
	if w.about() {
		return true
	}
	for i, t := range w.tokens {
		if does("pronoun", t.Norm) && !w.expletive(i) {
			return true
		}
		if does("demonstrative", t.Norm) && (i+1 == len(w.tokens) || w.tokens[i+1].Stop) {
			return true
		}
	}
	content := w.content()
	return content == 0 || content < standsAlone && does("continuing", w.tokens[0].Norm)
}

// expletive reports whether a token is the "there" of "is there", which stands
// for nothing.
func (w *wording) expletive(i int) bool {
	return w.tokens[i].Norm == "there" && i > 0 && does("linking", w.tokens[i-1].Norm) && i+1 < len(w.tokens)
}

// content is how many words of a question are its own.
func (w *wording) content() int {
	n := 0
	for _, t := range w.tokens {
		if !t.Stop {
			n++
		}
	}
	return n
}

// standsAlone is from how many content words on a question that begins with
// "and" needs nothing from the one before.
const standsAlone = 2

// about reports whether the question begins with "what about" or "how about".
func (w *wording) about() bool {
	return len(w.tokens) > 2 && (w.tokens[0].Norm == "what" || w.tokens[0].Norm == "how") && w.tokens[1].Norm == "about"
}

// follow completes a question by the turn before it; false when the question
// stands by itself. text is what w was read from.
func (a *Answerer) follow(text string, w wording, p *Turn) (following, bool) {
	if p == nil {
		return following{}, false
	}
	passages := p.Passages
	if p.Revision != a.analysis.corpus.Revision {
		passages = nil // their sentences may be others by now, or gone
	}
	asked := a.point(p.Question)
	before := read(asked, a.analysis.tongue(asked), a.analysis.holds)
	if f, ok := a.vary(text, w, asked, before, passages); ok {
		return f, true
	}
	if !w.leans() {
		return following{}, false
	}
	subjects, who := a.subjects(&before, passages)
	var carried []string
	own := w.content()
	if own == 0 || does("continuing", w.tokens[0].Norm) && own < standsAlone {
		// Nothing, or only another deed: the rest is as it was asked before.
		for _, t := range before.terms {
			if own == 0 || !t.Upper {
				carried = append(carried, t.Norm)
			}
		}
	}
	f := following{typed: article.Span{End: len(text)}}
	if own == 0 || !a.names(w, passages) {
		carried = append(carried, subjects...)
		f.about = strings.Join(subjects, ", ")
		if slices.ContainsFunc(w.tokens, func(t lang.Token) bool { return does("somebody", t.Norm) }) {
			f.who = who
		}
	}
	if len(carried) == 0 {
		return following{}, false
	}
	if f.about == "" {
		f.about = strings.Join(carried, " ")
	}
	f.text, f.asked = text+" \n "+strings.Join(carried, " "), InFull(text, f.about)
	return f, true
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
// names in its question; without one what answered it, when it asked for a name;
// without that the first name in what it quoted; without that the content words
// of its question. who is the name where it is one alone.
func (a *Answerer) subjects(before *wording, passages []article.Passage) (found []string, who *entity) {
	for _, p := range passages {
		i := a.place(p.Article)
		names := a.analysis.names[i]
		for _, e := range names.Match(before.tokens) {
			if len(found) < maxSubjects {
				found, who = append(found, a.write(i, names.Entities[e])), &entity{i, e}
			}
		}
		if len(found) > 1 {
			who = nil
		}
		if len(found) > 0 {
			return found, who
		}
	}
	if len(passages) > 0 && before.kind == KindPerson {
		if who := a.named(before, passages[0]); who != nil {
			return []string{a.write(who.article, a.analysis.names[who.article].Entities[who.name])}, who
		}
	}
	for _, p := range passages {
		i := a.place(p.Article)
		for _, m := range a.analysis.names[i].In(p.First) {
			if before.kind == KindPerson && !rivals(a.analysis.names[i].Entities[m.Entity].Kind, lang.Person) {
				continue // an organisation, say, when somebody was asked for
			}
			return []string{a.write(i, a.analysis.names[i].Entities[m.Entity])}, &entity{i, m.Entity}
		}
	}
	for _, t := range before.terms {
		found = append(found, t.Norm)
	}
	return found, nil
}

// named is the name inside a passage that answered a question, nil for none.
func (a *Answerer) named(w *wording, p article.Passage) *entity {
	r := Ranking{scan: a.scan(w)}
	defer a.release(&r)
	i := a.place(p.Article)
	for k := p.First; k <= p.Last; k++ {
		o, _ := a.analysis.finder(w, r.scan, int32(a.analysis.first[i]+k)).best()
		if o.Empty() {
			continue
		}
		for _, m := range a.analysis.names[i].In(k) {
			if m.Start < o.End && o.Start < m.End && rivals(a.analysis.names[i].Entities[m.Entity].Kind, lang.Person) {
				return &entity{i, m.Entity}
			}
		}
	}
	return nil
}

// write is an entity's fullest name as its article writes it.
func (a *Answerer) write(article int, e lang.Entity) string {
	return a.analysis.corpus.Articles[article].Text[e.Name.Start:e.Name.End]
}

// place is the index of an article of this revision in the corpus.
func (a *Answerer) place(art *article.Article) int {
	return slices.IndexFunc(a.analysis.corpus.Articles, func(x *article.Article) bool { return x.ID == art.ID })
}
