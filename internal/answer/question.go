package answer

import (
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// Kind is the kind of answer that a question asks for.
type Kind uint8

// The kinds, as internal/lang/data/question_en.txt names them.
const (
	KindOther Kind = iota
	KindPerson
	KindPlace
	KindDate
	KindNumber
	KindMoney
	KindDuration
	KindReason
	KindManner
	KindOrganisation
	KindDefinition
	KindYesNo
	KindKeyword // no question word at all
	kinds
)

var kindNames = map[string]Kind{
	"person": KindPerson, "place": KindPlace, "date": KindDate, "number": KindNumber, "money": KindMoney,
	"duration": KindDuration, "reason": KindReason, "manner": KindManner, "organisation": KindOrganisation,
	"definition": KindDefinition,
}

// wording is what the words of a question ask, before any article is looked at.
type wording struct {
	language *lang.Language
	tokens   []lang.Token
	terms    []lang.Token // content words, one a stem, in order; all words when there is none
	kind     Kind
	focus    int // index into terms of the thing asked for ("country" in "which country"); -1 for none
	wh       string
	speech   bool         // asks what someone says or thinks
	typed    article.Span // of the bytes read: the words outside are carried over from the turn before; empty when none are
}

// maxTerms bounds the work that one question can cost.
const maxTerms = 40

// read analyses the question. In lower case "the us" is taken for the country.
// known tells which words the corpus holds, as those are not misspelled.
func read(text string, l *lang.Language, known func(lang.Token) bool) wording {
	w := wording{language: l, tokens: l.Tokens(text), focus: -1, kind: KindKeyword}
	if lower := strings.ToLower(text); shouted(w.tokens) && len(lower) == len(text) {
		w.tokens = l.Tokens(lower)
	}
	for i := 1; i < len(w.tokens); i++ {
		if t := &w.tokens[i]; t.Norm == "us" && !t.Acronym && w.tokens[i-1].Norm == "the" {
			t.Acronym, t.Stop, t.Row, t.Stem = true, false, -1, "US"
		}
	}
	for i := range w.tokens {
		if t := &w.tokens[i]; !t.Stop && !known(*t) {
			if s := structural(*t); s != "" {
				t.Norm, t.Stem, t.Stop = s, s, true
			}
		}
	}
	for i := range w.tokens { // a greeting before the question
		if !smalltalk()[w.tokens[i].Norm] || i+1 == len(w.tokens) {
			break
		}
		w.tokens[i].Stop = true
	}
	for i := range max(len(w.tokens)-1, 0) { // "stands for" says what is asked, not about what
		if t := &w.tokens[i]; w.tokens[i+1].Norm == "for" && does("meaning", t.Norm) {
			t.Stop = true
		}
	}
	for _, t := range w.tokens {
		w.speech = w.speech || speech()[t.Norm]
	}
	ask := -1 // the token that makes it a question
	for i, t := range w.tokens {
		if asking(t) {
			ask = i
			break
		}
	}
	if ask >= 0 {
		w.wh = w.tokens[ask].Norm
	}
	seen := map[string]bool{}
	at := map[int]int{} // token to term
	for i, t := range w.tokens {
		if t.Stop || seen[t.Stem] || len(w.terms) == maxTerms {
			continue
		}
		seen[t.Stem] = true
		at[i] = len(w.terms)
		w.terms = append(w.terms, t)
	}
	if len(w.terms) == 0 {
		for _, t := range w.tokens {
			if !seen[t.Stem] && len(w.terms) < maxTerms {
				seen[t.Stem] = true
				w.terms = append(w.terms, t)
			}
		}
	}
	w.classify(ask, at, l)
	return w
}

// asking reports whether a word asks: "who", "how".
func asking(t lang.Token) bool { return does("asking", t.Norm) && !t.Acronym }

// shouted reports whether a text of three words or more is all in capitals,
// which then say nothing.
func shouted(tokens []lang.Token) bool {
	for _, t := range tokens {
		if !t.Acronym && !t.Number && t.End-t.Start > 1 {
			return false
		}
	}
	return len(tokens) >= 3
}

func (w *wording) classify(ask int, at map[int]int, l *lang.Language) {
	if ask < 0 {
		if len(w.tokens) > 2 && does("auxiliary", w.tokens[0].Norm) {
			w.kind = KindYesNo
		}
		return
	}
	// A yes-or-no question may hold a relative "who" or "where" further in.
	if ask > 2 && does("auxiliary", w.tokens[0].Norm) {
		w.kind = KindYesNo
		return
	}
	next := ask + 1
	if next < len(w.tokens) && w.wh == "how" {
		if k, ok := asked()[w.tokens[next].Norm]; ok && k != KindManner {
			w.kind = k
			if w.tokens[next].Norm == "many" || w.tokens[next].Norm == "much" {
				w.focus = w.lastOfRun(next+1, at, l, true)
			}
			return
		}
		w.kind = KindManner
		return
	}
	w.kind = asked()[w.wh]
	if w.wh != "what" && w.wh != "which" {
		return
	}
	w.kind = KindOther
	start := next
	direct := true
	if start < len(w.tokens) && w.tokens[start].Stop && !does("linking", w.tokens[start].Norm) {
		return // "what did the official say" does not ask for an official
	}
	for start < len(w.tokens) && w.tokens[start].Stop { // "what is the", "what were"
		start++
		direct = false
	}
	w.focus = w.lastOfRun(start, at, l, direct)
	if w.focus < 0 {
		return
	}
	focus := w.terms[w.focus]
	if focus.Norm == "name" || focus.Norm == "names" { // "what is the name of the minister"
		for _, t := range w.terms[w.focus+1:] {
			if k, ok := asked()[t.Norm]; ok {
				w.kind = k
				return
			}
		}
		return
	}
	if k, ok := asked()[focus.Norm]; ok {
		w.kind = k
	} else if k, ok := asked()[l.Stem(focus.Norm)]; ok {
		w.kind = k
	} else if !direct && len(w.terms) <= 3 && w.terms[len(w.terms)-1].End >= w.tokens[len(w.tokens)-1].Start {
		w.kind = KindDefinition // "what is an X"
	} else if !direct && (focus.Upper || focus.Row < 0) {
		w.focus = -1 // "what is Jones doing" does not ask for a Jones
	}
}

// lastOfRun returns the term that heads the run of content words which begins
// at token i, -1 when there is no such run: a word that names a kind of answer
// if there is one, the last word before an auxiliary or preposition ("which
// armed group did"), else the first ("which team won").
func (w *wording) lastOfRun(i int, at map[int]int, l *lang.Language, direct bool) int {
	first, last := -1, -1
	for ; i < len(w.tokens); i++ {
		t, ok := at[i]
		if !ok {
			break
		}
		_, named := asked()[w.tokens[i].Norm]
		if _, base := asked()[l.Stem(w.tokens[i].Norm)]; named || base {
			return t
		}
		if first < 0 {
			first = t
		}
		last = t
	}
	if i < len(w.tokens) || !direct {
		return last
	}
	return first
}
