package summary

// unit is what must be shown together with a sentence so that it does not
// mislead: a stretch of sentences that ends with it or holds it.
type unit struct {
	first, last int
	ok          bool // false when the sentence can't be shown at all
}

// maxUnit is how many sentences a unit holds at most.
const maxUnit = 3

// unitsOf finds the unit of every sentence: back to where its opening can
// be understood, and from the mark that opens a quotation to the one that closes it.
func unitsOf(sentences []sentence) []unit {
	// Where the quotation that holds each sentence begins and ends.
	opens, closes := make([]int, len(sentences)), make([]int, len(sentences))
	for i := range sentences {
		opens[i] = i
		if sentences[i].quote.inside && i > 0 {
			opens[i] = opens[i-1]
		}
	}
	for i := len(sentences) - 1; i >= 0; i-- {
		closes[i] = i
		if sentences[i].quote.open && i+1 < len(sentences) {
			closes[i] = closes[i+1]
		}
	}
	units := make([]unit, len(sentences))
	for i := range sentences {
		units[i] = unitOf(sentences, opens, closes, i)
	}
	return units
}

func unitOf(sentences []sentence, opens, closes []int, i int) unit {
	u := unit{first: i, last: i}
	for {
		first, last := u.first, closes[u.last]
		for k := u.first; k <= u.last; k++ {
			first = min(first, opens[k], k-sentences[k].back)
		}
		if first < 0 {
			return unit{first: i, last: i}
		}
		if first == u.first && last == u.last {
			break
		}
		u.first, u.last = first, last
		if u.last-u.first >= maxUnit {
			return unit{first: i, last: i}
		}
	}
	for k := u.first; k <= u.last; k++ {
		if sentences[k].excluded || sentences[k].quote.stray {
			return unit{first: i, last: i}
		}
	}
	u.ok = true
	return u
}
