package eval

import (
	"cmp"
	"slices"
)

// Outcome is what came of one question.
type Outcome struct {
	ID         string  `json:"id"`
	Ranking    []int   `json:"ranking"` // every sentence index, best first
	Answered   bool    `json:"answered"`
	Confidence float64 `json:"confidence"`
}

// Metrics are the figures of a set, each 0 to 1.
type Metrics struct {
	Questions, Ranked int     // all; those with at least one gold sentence and one other
	MAP               float64 // mean average precision
	MRR               float64 // mean reciprocal rank of the first gold sentence
	P1                float64 // share with a gold sentence first
	Hit3              float64 // share with a gold sentence among the first three
	AUC               float64 // of the confidence, answerable against not; 0 unless there are both
	Precision         float64 // of answering: the share of answers whose first sentence is gold
	Recall            float64 // the share of answerable questions answered so
	F1                float64
}

// Measure computes the metrics of the outcomes, which stand in the order of
// the set.
func Measure(set []Question, outcomes []Outcome) Metrics {
	m := Metrics{Questions: len(set)}
	var yes, no []float64
	answered, right, answerable := 0, 0, 0
	for i, q := range set {
		o := outcomes[i]
		gold := make(map[int]bool, len(q.Gold))
		for _, g := range q.Gold {
			gold[g] = true
		}
		first := len(o.Ranking) > 0 && gold[o.Ranking[0]]
		if o.Answered {
			answered++
			if first {
				right++
			}
		}
		if len(gold) == 0 {
			no = append(no, o.Confidence)
			continue
		}
		answerable++
		yes = append(yes, o.Confidence)
		if len(gold) == len(q.Sentences) {
			continue
		}
		m.Ranked++
		ap, rr, hits := 0.0, 0.0, 0
		for rank, s := range o.Ranking {
			if !gold[s] {
				continue
			}
			hits++
			ap += float64(hits) / float64(rank+1)
			if hits == 1 {
				rr = 1 / float64(rank+1)
				if rank < 3 {
					m.Hit3++
				}
			}
		}
		m.MAP += ap / float64(len(gold))
		m.MRR += rr
		if first {
			m.P1++
		}
	}
	for _, x := range []*float64{&m.MAP, &m.MRR, &m.P1, &m.Hit3} {
		*x /= float64(max(m.Ranked, 1))
	}
	m.AUC = AUC(yes, no)
	m.Precision = float64(right) / float64(max(answered, 1))
	m.Recall = float64(right) / float64(max(answerable, 1))
	if s := m.Precision + m.Recall; s > 0 {
		m.F1 = 2 * m.Precision * m.Recall / s
	}
	return m
}

// AUC is the area under the ROC curve: the chance that a random member of yes
// is above a random member of no, ties counting half. It is 0 when either is
// empty.
func AUC(yes, no []float64) float64 {
	if len(yes) == 0 || len(no) == 0 {
		return 0
	}
	type point struct {
		v   float64
		yes bool
	}
	all := make([]point, 0, len(yes)+len(no))
	for _, v := range yes {
		all = append(all, point{v, true})
	}
	for _, v := range no {
		all = append(all, point{v, false})
	}
	slices.SortFunc(all, func(a, b point) int { return cmp.Compare(a.v, b.v) })
	ranks := 0.0
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].v == all[i].v {
			j++
		}
		mid := float64(i+j+1) / 2 // mean rank of the tie, from 1
		for ; i < j; i++ {
			if all[i].yes {
				ranks += mid
			}
		}
	}
	n, k := float64(len(yes)), float64(len(no))
	return (ranks - n*(n+1)/2) / (n * k)
}
