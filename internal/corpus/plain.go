package corpus

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// bullet matches what starts a point of a list in plain text.
var bullet = regexp.MustCompile(`^(?:[-*•‣◦▪–] +|\d{1,3}[.)] +|\t*[•‣◦▪]\t*)`)

// maxHeading is the length in characters up to which a line of plain text may
// be a heading.
const maxHeading = 70

// readPlain reads a .txt file. The text is the body as it is. Blank lines part
// paragraphs; a line that starts with a bullet starts a point; a short line
// without a full stop above a paragraph of prose is a heading.
func readPlain(a *article.Article, body string) ([]block, int, error) {
	a.Text = body
	var blocks []block
	open := false // the last block takes more lines
	for at := 0; at < len(body); {
		line, _, _ := strings.Cut(body[at:], "\n")
		span := trimSpan(body, at, at+len(line))
		at += len(line) + 1
		if span.Empty() {
			open = false
			continue
		}
		if mark := bullet.FindString(body[span.Start:span.End]); mark != "" && span.Start+len(mark) < span.End {
			span.Start += len(mark)
			blocks = append(blocks, block{kind: article.Item, lines: []article.Span{span}})
			open = true
			continue
		}
		if open {
			last := &blocks[len(blocks)-1]
			last.lines = append(last.lines, span)
			continue
		}
		blocks = append(blocks, block{kind: article.Prose, lines: []article.Span{span}})
		open = true
	}
	blocks = splitLines(body, blocks)
	for i := range blocks {
		if i+1 < len(blocks) && isHeading(body, blocks[i]) && isSentence(body, blocks[i+1]) {
			blocks[i].kind = article.Heading
		}
	}
	return blocks, 0, nil
}

// isHeading reports whether the block looks like a heading: one short line
// that starts like a title and doesn't end like a sentence.
func isHeading(text string, b block) bool {
	line := text[b.start():b.end()]
	last, _ := utf8.DecodeLastRuneInString(line)
	first := lang.FirstLetter(line)
	return b.kind == article.Prose && len(b.lines) == 1 &&
		utf8.RuneCountInString(line) <= maxHeading &&
		(unicode.IsUpper(first) || unicode.IsDigit(first)) &&
		(unicode.IsLetter(last) || unicode.IsDigit(last)) &&
		!isCaption(line)
}

// isSentence reports whether the block is surely prose, as a heading's
// paragraph must be: otherwise every line of a poem would be a heading.
func isSentence(text string, b block) bool {
	return b.kind == article.Prose && (endsSentence(text[b.start():b.end()]) || b.end()-b.start() > 2*maxHeading)
}
