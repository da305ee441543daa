package answer

import (
	"strings"
	"sync"

	"verbatim/internal/lang"
)

// sign is a set of things that a sentence shows on its face and that kinds of
// answers need.
type sign uint32

const (
	signNumber     sign = 1 << iota // a figure or a number word
	signYear                        // 1000 to 2099
	signDate                        // a month, weekday, or word of time
	signMoney                       // a currency
	signDuration                    // a unit of time
	signReason                      // "because", "due to", "so that"
	signPlace                       // a preposition of place before a capital
	signPerson                      // a title, a role, or someone who says something
	signQuote                       // quotation marks
	signQuestion                    // ends as a question
	signPronoun                     // begins with a pronoun
	signConnective                  // begins with a connective
	signDefines                     // "is a", "called", "known as", "(ABC)"
	signManner                      // "by …ing", "through", "using"
	signNegation                    // "not", "no", "never"
	signPersonal                    // begins with a personal or possessive pronoun of the third person
	signSpeech                      // someone says something
	signInQuote                     // begins within a quotation or opens one
)

// cues maps a word to the signs it gives; "is a"-like pairs are keyed by both.
var cues = sync.OnceValue(func() map[string]sign {
	names := map[string]sign{
		"number": signNumber, "date": signDate, "money": signMoney, "duration": signDuration, "reason": signReason,
		"person": signPerson, "defines": signDefines, "manner": signManner, "negation": signNegation,
		"pronoun": signPronoun, "personal": signPersonal, "speech": signSpeech, "connective": signConnective, "place": signPlace,
	}
	found := map[string]sign{}
	for name, words := range lang.Groups("cues_en.txt") {
		for _, w := range words {
			found[strings.ReplaceAll(w, "_", " ")] |= names[name]
		}
	}
	return found
})

// opening are the signs that count only at the start of a sentence.
const opening = signPronoun | signConnective | signPersonal

func signsOf(text string, tokens []lang.Token) sign {
	var s sign
	known := cues()
	for i, t := range tokens {
		c := known[t.Norm]
		if i > 0 {
			c |= known[tokens[i-1].Norm+" "+t.Norm]
			c &^= opening
		}
		if c&signPlace != 0 && (i+1 >= len(tokens) || !tokens[i+1].Upper) {
			c &^= signPlace
		}
		if t.Number {
			c |= signNumber
			if len(t.Norm) == 4 && (t.Norm[0] == '1' || t.Norm[:2] == "20") {
				c |= signYear
			}
		}
		if t.Acronym && t.Start > 0 && text[t.Start-1] == '(' {
			c |= signDefines
		}
		s |= c
	}
	s |= marksOf(text)
	if strings.HasSuffix(strings.TrimRight(text, "\"”’') "), "?") {
		s |= signQuestion
	}
	return s
}

// marksOf are the signs that single characters give.
func marksOf(text string) (s sign) {
	for _, r := range text {
		switch r {
		case '$', '€', '£', '¥':
			s |= signMoney
		case '"', '“', '”', '«', '»':
			s |= signQuote
		}
	}
	return s
}
