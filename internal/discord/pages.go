package discord

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"verbatim/internal/article"
)

// section is what a view shows of one article.
type section struct {
	Title  string // a line, repeated where the section goes on on another page
	Chunks []chunk
	Whole  bool // the whole article is shown, as it is short enough to read
}

// chunk is what isn't torn apart between two pages, of at most maxChunk units.
type chunk struct {
	Label  string // a line that stands once over all chunks in a row that have it, and again on another page
	Text   string
	Source article.Passage // what it quotes; no Article when it quotes nothing
}

// maxChunk is the room for a chunk: what a message holds beside the longest
// title, a label and the foot.
const maxChunk = 1100

// maxPieceOf bounds what a chunk quotes of a sentence, beside its place.
const maxPieceOf = maxChunk - 200

// page is one message's worth of a view.
type page struct {
	Text  string
	First article.Passage // the first that it quotes; no Article when none
}

// paginate lays sections out on pages of at most room units. The same sections
// give the same pages.
func paginate(sections []section, room int) []page {
	var pages []page
	var lines []string
	var first article.Passage
	used := 0
	flush := func() {
		if len(lines) > 0 {
			pages = append(pages, page{strings.Join(lines, "\n"), first})
		}
		lines, used, first = nil, 0, article.Passage{}
	}
	for _, x := range sections {
		titled, label := false, ""
		for _, b := range x.Chunks {
			lead := func() []string {
				var lead []string
				if !titled && x.Title != "" {
					if len(lines) > 0 {
						lead = append(lead, "") // air between articles
					}
					lead = append(lead, x.Title)
				}
				if b.Label != "" && (b.Label != label || !titled) {
					lead = append(lead, b.Label)
				}
				return append(lead, b.Text)
			}
			next := lead()
			if size := unitsOf(next); len(lines) > 0 && used+size > room {
				flush()
				titled = false
				next = lead()
			}
			lines, used = append(lines, next...), used+unitsOf(next)
			titled, label = true, b.Label
			if first.Article == nil {
				first = b.Source
			}
		}
	}
	flush()
	return pages
}

// unitsOf counts lines with their ends.
func unitsOf(lines []string) int {
	n := 0
	for _, l := range lines {
		n += units(l) + 1
	}
	return n
}

// pieces quotes a stretch of a passage, the spans in it emphasised, in parts of
// at most limit units each: one, unless a single sentence is longer than that.
// Nothing is left out. Each is checked against the stored article: an error
// means that it must not be sent.
func pieces(p article.Passage, stretch article.Span, spans []article.Span, limit int) ([]string, error) {
	if err := sound(p); err != nil {
		return nil, err
	}
	text := p.Article.Text
	spans = joined(text, spans)
	if stretch.Start < p.Start() || stretch.End > p.End() || stretch.Empty() || !boundary(text, stretch.Start) || !boundary(text, stretch.End) {
		return nil, fmt.Errorf("quote %s at %d to %d: that is no stretch of its passage", p.Article.ID, stretch.Start, stretch.End)
	}
	fits := func(start, end int) bool { return units(block(text, start, end, spans...)) <= limit }
	var parts []string
	for from := stretch.Start; from < stretch.End; {
		to := stretch.End
		if !fits(from, to) {
			_, to = cutInside(text, from, to, article.Span{}, fits)
		}
		shown := block(text, from, to, spans...)
		if to <= from || unescape(shown) != text[from:to] {
			return nil, fmt.Errorf("quote %s at %d to %d: what would be shown differs from what is stored", p.Article.ID, from, to)
		}
		parts = append(parts, shown)
		from = to + len(text[to:stretch.End]) - len(strings.TrimLeft(text[to:stretch.End], " \n\t\u00a0"))
	}
	return parts, nil
}

// cite quotes a whole passage in chunks with its place, marking where a sentence
// that is too long for one goes on.
func cite(s speaker, label string, p article.Passage, spans ...article.Span) ([]chunk, error) {
	return citePart(s, label, p, article.Span{Start: p.Start(), End: p.End()}, spans...)
}

// citePart is cite for a stretch of the passage.
func citePart(s speaker, label string, p article.Passage, stretch article.Span, spans ...article.Span) ([]chunk, error) {
	parts, err := pieces(p, stretch, spans, maxPieceOf)
	if err != nil {
		return nil, err
	}
	var chunks []chunk
	for i, part := range parts {
		lines := []string{part, small(place(s, p.Citation()))}
		if i > 0 {
			lines = slices.Insert(lines, 0, small(s.say("cut.before")))
		}
		if i < len(parts)-1 {
			lines = slices.Insert(lines, len(lines)-1, small(s.say("cut.after")))
		}
		chunks = append(chunks, chunk{Label: label, Text: strings.Join(lines, "\n"), Source: p})
	}
	return chunks, nil
}

// joined puts spans in order and makes one of those that touch.
func joined(text string, spans []article.Span) []article.Span {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s article.Span) bool {
		return s.Empty() || !boundary(text, s.Start) || !boundary(text, s.End)
	})
	slices.SortFunc(spans, func(a, b article.Span) int { return cmp.Compare(a.Start, b.Start) })
	var out []article.Span
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}
