package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// A paragraph of several lines is one of two things. Either an editor broke
// its lines at some width, and it is one paragraph; or each line is a
// paragraph, as in text pasted from a web page. They differ in where lines
// end: of a broken text one line in ten or so happens to end a sentence, of
// the other kind nearly every line does.
const (
	// endsShare is the share of line ends that end a sentence from which on
	// every line is a paragraph: half way, as the two kinds lie so far apart.
	endsShare = 0.5
	// fewEnds is the number of line ends below which a block is too short to
	// judge by itself and goes with the file: three lines of a broken text end
	// a sentence each by chance about once in a thousand blocks.
	fewEnds = 4
	// maxWrap is a width in characters that nobody breaks lines at: a longer
	// line's end is a paragraph's whatever it ends with.
	maxWrap = 200
)

// splitLines parts the blocks of prose and quotation whose lines are
// paragraphs of their own.
func splitLines(text string, blocks []block) []block {
	var ends, all int
	for _, b := range blocks {
		e, n := lineEnds(text, b)
		ends += e
		all += n
	}
	var parted []block
	for _, b := range blocks {
		e, n := lineEnds(text, b)
		if n < fewEnds {
			e, n = ends, all
		}
		if len(b.lines) < 2 || !breakable(b) || float64(e) < endsShare*float64(n) {
			parted = append(parted, b)
			continue
		}
		rest := b.lines
		for i := range b.lines {
			if i+1 < len(b.lines) && !partsLines(text, b.lines[i], b.lines[i+1]) {
				continue
			}
			n := len(rest) - (len(b.lines) - i - 1)
			parted = append(parted, block{kind: b.kind, lines: rest[:n:n], comments: b.comments})
			rest = rest[n:]
		}
	}
	return parted
}

func breakable(b block) bool { return b.kind == article.Prose || b.kind == article.Quote }

// lineEnds counts the line ends inside a block and those of them that end a
// sentence.
func lineEnds(text string, b block) (ends, all int) {
	if !breakable(b) {
		return 0, 0
	}
	for i := range len(b.lines) - 1 {
		all++
		if endsLine(text[b.lines[i].Start:b.lines[i].End]) {
			ends++
		}
	}
	return ends, all
}

func endsLine(line string) bool {
	return endsSentence(line) || utf8.RuneCountInString(line) > maxWrap
}

// partsLines reports whether, in a text of a paragraph a line, the two lines
// are two paragraphs: an odd line that stops in the middle of a sentence goes
// on in the next.
func partsLines(text string, a, b article.Span) bool {
	if endsSentence(text[a.Start:a.End]) {
		return true
	}
	return !unicode.IsLower(lang.FirstLetter(text[b.Start:b.End]))
}

// endsSentence reports whether the line ends with a sentence's last mark, or
// the colon that announces what follows.
func endsSentence(line string) bool {
	bare := strings.TrimRightFunc(line, func(r rune) bool {
		return r == '"' || r == '\'' || r == '*' || r == '_' || unicode.IsSpace(r) || unicode.In(r, unicode.Pe, unicode.Pf, unicode.Pi)
	})
	r, _ := utf8.DecodeLastRuneInString(bare)
	return lang.IsTerminal(r) || r == ':'
}

// trimSpan drops white space at both ends of text[start:end].
func trimSpan(text string, start, end int) article.Span {
	start = end - len(strings.TrimLeftFunc(text[start:end], unicode.IsSpace))
	return article.Span{Start: start, End: start + len(strings.TrimRightFunc(text[start:end], unicode.IsSpace))}
}
