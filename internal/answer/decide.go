package answer

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The decision. Confidence is the calibrated chance that the first passage
// answers.
const (
	// answerThreshold is the confidence from which a question counts as
	// answered, chosen on the cross-validated confidences of the sets that hold
	// unanswerable questions: docs/quality.md, with what values around it do.
	answerThreshold = 0.25
	// mediumThreshold and highThreshold are where the bands begin. They are set
	// by hand; docs/quality.md says how many answers of each band are right.
	mediumThreshold = 0.40
	highThreshold   = 0.60
	// leastAlignment is how near the first candidate must come to the question
	// when it shares no word with it; below it the topic is absent. On the sets
	// of docs/quality.md (bot eval) 0.35 gives one right answer and four wrong
	// ones more, 0.55 five right ones and two wrong ones less.
	leastAlignment = 0.45
	// absentShare is the share of the question's weight that must occur nowhere
	// for a decline to be put down to an absent topic. It changes no decision,
	// only what is said of it; set by hand, not measured.
	absentShare = 0.6
)

// declined is the most confidence that a decline has: where a rule declines what
// the ranking alone would have answered, the two must not contradict each other.
const declined = answerThreshold - 0.01

// shownConfidence is the confidence as it is told, which agrees with the
// decision.
func (r *Ranking) shownConfidence(answered bool) float64 {
	if answered {
		return r.Confidence
	}
	return min(r.Confidence, declined)
}

// bandOf returns the words for a confidence.
func bandOf(confidence float64, answered bool) Band {
	switch {
	case !answered:
		return None
	case confidence >= highThreshold:
		return High
	case confidence >= mediumThreshold:
		return Medium
	}
	return Low
}

// Decide says whether the first candidate answers, and if not, why.
func (r *Ranking) Decide() (bool, Reason) {
	if r.empty || r.idle() {
		return false, NotQuestion
	}
	if len(r.Rows) == 0 {
		return false, Absent
	}
	switch rule := r.rule(); {
	case rule == topicRule:
		return false, Absent
	case rule == "" && r.Confidence >= answerThreshold:
		return true, Answers
	case r.question.AbsentShare > absentShare:
		return false, Absent
	}
	return false, NotSaid
}

// topicRule is the rule of a question that the first candidate has no word of, nor
// any that is near one.
const topicRule = "rule:topic"

// rule names the rule that declines a question whatever the confidence, "" when
// none does.
func (r *Ranking) rule() string {
	f := r.Rows[0].Features
	switch {
	case f[fCoverageWeight] == 0 && f[fAlignRarity] < leastAlignment:
		return topicRule
	case r.lacksFigure():
		return "rule:figure"
	case r.lacksExpansion():
		return "rule:expansion"
	case r.strays():
		return "rule:stray"
	case r.leansOnly():
		return "rule:lean"
	}
	return ""
}

// odds returns what the log-odds of the confidence that is told are made of, the
// largest part first. A rule that lowers it is a part.
func (r *Ranking) odds(m *Model, told float64) []Part {
	if r.standing == nil {
		return nil
	}
	parts := m.explainChance(r.standing)
	if told < r.Confidence {
		parts = append(parts, Part{cmp.Or(r.rule(), "rule:threshold"), 1, logit(told) - logit(r.Confidence)})
		slices.SortStableFunc(parts, largestFirst)
	}
	return parts
}

func logit(chance float64) float64 { return math.Log(chance / (1 - chance)) }

// lacksFigure reports whether the question is for a number, a price or an age
// and the first candidate has none, in digits or in words, beside dates: it
// can't be the answer then, however near it comes.
func (r *Ranking) lacksFigure() bool {
	a := r.scan.a
	x := a.at(r.Rows[0])
	switch {
	case r.wording.asksAge():
		return !a.tellsAge(x)
	case r.wording.kind != KindNumber && r.wording.kind != KindMoney:
		return false
	case x.found.counts > 0 || x.found.money > 0 || x.found.ranks > 0 || x.found.durations > 0:
		return false
	}
	for _, u := range x.uses {
		norm := a.words[u.word].norm
		if u.flags&flagNumber == 0 && cues()[norm]&(signNumber|signNegation) != 0 || u.flags&flagNumber != 0 && hasUnit(norm) {
			return false
		}
	}
	return true
}

// hasUnit reports whether a word is a number written together with its unit:
// "160c", "5km", "2.5kg". Ordinals, decades and times of day are none.
func hasUnit(word string) bool {
	const longest = len("kwh")
	unit := strings.TrimLeft(word, "0123456789.")
	switch unit {
	case "", "s", "st", "nd", "rd", "th", "am", "pm":
		return false
	}
	return len(unit) < len(word) && len(unit) <= longest && strings.Trim(unit, "abcdefghijklmnopqrstuvwxyzµ") == ""
}

// lacksExpansion reports whether the question is for the words behind an
// abbreviation, and neither the article of the first candidate introduces it by
// them nor the candidate says anything of what stands for what.
func (r *Ranking) lacksExpansion() bool {
	if !r.wording.asksExpansion() {
		return false
	}
	a := r.scan.a
	x := a.at(r.Rows[0])
	for _, n := range r.scan.names(x.article).names {
		if a.names[x.article].Entities[n.entity].Abbreviation != "" {
			return false
		}
	}
	for _, u := range x.uses {
		if w := a.words[u.word].norm; does("meaning", w) || w == "short" {
			return false
		}
	}
	return true
}

// asksExpansion reports whether the question is what an abbreviation stands
// for or is short for.
func (w *wording) asksExpansion() bool {
	abbreviation := false
	for i, t := range w.tokens {
		abbreviation = abbreviation || t.Acronym
		if i > 0 && abbreviation && t.Norm == "for" && (does("meaning", w.tokens[i-1].Norm) || w.tokens[i-1].Norm == "short") {
			return true
		}
	}
	return false
}

// asksAge reports whether the question is "how old" or for an age.
func (w *wording) asksAge() bool {
	for _, t := range w.tokens {
		if t.Norm == "old" && w.wh == "how" || t.Norm == "age" {
			return w.kind == KindDuration
		}
	}
	return false
}

// maxAge is the highest figure between commas that is taken for a person's
// age.
const maxAge = 120

// tellsAge reports whether a sentence tells an age, or the year or date from
// which one follows: "aged 42", "42 years old", "a 900-year-old", "Jane Doe,
// 42,", "born in 1980", "built in 1874".
func (a *analysis) tellsAge(x *sentence) bool {
	norm := func(k int) string {
		if k < 0 || k >= len(x.uses) {
			return ""
		}
		return a.words[x.uses[k].word].norm
	}
	for k, u := range x.uses {
		switch norm(k) {
		case "age", "aged", "born", "built", "founded", "established", "century":
			return true
		case "old":
			if p := norm(k - 1); p == "year" || p == "years" || p == "month" || p == "months" {
				return true
			}
		}
		if u.flags&flagNumber != 0 && u.flags&flagGap != 0 && k+1 < len(x.uses) && x.uses[k+1].flags&flagGap != 0 {
			if n, err := strconv.Atoi(norm(k)); err == nil && n <= maxAge {
				return true
			}
		}
	}
	return false
}
