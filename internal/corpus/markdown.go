package corpus

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"verbatim/internal/article"
)

// maxSetext is the length in characters up to which text underlined with "---"
// is a heading. Longer text is a paragraph whose writer meant a rule below it
// and left out the blank line.
const maxSetext = 120

// maxNesting is how many quotation marks and bullets a line may start with.
// The parser's time grows with the square of it.
const maxNesting = 100

// definition matches a line that defines the target of links.
var definition = regexp.MustCompile(`^\[[^\]^][^\]]*\]:[ \t]*\S+([ \t]+("[^"]*"|'[^']*'|\([^)]*\)))?$`)

// readMarkdown reads a .md file. The text is the body as it is, markup
// included: what is quoted is quoted as it was written.
func readMarkdown(a *article.Article, body string) (blocks []block, line int, err error) {
	a.Text = body
	for text := range strings.SplitSeq(body, "\n") {
		if line++; nesting(text) > maxNesting {
			return nil, line, fmt.Errorf("the line starts with more than %d quotation marks or bullets: %q", maxNesting, clip(text, 40))
		}
	}
	// Blocks only: inline markup stays in the text, and what isn't parsed
	// can't be made slow by a hostile file. Definitions of links are left to
	// us as the parser takes the square of their number.
	p := parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
	)
	w := markdown{source: body}
	w.children(p.Parse(text.NewReader([]byte(body))), article.Prose)
	slices.SortStableFunc(w.blocks, func(a, b block) int { return a.start() - b.start() })
	return splitLines(body, w.blocks), 0, nil
}

// nesting counts the quotation marks and bullets that a line starts with.
func nesting(line string) int {
	n := 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '>', (c == '-' || c == '*' || c == '+' || c == '.' || c == ')') && (i+1 == len(line) || line[i+1] == ' ' || line[i+1] == '\t'):
			n++
		case c == ' ' || c == '\t' || '0' <= c && c <= '9':
		default:
			return n
		}
	}
	return n
}

// markdown gathers the blocks of a tree.
type markdown struct {
	source string
	blocks []block
}

func (m *markdown) children(n ast.Node, kind article.Kind) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		m.node(c, kind)
	}
}

// node adds the blocks of n; kind is what a paragraph in it is.
func (m *markdown) node(n ast.Node, kind article.Kind) {
	switch n := n.(type) {
	case *ast.Heading:
		m.heading(n)
	case *ast.Paragraph, *ast.TextBlock:
		lines := n.Lines()
		first := 0
		for first < lines.Len() {
			s := lines.At(first)
			if !definition.MatchString(strings.TrimSpace(m.source[s.Start:s.Stop])) {
				break
			}
			first++
		}
		lines.SetSliced(first, lines.Len())
		m.add(kind, lines)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		m.add(article.Code, n.Lines())
	case *ast.HTMLBlock:
		// Markup has to be read past as code has; a comment is nobody's text.
		if n.HTMLBlockType != ast.HTMLBlockType2 {
			m.add(article.Code, n.Lines())
		}
	case *extast.Table:
		m.table(n)
	case *ast.Blockquote:
		m.children(n, article.Quote)
	case *ast.ListItem:
		m.children(n, article.Item)
	case *ast.List, *ast.Document:
		m.children(n, kind)
	}
	// Rules and definitions of link targets say nothing.
}

func (m *markdown) heading(n *ast.Heading) {
	before := len(m.blocks)
	m.add(article.Heading, n.Lines())
	if len(m.blocks) == before {
		return
	}
	b := &m.blocks[before]
	b.top = n.Level == 1
	underlined := !strings.HasPrefix(strings.TrimLeft(m.source[lineStart(m.source, b.start()):], " >"), "#")
	if words := m.source[b.start():b.end()]; underlined && (utf8.RuneCountInString(words) > maxSetext || len(b.lines) > 1) {
		b.kind, b.top = article.Prose, false
	}
}

func lineStart(text string, at int) int { return strings.LastIndexByte(text[:at], '\n') + 1 }

// table adds a table as one block, from its first cell to its last.
func (m *markdown) table(n *extast.Table) {
	var cells text.Segments
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if cell, ok := c.(*extast.TableCell); ok && entering {
			for _, s := range cell.Lines().Sliced(0, cell.Lines().Len()) {
				cells.Append(s)
			}
		}
		return ast.WalkContinue, nil
	})
	m.add(article.Table, &cells)
}

// add adds a block of the segments, without blank lines.
func (m *markdown) add(kind article.Kind, segments *text.Segments) {
	b := block{kind: kind}
	for _, s := range segments.Sliced(0, segments.Len()) {
		if span := trimSpan(m.source, s.Start, s.Stop); !span.Empty() {
			b.lines = append(b.lines, span)
		}
	}
	if len(b.lines) > 0 {
		b.comments = comments(m.source, b.start(), b.end())
		m.blocks = append(m.blocks, b)
	}
}

// comments finds those in text[start:end].
func comments(text string, start, end int) (all []article.Span) {
	const open, shut = "<!--", "-->"
	for {
		from := strings.Index(text[start:end], open)
		if from < 0 {
			return all
		}
		from += start
		to := strings.Index(text[from:end], shut)
		if to < 0 {
			return all
		}
		start = from + to + len(shut)
		all = append(all, article.Span{Start: from, End: start})
	}
}
