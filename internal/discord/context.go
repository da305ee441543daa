package discord

import (
	"fmt"
	"slices"
	"strings"

	"verbatim/internal/article"
)

// How much of an article a page shows, in units.
const (
	maxPage      = 1000
	maxNeighbour = 240
)

// pagesOf cuts an article into pages: a paragraph each, or part of one that is
// too long, at the end of a sentence. The same article gives the same pages.
func pagesOf(a *article.Article) []article.Passage {
	var pages []article.Passage
	for _, p := range a.Paragraphs {
		if !p.Kind.Quotable() || p.Count == 0 {
			continue
		}
		from := p.First
		for i := p.First; i < p.First+p.Count; i++ {
			if i > from && units(a.Text[a.Sentences[from].Start:a.Sentences[i].End]) > maxPage {
				pages = append(pages, article.Passage{Article: a, First: from, Last: i - 1})
				from = i
			}
		}
		pages = append(pages, article.Passage{Article: a, First: from, Last: p.First + p.Count - 1})
	}
	return pages
}

// context shows a passage in its place: the paragraph that it stands in, with
// the passage emphasised, what stands before and after, and buttons to read on.
func (h *handlers) context(s speaker, st state, passage article.Passage) (Reply, error) {
	pages := pagesOf(passage.Article)
	at := st.Page
	if st.Action == actContext {
		for i, p := range pages {
			if p.First <= passage.First && passage.First <= p.Last {
				at = i
			}
		}
	}
	if at < 0 || at >= len(pages) {
		return Reply{Text: s.say("button.old"), Private: true}, nil
	}
	text, err := pageText(s, pages, at, passage)
	if err != nil {
		return Reply{}, fmt.Errorf("show page %d of %s: %w", at, passage.Article.ID, err)
	}
	turn := func(key string, to int) Button {
		next := state{Action: actPage, Revision: st.Revision, Passages: st.Passages[:1], Page: max(to, 0)}
		b, _ := button(s.say(key), next)
		b.Disabled = to < 0 || to >= len(pages)
		return b
	}
	reply := Reply{Text: text, Private: true, Update: st.Action == actPage}
	if len(pages) > 1 {
		reply.Buttons = [][]Button{{turn("button.earlier", at-1), turn("button.later", at+1)}}
	}
	return reply, nil
}

// pageText is one page with the ends of its neighbours.
func pageText(s speaker, pages []article.Passage, at int, passage article.Passage) (string, error) {
	p := pages[at]
	a := p.Article
	title := s.inline(shorten(a.Title, maxTitle))
	if link := sentenceLink(p); link != "" {
		title = "[" + title + "](<" + link + ">)"
	}
	head := []string{bold + title + bold + " " + s.say("context.page", "Page", at+1, "Count", len(pages))}
	if heading := a.HeadingText(a.Sentences[p.First].Paragraph); heading != "" {
		head = append(head, small(s.inline(shorten(heading, maxTitle))))
	}
	var tail []string
	if at > 0 {
		before := article.Passage{Article: a, First: pages[at-1].Last, Last: pages[at-1].Last}
		lines, err := labelled(s, s.say("context.before"), before, article.Span{}, maxNeighbour)
		if err != nil {
			return "", err
		}
		head = append(head, lines...)
	}
	if at+1 < len(pages) {
		after := article.Passage{Article: a, First: pages[at+1].First, Last: pages[at+1].First}
		lines, err := labelled(s, s.say("context.after"), after, article.Span{}, maxNeighbour)
		if err != nil {
			return "", err
		}
		tail = lines
	}
	// The page itself has what room the others leave, which is enough for it
	// unless its letters need much escaping.
	label := place(s, p.Citation())
	others := units(strings.Join(append(append(slices.Clone(head), tail...), label, s.say("cut.before"), s.say("cut.after")), "\n")) + 20
	span := article.Span{Start: max(p.Start(), passage.Start()), End: min(p.End(), passage.End())}
	lines, err := labelled(s, label, p, span, maxText-others)
	if err != nil {
		return "", err
	}
	return strings.Join(append(append(head, lines...), tail...), "\n"), nil
}

// labelled is a quotation under a line of small print.
func labelled(s speaker, label string, p article.Passage, span article.Span, limit int) ([]string, error) {
	q, err := quote(p, span, limit)
	if err != nil {
		return nil, err
	}
	lines := []string{small(label)}
	if q.CutBefore {
		lines = append(lines, small(s.say("cut.before")))
	}
	lines = append(lines, q.Markdown)
	if q.CutAfter {
		lines = append(lines, small(s.say("cut.after")))
	}
	return lines, nil
}
