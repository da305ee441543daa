// Package lang is the linguistic layer that articles, answers and summaries
// share: where sentences end, words with their offsets and stems, stop words,
// word vectors, names and their variants, dates and numbers. What it knows of a language stands in the files
// of its data folder.
package lang

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/clipperhouse/uax29/v2/words"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Token is one word of a text: text[Start:End], in bytes.
type Token struct {
	Start, End int
	Norm       string // lower case, without diacritics and possessive ending
	Stem       string // what words of one family share; two tokens with one stem match
	Row        int    // in Vectors, -1 for none
	Stop       bool   // a stop word
	Upper      bool   // begins with a capital
	Acronym    bool   // two capitals or more and nothing else but digits and full stops
	Number     bool   // begins with a digit
	Gap        bool   // punctuation stands between it and the word before
}

// Language cuts and normalises text of one language. It may be used from any
// number of goroutines, and gives the same for the same text.
type Language struct {
	Code      string // the first subtag of its BCP 47 tag
	stem      func(*snowballstem.Env) bool
	stop      map[string]bool
	irregular map[string]string
	vectors   *Vectors
	seen      *memory
}

var stemmers = map[string]func(*snowballstem.Env) bool{
	"ar": arabic.Stem, "de": german.Stem, "en": english.Stem, "es": spanish.Stem, "fr": french.Stem, "pt": portuguese.Stem,
}

// languages are those that have a stemmer, by code, and under "" what all others
// are read with. There are no more, however many tags articles have, and so no
// more memories of words.
var languages = sync.OnceValue(func() map[string]*Language {
	all := map[string]*Language{"": {vectors: English(), seen: &memory{}}}
	for code, stem := range stemmers {
		all[code] = &Language{Code: code, stem: stem, vectors: English(), seen: &memory{}}
	}
	en := all["en"]
	en.stop = Words("stopwords_en.txt")
	en.irregular = map[string]string{}
	for _, line := range readList("irregular_en.txt") {
		forms := strings.Fields(line)
		for _, f := range forms[1:] {
			en.irregular[f] = forms[0]
		}
	}
	return all
})

// For returns the language of a BCP 47 tag. An empty tag means English; a
// language without a stemmer here is cut into words and matched as written.
func For(tag string) *Language {
	code, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if code == "" {
		code = "en"
	}
	all := languages()
	if l := all[code]; l != nil {
		return l
	}
	l := *all[""]
	l.Code = code
	return &l
}

// Vectors returns the word vectors that the language uses.
func (l *Language) Vectors() *Vectors { return l.vectors }

// Tokens cuts text into words by Unicode's rules (UAX 29), in order. Words
// joined by a hyphen come apart, except that a short prefix stays on a word it
// is also written together with ("co-operation"), and that a word which was
// broken at the end of a line is whole again. What shows nothing or is markup
// is no part of a word's Norm, and what Markdown strikes out or hides in a
// comment has no words; Start and End are the text's own.
func (l *Language) Tokens(text string) []Token {
	return l.AppendTokens(make([]Token, 0, len(text)/6+1), text)
}

// AppendTokens appends what Tokens returns.
func (l *Language) AppendTokens(tokens []Token, source string) []Token {
	before := len(tokens)
	r := l.reading(source)
	text := r.text
	gap, pos := false, 0
	for seg := words.FromString(text); seg.Next(); {
		w := seg.Value()
		start := pos
		pos += len(w)
		first, _ := utf8.DecodeRuneInString(w)
		if isRaised(first) {
			if n := len(tokens); n > before && tokens[n-1].End == start {
				tokens[n-1].raise(text, pos)
			}
			continue
		}
		if !unicode.IsLetter(first) && !unicode.IsNumber(first) {
			gap = gap || !unicode.IsSpace(first) && first != '-' && first != '\'' && first != '’'
			continue
		}
		if n := l.elision(w); n > 0 {
			t := l.token(strings.TrimRight(w[:n], "'’"))
			t.Start, t.End, t.Gap, t.Stop = start, start+n, gap, true
			tokens = append(tokens, t)
			gap = false
			w, start = w[n:], start+n
		}
		t := l.token(w)
		t.Start, t.End, t.Gap = start, pos, gap
		gap = false
		if n := len(tokens); n > before && l.joins(text, tokens[n-1], t) {
			p := &tokens[n-1]
			joined := l.token(text[p.Start:p.End] + w)
			joined.Start, joined.End, joined.Gap, joined.Upper = p.Start, pos, p.Gap, p.Upper
			*p = joined
			continue
		}
		tokens = append(tokens, t)
	}
	if r.start != nil {
		for i := range tokens[before:] {
			t := &tokens[before+i]
			t.Start, t.End = r.span(t.Start, t.End)
		}
	}
	return tokens
}

// raise takes the exponent that ends at end into a power of ten. Whatever else
// is raised is no part of the word, which it may be a footnote's mark on.
func (t *Token) raise(text string, end int) {
	if exponent, ok := strings.CutPrefix(text[t.Start:end], "10"); ok && t.Number {
		t.Norm = "1e" + raisedDigits.Replace(exponent)
		t.Stem, t.End = t.Norm, end
	}
}

// joins reports whether b is the rest of a word whose prefix is a.
func (l *Language) joins(text string, a, b Token) bool {
	return a.End+1 == b.Start && text[a.End] == '-' && a.End-a.Start <= 3 && !a.Number && !a.Acronym &&
		text[a.Start] < utf8.RuneSelf && l.vectors.Row(a.Norm+b.Norm) >= 0
}

// token is the token of a word, its place and what stands before it left out.
func (l *Language) token(w string) Token { return l.seen.token(w, l.read) }

func (l *Language) read(w string) Token {
	first, _ := utf8.DecodeRuneInString(w)
	t := Token{Upper: unicode.IsUpper(first), Number: unicode.IsNumber(first)}
	t.Norm = Fold(w)
	t.Norm = strings.TrimSuffix(t.Norm, "'s")
	t.Acronym = isAcronym(w)
	if strings.Contains(t.Norm, ".") && !t.Number {
		t.Norm = strings.ReplaceAll(t.Norm, ".", "")
	}
	if t.Number {
		t.Norm = strings.ReplaceAll(t.Norm, ",", "")
	}
	t.Stop = l.stop[t.Norm]
	if t.Acronym && t.Stop {
		// "US", "WHO" and "IT" are names, "us", "who" and "it" are not.
		t.Stop, t.Row, t.Stem = false, -1, strings.ToUpper(t.Norm)
		return t
	}
	t.Row = l.vectors.Row(t.Norm)
	if l.Code != "en" {
		t.Row = -1
	}
	t.Stem = l.Stem(t.Norm)
	return t
}

// Stem returns the stem of a normalised word.
func (l *Language) Stem(word string) string {
	if base, ok := l.irregular[word]; ok {
		word = base
	}
	if l.stem == nil || len(word) < 3 {
		return word
	}
	env := snowballstem.NewEnv(word)
	l.stem(env)
	return env.Current()
}

// IsStop reports whether a normalised word is a stop word.
func (l *Language) IsStop(word string) bool { return l.stop[word] }

func isAcronym(w string) bool {
	capitals := 0
	for _, r := range w {
		switch {
		case unicode.IsUpper(r):
			capitals++
		case r != '.' && !unicode.IsDigit(r):
			return false
		}
	}
	return capitals >= 2
}

// Fold returns text in lower case, composed, without diacritics, its curly
// apostrophes straight: what is left when spelling habits are set aside.
func Fold(text string) string {
	ascii := true
	lower := true
	for i := range len(text) {
		c := text[i]
		ascii = ascii && c < utf8.RuneSelf
		lower = lower && (c < 'A' || c > 'Z')
	}
	if ascii {
		if lower {
			return text
		}
		return strings.ToLower(text)
	}
	strip := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	folded, _, err := transform.String(strip, strings.ToLower(text))
	if err != nil {
		folded = strings.ToLower(text)
	}
	return strings.ReplaceAll(folded, "’", "'")
}
