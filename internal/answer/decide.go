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
	if r.Confidence >= answerThreshold {
		return true, Answers
	}
	if r.question.AbsentShare > absentShare {
		return false, Absent
	}
	return false, NotSaid
}
