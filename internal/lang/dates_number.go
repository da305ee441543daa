package lang

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// count reads a number at token k in figures or words, with the words of scale
// after it, and returns how many tokens it has.
func (s *timeScanner) count(k int) (int, float64) {
	if k >= len(s.tokens) {
		return 0, 0
	}
	value, ok := s.words.numbers[s.norm(k)]
	if s.tokens[k].Number {
		v, err := strconv.ParseFloat(s.norm(k), 64)
		value, ok = v, err == nil
	}
	if v, scale := s.words.scales[s.norm(k)]; !ok && scale && len(s.norm(k)) > 3 {
		value, ok = v, true
	}
	if !ok {
		return 0, 0
	}
	n := 1
	for s.joined(k + n) {
		w := s.norm(k + n)
		if scale, ok := s.words.scales[w]; ok && (len(w) > 2 || s.tokens[k].Number) {
			value *= scale
		} else if v, ok := s.words.numbers[w]; ok && v < 10 && v >= 1 && value >= 20 && s.text[s.tokens[k+n].Start-1] == '-' {
			value += v
		} else {
			break
		}
		n++
	}
	return n, value
}

// unitAt returns the length in days of the unit of time at token k.
func (s *timeScanner) unitAt(k int) (float64, bool) {
	days, ok := s.words.units[s.norm(k)]
	return days, ok && k < len(s.tokens) && !(len(s.norm(k)) <= 4 && s.tokens[k].Acronym)
}

// ago recognises "three years ago" and "two days later".
func (s *timeScanner) ago(k int) (int, Time) {
	n, value := s.count(k)
	if n == 0 {
		return 0, Time{}
	}
	if s.norm(k+n) == "of" {
		n++ // "a couple of days ago"
	}
	days, ok := s.unitAt(k + n)
	if !ok {
		return 0, Time{}
	}
	word := s.norm(k + n)
	t := Time{Relative: true}
	sign := -1
	switch s.norm(k + n + 1) {
	case "ago":
	case "later":
		t.Follows, sign = true, 1
	case "earlier":
		t.Follows = true
	case "before", "after":
		return n + 2, t // "two days after the vote"
	default:
		return 0, Time{}
	}
	// What is rough or shorter than a day is no stretch of the calendar.
	if whole := int(value); value == float64(whole) && whole > 0 && (days > 0 || !t.Follows) && !s.words.rough[s.norm(k-1)] {
		t.anchor = anchor{unit: unitDay, shift: sign * whole * int(days)}
		for _, u := range [...]struct {
			prefix string
			unit   unit
		}{{"week", unitWeek}, {"month", unitMonth}, {"year", unitYear}, {"decade", unitDecade}, {"centur", unitCentury}} {
			if strings.HasPrefix(word, u.prefix) {
				t.anchor = anchor{unit: u.unit, shift: sign * whole}
			}
		}
	}
	return n + 2, t
}

// century recognises "19th century", "1990s", "the 90s".
func (s *timeScanner) century(k int) (int, Time) {
	w := s.norm(k)
	if s.norm(k+1) == "century" && s.joined(k+1) {
		n := int(s.words.ordinals[w])
		if s.tokens[k].Number {
			n, _ = strconv.Atoi(strings.TrimRight(w, "stndrh"))
		}
		if n < 1 || n > 30 {
			return 0, Time{}
		}
		return 2, Time{anchor: anchor{unit: unitCentury, year: (n - 1) * 100, known: true}}
	}
	if digits, ok := strings.CutSuffix(w, "s"); ok && s.tokens[k].Number && (len(digits) == 4 || len(digits) == 2) && digits[len(digits)-1] == '0' {
		y, err := strconv.Atoi(digits)
		if err != nil || s.norm(k-1) == "his" || s.norm(k-1) == "her" || s.norm(k-1) == "their" {
			return 0, Time{}
		}
		if len(digits) == 2 {
			y += 1900
		}
		u := unitDecade
		if y%100 == 0 {
			u = unitCentury
		}
		return 1, Time{anchor: anchor{unit: u, year: y, known: true}}
	}
	return 0, Time{}
}

// clock recognises "3.30 pm", "10:45", "9 a.m.", "noon".
func (s *timeScanner) clock(k int) (int, Time) {
	w := s.norm(k)
	if (w == "noon" || w == "midnight" || w == "midday") && s.words.prepositions[s.norm(k-1)] {
		return 1, Time{Kind: Clock}
	}
	if !s.tokens[k].Number {
		return 0, Time{}
	}
	raw := s.text[s.tokens[k].Start:s.tokens[k].End]
	for _, half := range []string{"am", "pm"} {
		if strings.HasSuffix(w, half) {
			return 1, Time{Kind: Clock}
		}
	}
	n := 1
	if k+1 < len(s.tokens) && s.tokens[k+1].Number && s.text[s.tokens[k].End:s.tokens[k+1].Start] == ":" && len(raw) <= 2 && s.tokens[k+1].End-s.tokens[k+1].Start >= 2 {
		n = 2
		if strings.HasSuffix(s.norm(k+1), "am") || strings.HasSuffix(s.norm(k+1), "pm") {
			return 2, Time{Kind: Clock}
		}
	}
	if h := s.norm(k + n); (h == "am" || h == "pm" || h == "o'clock") && s.joined(k+n) {
		return n + 1, Time{Kind: Clock}
	}
	if n == 2 && (s.words.prepositions[s.norm(k-1)] || len(raw) == 2) {
		return 2, Time{Kind: Clock}
	}
	return 0, Time{}
}

// span recognises how long something lasts: "12-day", "for months".
func (s *timeScanner) span(k int) (int, Time) {
	n, value := s.count(k)
	if n == 0 {
		if _, ok := s.unitAt(k); ok && s.norm(k-1) == "for" && strings.HasSuffix(s.norm(k), "s") {
			return 1, Time{Kind: Duration}
		}
		return 0, Time{}
	}
	if s.norm(k+n) == "of" {
		n++
	}
	if _, ok := s.unitAt(k + n); !ok || !s.joined(k+n) {
		return 0, Time{}
	}
	w := s.norm(k)
	if value == 1 && (w == "a" || w == "an") && s.norm(k-1) != "for" || s.norm(k+n) == "second" || s.norm(k+n) == "quarter" {
		return 0, Time{}
	}
	// "a 25-year-old" is an age.
	if s.norm(k+n+1) == "old" {
		return 0, Time{}
	}
	return n + 1, Time{Kind: Duration}
}

// year recognises a year of four digits, and of fewer with BC or AD.
func (s *timeScanner) year(k int) (int, Time) {
	if !s.tokens[k].Number {
		return 0, Time{}
	}
	if era := s.norm(k + 1); s.english && (era == "bc" || era == "bce" || era == "ad" || era == "ce") && s.tokens[k+1].Acronym {
		if y, err := strconv.Atoi(s.norm(k)); err == nil && y < 20000 {
			if era[0] == 'b' {
				y = -y + 1
			}
			return 2, Time{anchor: anchor{unit: unitYear, year: y, known: true}}
		}
	}
	y := s.yearOf(k)
	if y == 0 {
		return 0, Time{}
	}
	prev, _ := utf8.DecodeLastRuneInString(s.text[:s.tokens[k].Start])
	if strings.ContainsRune("$€£¥#.-/", prev) {
		return 0, Time{}
	}
	if s.english && !s.dates(k, y) {
		return 0, Time{}
	}
	return 1, Time{anchor: anchor{unit: unitYear, year: y, known: true}}
}

// dates reports whether the figure at k stands where a year does, and not where
// things are counted or numbered.
func (s *timeScanner) dates(k, y int) bool {
	last, next := s.norm(k-1), s.norm(k+1)
	after := s.joined(k + 1)
	prev, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s.text[:s.tokens[k].Start], " "))
	follow, _ := utf8.DecodeRuneInString(s.text[s.tokens[k].End:])
	counts := after && (s.words.measures[next] || s.words.money[next] || s.words.scales[next] > 0 || s.countable(k+1))
	round := y%100 == 0
	switch {
	case s.words.numbered[last] && s.joined(k):
		return false // "Flight 1999"
	case strings.ContainsRune("\"“'‘", prev) && strings.ContainsRune("\"”'’,", follow) && !possessive(s.text, s.tokens[k]):
		return false // the title "1984"
	case prev == '(' || possessive(s.text, s.tokens[k]):
		return y >= 1500
	case last == "year" || s.words.dating[last]:
		return !counts
	case s.words.prepositions[last] && s.joined(k):
		if last == "in" || last == "since" || last == "during" || last == "throughout" {
			return !after || !s.words.measures[next] && next != "people"
		}
		return !counts
	case y < 1900:
		return s.ranged(k)
	case after && s.words.measures[next] || after && s.words.money[next] || after && s.words.scales[next] > 0 || next == "people" && after:
		return false
	case last == "the" && s.joined(k) && counts:
		return !round // "the 2016 riots", but "the 2000 workers"
	}
	return !counts
}

// ranged reports whether the figure at k ends a range or a row of years.
func (s *timeScanner) ranged(k int) bool {
	if y := s.yearOf(k - 1); y > 0 && strings.Trim(s.text[s.tokens[k-1].End:s.tokens[k].Start], " -–,") == "" {
		return true
	}
	return s.words.ranging[s.norm(k-1)] && s.yearOf(k-2) > 0
}

// countable reports whether token k is what a figure before it may count: a
// plural in lower case.
func (s *timeScanner) countable(k int) bool {
	if k >= len(s.tokens) || s.tokens[k].Upper || s.tokens[k].Stop || s.tokens[k].Number {
		return false
	}
	w := s.norm(k)
	return strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is") ||
		w == "people" || w == "men" || w == "women" || w == "children"
}
