package lang

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// reading is a text as its words are read: without the characters that show
// nothing, ligatures and wide letters as the letters that they are, the marks
// of Markdown that stand in and around words gone, and what is struck out or a
// comment blank. The zero offsets mean that it is the text itself, as it is of
// nearly every one.
type reading struct {
	text       string
	start, end []int32 // by byte of text: where the character that it is of starts and ends in the source
}

// span gives the place in the source of text[start:end].
func (r *reading) span(start, end int) (int, int) {
	if r.start == nil {
		return start, end
	}
	return int(r.start[start]), int(r.end[end-1])
}

// reading reads a text.
func (l *Language) reading(source string) reading {
	if !strings.ContainsFunc(source, odd) && !strings.Contains(source, "-\n") {
		return reading{text: source}
	}
	var b strings.Builder
	b.Grow(len(source))
	r := reading{start: make([]int32, 0, len(source)), end: make([]int32, 0, len(source))}
	put := func(s string, from, to int) {
		b.WriteString(s)
		for range len(s) {
			r.start, r.end = append(r.start, int32(from)), append(r.end, int32(to))
		}
	}
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			put(" ", i, i+1)
		}
	}
	for i := 0; i < len(source); {
		c, n := utf8.DecodeRuneInString(source[i:])
		rest := source[i:]
		switch {
		case c == softHyphen:
			// At the end of a line it is the hyphen that the word is broken at.
			if after := strings.TrimLeft(rest[n:], " "); strings.HasPrefix(after, "\n") {
				n = len(rest) - len(strings.TrimLeft(after[1:], " "))
			}
		case ignorable(c):
		case strings.HasPrefix(rest, strike):
			n = len(strike)
			if k := strings.Index(rest[n:], strike); k > 0 && strings.TrimSpace(rest[n:n+k]) == rest[n:n+k] {
				n += k + len(strike)
			}
			blank(i, i+n)
		case strings.HasPrefix(rest, commentStart) && strings.Contains(rest, commentEnd):
			n = strings.Index(rest, commentEnd) + len(commentEnd)
			blank(i, i+n)
		case c == '-' && l.breaks(b.String(), rest[n:]):
			n = len(rest) - len(strings.TrimLeft(rest[n:], " \n"))
		case c == '_':
			put("-", i, i+1) // parts words, but is no punctuation
		case c == '*':
			n = len(rest) - len(strings.TrimLeft(rest, "*"))
			if !emphasisInside(source, i, n) {
				put(rest[:n], i, i+n)
			}
		default:
			put(plainForm(rest[:n], c), i, i+n)
		}
		i += n
	}
	r.text = b.String()
	return r
}

// breaks reports whether a hyphen between two texts is where a word was broken
// at the end of a line, and not one of the word's own: unless both parts are
// words and the two together are none.
func (l *Language) breaks(before, after string) bool {
	line := strings.TrimLeft(after, " ")
	if !strings.HasPrefix(line, "\n") {
		return false
	}
	line = strings.TrimLeft(line[1:], " ")
	head := before[strings.LastIndexFunc(before, func(r rune) bool { return !unicode.IsLetter(r) })+1:]
	tail := line
	if k := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsLetter(r) }); k >= 0 {
		tail = line[:k]
	}
	if first, _ := utf8.DecodeRuneInString(tail); head == "" || !unicode.IsLower(first) {
		return false
	}
	known := func(word string) bool { return l.vectors.Row(Fold(word)) >= 0 }
	return l.Code != "en" || known(head+tail) || !known(head) || !known(tail)
}

// Plain is a text as its words are read, for a search engine that cuts it into
// words itself. Its offsets are not the text's.
func (l *Language) Plain(text string) string { return l.reading(text).text }

const (
	softHyphen   = '\u00ad'
	strike       = "~~"
	commentStart = "<!--"
	commentEnd   = "-->"
)

// odd reports whether a character makes a text be read otherwise than as it
// is, or may.
func odd(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r == '_' || r == '*' || r == '~' || r == '<'
	case r >= 0x2010 && r <= 0x2027, r >= 0xc0 && r < 0x132: // dashes, quotation marks, letters with diacritics
		return false
	}
	if ignorable(r) {
		return true
	}
	var buf [utf8.UTFMax]byte
	s := string(utf8.AppendRune(buf[:0], r))
	return plainForm(s, r) != s
}

// ignorable reports whether a character shows nothing itself, as Unicode's
// property Default_Ignorable_Code_Point says.
func ignorable(r rune) bool {
	return r >= softHyphen && (unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
		unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) && (r < 0xfff9 || r > 0xfffb))
}

// plainForm is the letters or digits that a character is another form of, by
// Unicode's normalisation form KC, or the character as it is. Raised digits and
// fractions stay, as next to a number they would become a part of it.
func plainForm(s string, r rune) string {
	switch {
	case r < 0xb5 || r == 'º': // 1º and 37 ºC are no o
		return s
	case r >= '₀' && r <= '₉':
		return string(rune('0' + r - '₀'))
	case !unicode.In(r, unicode.L, unicode.Nd, unicode.Nl):
		return s
	}
	if plain := norm.NFKC.String(s); !strings.ContainsRune(plain, ' ') {
		return plain
	}
	return s
}

// emphasisInside reports whether the n asterisks at i stand between two letters
// and have their like between the same spaces, as in f**err**y: then they are
// marks of emphasis, and the word goes on behind them.
func emphasisInside(text string, i, n int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i+n:])
	if !unicode.IsLetter(before) || !unicode.IsLetter(after) {
		return false
	}
	const longest = 100 // bytes on either side; no word is longer
	start, end := max(0, i-longest), min(len(text), i+n+longest)
	if k := strings.LastIndexAny(text[start:i], " \n\t"); k >= 0 {
		start += k + 1
	}
	if k := strings.IndexAny(text[i+n:end], " \n\t"); k >= 0 {
		end = i + n + k
	}
	same := func(part string) bool {
		runs := strings.FieldsFunc(part, func(r rune) bool { return r != '*' })
		return slices.Contains(runs, text[i:i+n])
	}
	return same(text[start:i]) || same(text[i+n:end])
}

// isRaised reports whether a character is a raised digit or sign: an exponent,
// or the mark of a footnote.
func isRaised(r rune) bool {
	return r == '¹' || r == '²' || r == '³' || r == '⁰' || r >= '⁴' && r <= '⁻'
}

// raisedDigits are the digits and the sign of an exponent, as a number is
// written otherwise.
var raisedDigits = strings.NewReplacer("⁰", "0", "¹", "1", "²", "2", "³", "3", "⁴", "4", "⁵", "5", "⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9", "⁺", "+", "⁻", "-")

// elided are the words that lose their vowel to the word behind them, by
// language.
var elided = map[string]map[string]bool{
	"fr": set("l", "d", "qu", "j", "n", "s", "c", "m", "t", "jusqu", "lorsqu", "puisqu", "quoiqu"),
	"it": set("l", "d", "un", "c", "n", "s", "m", "t", "v", "all", "dall", "dell", "nell", "sull", "quest", "quell"),
	"ca": set("l", "d", "n", "s", "m", "t"),
}

func set(words ...string) map[string]bool {
	s := make(map[string]bool, len(words))
	for _, w := range words {
		s[w] = true
	}
	return s
}

// elision is how many bytes of a word are another that lost its vowel to it,
// with the apostrophe: the "d’" of "d’ouvriers". 0 when there is none.
func (l *Language) elision(word string) int {
	prefixes := elided[l.Code]
	if prefixes == nil {
		return 0
	}
	k := strings.IndexAny(word, "'’")
	if k < 1 || !prefixes[strings.ToLower(word[:k])] {
		return 0
	}
	_, n := utf8.DecodeRuneInString(word[k:])
	if k+n == len(word) {
		return 0
	}
	return k + n
}
