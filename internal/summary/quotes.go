package summary

import (
	"unicode"
	"unicode/utf8"
)

// A quotation may run over several sentences. maxQuotation is how many at
// most: a mark that is open longer was never closed.
const maxQuotation = 8

// quotation is how a sentence stands to the quotations around it.
type quotation struct {
	inside bool // it begins inside a quotation that an earlier sentence opened
	open   bool // its quotation goes on in the next sentence
	stray  bool // a mark in it has no partner anywhere
}

// quotations finds, for sentences in a row, the quotations that run over
// several of them. newParagraph tells where a paragraph begins: a quotation is
// over there, or opened anew.
func quotations(texts []string, newParagraph func(i int) bool) []quotation {
	qs := make([]quotation, len(texts))
	var open rune // the mark that would close the quotation that is open; 0 for none
	since := 0
	abandon := func(to int) {
		for i := since; i < to; i++ {
			qs[i].inside, qs[i].open = false, false
		}
		if since < to {
			qs[since].stray = true
		}
		open = 0
	}
	for i, text := range texts {
		if open != 0 && (newParagraph(i) || i-since >= maxQuotation || opensAnew(text, open)) {
			abandon(i)
		}
		before := open
		var stray bool
		open, stray = scanQuotes(text, open)
		qs[i].inside = before != 0
		qs[i].stray = stray
		if open != 0 {
			qs[i].open = true
			if before == 0 {
				since = i
			}
		}
	}
	if open != 0 {
		abandon(len(texts))
	}
	return qs
}

// opensAnew reports whether a sentence begins with an opening mark although
// the quotation before it is not closed: the closing mark was left out.
func opensAnew(text string, open rune) bool {
	first, size := utf8.DecodeRuneInString(text)
	next, _ := utf8.DecodeRuneInString(text[size:])
	switch first {
	case '“', '«', '‘', '„':
		return true
	case '"':
		return open == '"' && (unicode.IsUpper(next) || unicode.IsDigit(next))
	case '\'':
		return open == '\'' && unicode.IsUpper(next)
	}
	return false
}

// scanQuotes reads the marks of one sentence. open is the mark that would
// close the quotation open at its start, 0 for none; the result is the same
// for its end. stray reports a closing mark that nothing opened.
func scanQuotes(text string, open rune) (rune, bool) {
	stray := false
	prev := ' '
	for i, r := range text {
		next, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(max(r, 0)):])
		if i+1 >= len(text) {
			next = ' '
		}
		switch r {
		case '“', '„':
			if open == 0 || open == '\'' {
				open = '”'
			} else if open == '”' && r == '“' && prev != ' ' {
				open = 0 // German writes „…“
			}
		case '«':
			if open == 0 {
				open = '»'
			}
		case '”', '»':
			if open == r || open == '"' {
				open = 0
			} else if open == 0 {
				stray = true
			}
		case '"':
			switch {
			case open == '"' || open == '”':
				open = 0
			case open != 0:
			case closesOnly(prev, next, i):
				stray = true
			default:
				open = '"'
			}
		case '\'', '‘', '’':
			open, stray = singleQuote(r, prev, next, i, open, stray)
		}
		prev = r
	}
	return open, stray
}

// closesOnly reports whether a straight mark can only close: text stands
// before it and none after.
func closesOnly(prev, next rune, at int) bool {
	return at > 0 && !unicode.IsSpace(prev) && prev != '(' && prev != '[' && prev != '-' && prev != '—' && prev != '–' &&
		!unicode.IsLetter(next) && !unicode.IsDigit(next)
}

// singleQuote tells single quotation marks from apostrophes: one opens a
// quotation only before a capital and after a space, and closes one after
// punctuation or when one is open.
func singleQuote(r, prev, next rune, at int, open rune, stray bool) (rune, bool) {
	starts := at == 0 || unicode.IsSpace(prev) || prev == '('
	if r != '’' && open == 0 && starts && unicode.IsUpper(next) {
		return '\'', stray
	}
	if r == '‘' || open != '\'' && open != 0 {
		return open, stray
	}
	ends := !unicode.IsLetter(next) && !unicode.IsDigit(next)
	sentenceEnd := prev == '.' || prev == ',' || prev == '!' || prev == '?'
	if open == '\'' && ends && (sentenceEnd || unicode.IsLetter(prev) && prev != 's' || unicode.IsDigit(prev)) {
		return 0, stray
	}
	if open == 0 && ends && sentenceEnd && !starts {
		stray = true
	}
	return open, stray
}
