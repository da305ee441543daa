package discord

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"verbatim/internal/article"
)

const (
	quoteMark = "> "
	bold      = "**"
)

// units counts text as Discord's limits do, or stricter: in UTF-16 code units,
// of which there are never fewer than characters.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// block writes text[start:end] as a block quote with the spans, which are in
// order and don't overlap, emphasised as far as they lie inside. The emphasis is
// closed at each line's end and opened again on the next.
func block(text string, start, end int, spans ...article.Span) string {
	var b strings.Builder
	b.Grow(end - start + (end-start)/8)
	b.WriteString(quoteMark)
	for i := start; i < end; {
		for len(spans) > 0 && (spans[0].Empty() || spans[0].End <= i) {
			spans = spans[1:]
		}
		stop, emphasised := end, false
		switch {
		case len(spans) == 0 || end <= spans[0].Start:
		case i < spans[0].Start:
			stop = spans[0].Start
		default:
			stop, emphasised = min(end, spans[0].End), true
		}
		line := strings.IndexByte(text[i:stop], '\n')
		if line >= 0 {
			stop = i + line
		}
		if emphasised && strings.TrimSpace(text[i:stop]) != "" {
			b.WriteString(bold)
			escapeRange(&b, text, i, stop, false)
			b.WriteString(bold)
		} else {
			escapeRange(&b, text, i, stop, false)
		}
		i = stop
		if line >= 0 {
			b.WriteString("\n" + quoteMark)
			i++
		}
	}
	return b.String()
}

// quotation is a passage, or a stretch of one, made ready to be shown.
type quotation struct {
	Markdown   string // the block quote, nothing else
	Start, End int    // of what is shown, in the article's bytes
	CutBefore  bool   // part of the passage before it was left out
	CutAfter   bool   // part of the passage after it was left out
}

// quote shows a passage in at most limit units, the span emphasised. What
// doesn't fit is left out at the end of a sentence, else of a clause, else of a
// word, but never the span if it fits at all. The result is checked against
// the stored article: an error means that it must not be sent.
func quote(p article.Passage, span article.Span, limit int) (quotation, error) {
	if err := sound(p); err != nil {
		return quotation{}, err
	}
	text := p.Article.Text
	if span.Start < p.Start() || span.End > p.End() || !boundary(text, span.Start) || !boundary(text, span.End) {
		span = article.Span{}
	}
	q := quotation{Start: p.Start(), End: p.End()}
	fits := func(start, end int) bool { return units(block(text, start, end, span)) <= limit }
	if q.Markdown = block(text, q.Start, q.End, span); units(q.Markdown) > limit {
		q.Start, q.End = cut(p, span, fits)
		q.Markdown = block(text, q.Start, q.End, span)
	}
	q.CutBefore, q.CutAfter = q.Start > p.Start(), q.End < p.End()
	if shown, stored := unescape(q.Markdown), text[q.Start:q.End]; shown != stored {
		return quotation{}, fmt.Errorf("quote %s at %d to %d: what would be shown differs from what is stored", p.Article.ID, q.Start, q.End)
	}
	return q, nil
}

// sound checks that a passage points into its article.
func sound(p article.Passage) error {
	if p.Article == nil || p.First < 0 || p.Last < p.First || p.Last >= len(p.Article.Sentences) {
		return fmt.Errorf("passage %d to %d is not one of its article", p.First, p.Last)
	}
	if s, e := p.Start(), p.End(); s < 0 || e <= s || e > len(p.Article.Text) {
		return fmt.Errorf("passage of %s at %d to %d is outside the text", p.Article.ID, s, e)
	}
	return nil
}

func boundary(text string, i int) bool {
	return i == len(text) || i >= 0 && i < len(text) && utf8.RuneStart(text[i])
}

// cut chooses the stretch of a passage that is shown when it doesn't fit whole:
// the sentences around the span, as many as fit, earlier ones first so that the
// reading begins where the passage does; when one sentence alone is too long, a
// stretch of it.
func cut(p article.Passage, span article.Span, fits func(start, end int) bool) (start, end int) {
	sentences := p.Article.Sentences
	first := p.First
	if !span.Empty() {
		for first < p.Last && sentences[first].End <= span.Start {
			first++
		}
	}
	last := first
	for last < p.Last && sentences[last].End < span.End {
		last++
	}
	if !fits(sentences[first].Start, sentences[last].End) {
		return cutInside(p.Article.Text, sentences[first].Start, sentences[last].End, span, fits)
	}
	for first > p.First && fits(sentences[first-1].Start, sentences[last].End) {
		first--
	}
	for last < p.Last && fits(sentences[first].Start, sentences[last+1].End) {
		last++
	}
	return sentences[first].Start, sentences[last].End
}

// cutInside cuts a stretch that is too long for itself: it keeps the beginning
// if the span is in it, else it begins at the span's clause.
func cutInside(text string, start, end int, span article.Span, fits func(start, end int) bool) (int, int) {
	longest := func(from int) int {
		low, high := from, end
		for low < high {
			mid := (low + high + 1) / 2
			if fits(from, mid) {
				low = mid
			} else {
				high = mid - 1
			}
		}
		for low > from && !boundary(text, low) {
			low--
		}
		return low
	}
	room := longest(start)
	if !span.Empty() && span.End > room {
		start = clauseBefore(text, start, span.Start)
		if room = longest(start); span.End > room {
			start = span.Start
			room = longest(start)
		}
	}
	if room == end {
		return start, end
	}
	least := start + (room-start)/2
	if !span.Empty() && span.End <= room {
		least = max(least, span.End)
	}
	for _, at := range []func(rune) bool{clauseEnd, unicode.IsSpace} {
		if k := strings.LastIndexFunc(text[least:room], at); k >= 0 {
			_, size := utf8.DecodeRuneInString(text[least+k:])
			room = least + k
			if !unicode.IsSpace(rune(text[room])) {
				room += size
			}
			break
		}
	}
	return start, start + len(strings.TrimRightFunc(text[start:room], unicode.IsSpace))
}

func clauseEnd(r rune) bool { return strings.ContainsRune(",;:–—)،؛", r) }

// clauseBefore finds where the clause that holds i begins, at start the latest.
func clauseBefore(text string, start, i int) int {
	k := strings.LastIndexFunc(text[start:i], clauseEnd)
	if k < 0 {
		return i
	}
	_, size := utf8.DecodeRuneInString(text[start+k:])
	k = start + k + size
	return k + len(text[k:i]) - len(strings.TrimLeftFunc(text[k:i], unicode.IsSpace))
}
