package terminal

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"

	"verbatim/internal/article"
)

// Screen says what the output can show. The zero value is a file or a pipe:
// nothing is wrapped and nothing but text is written, so that every quoted
// passage stands there byte for byte, line breaks in it apart.
type Screen struct {
	Width int  // columns to wrap at, between words only; 0 never wraps
	Style bool // emphasis by ANSI escapes
}

const (
	bold  = "\x1b[1m"
	faint = "\x1b[2m"
	reset = "\x1b[0m"
)

// minWidth is the narrowest column of text worth wrapping: below it a window
// is better left to break lines itself.
const minWidth = 20

// visible makes text safe to write to a terminal. Line breaks and tabs stay;
// every other control character, and every character that reorders the text
// around it, is shown as <U+001B>; bytes that are not UTF-8 as U+FFFD.
func visible(s string) string {
	if isVisible(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, "<U+%04X>", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isVisible(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, hidden) < 0
}

// hidden reports whether the rune could command a terminal, reorder what stands
// beside it, or be read by a program where a person sees nothing.
func hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r):
		return true
	case r == '\u2028' || r == '\u2029': // line and paragraph separators
		return true
	}
	// Embeddings, overrides and isolates, spaces and operators without width, the
	// byte order mark, tags. The marks LRM and RLM, joiners, variation selectors
	// and soft hyphens do no harm and belong to words, or emoji, of many texts.
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2060' && r <= '\u206F' || r == '\u200B' || r == '\uFEFF' || r >= 0xE0000 && r <= 0xE007F
}

// line is visible text on a single line: for what an outsider typed or named.
func line(s string) string {
	return visible(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " "))
}

// column lays text out in lines that each begin with prefix, the stretch
// emphasised where the screen can. The text's own line breaks stay; a line too
// wide is broken at a space, which the break then stands for. A word wider
// than the column keeps a line to itself, whole.
func (s Screen) column(b *strings.Builder, prefix, text string, emphasis article.Span) {
	if !inRunes(text, emphasis) {
		emphasis = article.Span{} // no letter is ever torn apart to make it bold
	}
	width := s.Width - displaywidth.String(prefix)
	for start := 0; start <= len(text); {
		end := len(text)
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i
		}
		for _, l := range s.breaks(text, start, end, width) {
			b.WriteString(prefix)
			s.emphasise(b, text, l, emphasis)
			b.WriteByte('\n')
		}
		start = end + 1
	}
}

// inRunes reports whether the span is of the text and cuts no character.
func inRunes(text string, s article.Span) bool {
	return s.Start >= 0 && s.End <= len(text) && !s.Empty() &&
		utf8.RuneStart(text[s.Start]) && (s.End == len(text) || utf8.RuneStart(text[s.End]))
}

// breaks cuts text[start:end], which holds no line break, into lines of at
// most width columns, leaving out the space at each cut.
func (s Screen) breaks(text string, start, end, width int) []article.Span {
	if s.Width <= 0 || width < minWidth {
		return []article.Span{{Start: start, End: end}}
	}
	var lines []article.Span
	from, used := start, 0
	for word := start; word < end; {
		stop := end
		if i := strings.IndexByte(text[word:end], ' '); i >= 0 {
			stop = word + i
		}
		w := displaywidth.String(visible(text[word:stop]))
		if word > from && used+1+w > width {
			lines = append(lines, article.Span{Start: from, End: word - 1})
			from, used = word, w
		} else if word > from {
			used += 1 + w
		} else {
			used = w
		}
		word = stop + 1
	}
	return append(lines, article.Span{Start: from, End: end})
}

// emphasise writes one line of text, the part of it inside the emphasis bold.
func (s Screen) emphasise(b *strings.Builder, text string, l, emphasis article.Span) {
	from, to := max(l.Start, emphasis.Start), min(l.End, emphasis.End)
	if !s.Style || from >= to {
		b.WriteString(visible(text[l.Start:l.End]))
		return
	}
	b.WriteString(visible(text[l.Start:from]))
	b.WriteString(bold)
	b.WriteString(visible(text[from:to]))
	b.WriteString(reset)
	b.WriteString(visible(text[to:l.End]))
}

// say lays out the bot's own words, without emphasis.
func (s Screen) say(b *strings.Builder, prefix, text string) {
	s.column(b, prefix, text, article.Span{})
}

// aside lays out what only accompanies a quote, in a fainter hand.
func (s Screen) aside(b *strings.Builder, prefix, text string) {
	if !s.Style {
		s.say(b, prefix, text)
		return
	}
	var plain strings.Builder
	s.say(&plain, prefix, text)
	for l := range strings.Lines(plain.String()) {
		b.WriteString(faint)
		b.WriteString(strings.TrimSuffix(l, "\n"))
		b.WriteString(reset + "\n")
	}
}
