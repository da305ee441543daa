package answer

// The decision. Confidence is the calibrated chance that the first passage
// answers; the bounds below were chosen on the cross-validated confidences of
// the sets that hold unanswerable questions (docs/quality.md).
const (
	// answerThreshold is the confidence from which a question counts as
	// answered.
	answerThreshold = 0.25
	mediumThreshold = 0.40
	highThreshold   = 0.60
	// leastAlignment is how near the first candidate must come to the question
	// when it shares no word with it; below it the topic is absent.
	leastAlignment = 0.45
	// absentShare is the share of the question's weight that must occur nowhere
	// for a decline to be put down to an absent topic.
	absentShare = 0.6
)

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
	if r.empty {
		return false, NotQuestion
	}
	if len(r.Rows) == 0 {
		return false, Absent
	}
	f := r.Rows[0].Features
	if f[fCoverageWeight] == 0 && f[fAlignRarity] < leastAlignment {
		return false, Absent
	}
	if r.Confidence >= answerThreshold && !r.lacksFigure() {
		return true, Answers
	}
	if r.question.AbsentShare > absentShare {
		return false, Absent
	}
	return false, NotSaid
}

// lacksFigure reports whether the question is for a number or a price and the
// first candidate has none, in digits or in words, beside dates: it can't be
// the answer then, however near it comes.
func (r *Ranking) lacksFigure() bool {
	if r.wording.kind != KindNumber && r.wording.kind != KindMoney {
		return false
	}
	a := r.scan.a
	x := &a.sentences[a.first[r.Rows[0].Article]+r.Rows[0].Sentence]
	if x.found.counts > 0 || x.found.money > 0 || x.found.ranks > 0 || x.found.durations > 0 {
		return false
	}
	for _, u := range x.uses {
		if u.flags&flagNumber == 0 && cues()[a.words[u.word].norm]&(signNumber|signNegation) != 0 {
			return false
		}
	}
	return true
}
