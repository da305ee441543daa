package main

import (
	"slices"
	"strings"

	"verbatim/internal/eval"
	"verbatim/internal/lang"
)

// ablated and swapped mark the twins of a question.
const (
	ablated = "-ablated"
	swapped = "-swapped"
)

// swaps is the set of all swapped questions.
const swaps = "swapped"

// ablate makes an unanswerable question of every answerable one, by taking the
// answering sentences and their neighbours out of its article: the topic is
// there, what is asked is not. Articles that would be left with fewer than
// three sentences are passed over.
func ablate(set []eval.Question) []eval.Question {
	var out []eval.Question
	for _, q := range set {
		gone := map[int]bool{}
		for _, g := range q.Gold {
			gone[g-1], gone[g], gone[g+1] = true, true, true
		}
		x := eval.Question{ID: q.ID + ablated, Title: q.Title, Question: q.Question}
		for i, s := range q.Sentences {
			if !gone[i] {
				x.Sentences = append(x.Sentences, s)
			}
		}
		if len(x.Sentences) >= 3 && len(q.Gold) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// swapStep is how far apart in a set the two questions of a swap are at least,
// so that they are about different things.
const swapStep = 17

// leastDeed is how many content words besides names a question must hold to be
// swapped: an article may well say who or what any name of it is.
const leastDeed = 1

// swap makes an unanswerable question of every answerable one that holds a
// name, by asking about that name what another question asks about another:
// the name is there, the deed is not.
func swap(set []eval.Question) []eval.Question {
	type named struct {
		q    int
		name string
	}
	var all []named
	for i, q := range set {
		if name, deed := longestName(q.Question); name != "" && deed >= leastDeed && len(q.Gold) > 0 {
			all = append(all, named{i, name})
		}
	}
	var out []eval.Question
	for k, n := range all {
		for step := swapStep; step < len(all); step++ {
			other := all[(k+step)%len(all)]
			q, o := set[n.q], set[other.q]
			if slices.Equal(q.Sentences, o.Sentences) || strings.Contains(o.Question, n.name) {
				continue
			}
			out = append(out, eval.Question{ID: q.ID + swapped, Title: q.Title, Sentences: q.Sentences,
				Question: strings.Replace(o.Question, other.name, n.name, 1)})
			break
		}
	}
	return out
}

// longestName returns the longest run of words with capitals in a question,
// its first word aside, and how many content words are in no such run; "" when
// there is no run.
func longestName(question string) (name string, deed int) {
	best, start := "", -1
	tokens := lang.For("en").Tokens(question)
	for i, t := range tokens {
		if i == 0 || !t.Upper || t.Stop {
			start = -1
			if i > 0 && !t.Stop {
				deed++
			}
			continue
		}
		if start < 0 || t.Gap {
			start = i
		}
		if name := question[tokens[start].Start:t.End]; len(name) > len(best) {
			best = name
		}
	}
	return strings.TrimSuffix(strings.TrimSuffix(best, "'s"), "’s"), deed
}
