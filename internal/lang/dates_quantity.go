package lang

import (
	"strings"
	"unicode/utf8"
)

// QuantityKind says what a quantity counts.
type QuantityKind uint8

// The kinds of quantity.
const (
	Count   QuantityKind = iota // "23 people"
	Money                       // "$4.5 million"
	Percent                     // "12 per cent"
	Measure                     // "90 km"
	Rank                        // "90th member"
)

// Quantity is a number in a text with what it counts: text[Start:End], in
// bytes.
type Quantity struct {
	Start, End int
	NumberEnd  int // text[Start:NumberEnd] is the number with its sign, scale or unit
	Kind       QuantityKind
	Value      float64 // 0 when the number is vague ("dozens")
}

// Quantities finds the numbers of a text that are no part of one of its times,
// in order and not overlapping. Durations count as times here. English only:
// other languages give the figures alone.
func (l *Language) Quantities(text string, tokens []Token, times []Time) []Quantity {
	s := timeScanner{text: text, tokens: tokens, words: dateWords(), english: l.Code == "en"}
	var found []Quantity
	for k := 0; k < len(tokens); {
		for len(times) > 0 && times[0].End <= tokens[k].Start {
			times = times[1:]
		}
		if len(times) > 0 && times[0].Start <= tokens[k].Start {
			k++
			continue
		}
		n, q := s.quantity(k)
		if n == 0 {
			k++
			continue
		}
		found = append(found, q)
		k += n
	}
	return found
}

// quantity recognises a number that begins at token k and returns how many
// tokens it has with what it counts, 0 for none.
func (s *timeScanner) quantity(k int) (int, Quantity) {
	q := Quantity{Start: s.tokens[k].Start}
	if n, rank := s.rank(k); rank {
		q.Kind, q.NumberEnd, q.Value = Rank, s.tokens[k].End, float64(n)
		return s.counted(k, 1, q)
	}
	n, value := s.count(k)
	if n == 0 || !s.english && !s.tokens[k].Number || s.labels(k, n) {
		return 0, q
	}
	w := s.norm(k)
	// A lone "a", "one" or "half" says too little to be a quantity.
	if !s.tokens[k].Number && n == 1 && (value <= 1 && !s.vague(w)) {
		return 0, q
	}
	if w == "a" || w == "an" {
		if n == 1 {
			return 0, q
		}
	}
	q.Value = value
	before, size := utf8.DecodeLastRuneInString(s.text[:q.Start])
	signed := size > 0 && strings.ContainsRune("$€£¥₹", before)
	if signed {
		q.Kind = Money
		q.Start -= size
	}
	end := s.tokens[k+n-1].End
	if k+n < len(s.tokens) && s.tokens[k].Number && s.tokens[k+n].Number && (s.text[end:s.tokens[k+n].Start] == "-" || s.text[end:s.tokens[k+n].Start] == "–") {
		// "2-1", "10–12": a score or a range is one quantity.
		end = s.tokens[k+n].End
		q.Value = 0
		n++
	}
	q.NumberEnd = end
	rest := s.text[end:]
	next := s.norm(k + n)
	switch {
	case signed:
	case strings.HasPrefix(rest, "%") || strings.HasPrefix(rest, " %"):
		q.Kind = Percent
		q.NumberEnd = end + strings.IndexByte(rest, '%') + 1
	case !s.joined(k + n):
	case s.words.percent[next]:
		q.Kind, q.NumberEnd = Percent, s.tokens[k+n].End
		n++
	case next == "per" && s.norm(k+n+1) == "cent":
		q.Kind, q.NumberEnd = Percent, s.tokens[k+n+1].End
		n += 2
	case s.words.money[next] || next == "us" && s.words.money[s.norm(k+n+1)]:
		q.Kind, q.NumberEnd = Money, s.tokens[k+n].End
		n++
	case s.words.measures[next]:
		q.Kind, q.NumberEnd = Measure, s.tokens[k+n].End
		n++
	default:
		return s.counted(k, n, q)
	}
	q.End = q.NumberEnd
	return n, q
}

// labels reports whether the figure at k is part of a name or numbers a thing,
// and counts nothing: "the AquaLite 300 is", "Flight 300".
func (s *timeScanner) labels(k, n int) bool {
	if !s.tokens[k].Number || n > 1 || !s.joined(k) {
		return false
	}
	prev := s.tokens[k-1]
	if s.words.numbered[prev.Norm] && prev.Norm != "no" {
		return true
	}
	if _, scale := s.words.scales[s.norm(k)]; scale || !prev.Upper || prev.Stop || k == 1 && prev.Row >= 0 || s.words.months[prev.Norm] > 0 {
		return false
	}
	rest := s.text[s.tokens[k].End:]
	return (k+1 == len(s.tokens) || s.tokens[k+1].Gap && !strings.HasPrefix(rest, "%") || s.tokens[k+1].Stop) &&
		!strings.ContainsAny(s.text[prev.End:s.tokens[k].Start], "$€£¥₹") && !strings.HasPrefix(strings.TrimLeft(rest, " "), "%") && !strings.HasPrefix(rest, "-") && !strings.HasPrefix(rest, "–")
}

// vague reports whether a word without a value still counts: "dozens".
func (s *timeScanner) vague(w string) bool {
	return w == "dozens" || w == "hundreds" || w == "thousands" || w == "millions" || w == "several"
}

// rank recognises "90th".
func (s *timeScanner) rank(k int) (int, bool) {
	w := s.norm(k)
	digits := strings.TrimRight(w, "stndrh")
	if !s.tokens[k].Number || len(digits) == len(w) || len(digits) > 6 {
		return 0, false
	}
	n := 0
	for _, r := range digits {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, true
}

// counted takes in the words that are counted, up to three: "31,683 expectant
// fans", "dozens of houses".
func (s *timeScanner) counted(k, n int, q Quantity) (int, Quantity) {
	q.End = q.NumberEnd
	if s.norm(k+n) == "of" && s.joined(k+n) && k+n+1 < len(s.tokens) && s.joined(k+n+1) && !s.tokens[k+n+1].Stop {
		n++
	}
	for i := 0; i < 3 && k+n < len(s.tokens) && s.joined(k+n) && s.english; i++ {
		t := s.tokens[k+n]
		if t.Stop || t.Number || strings.Contains(s.text[q.End:t.Start], "-") && !strings.Contains(s.text[q.End:t.Start], " ") && i == 0 {
			break
		}
		if i > 0 && (strings.HasSuffix(t.Norm, "ing") || strings.HasSuffix(t.Norm, "ed") || strings.HasSuffix(t.Norm, "ly")) {
			break
		}
		q.End = t.End
		n++
		if strings.HasSuffix(t.Norm, "s") || t.Norm == "people" || t.Norm == "men" || t.Norm == "women" || t.Norm == "children" {
			break
		}
	}
	return n, q
}
