package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plainText is the element's text on one line.
func plainText(n *html.Node) string {
	return strings.Join(strings.Fields(withoutControls(rawText(n))), " ")
}

// rawText is the element's text, as a reader sees it, with its white space.
func rawText(n *html.Node) string {
	var b strings.Builder
	appendText(&b, n)
	return b.String()
}

func appendText(b *strings.Builder, n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.Type != html.ElementNode || leftOut(c):
		case c.DataAtom == atom.Br:
			b.WriteByte('\n')
		case c.DataAtom == atom.Sup || c.DataAtom == atom.Sub:
			if text, ok := script(c); ok {
				b.WriteString(text)
			} else {
				appendText(b, c)
			}
		default:
			appendText(b, c)
		}
	}
}

// withoutControls drops control characters, which a page can spell as
// references such as &#27;, except those that are white space.
func withoutControls(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// leftOut reports whether the text under n is no part of what is read.
func leftOut(n *html.Node) bool { return unread[n.DataAtom] || hidden(n) }

func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "aria-hidden":
			return a.Val == "true"
		case "style":
			if hides(a.Val) {
				return true
			}
		}
	}
	return false
}

// hides reports whether the declarations of a style attribute leave nothing to
// see. What a page's style sheets say isn't known here.
func hides(style string) bool {
	for style = strings.ToLower(style); ; {
		before, rest, found := strings.Cut(style, "/*")
		if !found {
			break
		}
		_, after, _ := strings.Cut(rest, "*/")
		style = before + " " + after
	}
	for declaration := range strings.SplitSeq(style, ";") {
		property, value, _ := strings.Cut(declaration, ":")
		value, _, _ = strings.Cut(value, "!")
		value = strings.TrimSpace(value)
		number := strings.TrimRight(value, "abcdefghijklmnopqrstuvwxyz%")
		zero := number != "" && strings.Trim(number, "0.+-") == "" && strings.Contains(number, "0")
		switch strings.TrimSpace(property) {
		case "display":
			if value == "none" {
				return true
			}
		case "visibility":
			if value == "hidden" || value == "collapse" {
				return true
			}
		case "opacity", "font-size":
			if zero {
				return true
			}
		}
	}
	return false
}

// maxScript is the length in characters up to which what is raised or lowered
// is read as an index, an exponent or a mark. Longer text is text that a page
// happens to set so.
const maxScript = 24

// script is what stands for a <sup> or <sub> in a text that has no sizes. Next
// to a number its digits must not become more digits of it: they are Unicode's
// raised and lowered ones, 10²¹ and CO₂, or where it lacks one, ^(…) and _(…).
// Letters alone, as in 21st and Mme, can't be misread and stay as they are. The
// mark of a footnote is no part of the text, which holds no footnotes to find.
//
// It reports false for what is too long to be read so.
func script(n *html.Node) (string, bool) {
	raw := plainText(n)
	if utf8.RuneCountInString(raw) > maxScript {
		return "", false
	}
	if isFootnoteMark(n, raw) {
		return "", true
	}
	shapes, open := raised, "^("
	if n.DataAtom == atom.Sub {
		shapes, open = lowered, "_("
	}
	switch {
	case strings.EqualFold(raw, "tm") && n.DataAtom == atom.Sup:
		return "™", true
	case strings.IndexFunc(raw, func(r rune) bool { return !unicode.IsLetter(r) && r != '.' }) < 0 && utf8.RuneCountInString(raw) != 1:
		return raw, true
	}
	var b strings.Builder
	for _, r := range raw {
		i := strings.IndexRune(plainShapes, r)
		if i < 0 {
			return open + raw + ")", true
		}
		b.WriteRune([]rune(shapes)[utf8.RuneCountInString(plainShapes[:i])])
	}
	return b.String(), true
}

// The characters that have a raised and a lowered shape in Unicode, in order.
// A minus sign may be written as a hyphen.
const (
	plainShapes = "0123456789+-−=()aeoxhklmnpstijruv"
	raised      = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵉᵒˣʰᵏˡᵐⁿᵖˢᵗⁱʲʳᵘᵛ"
	lowered     = "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ"
)

// isFootnoteMark reports whether what is raised sends the reader to a
// footnote: by its role or class, by a link within the page, or by its
// characters.
func isFootnoteMark(n *html.Node, text string) bool {
	if n.DataAtom != atom.Sup {
		return false
	}
	if strings.Trim(text, "*†‡§¶ ,") == "" || strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		return true
	}
	if isNoteReference(n) {
		return true
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && (isNoteReference(d) || d.DataAtom == atom.A && strings.Contains(attribute(d, "href"), "#")) {
			return true
		}
	}
	// The link may stand around it and hold nothing else.
	for up := n.Parent; up != nil; up = up.Parent {
		if up.DataAtom == atom.A {
			return letters(up) == letters(n) && (isNoteReference(up) || strings.Contains(attribute(up, "href"), "#"))
		}
	}
	return false
}

// letters is how many bytes the text under n has, without white space.
func letters(n *html.Node) (count int) {
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			count += len(strings.Join(strings.Fields(d.Data), ""))
		}
	}
	return count
}

// noteClasses are the classes that the makers of pages (MediaWiki, Pandoc,
// DocBook, EPUB) give the marks of footnotes.
var noteClasses = map[string]bool{"reference": true, "footnote": true, "footnote-ref": true, "footnote-reference": true, "noteref": true, "endnote": true}

func isNoteReference(n *html.Node) bool {
	for _, key := range []string{"role", "epub:type"} {
		if v := attribute(n, key); v == "doc-noteref" || v == "noteref" {
			return true
		}
	}
	for class := range strings.FieldsSeq(attribute(n, "class")) {
		if noteClasses[class] {
			return true
		}
	}
	return false
}
