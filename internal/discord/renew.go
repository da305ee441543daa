package discord

import (
	"fmt"
	"slices"
	"strings"

	"verbatim/internal/article"
)

// before is the corpus of a revision that answered in a server lately, nil when
// it isn't remembered.
func (h *handlers) before(server string, r article.Revision) *article.Corpus {
	if h.servers == nil {
		return nil
	}
	return h.servers(server).At(r)
}

// renew finds the passages of a button from before a reload in the articles of
// now, where they may stand elsewhere. outdated is the first that is no longer
// there, word for word. The error means that the button was never given out.
func renew(st state, old, now *article.Corpus) (renewed state, outdated *article.Passage, err error) {
	st.Revision, st.Passages = now.Revision, slices.Clone(st.Passages)
	for i, x := range st.Passages {
		p, ok := x.passage(old)
		if !ok {
			return state{}, nil, errState
		}
		place := slices.IndexFunc(now.Articles, func(a *article.Article) bool { return a.ID == p.Article.ID })
		if place < 0 {
			return state{}, &p, nil
		}
		first := standing(p, now.Articles[place])
		if first < 0 {
			return state{}, &p, nil
		}
		st.Passages[i] = stretch{place, first, first + p.Last - p.First}
	}
	return st, nil, nil
}

// standing is the index of the sentence in the article that a passage of an
// earlier form of it begins with, byte for byte, -1 when it isn't there.
func standing(p article.Passage, a *article.Article) int {
	for first := 0; first+p.Last-p.First < len(a.Sentences); first++ {
		q := article.Passage{Article: a, First: first, Last: first + p.Last - p.First}
		if a.Sentences[q.First].Paragraph == a.Sentences[q.Last].Paragraph && q.Text() == p.Text() {
			return first
		}
	}
	return -1
}

// outdated marks a message whose quotation the article no longer has, and shows
// what stands in its place today. Its buttons go.
func (h *handlers) outdated(s speaker, r pressRequest, p article.Passage, now *article.Corpus) (Reply, error) {
	mark := bold + s.say("changed.mark") + bold
	today := s.say("changed.gone")
	if a := now.Article(p.Article.ID); a != nil && len(a.Sentences) > 0 {
		q, err := quote(counterpart(p, a), article.Span{}, maxFurther)
		if err != nil {
			return Reply{}, fmt.Errorf("show today's text: %w", err)
		}
		today = s.say("changed.today") + "\n" + strings.Join(cited(s, counterpart(p, a), q), "\n")
	}
	text, left := fill(strings.Split(r.Text, "\n"), maxText-units(mark)-units(today)-100)
	if len(left) > 0 {
		text += "\n" + small(s.say("cut.after"))
	}
	return Reply{Text: strings.Trim(mark+"\n"+text+"\n\n"+today, "\n"), Update: true}, nil
}

// counterpart is the paragraph that stands where a passage stood.
func counterpart(p article.Passage, a *article.Article) article.Passage {
	number := p.Citation().Paragraph
	at := article.Passage{Article: a, First: len(a.Sentences) - 1, Last: len(a.Sentences) - 1}
	for _, q := range a.Paragraphs {
		if q.Number == number && q.Count > 0 {
			at.First, at.Last = q.First, q.First+q.Count-1
		}
	}
	return at
}
