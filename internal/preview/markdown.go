// Package preview shows replies as Discord would: it reads Discord's dialect
// of Markdown and writes static HTML. It is written from how Discord's clients
// behave, apart from the code that escapes text for them, so that each can be
// tested against the other.
package preview

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// NodeKind says what a node of the text is.
type NodeKind uint8

// The kinds of node.
const (
	Text      NodeKind = iota // Literal, as it is seen
	Bold                      // Children, like the next eight
	Italic                    //
	Underline                 //
	Strike                    //
	Spoiler                   //
	Quote                     //
	Subtext                   //
	ListItem                  //
	Heading                   // Level 1 to 3
	Code                      // Literal
	CodeBlock                 // Literal
	Link                      // Target; Children are its label
	URL                       // Literal is shown and is the target
	Mention                   // Literal: a member, role, channel, command, @everyone or @here
	Emoji                     // Literal: a custom emoji or a :name:
	Timestamp                 // Literal
)

// Node is one part of a text as Discord shows it.
type Node struct {
	Kind     NodeKind
	Literal  string
	Target   string
	Level    int
	Children []Node
}

// Parse reads Discord's Markdown. It never fails: what isn't formatting is
// text. Where clients differ it sees formatting rather than text.
func Parse(source string) []Node {
	return parser{}.blocks(source)
}

// Loose is a text as clients may read it that drop characters which show
// nothing before they look for formatting: form feeds and other controls, and
// what has no width. Where they do, Parse reads its result as they would.
func Loose(source string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			return -1
		}
		return r
	}, source)
}

// Visible is the text that a reader sees, without any formatting.
func Visible(nodes []Node) string {
	var b strings.Builder
	for _, n := range nodes {
		b.WriteString(n.Literal)
		b.WriteString(Visible(n.Children))
	}
	return b.String()
}

// parser holds what the rules need to know of the text around them.
type parser struct {
	quoted bool // inside a block quote, where none can begin
	depth  int  // nesting, bounded so that hostile text can't exhaust the stack
}

const maxDepth = 12

// blocks parses text that may hold block formatting at the start of its lines.
func (p parser) blocks(source string) []Node {
	if p.depth > maxDepth {
		return []Node{{Kind: Text, Literal: source}}
	}
	p.depth++
	var out nodes
	for i := 0; i < len(source); {
		rest := source[i:]
		if lineStart(source[:i]) {
			if n, size, ok := p.block(rest); ok {
				out.add(n)
				i += size
				continue
			}
		}
		if n, size, ok := p.inline(rest, source[:i]); ok {
			out.add(n)
			i += size
			continue
		}
		_, size := utf8.DecodeRuneInString(rest)
		out.text(rest[:size])
		i += size
	}
	return out.list
}

// lineStart reports whether a line begins behind a text. To some readers
// Unicode's separators end one too.
func lineStart(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return before == "" || r == '\n' || r == '\u2028' || r == '\u2029'
}

// nodes gathers nodes, joining neighbouring text.
type nodes struct{ list []Node }

func (ns *nodes) add(n Node) {
	if n.Kind == Text {
		ns.text(n.Literal)
		return
	}
	ns.list = append(ns.list, n)
}

func (ns *nodes) text(s string) {
	if k := len(ns.list); k > 0 && ns.list[k-1].Kind == Text {
		ns.list[k-1].Literal += s
		return
	}
	ns.list = append(ns.list, Node{Kind: Text, Literal: s})
}

// block matches the formatting that stands at the start of a line and reports
// how many bytes it takes.
func (p parser) block(s string) (Node, int, bool) {
	if n, size, ok := p.quote(s); ok {
		return n, size, true
	}
	line, after := s, len(s)
	if k := strings.IndexByte(s, '\n'); k >= 0 {
		line, after = s[:k], k
	}
	trimmed := strings.TrimLeftFunc(line, unicode.IsSpace)
	if level := strings.IndexFunc(trimmed, func(r rune) bool { return r != '#' }); level >= 1 && level <= 3 && space(trimmed[level:]) > 0 {
		return Node{Kind: Heading, Level: level, Children: p.blocksOf(strings.TrimLeftFunc(trimmed[level:], unicode.IsSpace))}, after, true
	}
	if body, ok := strings.CutPrefix(trimmed, "-#"); ok && space(body) > 0 {
		return Node{Kind: Subtext, Children: p.blocksOf(strings.TrimLeftFunc(body, unicode.IsSpace))}, after, true
	}
	if mark := listMark(trimmed); mark > 0 {
		return Node{Kind: ListItem, Literal: trimmed[:mark], Children: p.blocksOf(trimmed[mark:])}, after, true
	}
	return Node{}, 0, false
}

func (p parser) blocksOf(s string) []Node { return p.blocks(s) }

// listMark measures the bullet or number, with its space, that opens a list
// item; 0 when there is none.
func listMark(line string) int {
	if len(line) >= 2 && (line[0] == '-' || line[0] == '*' || line[0] == '+') && space(line[1:]) > 0 {
		return 1 + space(line[1:])
	}
	k := 0
	for k < len(line) && line[k] >= '0' && line[k] <= '9' {
		k++
	}
	if k > 0 && k+1 < len(line) && line[k] == '.' && space(line[k+1:]) > 0 {
		return k + 1 + space(line[k+1:])
	}
	return 0
}

// quote matches a block quote: lines that begin with "> ", or everything after
// ">>> ".
func (p parser) quote(s string) (Node, int, bool) {
	if p.quoted {
		return Node{}, 0, false
	}
	inner := p
	inner.quoted = true
	indent := func(line string) string {
		return strings.TrimLeftFunc(line, func(r rune) bool { return r != '\n' && unicode.IsSpace(r) })
	}
	if body, ok := strings.CutPrefix(indent(s), ">>>"); ok && space(body) > 0 {
		return Node{Kind: Quote, Children: inner.blocks(body[space(body):])}, len(s), true
	}
	size := 0
	var body strings.Builder
	for size < len(s) {
		line := s[size:]
		end := strings.IndexByte(line, '\n')
		if end >= 0 {
			line = line[:end]
		}
		text, ok := strings.CutPrefix(indent(line), ">")
		if !ok || space(text) == 0 {
			break
		}
		if size > 0 {
			body.WriteByte('\n')
		}
		body.WriteString(text[space(text):])
		size += len(line)
		if end < 0 {
			break
		}
		size++
	}
	if size == 0 {
		return Node{}, 0, false
	}
	return Node{Kind: Quote, Children: inner.blocks(body.String())}, size, true
}

// space is the length in bytes of the space that s begins with; 0 when it
// begins with none.
func space(s string) int {
	if r, n := utf8.DecodeRuneInString(s); r != '\n' && unicode.IsSpace(r) {
		return n
	}
	return 0
}

// pair is a formatting mark that stands on both sides of a text.
type pair struct {
	mark string
	kind NodeKind
}

// pairs, longest mark first where one begins with another.
func pairs() []pair {
	return []pair{{"**", Bold}, {"__", Underline}, {"~~", Strike}, {"||", Spoiler}, {"*", Italic}, {"_", Italic}}
}

// inline matches the formatting that may stand anywhere in a line.
func (p parser) inline(s, before string) (Node, int, bool) {
	switch s[0] {
	case '\\':
		if r, size := utf8.DecodeRuneInString(s[1:]); size > 0 && escapable(r) {
			return Node{Kind: Text, Literal: s[1 : 1+size]}, 1 + size, true
		}
	case '`':
		return code(s)
	case '<':
		return angle(s)
	case '@':
		for _, m := range []string{"@everyone", "@here"} {
			if len(s) >= len(m) && strings.EqualFold(s[:len(m)], m) {
				return Node{Kind: Mention, Literal: s[:len(m)]}, len(m), true
			}
		}
	case ':':
		if name := shortcode(s); name > 0 {
			return Node{Kind: Emoji, Literal: s[:name]}, name, true
		}
	case '[':
		return p.link(s)
	case 'h', 'H', 's', 'S', 'd', 'D':
		if size := address(s); size > 0 {
			return Node{Kind: URL, Literal: s[:size]}, size, true
		}
	case '*', '_', '~', '|':
		for _, pr := range pairs() {
			if !strings.HasPrefix(s, pr.mark) {
				continue
			}
			if pr.mark == "_" && before != "" && wordByte(before[len(before)-1]) {
				continue
			}
			if end := closing(s, pr.mark); end > 0 {
				return Node{Kind: pr.kind, Children: p.blocks(s[len(pr.mark):end])}, end + len(pr.mark), true
			}
		}
	}
	return Node{}, 0, false
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// escapable reports whether a backslash before r is taken away.
func escapable(r rune) bool {
	return !(r < utf8.RuneSelf && (wordByte(byte(r)) && r != '_' || r == ' ' || r >= '\t' && r <= '\r'))
}

// closing finds the mark that closes the one s begins with, skipping escaped
// characters; 0 when there is none or nothing between.
func closing(s, mark string) int {
	for i := len(mark); i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		if i > len(mark) && strings.HasPrefix(s[i:], mark) {
			return i
		}
	}
	return 0
}

// code matches inline code and code blocks, in which nothing is escaped.
func code(s string) (Node, int, bool) {
	fence := 0
	for fence < len(s) && s[fence] == '`' {
		fence++
	}
	mark := s[:fence]
	if fence >= 3 {
		mark = "```"
	}
	end := strings.Index(s[len(mark):], mark)
	if end <= 0 {
		return Node{}, 0, false
	}
	kind := Code
	if len(mark) == 3 {
		kind = CodeBlock
	}
	return Node{Kind: kind, Literal: s[len(mark) : len(mark)+end]}, 2*len(mark) + end, true
}

// angle matches what Discord writes between angle brackets.
func angle(s string) (Node, int, bool) {
	end := strings.IndexByte(s, '>')
	if end < 2 || strings.ContainsAny(s[:end], "\n") {
		return Node{}, 0, false
	}
	body, whole := s[1:end], s[:end+1]
	switch {
	case strings.HasPrefix(body, "http://"), strings.HasPrefix(body, "https://"), strings.HasPrefix(body, "mailto:"), strings.HasPrefix(body, "tel:"):
		return Node{Kind: URL, Literal: body}, end + 1, true
	case strings.HasPrefix(body, "@"), strings.HasPrefix(body, "#"), strings.HasPrefix(body, "/"), strings.HasPrefix(body, "id:"):
		return Node{Kind: Mention, Literal: whole}, end + 1, true
	case strings.HasPrefix(body, ":"), strings.HasPrefix(body, "a:"):
		return Node{Kind: Emoji, Literal: whole}, end + 1, true
	case strings.HasPrefix(body, "t:"):
		return Node{Kind: Timestamp, Literal: whole}, end + 1, true
	case strings.Contains(body, "@") && !strings.Contains(body, " "), strings.HasPrefix(body, "+"):
		return Node{Kind: URL, Literal: body}, end + 1, true
	}
	return Node{}, 0, false
}

// shortcode measures ":name:"; 0 when s doesn't begin with one.
func shortcode(s string) int {
	end := strings.IndexByte(s[1:], ':')
	if end < 1 || strings.ContainsAny(s[1:1+end], " \t\n\\") {
		return 0
	}
	return end + 2
}

// address measures the web address or invite that s begins with.
func address(s string) int {
	lower := strings.ToLower(s[:min(len(s), 32)])
	for _, scheme := range []string{"https://", "http://", "steam://", "discord://", "discord.gg/", "discord.com/invite/", "discordapp.com/invite/"} {
		if !strings.HasPrefix(lower, scheme) {
			continue
		}
		end := strings.IndexAny(s, " \t\n<")
		if end < 0 {
			end = len(s)
		}
		if end > len(scheme) {
			return end
		}
	}
	return 0
}

// link matches a masked link: [label](target), the target perhaps in angle
// brackets and with a title.
func (p parser) link(s string) (Node, int, bool) {
	depth, close := 0, -1
	for i := 0; i < len(s) && close < 0; i++ {
		switch s[i] {
		case '\\':
			i++
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				close = i
			}
		}
	}
	if close < 0 || !strings.HasPrefix(s[close:], "](") {
		return Node{}, 0, false
	}
	end := strings.IndexByte(s[close:], ')')
	if end < 0 {
		return Node{}, 0, false
	}
	target := strings.Trim(strings.TrimSpace(s[close+2:close+end]), "<>")
	if !strings.Contains(target, ":") || close < 2 {
		return Node{}, 0, false
	}
	return Node{Kind: Link, Target: target, Children: p.blocks(s[1:close])}, close + end + 1, true
}
