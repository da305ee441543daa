package verify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	commentStart = "<!--"
	commentEnd   = "-->"
	strike       = "~~"
)

// blanked is the text with spaces for the bytes that a reader of Markdown
// doesn't see, comments and the targets of links, and for what is struck out,
// which its writer takes back. It takes linear time.
func blanked(text string) string {
	lastEnd, lastStrike := strings.LastIndex(text, commentEnd), strings.LastIndex(text, strike)
	if lastEnd < 0 && lastStrike < 0 && !strings.Contains(text, "](") {
		return text
	}
	seen := []byte(text)
	for i := 0; i < len(text); {
		n := 0
		switch rest := text[i:]; {
		case i < lastEnd && strings.HasPrefix(rest, commentStart):
			n = strings.Index(rest, commentEnd) + len(commentEnd)
		case i < lastStrike && strings.HasPrefix(rest, strike):
			n = struck(rest)
		case rest[0] == ']':
			n = target(rest)
		}
		for k := i; k < i+n; k++ {
			seen[k] = ' '
		}
		i += max(n, 1)
	}
	return string(seen)
}

// struck measures the text between tildes that s, in which two follow, begins
// with; 0 when it isn't struck out. It goes no further than to those.
func struck(s string) int {
	end := len(strike) + strings.Index(s[len(strike):], strike)
	words := s[len(strike):max(end, len(strike))]
	first, _ := utf8.DecodeRuneInString(words)
	last, _ := utf8.DecodeLastRuneInString(words)
	if words == "" || unicode.IsSpace(first) || unicode.IsSpace(last) || strings.Contains(words, "\n\n") {
		return 0
	}
	return end + len(strike)
}

// target measures the target of a link, with the bracket that closes its words
// and perhaps a title, that s begins with; 0 when there is none.
func target(s string) int {
	// No address is longer or has more brackets in it; unbounded, they could
	// cost the square of the text.
	const maxTarget, maxDepth = 2000, 3
	depth := 0
	for i := 1; i < min(len(s), maxTarget); i++ {
		switch c := s[i]; {
		case c == '(':
			if depth++; depth > maxDepth {
				return 0
			}
		case i == 1:
			return 0
		case c == ')':
			if depth--; depth == 0 {
				return i + 1
			}
		case c == '\n':
			return 0
		case c == ' ':
			title := s[i+1 : min(len(s), maxTarget)]
			if end := strings.Index(title, `")`); strings.HasPrefix(title, `"`) && end > 0 && !strings.Contains(title[:end], "\n") {
				return i + 1 + end + len(`")`)
			}
			return 0
		}
	}
	return 0
}
