package verify

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"verbatim/internal/article"
)

// word is text[start:end], and key what it is compared by.
type word struct {
	start, end int
	key        string
	glued      bool // it goes on what the word before begins: the 5 of -5, the % of 97%
}

// split finds the words of a text that a reader sees: runs of letters and
// numbers, with the apostrophes, full stops and commas between them, and the
// symbols that say something: currencies, operators, the per cent sign, a sign
// before a number. Case, marks of another shape, characters that show nothing
// and the emphasis of Markdown make no difference to the key.
func split(text string) []word { return splitWith(text, func(rune) bool { return false }) }

// splitMarked is split with quotation marks as words of their own.
func splitMarked(text string) []word { return splitWith(text, isQuotationMark) }

func splitWith(text string, mark func(rune) bool) []word {
	seen := blanked(text)
	var words []word
	start, end := -1, 0
	finish := func() {
		if start >= 0 {
			words = append(words, word{start, end, key(seen[start:end]), glues(seen, words, start)})
			start = -1
		}
	}
	before := rune(-1) // the character before, of those that show
	opening := true    // nothing but marks of Markdown since the line began
	for i, r := range seen {
		width := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, width = utf8.DecodeRuneInString(seen[i:])
		}
		rest := seen[i+width:]
		switch {
		case ignorable(r):
			continue
		case isWordly(r) && !(start < 0 && isFootnote(r, before)):
			if start < 0 {
				start = i
			}
			end = i + width
		case start >= 0 && (inside(r) && wordFollows(rest) || r == '*' && unicode.IsLetter(before) && letterFollows(rest)):
		case start >= 0 && r == '*' && before == '*' && letterFollows(rest):
		case start >= 0 && r == '*' && strings.HasPrefix(rest, "*") && unicode.IsLetter(before) && letterFollows(rest[1:]):
		case opening && opens(r, rest):
			finish()
			before = r
			continue
		case isSymbol(r), isSign(r, before, rest):
			finish()
			words = append(words, word{i, i + width, symbolKey(r), glues(seen, words, i)})
		case mark(r):
			finish()
			words = append(words, word{start: i, end: i + width, key: `"`})
		default:
			finish()
		}
		before = r
		opening = r == '\n' || opening && unicode.IsSpace(r)
	}
	finish()
	return words
}

// isWordly reports whether r is of a word wherever it stands.
func isWordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

// isFootnote reports whether r is raised and stands behind no word: the mark of
// a footnote behind a full stop.
func isFootnote(r, before rune) bool {
	raised := r == '¹' || r == '²' || r == '³' || r == '⁰' || r >= '⁴' && r <= '⁹'
	return raised && before >= 0 && !unicode.IsSpace(before)
}

// isSymbol reports whether r means something by itself. The vertical bar and
// the tilde, which Unicode counts as mathematical, are marks of Markdown.
func isSymbol(r rune) bool {
	return strings.ContainsRune("%‰‱#&°′″§@", r) || unicode.In(r, unicode.Sc, unicode.Sm) && r != '|' && r != '~'
}

// isSign reports whether r stands at the beginning of a number as its sign or
// its decimal point.
func isSign(r, before rune, rest string) bool {
	if r != '-' && r != '–' && r != '.' || before >= 0 && (isWordly(before) || before == r || unicode.In(before, unicode.Pe, unicode.Pf)) {
		return false
	}
	next, n := utf8.DecodeRuneInString(rest)
	if unicode.Is(unicode.Sc, next) || next == '.' && r != '.' {
		next, _ = utf8.DecodeRuneInString(rest[n:])
	}
	return unicode.IsDigit(next)
}

// opens reports whether r, where a line begins, is the mark of a quotation, a
// heading or a point of a list in Markdown.
func opens(r rune, rest string) bool {
	if r != '>' && r != '#' && r != '-' && r != '+' {
		return false
	}
	return rest == "" || rest[0] == ' ' || rest[0] == '\n' || (r == '>' || r == '#') && (rest[0] == '>' || rest[0] == '#')
}

// symbolKey is what a symbol is compared by.
func symbolKey(r rune) string {
	if r == '−' || r == '–' {
		return "-"
	}
	return norm.NFKC.String(string(r))
}

// glues reports whether what starts at start goes on the last of the words: no
// space stands between a number and its sign, its currency or its unit, or
// between a name and the symbols that it ends in.
func glues(text string, words []word, start int) bool {
	const binding = "%‰‱#°′″+-−–±."
	n := len(words)
	if n == 0 || words[n-1].end != start {
		return false
	}
	binds := func(r rune) bool { return strings.ContainsRune(binding, r) || unicode.Is(unicode.Sc, r) }
	last, _ := utf8.DecodeLastRuneInString(text[:start])
	next, _ := utf8.DecodeRuneInString(text[start:])
	return binds(last) || binds(next)
}

// inside reports whether r may stand within a word.
func inside(r rune) bool { return r == '\'' || r == '’' || r == '.' || r == ',' }

func wordFollows(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func letterFollows(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsLetter(r)
}

// ignorable reports whether a character shows nothing, as Unicode's property
// Default_Ignorable_Code_Point says.
func ignorable(r rune) bool {
	const softHyphen = '\u00ad'
	return r >= softHyphen && (unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
		unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) && (r < 0xfff9 || r > 0xfffb))
}

func key(s string) string {
	plain, form := true, norm.NFKC
	for _, r := range s {
		plain = plain && r < utf8.RuneSelf && r != '*'
		if unicode.Is(unicode.No, r) {
			form = norm.NFC // else 10² were 102
		}
	}
	if plain {
		return strings.ToLower(s)
	}
	return strings.ToLower(form.String(strings.Map(func(r rune) rune {
		switch {
		case r == '’':
			return '\''
		case r == '*' || ignorable(r):
			return -1
		}
		return r
	}, s)))
}

func keys(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.key
	}
	return out
}

// strip takes white space and the quotation marks around a quotation away.
func strip(quote string) string {
	quote = strings.TrimSpace(quote)
	for {
		inner := strings.TrimSpace(strings.TrimPrefix(quote, "> "))
		for _, pair := range []string{`""`, "“”", "„“", "«»", "‘’", "''", "‹›"} {
			runes := []rune(pair)
			open, shut := string(runes[0]), string(runes[1])
			if len(inner) > len(open)+len(shut) && strings.HasPrefix(inner, open) && strings.HasSuffix(inner, shut) &&
				!strings.Contains(inner[len(open):len(inner)-len(shut)], open) {
				inner = strings.TrimSpace(inner[len(open) : len(inner)-len(shut)])
			}
		}
		if inner == quote {
			return quote
		}
		quote = inner
	}
}

// elided splits a quotation where it marks that it leaves something out, into
// the words of each part.
func elided(quote string) [][]word {
	marked := strings.NewReplacer("[...]", "…", "[…]", "…", "(...)", "…", "(…)", "…", "...", "…").Replace(quote)
	var parts [][]word
	for part := range strings.SplitSeq(marked, "…") {
		if words := split(part); len(words) > 0 {
			parts = append(parts, words)
		}
	}
	return parts
}

// isQuotationMark reports whether r opens or closes what someone says. Between
// letters some of them are apostrophes, which split takes into their word.
func isQuotationMark(r rune) bool {
	return strings.ContainsRune("\"'“”„‟‘’‚‛«»‹›「」『』", r)
}

// text is an article and its words.
type text struct {
	article *article.Article
	words   []word
	where   map[string][]int // by key: which words
	first   []int            // by sentence: its first word
}

func newText(a *article.Article) text {
	t := text{article: a, words: split(a.Text), where: make(map[string][]int)}
	for i, w := range t.words {
		t.where[w.key] = append(t.where[w.key], i)
	}
	for _, s := range a.Sentences {
		i, _ := slices.BinarySearchFunc(t.words, s.Start, func(w word, at int) int { return w.start - at })
		t.first = append(t.first, i)
	}
	return t
}

// exact finds the quotation's bytes, whose words these are, where they begin and
// end with words of the text and not within one; -1 when they aren't there.
func (t text) exact(quote string, words []word) int {
	for from := 0; ; {
		k := strings.Index(t.article.Text[from:], quote)
		if k < 0 {
			return -1
		}
		at := from + k
		i, _ := slices.BinarySearchFunc(t.words, at, func(w word, at int) int { return w.start - at })
		if t.has(i, words) && t.words[i].start == at+words[0].start && t.words[i+len(words)-1].end <= at+len(quote) {
			return at
		}
		from = at + 1
	}
}

// has reports whether the words stand in the text from its word i on, whole.
func (t text) has(i int, words []word) bool {
	end := i + len(words)
	return end <= len(t.words) && !t.words[i].glued && (end == len(t.words) || !t.words[end].glued) &&
		slices.EqualFunc(t.words[i:end], words, func(a, b word) bool { return a.key == b.key })
}

// find returns which word of the text, from one on, the words begin at, -1 when
// they don't stand there one after the other.
func (k *search) find(t text, words []word, from int) int {
	if len(words) == 0 {
		return -1
	}
	all := t.where[words[0].key]
	first, _ := slices.BinarySearch(all, from)
	for _, at := range all[first:] {
		if k.ended() {
			return -1
		}
		if t.has(at, words) {
			return at
		}
	}
	return -1
}

// places is where words from to to of the text stand, a place a paragraph.
func (t text) places(from, to int) []Place {
	var places []Place
	for i := from; i < to; {
		in, first := t.paragraph(i), i
		for i < to && t.paragraph(i) == in {
			i++
		}
		places = append(places, Place{t.article, t.words[first].start, t.words[i-1].end})
	}
	return places
}

// paragraph is which paragraph word i stands in, or the one before it.
func (t text) paragraph(i int) int {
	k, ok := slices.BinarySearchFunc(t.article.Paragraphs, t.words[i].start, func(p article.Paragraph, at int) int { return p.Start - at })
	if !ok {
		k--
	}
	return k
}

// bounds are those of the paragraph that word i stands in, or of the text that
// is of none around it.
func (t text) bounds(i int) article.Span {
	all, k := t.article.Paragraphs, t.paragraph(i)
	switch {
	case k >= 0 && t.words[i].end <= all[k].End:
		return article.Span{Start: all[k].Start, End: all[k].End}
	case k+1 < len(all):
		return article.Span{Start: t.words[i].start, End: all[k+1].Start}
	}
	return article.Span{Start: t.words[i].start, End: len(t.article.Text)}
}

// maxCandidates bounds the sentences that a quotation is compared with, of all
// articles together.
const maxCandidates = 40

// candidate is a sentence that a quotation may come from.
type candidate struct {
	text, sentence int
	score          float64
}

// candidates are the sentences that share most of the quotation's rarer words,
// and those before them, where the quotation may begin, in order.
func (k *Checker) candidates(words []word) []candidate {
	const common = 200 // a word that an article has oftener tells nothing of where in it
	total := make(map[string]int)
	for _, w := range words {
		if _, ok := total[w.key]; !ok {
			n := 0
			for _, t := range k.texts {
				n += len(t.where[w.key])
			}
			total[w.key] = n
		}
	}
	distinct := slices.Sorted(maps.Keys(total)) // sums come out the same every time
	var all []candidate
	for n, t := range k.texts {
		score := make(map[int]float64)
		for _, key := range distinct {
			at := t.where[key]
			if len(at) > common {
				continue
			}
			for _, i := range at {
				score[t.sentence(i)] += 1 / float64(total[key])
			}
		}
		delete(score, -1)
		for s, v := range score {
			all = append(all, candidate{n, s, v})
		}
	}
	place := func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.sentence, b.sentence))
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.score, a.score), place(a, b)) })
	all = slices.Clone(all[:min(len(all), maxCandidates)])
	for _, c := range slices.Clone(all) {
		if c.sentence > 0 {
			all = append(all, candidate{text: c.text, sentence: c.sentence - 1})
		}
	}
	slices.SortFunc(all, place)
	return slices.CompactFunc(all, func(a, b candidate) bool { return place(a, b) == 0 })
}

// sentence is which sentence word i stands in, -1 for none.
func (t text) sentence(i int) int {
	w := t.words[i]
	k, ok := slices.BinarySearchFunc(t.article.Sentences, w.start, func(s article.Sentence, at int) int { return s.Start - at })
	if !ok {
		k--
	}
	if k < 0 || w.end > t.article.Sentences[k].End {
		return -1
	}
	return k
}
