package lang

import (
	"fmt"
	"strings"
	"sync"

	"github.com/neurosnap/sentences"
	"github.com/neurosnap/sentences/data"
	"github.com/neurosnap/sentences/english"
)

// wordKind is what abbreviations.txt says of a word; a word may be several.
type wordKind uint8

const (
	titleWord   wordKind = 1 << iota // never ends a sentence
	numberWord                       // doesn't end one before a number
	mayWord                          // ends one before a starter only
	starterWord                      // starts a sentence when capitalised
	speechWord                       // carries on a quotation
)

// splitter holds what is known of one language. It is never changed once
// made.
type splitter struct {
	words   map[string]wordKind
	ordinal bool // the language ends ordinal numbers with a full stop
	punkt   *sentences.DefaultSentenceTokenizer
}

// splitters makes the splitters of all languages that the data file names,
// once a process: the Punkt model takes 10 ms to unpack. "" is that of any
// other language.
var splitters = sync.OnceValue(func() map[string]*splitter {
	all, err := readSplitters(readList("abbreviations.txt"))
	if err != nil {
		// Both inputs are compiled in: only a broken build gets here.
		panic("lang: " + err.Error())
	}
	return all
})

// splitterFor finds the splitter of a language by its code.
func splitterFor(code string) *splitter {
	all := splitters()
	if s := all[code]; s != nil {
		return s
	}
	return all[""]
}

// readSplitters reads the word lists and joins a Punkt tokenizer to each
// language: the trained model to English, an untrained one, which knows the
// listed abbreviations only, to the others.
func readSplitters(lines []string) (map[string]*splitter, error) {
	all := map[string]*splitter{"": {words: map[string]wordKind{}}}
	common := map[string]wordKind{}
	kinds := map[string]wordKind{"title": titleWord, "number": numberWord, "may": mayWord, "starter": starterWord, "speech": speechWord}
	for _, line := range lines {
		head, rest, _ := strings.Cut(line, ":")
		lang, name, ok := strings.Cut(head, " ")
		kind := kinds[name]
		if !ok || kind == 0 && name != "ordinal" {
			return nil, fmt.Errorf("abbreviations.txt: line %q is not LANGUAGE KIND: WORDS", line)
		}
		words := common
		if lang != "*" {
			if all[lang] == nil {
				all[lang] = &splitter{words: map[string]wordKind{}}
			}
			words = all[lang].words
			all[lang].ordinal = all[lang].ordinal || name == "ordinal"
		}
		for _, w := range strings.Fields(rest) {
			words[w] |= kind
		}
	}
	for lang, s := range all {
		for w, kind := range common {
			s.words[w] |= kind
		}
		storage := sentences.NewStorage()
		if lang == "en" {
			b, err := data.Asset("data/english.json")
			if err != nil {
				return nil, fmt.Errorf("unpack the English Punkt model: %w", err)
			}
			if storage, err = sentences.LoadTraining(b); err != nil {
				return nil, fmt.Errorf("read the English Punkt model: %w", err)
			}
		}
		for w, kind := range s.words {
			if kind&(titleWord|mayWord) != 0 {
				storage.AbbrevTypes.Add(w)
			}
		}
		punkt, err := english.NewSentenceTokenizer(storage)
		if err != nil {
			return nil, fmt.Errorf("make a Punkt tokenizer for %q: %w", lang, err)
		}
		s.punkt = punkt
	}
	return all, nil
}

// breaks returns the places, in bytes, where Punkt ends a sentence of the
// text. Only the words around punctuation are looked at: the others can't
// change its mind and take as long again.
func (s *splitter) breaks(text string) map[int]bool {
	found := map[int]bool{}
	tokens := s.punkt.WordTokenizer.Tokenize(text, true)
	for _, t := range s.punkt.AnnotateTokens(tokens, s.punkt.Annotations...) {
		if t.SentBreak {
			found[t.Position] = true
		}
	}
	return found
}
