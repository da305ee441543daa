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
// that is more than small talk. Thanks for an answer follow no question either.
func (a *Answerer) asks(q Question) bool {
	for _, t := range a.analysis.tongue(q.Text).Tokens(q.Text) {
		if !smalltalk()[t.Norm] {
			return true
		}
	}
	return false
}

// idle reports whether a question consists of words of structure ("why?", "who
// is he?"), names nothing that the articles name, and follows no other that
// would say what it is about.
func (r *Ranking) idle() bool {
	if r.scan == nil || r.about != "" {
		return false
	}
	for _, t := range r.wording.tokens {
		if !t.Stop {
			return false
		}
	}
	for i := range r.scan.a.names {
		if len(r.scan.names(int32(i)).names) > 0 {
			return false
		}
	}
	return true
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
