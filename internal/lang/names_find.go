package lang

import (
	"strings"

	"verbatim/internal/article"
)

// Ranks in the table of word vectors, which is ordered by frequency: a word
// before veryCommon opens sentences all the time ("Former", "Officials"), one
// before common is more likely a word than a name.
const (
	veryCommon = 1500
	common     = 5000
)

// candidate is a name as found in one sentence.
type candidate struct {
	sentence int
	tokens   []Token // its words; offsets in the sentence's text
	titled   bool    // a title stands before it
	person   float64 // evidence for each kind
	organ    float64
	place    float64
}

// finder finds the candidates of one article.
type finder struct {
	lang    *Language
	lists   *parts
	article *article.Article
	tokens  [][]Token
	upper   map[string]int  // how often a word is capitalised where it need not be
	lower   map[string]int  // how often it is not capitalised
	pairs   map[string]bool // two capitalised words in a row, in the middle of a sentence
}

// survey counts how the article writes its words, which tells a name at the
// start of a sentence from an ordinary word there.
func (f *finder) survey() {
	f.upper, f.lower, f.pairs = map[string]int{}, map[string]int{}, map[string]bool{}
	for i, tokens := range f.tokens {
		if headline(tokens) {
			continue
		}
		text := f.article.SentenceText(i)
		for k, t := range tokens {
			switch {
			case !t.Upper:
				f.lower[t.Norm]++
			case !initial(text, tokens, k):
				f.upper[t.Norm]++
				if k+1 < len(tokens) && tokens[k+1].Upper && !tokens[k+1].Gap {
					f.pairs[t.Norm+" "+tokens[k+1].Norm] = true
				}
			}
		}
	}
}

// headline reports whether a sentence capitalises all that it can, so that
// capitals say nothing.
func headline(tokens []Token) bool {
	content := 0
	for _, t := range tokens {
		if !t.Stop && !t.Number {
			if !t.Upper {
				return false
			}
			content++
		}
	}
	return content >= 5
}

// between returns what stands between token k and the one before it.
func between(text string, tokens []Token, k int) string {
	if k == 0 {
		return text[:tokens[0].Start]
	}
	return text[tokens[k-1].End:tokens[k].Start]
}

// initial reports whether token k would have a capital in any case: it opens
// the sentence, or a quotation or a clause after a colon in it.
func initial(text string, tokens []Token, k int) bool {
	if k == 0 {
		return true
	}
	gap := between(text, tokens, k)
	if strings.ContainsAny(gap, "\"“‘«:!?•\n") {
		return true
	}
	return strings.Contains(gap, ".") && !dotted(tokens[k-1])
}

// dotted reports whether a full stop after the word is part of it.
func dotted(t Token) bool {
	return t.Upper && len(t.Norm) == 1 || t.Acronym || t.Upper && nameParts().titles[t.Norm]
}

// sentence returns the names in a sentence.
func (f *finder) sentence(i int) []candidate {
	tokens := f.tokens[i]
	if headline(tokens) {
		return nil
	}
	text := f.article.SentenceText(i)
	var found []candidate
	for k := 0; k < len(tokens); {
		from := k
		if !tokens[k].Upper && f.lists.openers[tokens[k].Norm] && k+1 < len(tokens) && tokens[k+1].Upper && !tokens[k+1].Gap &&
			(len(tokens[k].Norm) > 2 || between(text, tokens, k+1) == "-") {
			k++
		}
		if !f.opens(text, tokens, k) {
			k = max(k, from) + 1
			continue
		}
		to := f.extent(text, tokens, k)
		found = append(found, f.split(i, text, tokens, from, to)...)
		k = to
	}
	return found
}

// usable reports whether a token can be part of a name at all.
func (f *finder) usable(t Token) bool {
	return t.Upper && !f.lists.never[t.Norm] && !f.lists.dates[t.Norm] && !strings.HasPrefix(t.Norm, "i'")
}

// opens reports whether a name or its title begins at token k.
func (f *finder) opens(text string, tokens []Token, k int) bool {
	t := tokens[k]
	next := k+1 < len(tokens) && tokens[k+1].Upper && (!tokens[k+1].Gap || dotted(t)) && !f.lists.dates[tokens[k+1].Norm]
	if !f.usable(t) {
		return false
	}
	if !initial(text, tokens, k) {
		return !t.Stop || t.Norm == "the" && next
	}
	if t.Acronym {
		return true
	}
	if t.Stop {
		return false
	}
	if f.lists.places[t.Norm] != "" || next && (f.lists.titles[t.Norm] || f.lists.given[t.Norm] || f.pairs[t.Norm+" "+tokens[k+1].Norm]) {
		return true
	}
	if f.upper[t.Norm] > f.lower[t.Norm] {
		return true
	}
	if f.lower[t.Norm] > 0 {
		return false
	}
	said := k+1 < len(tokens) && f.lists.saying[tokens[k+1].Norm]
	switch {
	case f.lists.given[t.Norm]:
		return said || t.Row < 0 || t.Row >= veryCommon
	case t.Row < 0 && k+1 < len(tokens) && tokens[k+1].Stop && !tokens[k+1].Gap && !said && f.lists.determiners[tokens[k+1].Norm]:
		return false // "Rinse the lentils", "Reheat it"
	case t.Row < 0:
		return said || next || !strings.HasSuffix(t.Norm, "ly") && !strings.HasSuffix(t.Norm, "ing") && !strings.HasSuffix(t.Norm, "ed") && !strings.HasSuffix(t.Norm, "s")
	}
	return next && !tokens[k+1].Stop && (t.Row >= veryCommon || f.bodyAhead(tokens[k+1:]))
}

// bodyAhead reports whether capitalised words up to the head word of an
// organisation or a place follow: "Northern Water Council".
func (f *finder) bodyAhead(tokens []Token) bool {
	found := false
	for _, t := range tokens {
		if !t.Upper || t.Gap {
			break
		}
		found = f.lists.organisations[t.Norm] || f.lists.placeWords[t.Norm]
	}
	return found
}

// extent returns the token after the run of name words that begins at k.
func (f *finder) extent(text string, tokens []Token, k int) int {
	to := k + 1
	for to < len(tokens) {
		if possessive(text, tokens[to-1]) || prefixed(text, tokens, to-1) {
			break
		}
		if f.follows(text, tokens, to) {
			to++
			continue
		}
		// Small words inside, at most two of them: "of the", "bin".
		j := to
		for j < len(tokens) && j < to+2 && !tokens[j].Upper && !tokens[j].Gap && (f.lists.joiners[tokens[j].Norm] || j > to && tokens[j].Norm == "the") {
			j++
		}
		if f.purpose(tokens, k, to) {
			to += 2
			continue
		}
		if j == to || j >= len(tokens) || !f.follows(text, tokens, j) || tokens[j].Stop {
			break
		}
		if tokens[to].Norm == "of" && (f.personal(tokens[k:to]) || f.lists.places[tokens[to-1].Norm] != "") {
			break
		}
		if n := tokens[to].Norm; (n == "y" || n == "e" || n == "a") && j == to+1 && len(tokens[j].Norm) < 3 {
			break
		}
		to = j + 1
	}
	for to > k+1 && tokens[to-1].Stop && !tokens[to-1].Acronym && !f.lists.dates[tokens[to-1].Norm] {
		to--
	}
	return to
}

// purpose reports whether an organisation's name goes on at token to with what
// it is for: "Coalition to Defeat ISIS", "Centers for Disease Control".
func (f *finder) purpose(tokens []Token, from, to int) bool {
	if to+1 >= len(tokens) || tokens[to].Gap || tokens[to+1].Gap {
		return false
	}
	organ, inner := false, false
	for _, t := range tokens[from:to] {
		organ = organ || f.lists.organisations[t.Norm]
		inner = inner || !t.Upper
	}
	switch tokens[to].Norm {
	case "for", "to", "on", "against":
	case "and":
		organ = organ && inner
	default:
		return false
	}
	n := tokens[to+1]
	return organ && n.Upper && !n.Stop && n.Row >= 0 && n.Row < common && !f.lists.dates[n.Norm] &&
		!f.lists.given[n.Norm] && !f.lists.titles[n.Norm] && f.lists.places[n.Norm] == ""
}

// prefixed reports whether a word in lower case is joined before token k, as
// in "post-Assad": such a name is one word long.
func prefixed(text string, tokens []Token, k int) bool {
	return k > 0 && between(text, tokens, k) == "-" && !tokens[k-1].Upper && len(tokens[k-1].Norm) > 2
}

// follows reports whether token k carries on a name from the token before it.
func (f *finder) follows(text string, tokens []Token, k int) bool {
	t, last := tokens[k], tokens[k-1]
	gap := between(text, tokens, k)
	if !t.Upper || f.lists.never[t.Norm] && !t.Acronym {
		return false
	}
	if f.lists.dates[t.Norm] && !(f.lists.given[last.Norm] && gap == " ") {
		return false
	}
	switch {
	case gap == ". " || gap == ".":
		return dotted(last)
	case gap == "-":
		// Two places joined make no name: "US-Syria ties".
		return !(f.lists.places[last.Norm] != "" && f.lists.places[t.Norm] != "") && !last.Acronym
	case gap == " & " || gap == " ":
		return true
	}
	return strings.TrimSpace(gap) == "" && !strings.Contains(gap, "\n")
}

// personal reports whether a run begins like a person's name.
func (f *finder) personal(run []Token) bool {
	return f.lists.given[run[0].Norm] || f.lists.titles[run[0].Norm] && !f.lists.uncertain[run[0].Norm] && len(run) > 1
}

// possessive reports whether the word ends in 's or s'.
func possessive(text string, t Token) bool {
	return nameEnd(text, t) < t.End || strings.HasPrefix(text[t.End:], "'") && t.Norm[len(t.Norm)-1] == 's' || strings.HasPrefix(text[t.End:], "’ ")
}

// nameEnd is the end of a token without its possessive ending.
func nameEnd(text string, t Token) int {
	w := text[t.Start:t.End]
	for _, s := range []string{"'s", "’s", "'S", "’S"} {
		if rest, ok := strings.CutSuffix(w, s); ok && rest != "" {
			return t.Start + len(rest)
		}
	}
	return t.End
}

// span is the name in the bytes of its article, without a possessive ending.
func (c candidate) span(a *article.Article) article.Span {
	s := a.Sentences[c.sentence]
	text := a.Text[s.Start:s.End]
	last := c.tokens[len(c.tokens)-1]
	end := nameEnd(text, last)
	if last.Acronym && end < len(text) && text[end] == '.' && strings.Contains(text[last.Start:end], ".") {
		end++ // "U.S."
	}
	return article.Span{Start: s.Start + c.tokens[0].Start, End: s.Start + end}
}

// acronym reports whether the name is one abbreviation.
func (c candidate) acronym() bool {
	return len(c.tokens) == 1 && c.tokens[0].Acronym
}
