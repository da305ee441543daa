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
	switch s.norm(k + n + 1) {
	case "ago":
	case "earlier", "later", "before", "after":
		return n + 2, Time{Relative: true}
	default:
		return 0, Time{}
	}
	a := anchor{unit: unitDay, shift: -int(value * days)}
	switch {
	case strings.HasPrefix(word, "week"):
		a = anchor{unit: unitWeek, shift: -int(value)}
	case strings.HasPrefix(word, "month"):
		a = anchor{unit: unitMonth, shift: -int(value)}
	case strings.HasPrefix(word, "year"):
		a = anchor{unit: unitYear, shift: -int(value)}
	case strings.HasPrefix(word, "decade"):
		a = anchor{unit: unitYear, shift: -10 * int(value)}
	case strings.HasPrefix(word, "centur"):
		a = anchor{unit: unitYear, shift: -100 * int(value)}
	}
	if value == 0 {
		a = anchor{}
	}
	return n + 2, Time{Relative: true, anchor: a}
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
	next := s.norm(k + 1)
	told := s.words.prepositions[s.norm(k-1)] || s.norm(k-1) == "year"
	if !told && (y < 1900 || s.words.measures[next] || s.words.money[next] || s.words.scales[next] > 0 || next == "people") {
		return 0, Time{}
	}
	if s.words.measures[next] || next == "people" {
		return 0, Time{}
	}
	return 1, Time{anchor: anchor{unit: unitYear, year: y, known: true}}
}
