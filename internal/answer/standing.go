package answer

import "math"

// questionNames are the parts of a standing that describe the question against
// everything that was searched.
var questionNames = []string{
	"score", "lead", "lead.third", "share", "absent.share", "absent.names", "absent.count", "spread", "best.coverage",
	"absent.rest", "best.rest", "best.joint", "best.least", "near.rest",
	"kind.person", "kind.place", "kind.date", "kind.number", "kind.reason", "kind.manner", "kind.definition", "kind.yesno", "kind.keyword", "kind.other",
}

// StandingNames returns the names of what the confidence is judged by: the
// question as a whole, then every feature of the first candidate.
func StandingNames() []string {
	names := append([]string(nil), questionNames...)
	for _, n := range FeatureNames() {
		names = append(names, "first:"+n)
	}
	return names
}

// Standing describes a question by its ranked candidates: how far the first
// stands out, how much of the question occurs nowhere, and what the first
// candidate looks like. scores are the ranking's, in the order of rows.
func Standing(q QuestionRow, rows []Row, scores []float64) []float64 {
	first, second, third := -1, math.Inf(-1), math.Inf(-1)
	for i, s := range scores {
		if first < 0 || s > scores[first] {
			first = i
		}
	}
	sum, cover, rest, joint, least := 0.0, 0.0, 0.0, 0.0, 0.0
	for i, s := range scores {
		sum += math.Exp(s - scores[first])
		f := rows[i].Features
		cover = max(cover, f[fCoverageWeight])
		rest = max(rest, f[fAlignPlainRest])
		joint = max(joint, min(f[fAlignPlainRest], f[fCoverageNames]))
		least = max(least, f[fAlignLeast])
		if i == first {
			continue
		}
		if s > second {
			second, third = s, second
		} else if s > third {
			third = s
		}
	}
	top := scores[first]
	x := make([]float64, 0, len(questionNames)+len(rows[first].Features))
	x = append(x, top, min(top-second, 10), min(top-third, 10), 1/sum,
		q.AbsentShare, q.AbsentNames, q.AbsentCount, math.Log1p(sum), cover, q.AbsentRest, rest, joint, least, rest-rows[first].Features[fAlignPlainRest])
	for _, k := range []Kind{KindPerson, KindPlace, KindDate, KindNumber, KindReason, KindManner, KindDefinition, KindYesNo, KindKeyword, KindOther} {
		if q.Kind == k {
			x = append(x, 1)
		} else {
			x = append(x, 0)
		}
	}
	return append(x, rows[first].Features...)
}

// QuestionRow is a question as the training sees it.
type QuestionRow struct {
	Kind        Kind
	AbsentShare float64 // share of the content words' weight that occurs in no sentence
	AbsentNames float64 // the same among names and numbers
	AbsentRest  float64 // the same among the other words
	AbsentCount float64 // how many content words occur in no sentence
}

func questionRow(w *wording, s *scan) QuestionRow {
	gone := func(t int) float64 {
		if x := &s.terms[t]; x.absent() {
			return 1
		}
		return 0
	}
	q := QuestionRow{Kind: w.kind, AbsentShare: s.mean(byRarity, gone), AbsentNames: s.mean(byName, gone), AbsentRest: s.mean(byRest, gone)}
	for t := range s.terms {
		q.AbsentCount += gone(t)
	}
	return q
}
