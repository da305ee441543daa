package corpus

import (
	"fmt"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"verbatim/internal/article"
)

// unread are the elements whose text isn't the article's: scripts, controls,
// what stands around an article on its page, and what it takes back.
var unread = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Head: true,
	atom.Nav: true, atom.Header: true, atom.Footer: true, atom.Aside: true, atom.Figcaption: true,
	atom.Form: true, atom.Button: true, atom.Select: true, atom.Textarea: true, atom.Input: true, atom.Dialog: true,
	atom.Svg: true, atom.Math: true, atom.Iframe: true, atom.Object: true, atom.Embed: true,
	atom.Audio: true, atom.Video: true, atom.Canvas: true, atom.Map: true, atom.Menu: true, atom.Caption: true,
	// What was struck out is what the article no longer says.
	atom.Del: true, atom.S: true, atom.Strike: true,
}

// blockElements start and end a paragraph.
var blockElements = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Body: true,
	atom.Ul: true, atom.Ol: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Figure: true, atom.Address: true,
	atom.Details: true, atom.Summary: true, atom.Hr: true, atom.Fieldset: true, atom.Center: true, atom.Hgroup: true,
	atom.Table: true, atom.Tbody: true, atom.Thead: true, atom.Tfoot: true, atom.Tr: true, atom.Td: true, atom.Th: true,
}

// readHTML reads a .html file. The text is what a reader sees of the article:
// its blocks, parted by blank lines, with white space run together.
// Metadata that the page states and the front matter doesn't is taken over.
func readHTML(a *article.Article, body string) (blocks []block, line int, err error) {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		// The parser names no line, but what is cut before the trouble it reads.
		lines := strings.SplitAfter(body, "\n")
		line = 1 + sort.Search(len(lines)-1, func(i int) bool {
			_, err := html.Parse(strings.NewReader(strings.Join(lines[:i+1], "")))
			return err != nil
		})
		return nil, line, fmt.Errorf("the page can't be read as HTML; here its elements stand too deep in each other (%w)", err)
	}
	readHead(a, doc)
	p := page{}
	p.walk(root(doc), article.Prose)
	p.flush(article.Prose)
	a.Text = p.text.String()
	return splitLines(a.Text, p.blocks), 0, nil
}

// root is the element that holds the article: the only <article>, else the
// only <main>, else everything.
func root(doc *html.Node) *html.Node {
	for _, tag := range []atom.Atom{atom.Article, atom.Main} {
		if found := elements(doc, tag); len(found) == 1 {
			return found[0]
		}
	}
	return doc
}

func elements(n *html.Node, tag atom.Atom) []*html.Node {
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom == tag {
			found = append(found, d)
		}
	}
	return found
}

// readHead takes over what the page says of itself, where it is valid and not
// known yet. The only <h1> is a better title than <title>, which often names
// the site too.
func readHead(a *article.Article, doc *html.Node) {
	set := func(field *string, key, value string) {
		if *field == "" && value != "" {
			_ = fields[key](a, value) // what isn't valid stays unknown
		}
	}
	if h := elements(doc, atom.H1); len(h) == 1 {
		set(&a.Title, "title", plainText(h[0]))
	}
	for _, t := range elements(doc, atom.Title) {
		set(&a.Title, "title", plainText(t))
	}
	for _, h := range elements(doc, atom.Html) {
		set(&a.Lang, "lang", attribute(h, "lang"))
	}
	for _, l := range elements(doc, atom.Link) {
		if attribute(l, "rel") == "canonical" {
			set(&a.URL, "url", attribute(l, "href"))
		}
	}
	for _, m := range elements(doc, atom.Meta) {
		content := strings.TrimSpace(attribute(m, "content"))
		switch attribute(m, "name") + attribute(m, "property") {
		case "author":
			set(&a.Author, "author", content)
		case "og:site_name":
			set(&a.Source, "source", content)
		case "article:published_time":
			set(&a.Published, "published", content)
		}
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// page gathers the text of a tree and its blocks.
type page struct {
	text   strings.Builder
	blocks []block
	buf    strings.Builder // the paragraph being read
}

// walk adds the text under n; kind is what a paragraph in it is.
func (p *page) walk(n *html.Node, kind article.Kind) {
	switch {
	case n.Type == html.TextNode:
		p.buf.WriteString(spaceLines.Replace(withoutControls(n.Data)))
		return
	case n.Type != html.ElementNode && n.Type != html.DocumentNode, leftOut(n):
		return
	}
	switch n.DataAtom {
	case atom.Sup, atom.Sub:
		if text, ok := script(n); ok {
			p.buf.WriteString(spaceLines.Replace(text))
			return
		}
		p.inside(n, kind)
	case atom.Br:
		p.buf.WriteByte('\n')
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		p.block(n, kind, article.Heading)
		if last := len(p.blocks) - 1; last >= 0 && p.blocks[last].kind == article.Heading {
			p.blocks[last].top = n.DataAtom == atom.H1
		}
	case atom.Li:
		p.block(n, kind, article.Item)
	case atom.Blockquote:
		p.block(n, kind, article.Quote)
	case atom.Pre:
		p.flush(kind)
		p.add(article.Code, strings.Split(breakLines.Replace(withoutControls(rawText(n))), "\n"))
	case atom.Table:
		if isLayout(n) {
			p.block(n, kind, kind)
			return
		}
		p.flush(kind)
		p.add(article.Table, rows(n))
	default:
		if blockElements[n.DataAtom] {
			p.block(n, kind, kind)
			return
		}
		p.inside(n, kind)
	}
}

// spaceLines makes the newlines of the source spaces, so that those in a
// paragraph are its <br>.
var spaceLines = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ", "\f", " ", "\v", " ", "\u0085", " ")

// breakLines makes whatever else ends a line, which a page can spell as a
// reference such as &#13;, a newline.
var breakLines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n", "\v", "\n")

func (p *page) inside(n *html.Node, kind article.Kind) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.walk(c, kind)
	}
}

// block reads n as a block of its own in one of another kind.
func (p *page) block(n *html.Node, outer, kind article.Kind) {
	p.flush(outer)
	p.inside(n, kind)
	p.flush(kind)
}

// flush ends the paragraph being read. Two <br> in a row part paragraphs.
func (p *page) flush(kind article.Kind) {
	text := p.buf.String()
	p.buf.Reset()
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.Trim(collapse(line), " ")
		if line == "" {
			p.add(kind, lines)
			lines = nil
			continue
		}
		lines = append(lines, line)
	}
	p.add(kind, lines)
}

// collapse makes runs of plain spaces one; a no-break space stays.
func collapse(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		if r == ' ' && space {
			continue
		}
		space = r == ' '
		b.WriteRune(r)
	}
	return b.String()
}

// add appends a block of the lines to the text. Blank ones are left out.
func (p *page) add(kind article.Kind, lines []string) {
	b := block{kind: kind}
	for _, line := range lines {
		if p.text.Len() == 0 {
			line = strings.TrimLeft(line, byteOrderMark)
		}
		bare := trimSpan(line, 0, len(line))
		if bare.Empty() {
			continue
		}
		if p.text.Len() > 0 {
			p.text.WriteByte('\n')
			if len(b.lines) == 0 {
				p.text.WriteByte('\n')
			}
		}
		at := p.text.Len()
		p.text.WriteString(strings.TrimRightFunc(line, unicode.IsSpace))
		b.lines = append(b.lines, article.Span{Start: at + bare.Start, End: at + bare.End})
	}
	if len(b.lines) > 0 {
		p.blocks = append(p.blocks, b)
	}
}

// isLayout reports whether a table arranges a page and holds its paragraphs
// rather than data.
func isLayout(n *html.Node) bool {
	return attribute(n, "role") == "presentation" || len(elements(n, atom.Table)) > 0 || len(elements(n, atom.P)) > 0
}

// rows are a table's rows, cells parted by " | ".
func rows(table *html.Node) []string {
	var all []string
	for _, tr := range elements(table, atom.Tr) {
		var cells []string
		for c := range tr.ChildNodes() {
			if c.Type == html.ElementNode {
				cells = append(cells, plainText(c))
			}
		}
		all = append(all, strings.Join(cells, " | "))
	}
	return all
}
