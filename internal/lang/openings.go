package lang

import (
	"strings"
	"sync"
)

// Opening says whether the start of a sentence can be understood alone.
type Opening uint8

// The openings.
const (
	Alone      Opening = iota // stands by itself
	Pronoun                   // begins with a word for something named earlier: "He", "Both"
	Connective                // begins by joining on to what was said: "However", "As a result"
)

// openings holds the phrases by their words joined with "_".
type openings struct {
	phrases       map[string]Opening
	times, commas map[string]bool
	longest       int // words in the longest phrase
}

var englishOpenings = sync.OnceValue(func() *openings {
	o := &openings{phrases: map[string]Opening{}, times: map[string]bool{}, commas: map[string]bool{}}
	for name, words := range Groups("openings_en.txt") {
		for _, w := range words {
			switch name {
			case "pronouns":
				o.phrases[w] = Pronoun
			case "connectives":
				o.phrases[w] = Connective
			case "times":
				o.times[w] = true
			case "commas":
				o.commas[w] = true
			}
			o.longest = max(o.longest, strings.Count(w, "_")+1)
		}
	}
	return o
})

// Opening tells how a sentence with these tokens opens. An opening quote mark
// changes nothing. Languages other than English are taken to stand alone.
func (l *Language) Opening(tokens []Token) Opening {
	if l.Code != "en" || len(tokens) == 0 {
		return Alone
	}
	o := englishOpenings()
	first := tokens[0].Norm
	if tokens[0].Acronym {
		return Alone // "IT", "US"
	}
	if len(tokens) > 1 && (first == "this" || first == "these" || first == "that") && o.times[tokens[1].Norm] {
		return Alone
	}
	if len(tokens) > 1 && o.commas[first] && tokens[1].Gap {
		return Connective
	}
	phrase := first
	kind := o.phrases[phrase]
	for i := 1; i < min(o.longest, len(tokens)) && kind == Alone; i++ {
		phrase += "_" + tokens[i].Norm
		kind = o.phrases[phrase]
	}
	return kind
}
