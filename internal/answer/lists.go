package answer

import (
	"sync"

	"verbatim/internal/lang"
)

// asked maps a word to the kind of answer it asks for.
var asked = sync.OnceValue(func() map[string]Kind {
	kinds := map[string]Kind{}
	for kind, words := range lang.Groups("question_en.txt") {
		if _, ok := kindNames[kind]; !ok {
			continue
		}
		for _, w := range words { // a word stands in one group only
			kinds[w] = kindNames[kind]
		}
	}
	return kinds
})

// speech are the words by which a question asks what someone says or thinks.
var speech = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for _, w := range lang.Groups("question_en.txt")["speech"] {
		words[w] = true
	}
	return words
})

// smalltalk are the words that alone do not make a question.
var smalltalk = sync.OnceValue(func() map[string]bool { return lang.Words("smalltalk_en.txt") })

// asks reports whether a message holds anything that can be looked up: a word
// that is more than small talk, or any word when it follows another question.
func (a *Answerer) asks(q Question) bool {
	for _, t := range a.analysis.language.Tokens(q.Text) {
		if q.Previous != nil || !smalltalk()[t.Norm] {
			return true
		}
	}
	return false
}

// grammar holds the small words by their jobs, as grammar_en.txt names them.
var grammar = sync.OnceValue(func() map[string]map[string]bool {
	jobs := map[string]map[string]bool{}
	for job, words := range lang.Groups("grammar_en.txt") {
		jobs[job] = map[string]bool{}
		for _, w := range words {
			jobs[job][w] = true
		}
	}
	return jobs
})

// does reports whether a normalised word has a job in grammar.
func does(job, word string) bool { return grammar()[job][word] }

// structuralWords are the words of structure that are worth recognising when
// misspelled, in order of preference.
var structuralWords = sync.OnceValue(func() []string { return lang.Groups("question_en.txt")["structure"] })
