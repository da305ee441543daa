package summary

import "slices"

// choice is one choosing of sentences of an article.
type choice struct {
	*document
	scores     []float64
	eligible   []bool    // nil means all
	redundancy float64   // what the cosine with a chosen sentence costs
	told       *telling  // what other articles' summaries say already
	similar    []float64 // by sentence: the largest cosine with a chosen one so far
	chosen     []bool
	dense      []float64 // by term, of the sentence chosen last
}

// choose picks up to n sentences greedily, each time the one, together with
// what must be shown with it, that adds most for its length when what repeats
// a chosen sentence is marked down (maximal marginal relevance). similar gives
// what earlier choices already say and is changed. The indices are in order.
func (c *choice) choose(n int) []int {
	c.chosen = make([]bool, len(c.sentences))
	c.dense = make([]float64, len(c.idf))
	c.similar = make([]float64, len(c.sentences))
	var picked []int
	for len(picked) < n {
		best, gain := -1, 0.0
		for i := range c.sentences {
			if c.chosen[i] || !c.units[i].ok || c.eligible != nil && !c.eligible[i] {
				continue
			}
			g, ok := c.gain(c.units[i], n-len(picked))
			if ok && (best < 0 || g > gain) {
				best, gain = i, g
			}
		}
		if best < 0 {
			break
		}
		if c.retold(c.units[best]) {
			continue
		}
		for k := c.units[best].first; k <= c.units[best].last; k++ {
			if !c.chosen[k] {
				c.chosen[k] = true
				picked = append(picked, k)
				c.mark(k)
			}
		}
	}
	slices.Sort(picked)
	return picked
}

// retold reports whether a unit holds a sentence that another summary tells
// already, and rules that sentence out.
func (c *choice) retold(u unit) bool {
	for k := u.first; k <= u.last; k++ {
		if !c.chosen[k] && c.told.has(c.document, k) {
			c.similar[k] = 1
			return true
		}
	}
	return false
}

// gain is what a unit adds, a sentence; false when it does not fit in room or
// only repeats what is chosen.
func (c *choice) gain(u unit, room int) (float64, bool) {
	sum, added := 0.0, 0
	for k := u.first; k <= u.last; k++ {
		if c.chosen[k] {
			continue
		}
		if c.similar[k] > repeats {
			return 0, false
		}
		added++
		sum += c.scores[k] - c.redundancy*c.similar[k]
	}
	return sum / float64(max(added, 1)), added > 0 && added <= room
}

// repeats is the cosine from which a sentence says nothing that a chosen one
// does not: two tellings of one sentence, a caption and its source.
const repeats = 0.7

// mark notes how similar every sentence is to the chosen sentence k.
func (c *choice) mark(k int) {
	for _, t := range c.sentences[k].terms {
		c.dense[t.id] = float64(t.weight)
	}
	for i := range c.sentences {
		c.similar[i] = max(c.similar[i], dot(c.sentences[i].terms, c.dense))
	}
	for _, t := range c.sentences[k].terms {
		c.dense[t.id] = 0
	}
}
