package lang

import (
	"strings"
	"sync"
)

// tense is what a word says of when its sentence happens.
type tense uint8

const (
	tenseless  tense = iota // no verb, or none that is known
	toldPast                // "said", "was held"
	pluperfect              // "had said": before some time told, seldom before the writing
	toldFuture              // "will be held"
	unsure                  // "is held", "may", "to restart", "was born"
)

// verbs holds the English words that tell a tense.
type verbs struct {
	class     map[string]string // of the words in tense_en.txt
	irregular map[string]bool   // past forms that are no base forms
}

var tenseWords = sync.OnceValue(func() *verbs {
	v := &verbs{class: map[string]string{}, irregular: map[string]bool{}}
	for name, words := range Groups("tense_en.txt") {
		for _, w := range words {
			v.class[w] = name
		}
	}
	for _, line := range readList("irregular_en.txt") {
		forms := strings.Fields(line)
		for _, f := range forms[1:] {
			if !strings.HasSuffix(f, "s") && !strings.HasSuffix(f, "ing") {
				v.irregular[f] = true
			}
		}
	}
	return v
})

// settle gives a time without a year, or a day of the week, its side of the day
// of writing where the sentence tells it, and leaves it open where not. from is
// the first token of the time with its prepositions, bare the first without,
// to the one behind it.
func (s *timeScanner) settle(t *Time, from, bare, to int) {
	a := &t.anchor
	if !t.Relative || t.Follows {
		return
	}
	if s.quoted(s.tokens[bare].Start) {
		a.side = open // told from the day on which it was spoken
		return
	}
	if a.side != open || a.unit != unitWeekday && a.month == 0 {
		return
	}
	told := s.tenseAt(from, to)
	if told == pluperfect && a.unit == unitWeekday {
		told = toldPast
	}
	switch w := s.norm(bare - 1); {
	case told == toldFuture:
		a.side = upcoming
	case told == toldPast && (bare == from || !s.tenses.is(w, "limits")):
		a.side = past
	}
}

// is reports whether a word is of a class of tense_en.txt.
func (v *verbs) is(w, class string) bool { return v.class[w] == class }

// tenseAt returns the tense of the verb that the time tokens[from:to] belongs
// to, unsure where that can't be told.
func (s *timeScanner) tenseAt(from, to int) tense {
	for k := from - 1; k >= 0; k-- {
		if k+1 < from && s.tokens[k+1].Gap || s.quoteBetween(k) {
			break
		}
		if told := s.verb(k); told != tenseless {
			if told == toldPast && s.relative(k) && s.ambiguous(k+1, from) {
				return unsure
			}
			return told
		}
		if k+1 == from && s.tokens[from].Gap {
			// "…, on Monday": what stands before the comma is another clause's.
			if s.tenses.is(s.norm(k), "saying") {
				return toldPast
			}
			break
		}
	}
	gaps := 0
	for k := to; k < len(s.tokens); k++ {
		if k > to && s.tokens[k].Gap {
			gaps++
		}
		if s.quoteBetween(k - 1) {
			return unsure
		}
		told := s.verb(k)
		switch {
		case told == tenseless:
		case s.relative(k):
			for k+1 < len(s.tokens) && s.verb(k+1) == told && !s.tokens[k+1].Gap {
				k++
			}
		case told == toldPast && s.tokens[k].Gap && k > to && gaps%2 == 1:
			// "the club, founded in 1891, …": no verb of the sentence.
		default:
			return told
		}
	}
	return unsure
}

// relative reports whether the verb at k, or the auxiliary before it, follows a
// relative pronoun.
func (s *timeScanner) relative(k int) bool {
	for i := k - 1; i >= 0 && i >= k-3; i-- {
		w := s.norm(i)
		if s.tenses.is(w, "relative") {
			return true
		}
		if s.verb(i) == tenseless && !strings.HasSuffix(w, "ly") {
			return false
		}
	}
	return false
}

// ambiguous reports whether tokens[from:to] hold a word that may be a verb in
// the present as well as a plural.
func (s *timeScanner) ambiguous(from, to int) bool {
	for k := from; k < to; k++ {
		if t := s.tokens[k]; !t.Upper && !t.Stop && strings.HasSuffix(t.Norm, "s") {
			return true
		}
	}
	return false
}

// verb returns the tense that token k tells, with the auxiliary before it.
func (s *timeScanner) verb(k int) tense {
	t := s.tokens[k]
	if t.Upper && k > 0 || t.Number {
		return tenseless
	}
	w := t.Norm
	switch s.tenses.class[w] {
	case "future":
		return toldFuture
	case "had":
		return pluperfect
	case "past":
		return toldPast
	case "unsure", "planning":
		return unsure
	case "have":
		return toldPast
	}
	if strings.HasSuffix(w, "'ll") || strings.HasSuffix(w, "’ll") {
		return toldFuture
	}
	if w == "to" && k+1 < len(s.tokens) && !s.tokens[k+1].Upper && !s.tokens[k+1].Number && !s.tokens[k+1].Gap &&
		(!s.tokens[k+1].Stop || s.norm(k+1) == "be" || s.norm(k+1) == "have" || s.norm(k+1) == "do") {
		return unsure
	}
	if !s.tenses.irregular[w] && !(len(w) > 4 && strings.HasSuffix(w, "ed")) {
		return tenseless
	}
	alone := toldPast
	for i := k - 1; i >= 0 && i >= k-4; i-- {
		if s.tokens[i+1].Gap {
			break
		}
		switch p := s.norm(i); {
		case p == "be":
			alone = unsure // unless "will" stands before it
			continue
		case s.tenses.is(p, "future"):
			return toldFuture
		case s.tenses.is(p, "had"):
			return pluperfect
		case s.tenses.is(p, "unsure") || p == "to":
			return unsure
		case s.tenses.is(p, "past") || s.tenses.is(p, "have"):
			return toldPast
		case s.tenses.is(p, "being") || s.tenses.is(p, "between") || strings.HasSuffix(p, "ly"):
			continue
		}
		break
	}
	return alone
}

// quoteBetween reports whether a quotation mark stands between tokens k and
// k+1.
func (s *timeScanner) quoteBetween(k int) bool {
	if k < 0 || k+1 >= len(s.tokens) || !s.tokens[k+1].Gap {
		return false
	}
	return strings.ContainsAny(s.text[s.tokens[k].End:s.tokens[k+1].Start], "\"“”«»")
}

// quoted reports whether a byte of the text lies in a quotation, which may have
// begun or end in another sentence.
func (s *timeScanner) quoted(at int) bool {
	before, after := s.text[:at], s.text[at:]
	switch n := strings.Count(before, "\""); {
	case n%2 == 1:
		return true
	case n == 0 && !strings.Contains(after, "“") && strings.Count(after, "\"")%2 == 1 && strings.HasSuffix(strings.TrimRight(after, " ."), "\""):
		return true
	}
	opened, closed := strings.LastIndex(before, "“"), strings.LastIndex(before, "”")
	if opened != closed {
		return opened > closed
	}
	opens, closes := strings.Index(after, "“"), strings.Index(after, "”")
	return closes >= 0 && (opens < 0 || closes < opens)
}
