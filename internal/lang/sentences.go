package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"verbatim/internal/article"
)

// maxSentence is the length in bytes above which a sentence is cut at a clause
// or word, so that a passage of one sentence can always be shown whole: a
// Discord message holds 2,000 characters, and escaping, a citation and a quote
// mark a line take some of them. The longest sentence of the news articles
// that this was tried on has 700 bytes.
const maxSentence = 1200

// Sentences cuts a paragraph into sentences. The spans are in bytes of the
// text, in order, not overlapping, not empty, without white space at either end
// and on whole characters; together they hold everything but white space. A
// newline counts as a space. No sentence is longer than 1,200 bytes.
//
// The places where a sentence may end are those that Unicode marks as sentence
// terminals; the Punkt model, trained on English news, judges the full stops;
// abbreviations.txt overrules it.
func (l *Language) Sentences(text string) []article.Span {
	return splitterFor(l.Code).cut(text, false, maxSentence)
}

// Typed is Sentences for a message as people type it: a sentence may begin with
// a small letter, and none is cut for its length.
func (l *Language) Typed(text string) []article.Span {
	return splitterFor(l.Code).cut(text, true, len(text))
}

func (s *splitter) cut(text string, typed bool, longest int) []article.Span {
	view := strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', '\t', '\f':
			return ' '
		}
		return r
	}, text)
	if len(view) != len(text) { // invalid UTF-8, which Map widens
		view = text
	}
	var spans []article.Span
	start := 0
	if all := endings(view); len(all) > 0 {
		judge := s.breaks(view)
		for _, c := range all {
			if s.ends(view, start, c, typed, judge) {
				spans = appendSentence(spans, view, start, c.end, longest)
				start = c.end
			}
		}
	}
	return appendSentence(spans, view, start, len(view), longest)
}

// ending is a place where a sentence may end.
type ending struct {
	stop  int // where the terminals start: "." in `said."`
	close int // where the closing quotes and brackets start
	end   int // where the sentence would end
	next  int // where the next word starts, after white space
}

// endings finds every run of terminals with what closes behind it, before
// white space; where words aren't spaced (Chinese, Japanese) anywhere.
func endings(text string) []ending {
	var found []ending
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !IsTerminal(r) {
			i += n
			continue
		}
		c := ending{stop: i}
		last := r
		for i < len(text) && IsTerminal(r) {
			last = r
			i += n
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		c.close = i
		c.end = skipClosers(text, i)
		c.next = skipSpace(text, c.end)
		i = max(i, c.end)
		if c.next == len(text) {
			break
		}
		if c.next > c.end || last > unicode.MaxLatin1 && last != '…' && !unicode.Is(unicode.Latin, FirstLetter(text[c.end:])) {
			found = append(found, c)
		}
	}
	return found
}

// IsTerminal reports whether a character may end a sentence.
func IsTerminal(r rune) bool {
	return r == '.' || r == '!' || r == '?' || r == '…' ||
		r > unicode.MaxLatin1 && unicode.Is(unicode.Sentence_Terminal, r)
}

// skipClosers steps over closing quotes and brackets, the marks of Markdown
// emphasis, a link's target and footnote numbers: `."`, `.**`, `.](http://…)`,
// `.[12]`, `.¹²`. A quote mark opens, and is left, when a word follows it at once.
func skipClosers(text string, i int) int {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == ']' && strings.HasPrefix(text[i+n:], "("):
			// No address is longer; unbounded, brackets could cost the square
			// of the text.
			const maxTarget = 2000
			target := text[i+n : min(len(text), i+n+maxTarget)]
			end := strings.IndexAny(target, ") ")
			if end < 0 || target[end] != ')' {
				return i + n
			}
			i += n + end + 1
		case r == '[':
			mark := text[i:min(len(text), i+len("[^note 99]"))]
			end := strings.IndexByte(mark, ']')
			if end < 0 || !strings.ContainsAny(mark[:end], "0123456789") {
				return i
			}
			i += end + 1
		case r == '"' || r == '\'' || r == '*' || r == '_' || r == '~' || isRaised(r) || unicode.In(r, unicode.Pe, unicode.Pf):
			i += n
		case unicode.Is(unicode.Pi, r): // closes in German: „Ja.“
			after, _ := utf8.DecodeRuneInString(text[i+n:])
			if unicode.IsLetter(after) || unicode.IsDigit(after) {
				return i
			}
			i += n
		case unicode.IsSpace(r): // French sets its marks off: « Oui. »
			mark, width := utf8.DecodeRuneInString(text[i+n:])
			after, _ := utf8.DecodeRuneInString(text[i+n+width:])
			if mark != '»' || unicode.IsLetter(after) || unicode.IsDigit(after) {
				return i
			}
			i += n + width
		default:
			return i
		}
	}
	return i
}

func skipSpace(text string, i int) int {
	return len(text) - len(strings.TrimLeftFunc(text[i:], unicode.IsSpace))
}

// skipOpeners steps over what may stand before the first word of a sentence.
func skipOpeners(text string) string {
	return strings.TrimLeftFunc(text, func(r rune) bool {
		return r == '"' || r == '\'' || r == '*' || r == '_' || r == '¿' || r == '¡' ||
			unicode.In(r, unicode.Ps, unicode.Pi, unicode.Pd)
	})
}

// FirstLetter is the first character of a text that opens nothing: behind quote
// marks, brackets and dashes.
func FirstLetter(text string) rune {
	r, _ := utf8.DecodeRuneInString(skipOpeners(text))
	return r
}

// ends decides whether the sentence that began at start ends at c.
func (s *splitter) ends(text string, start int, c ending, typed bool, judge map[int]bool) bool {
	stops, rest := text[c.stop:c.close], text[c.next:]
	first := FirstLetter(rest)
	if IsTerminal(first) || unicode.In(first, unicode.Pe) || strings.ContainsRune(",;:)", first) {
		return false // ". . ." and "?," go on
	}
	small := unicode.IsLower(first) && !isBrand(openingWord(rest))
	if small && !typed {
		return false
	}
	if isEnumerator(text[start:c.stop]) {
		return false // "1. Open the box."
	}
	quoted := strings.ContainsAny(text[c.close:c.end], `"'”’»“`)
	next := strings.ToLower(openingWord(rest))
	switch {
	case !small:
	case quoted:
		return false // `who said "no." and left`
	case strings.Contains(stops, "?"):
		return true
	case stops != ".": // "Hello! who", but "Yahoo! shares" and "well… who"
		return strings.Contains(stops, "!") && s.words[next]&starterWord != 0
	}
	if stops != "." {
		return !(quoted && s.attributes(rest))
	}
	word := closingWord(text[start:c.stop])
	if word == "" || first == utf8.RuneError {
		return true
	}
	kind := s.words[strings.ToLower(word)]
	if small {
		return kind&(titleWord|numberWord|mayWord) == 0 && utf8.RuneCountInString(word) > 1 && !isDotted(word)
	}
	if len(next) == 1 && strings.HasPrefix(skipOpeners(rest)[1:], ".") {
		next = "" // "A." is an initial here, not an article
	}
	switch {
	case unicode.IsDigit(first) && kind&numberWord != 0:
		return false
	case s.ordinal && isOrdinal(word) && strings.HasPrefix(rest, string(first)):
		return false
	case kind&titleWord != 0:
		return false
	case isInitial(word) && unicode.IsUpper(first):
		return s.words[next]&starterWord != 0 && c.close == c.end
	case kind&mayWord != 0 || isDotted(word):
		return quoted || !unicode.IsDigit(first) && (s.words[next]&starterWord != 0 || judge[c.end])
	case kind&numberWord != 0:
		// "No. He left" ends, "Jan. and Feb." went on above.
		return true
	}
	// Punkt's trained list has words that are abbreviations in capitals only:
	// "Ill." and "Wash." but "ill." and "wash." It also keeps "1999. Hence"
	// together, for the sake of ordinals that English doesn't write.
	if r, _ := utf8.DecodeRuneInString(word); unicode.IsLower(r) || !unicode.IsLetter(r) || c.close != c.end {
		return true
	}
	return judge[c.end]
}

// attributes reports whether the text goes on with who said it: "Mr Smith
// asked", "she said".
func (s *splitter) attributes(rest string) bool {
	const maxName = 4 // words of a name with its titles
	for i, w := range strings.Fields(rest[:min(len(rest), 200)]) {
		bare := strings.TrimRight(w, ".,;:")
		r, _ := utf8.DecodeRuneInString(bare)
		if i > 0 && s.words[bare]&speechWord != 0 {
			return true
		}
		if i == maxName || !unicode.IsUpper(r) || bare != w && i > 0 && len(w) > len("Jr.") {
			return false
		}
	}
	return false
}

// closingWord is the word that the text ends with, without what opens it.
func closingWord(text string) string {
	i := strings.LastIndexFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r == '—' || r == '/' || unicode.In(r, unicode.Ps, unicode.Pi)
	})
	if i >= 0 {
		_, n := utf8.DecodeRuneInString(text[i:])
		text = text[i+n:]
	}
	return skipOpeners(text)
}

// openingWord is the word that the text starts with, without what opens it or
// follows it.
func openingWord(text string) string {
	text = skipOpeners(text)
	if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '.' }); i >= 0 {
		text = text[:i]
	}
	return strings.TrimRight(text, ".")
}

// isBrand reports whether a word that begins in lower case begins a sentence so
// because it is always written so: "iPhone", "eBay", "macOS".
func isBrand(word string) bool {
	head := strings.IndexFunc(word, unicode.IsUpper)
	return head > 0 && head <= len("mac") && !strings.Contains(word, ".")
}

// isInitial reports whether the word is a single capital, or several joined:
// "J", "J.K", "J.-P".
func isInitial(word string) bool {
	if utf8.RuneCountInString(word) == 1 {
		r, _ := utf8.DecodeRuneInString(word)
		return unicode.IsUpper(r)
	}
	return false
}

// isDotted reports whether the word is letters with full stops between: "U.S",
// "J.-P", "a.k.a".
func isDotted(word string) bool {
	letters, dots := 0, 0
	for _, r := range word {
		switch {
		case r == '.':
			letters = 0
			dots++
		case unicode.IsLetter(r):
			if letters++; letters > 2 {
				return false
			}
		case r != '-':
			return false
		}
	}
	return dots > 0
}

// isOrdinal reports whether the word may be an ordinal number: a day, a place.
func isOrdinal(word string) bool {
	return len(word) <= 2 && strings.Trim(word, "0123456789") == ""
}

// isEnumerator reports whether the text is but the number of a point: "1",
// "(a)", "IV".
func isEnumerator(text string) bool {
	text = strings.Trim(text, " ([*_")
	if len(text) == 0 || len(text) > 4 {
		return false
	}
	return strings.Trim(text, "0123456789") == "" || len(text) == 1 || strings.Trim(text, "IVX") == ""
}

// appendSentence adds text[start:end] without white space at its ends. What
// holds no letter or digit isn't a sentence and joins its neighbour; what is
// longer than so many bytes is cut.
func appendSentence(spans []article.Span, text string, start, end, longest int) []article.Span {
	start = skipSpace(text[:end], start)
	end = start + len(strings.TrimRightFunc(text[start:end], unicode.IsSpace))
	if start == end {
		return spans
	}
	if n := len(spans); n > 0 {
		last := &spans[n-1]
		if (!hasWord(text[start:end]) || !hasWord(text[last.Start:last.End])) && end-last.Start <= longest {
			last.End = end
			return spans
		}
	}
	for end-start > longest {
		cut := start + clauseEnd(text[start:start+longest+1])
		piece := strings.TrimRightFunc(text[start:cut], unicode.IsSpace)
		spans = append(spans, article.Span{Start: start, End: start + len(piece)})
		start = skipSpace(text, cut)
	}
	return append(spans, article.Span{Start: start, End: end})
}

func hasWord(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}

// clauseEnd finds where to cut text that is one byte too long: after the last
// clause, else the last word, of its second half, else at a character.
func clauseEnd(text string) int {
	half := len(text) / 2
	clause, word := 0, 0
	for i, r := range text {
		n := utf8.RuneLen(r)
		if i+n < half || i+n >= len(text) || r == utf8.RuneError {
			continue
		}
		after, _ := utf8.DecodeRuneInString(text[i+n:])
		spaced := unicode.IsSpace(after)
		switch {
		case strings.ContainsRune(",;:—–)", r) && spaced, strings.ContainsRune("，、；：،؛", r):
			clause = i + n
		case spaced:
			word = i + n
		}
	}
	if clause > 0 {
		return clause
	}
	if word > 0 {
		return word
	}
	cut := len(text) - 1
	for cut > 1 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return cut
}
