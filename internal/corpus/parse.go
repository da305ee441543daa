package corpus

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// maxPath is the length in bytes of an article's path. Discord takes a hundred
// characters as the value of a choice, where an article's ID has to go.
const maxPath = 90

// readers read a body into its article's Text, and perhaps metadata, and
// return its blocks, by extension. An error comes with its line in the body,
// counted from 1.
var readers = map[string]func(a *article.Article, body string) (blocks []block, line int, err error){
	".md":   readMarkdown,
	".txt":  readPlain,
	".html": readHTML,
}

// block is a stretch of the text before it is cut into sentences.
type block struct {
	kind article.Kind
	// lines are the spans of its lines, in order, without what marks them as
	// the block's, such as "> " or the indent of an item.
	lines    []article.Span
	top      bool           // a heading of the first level
	comments []article.Span // in it, and perhaps around it, in order; nobody's text
}

func (b block) start() int { return b.lines[0].Start }
func (b block) end() int   { return b.lines[len(b.lines)-1].End }

// Parse reads one file as an article. The name is its path in the corpus
// folder, with forward slashes; it gives the article's ID and the format. The
// problems are all that is wrong; there is an article only when there are
// none. Limits on the file's size are the caller's.
func Parse(name string, data []byte) (*article.Article, article.Problems) {
	if reason := checkName(name); reason != "" {
		return nil, article.Problems{{File: printable(name), Reason: reason}}
	}
	text, line, reason := decode(data)
	if reason != "" {
		return nil, article.Problems{{File: name, Line: line, Reason: reason}}
	}
	ext := path.Ext(name)
	a := &article.Article{ID: strings.TrimSuffix(name, ext), Path: name}
	front, body, open := cutFrontMatter(text)
	if open {
		return nil, article.Problems{{File: name, Line: 1, Reason: `the front matter that "---" opens is never closed by another "---"`}}
	}
	problems := readFrontMatter(a, front)
	for {
		body = strings.TrimLeft(body, byteOrderMark)
		blank, rest, found := strings.Cut(body, "\n")
		if !found || strings.TrimSpace(blank) != "" {
			break
		}
		body = rest
	}
	blocks, line, err := readers[strings.ToLower(ext)](a, body)
	if err != nil {
		above := strings.Count(text[:len(text)-len(body)], "\n")
		return nil, append(problems, article.Problem{File: name, Line: above + line, Reason: err.Error()})
	}
	if !visible(a.Title) {
		a.Title = findTitle(a, blocks)
	}
	assemble(a, blocks)
	if len(a.Sentences) == 0 {
		problems = append(problems, article.Problem{File: name, Reason: "the article has no sentence that could be quoted"})
	}
	if n := len(a.Sentences); n > maxSentences {
		problems = append(problems, article.Problem{File: name, Reason: fmt.Sprintf("the article has %d sentences; at most %d are served", n, maxSentences)})
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return a, nil
}

// checkName says why a path can't be an article's, "" when it can.
func checkName(name string) string {
	switch {
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "the file's name is not plain UTF-8"
	case !fs.ValidPath(name) || strings.ContainsAny(name, `\:`):
		return `the file's name must be a relative path without "..", ":" or "\"`
	case len(name) > maxPath:
		return fmt.Sprintf("the file's path has %d bytes; at most %d fit", len(name), maxPath)
	case readers[strings.ToLower(path.Ext(name))] == nil:
		return "only .md, .txt and .html files are articles"
	case strings.TrimSuffix(path.Base(name), path.Ext(name)) == "":
		return "the file has no name before its extension"
	}
	return ""
}

// printable is a file's name as a problem may show it.
func printable(name string) string {
	return clip(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, name), maxPath)
}

// findTitle finds a title for an article that has none in its front matter: a
// heading of the first level, else a heading above everything else, else the
// file's name made readable.
func findTitle(a *article.Article, blocks []block) string {
	best := -1
	for i, b := range blocks {
		if b.kind == article.Heading && (b.top || i == 0) {
			best = i
			if b.top {
				break
			}
		}
	}
	if best >= 0 {
		text := strings.Join(strings.Fields(strings.Trim(a.Text[blocks[best].start():blocks[best].end()], "*_# ")), " ")
		if visible(text) {
			return clip(text, maxTitle)
		}
	}
	base := path.Base(a.ID)
	words := strings.Join(strings.FieldsFunc(base, func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) }), " ")
	if words == "" {
		words = base
	}
	first, n := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[n:]
}

// visible reports whether there is anything to see in a text.
func visible(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// assemble numbers the blocks as the article's paragraphs and cuts the
// quotable ones into sentences.
func assemble(a *article.Article, blocks []block) {
	language, heading, number := lang.For(a.Lang), -1, 0
	for _, b := range blocks {
		p := article.Paragraph{Start: b.start(), End: b.end(), Kind: b.kind, Heading: heading, First: len(a.Sentences)}
		if (b.kind == article.Prose || b.kind == article.Item) && isCaption(a.Text[p.Start:p.End]) {
			p.Kind = article.Caption
		}
		seen := view(a.Text, b)
		if p.Kind.Quotable() && !strings.ContainsFunc(seen, isWordRune) {
			continue // "* * *" and the like
		}
		if p.Kind.Quotable() {
			number++
			p.Number = number
			for _, s := range language.Sentences(seen) {
				p.Count++
				a.Sentences = append(a.Sentences, article.Sentence{
					Start: p.Start + s.Start, End: p.Start + s.End,
					Paragraph: len(a.Paragraphs), Number: p.Count,
				})
			}
		}
		if p.Kind == article.Heading {
			heading = len(a.Paragraphs)
		}
		a.Paragraphs = append(a.Paragraphs, p)
	}
}

// view is the block's text with spaces in place of its comments and of what
// stands between its lines, such as the ">" of a quotation, so that a sentence
// is cut as if it stood on one line without them and its offsets stay those of
// the text.
func view(text string, b block) string {
	if len(b.lines) == 1 && len(b.comments) == 0 {
		return text[b.start():b.end()]
	}
	var v strings.Builder
	v.Grow(b.end() - b.start())
	for i, l := range b.lines {
		if i > 0 {
			v.WriteString(strings.Repeat(" ", l.Start-b.lines[i-1].End))
		}
		v.WriteString(text[l.Start:l.End])
	}
	if len(b.comments) == 0 {
		return v.String()
	}
	seen := []byte(v.String())
	first, _ := slices.BinarySearchFunc(b.comments, b.start(), func(c article.Span, at int) int { return c.End - at })
	for _, c := range b.comments[first:] {
		if c.Start >= b.end() {
			break
		}
		for i := max(c.Start, b.start()); i < min(c.End, b.end()); i++ {
			seen[i-b.start()] = ' '
		}
	}
	return string(seen)
}
