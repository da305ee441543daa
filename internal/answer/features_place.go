package answer

import "math"

// How far a match in the sentence before counts for this one, in carried.coverage:
// less than half, unless this one opens with a pronoun. Set by hand; neither
// nothing nor twice as much ranks better (docs/quality.md).
const (
	carryOver        = 0.3
	carryOverPronoun = 0.8
)

// surroundings are the features of place: neighbours, title, position.
func (a *analysis) surroundings(s *scan, i int32, x *sentence, m matches, f []float64) {
	count := a.count(x.article)
	neighbour := func(d int32) (matches, bool) {
		j := x.index + d
		if j < 0 || int(j) >= count {
			return matches{}, false
		}
		return s.sentence(i + d), true
	}
	sum := 0.0
	wide := append(s.wide[:0], m.best...)
	s.wide = wide
	for _, d := range [...]int32{-2, -1, 1, 2} {
		if b, ok := neighbour(d); ok {
			for t, v := range b.best {
				wide[t] = max(wide[t], v)
			}
		}
	}
	f[fWindowAlign] = s.mean(byWeight, func(t int) float64 { return float64(wide[t]) })
	f[fCarriedCoverage] = m.near
	if b, ok := neighbour(-1); ok {
		f[fBeforeCoverage] = b.cover
		f[fBeforeGain] = s.mean(byWeight, func(t int) float64 { return matched(b.best[t]) * (1 - matched(m.best[t])) })
		carry := carryOver
		if x.signs&signPronoun != 0 {
			f[fPronounBefore] = b.near
			carry = carryOverPronoun
		}
		f[fCarriedCoverage] = s.mean(byWeight, func(t int) float64 {
			return max(float64(m.best[t]), carry*matched(b.best[t]))
		})
		sum += b.near
	}
	if b, ok := neighbour(1); ok {
		f[fAfterCoverage] = b.cover
		sum += b.near
	}
	f[fNearAlign] = sum / 2

	title := a.titles[x.article]
	inTitle := func(stem int32) bool {
		for _, t := range title {
			if t == stem {
				return true
			}
		}
		return false
	}
	untitled, total := 0.0, 0.0
	for t := range s.terms {
		if stem := s.terms[t].stem; stem < 0 || !inTitle(stem) {
			untitled += s.terms[t].weight * float64(m.best[t])
			total += s.terms[t].weight
		}
	}
	if total > 0 {
		f[fCoverageUntitled] = untitled / total
	}
	overlap := 0.0
	for _, u := range x.uses {
		if inTitle(a.words[u.word].stem) {
			overlap++
		}
	}
	f[fTitleOverlap] = overlap / float64(len(title)+1)
	f[fLength] = math.Log1p(float64(len(x.uses)))
	f[fPosition] = 1 / float64(1+x.index)
	if x.index == 0 {
		f[fPositionFirst] = 1
	}
	f[fPositionRelative] = float64(x.index) / float64(count)
	f[fSentences] = math.Log1p(float64(count))
}

// voices are the features of who speaks, for a question that asks what someone
// says or thinks: a name in the sentence before stands for "she said" in this.
func (a *analysis) voices(w *wording, s *scan, i int32, x *sentence, m matches, f []float64) {
	if x.signs&(signInQuote|signQuote) != 0 {
		f[fInQuote] = 1
	}
	if w.speech {
		f[fSpeechQuote] = f[fInQuote]
		if x.signs&signSpeech != 0 {
			f[fSpeechSaid] = 1
		}
		before := m
		if x.index > 0 {
			before = s.sentence(i - 1)
		}
		f[fSpeakerNear] = max(f[fInQuote], f[fSpeechSaid]) * s.mean(byName, func(t int) float64 {
			return matched(max(m.best[t], before.best[t]))
		})
	}
}

// count is how many sentences an article has.
func (a *analysis) count(article int32) int {
	if int(article)+1 < len(a.first) {
		return a.first[article+1] - a.first[article]
	}
	return len(a.sentences) - a.first[article]
}
