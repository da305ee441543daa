package discord

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"

	"verbatim/internal/article"
)

// before is the corpus of a revision that answered in a server lately, nil when
// it isn't remembered.
func (h *handlers) before(ctx context.Context, server string, r article.Revision) *article.Corpus {
	if h.servers == nil {
		return nil
	}
	return h.servers(server).At(ctx, r)
}

// stale is a quotation that the articles no longer have: what it says, and the
// articles that it may have been of.
type stale struct {
	text string
	of   []*article.Article
}

// renew finds the passages of a button from before a reload in the articles of
// now, where they may stand elsewhere: by the corpus of then where that is
// remembered, else by what the message shows. gone is the first that is no
// longer there, word for word. ok is false when neither tells.
func (h *handlers) renew(ctx context.Context, st state, r pressRequest, now *article.Corpus) (renewed state, gone *stale, ok bool) {
	old := h.before(ctx, r.Server, st.Revision)
	st.Revision, st.Passages = now.Revision, slices.Clone(st.Passages)
	quotes := r.quotations()
	if old == nil && (st.Action == actMore || st.Action == actPage || len(quotes) < len(st.Passages)) {
		return state{}, nil, false // these passages aren't in the message
	}
	for i, x := range st.Passages {
		var p article.Passage
		var found bool
		if old != nil {
			then, ok := x.passage(old)
			if !ok {
				return state{}, nil, false
			}
			of := successors(then.Article, now)
			if p, found = (shownQuote{text: then.Text()}).among(of, now.Articles); !found {
				return state{}, &stale{then.Text(), of}, true
			}
		} else if p, found = quotes[i].stands(now); !found {
			return state{}, &stale{quotes[i].text, quotes[i].sources(now)}, true
		} else if i == 0 && quotes[i].cutBefore {
			st.Span = article.Span{} // it was counted from a beginning that isn't shown
		}
		if st.Passages[i], ok = stretchOf(now, p); !ok {
			return state{}, nil, false
		}
	}
	return st, nil, true
}

// cutMark begins, in every language, the line that says that a part of a
// passage was left out.
const cutMark = "-# […]"

// shownQuote is a quotation as a message of the bot's shows it.
type shownQuote struct {
	text                string // the article's bytes of then
	cutBefore, cutAfter bool   // a part of the passage was left out
	source              string // the line under it, which cites the article
}

// quotations are those that the message of a button shows, in order.
func (r pressRequest) quotations() []shownQuote {
	text := r.Text
	if r.Card != nil {
		text += "\n\n" + r.Card.Text()
	}
	lines := strings.Split(text, "\n")
	quoted := func(i int) bool { return i < len(lines) && strings.HasPrefix(lines[i], quoteMark) }
	marked := func(i int) bool { return i >= 0 && i < len(lines) && strings.HasPrefix(lines[i], cutMark) }
	var out []shownQuote
	for i := 0; i < len(lines); i++ {
		if !quoted(i) {
			continue
		}
		q := shownQuote{cutBefore: marked(i - 1)}
		start := i
		for quoted(i + 1) {
			i++
		}
		q.text = unescape(strings.Join(lines[start:i+1], "\n"))
		under := i + 1
		if q.cutAfter = marked(under); q.cutAfter {
			under++
		}
		if under < len(lines) {
			q.source = lines[under]
		}
		out = append(out, q)
	}
	return out
}

// stands finds the passage that a quotation shows in the articles, byte for
// byte. What was cut begins, or ends, anywhere in its sentence.
func (q shownQuote) stands(c *article.Corpus) (article.Passage, bool) {
	return q.among(q.sources(c), c.Articles)
}

// among is stands in lists of articles, the likelier first.
func (q shownQuote) among(lists ...[]*article.Article) (article.Passage, bool) {
	for _, articles := range lists {
		for _, a := range articles {
			if p, ok := locate(q, a); ok {
				return p, true
			}
		}
	}
	return article.Passage{}, false
}

// successors are the articles of now that one of then may have become: that of
// its ID, else those of its title, for a file may be renamed.
func successors(then *article.Article, now *article.Corpus) []*article.Article {
	if a := now.Article(then.ID); a != nil {
		return []*article.Article{a}
	}
	var out []*article.Article
	for _, a := range now.Articles {
		if then.Title != "" && a.Title == then.Title {
			out = append(out, a)
		}
	}
	return out
}

// sources are the articles that a quotation may be of, by the title under it.
func (q shownQuote) sources(c *article.Corpus) []*article.Article { return titled(q.source, c) }

// titled are the articles whose title a text of the bot's shows.
func titled(text string, c *article.Corpus) []*article.Article {
	var out []*article.Article
	for _, a := range c.Articles {
		if strings.Contains(text, inline(shorten(a.Name(), maxTitle))) {
			out = append(out, a)
		}
	}
	return out
}

// locate finds a quotation in an article.
func locate(q shownQuote, a *article.Article) (article.Passage, bool) {
	if q.text == "" {
		return article.Passage{}, false
	}
	sentence := func(end int) int { // the first that ends there or later
		return sort.Search(len(a.Sentences), func(i int) bool { return a.Sentences[i].End >= end })
	}
	for from := 0; ; from++ {
		k := strings.Index(a.Text[from:], q.text)
		if k < 0 {
			return article.Passage{}, false
		}
		from += k
		end := from + len(q.text)
		p := article.Passage{Article: a, First: sentence(from + 1), Last: sentence(end)}
		if sound(p) != nil || a.Sentences[p.First].Paragraph != a.Sentences[p.Last].Paragraph {
			continue
		}
		begins := from == p.Start() || q.cutBefore && from > p.Start()
		ends := end == p.End() || q.cutAfter && end > a.Sentences[p.Last].Start
		if begins && ends {
			return p, true
		}
	}
}

// goneFrom is the first line that a view's message quotes and the articles don't
// hold any more, nil when all are there. A view quotes parts of sentences too,
// and several sentences under one another.
func (r pressRequest) goneFrom(c *article.Corpus) *stale {
	for _, q := range r.quotations() {
		for line := range strings.SplitSeq(q.text, "\n") {
			holds := func(a *article.Article) bool { return strings.Contains(a.Text, line) }
			if !slices.ContainsFunc(c.Articles, holds) {
				return &stale{line, titled(r.Text, c)}
			}
		}
	}
	return nil
}

// outdated marks a message whose quotation the articles no longer have, and
// shows what stands in its place today. Its buttons go.
func (h *handlers) outdated(s speaker, r pressRequest, gone stale) (Reply, error) {
	mark := bold + s.say("changed.mark") + bold
	today := s.say("changed.gone")
	if p, ok := gone.counterpart(); ok {
		q, err := quote(p, article.Span{}, maxFurther)
		if err != nil {
			return Reply{}, fmt.Errorf("show today's text: %w", err)
		}
		today = s.say("changed.today") + "\n" + strings.Join(cited(s, p, q), "\n")
	}
	text, left := fill(strings.Split(r.Text, "\n"), maxText-units(mark)-units(today)-100)
	if len(left) > 0 {
		text += "\n" + small(s.say("cut.after"))
	}
	return Reply{Text: strings.Trim(mark+"\n"+text+"\n\n"+today, "\n"), Card: r.Card, Update: true}, nil
}

// likeEnough is the share of a quotation's words, one in so many, that a
// paragraph must have to stand in its place today: a sentence whose name or
// number was put right has most of them, and one about something else few.
const likeEnough = 3

// counterpart is what stands in today's articles in place of a quotation: the
// paragraph that shares the most words with it, or, where that is long, the one
// sentence of it; ok is false when there is none like it.
func (gone stale) counterpart() (best article.Passage, ok bool) {
	asked := wordSet(gone.text)
	most := len(asked) / likeEnough
	for _, a := range gone.of {
		for _, p := range a.Paragraphs {
			if !p.Kind.Quotable() || p.Count == 0 {
				continue
			}
			whole := article.Passage{Article: a, First: p.First, Last: p.First + p.Count - 1}
			if n := shared(asked, whole.Text()); n > most {
				best, most, ok = whole, n, true
			}
		}
	}
	if !ok || units(best.Text()) <= maxFurther/2 {
		return best, ok
	}
	whole := best
	most = -1
	for i := whole.First; i <= whole.Last; i++ {
		if n := shared(asked, whole.Article.SentenceText(i)); n > most {
			best.First, best.Last, most = i, i, n
		}
	}
	return best, true
}

// wordSet are the words of a text, each once.
func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		set[w] = true
	}
	return set
}

// shared counts the words of a set that a text has.
func shared(set map[string]bool, text string) int {
	n := 0
	for w := range wordSet(text) {
		if set[w] {
			n++
		}
	}
	return n
}
