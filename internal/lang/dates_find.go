package lang

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Times finds the expressions of time in a text, in order and not overlapping.
// tokens are the text's. Only English is known; other languages give the years
// that stand in the text.
func (l *Language) Times(text string, tokens []Token) []Time {
	s := timeScanner{text: text, tokens: tokens, words: dateWords(), english: l.Code == "en"}
	for _, t := range tokens {
		s.future = s.future || t.Norm == "will" && s.english
	}
	var found []Time
	last := 0 // the first token that is free
	for k := 0; k < len(tokens); {
		n, t := s.at(k)
		if n == 0 {
			k++
			continue
		}
		t.Bare, t.End = tokens[k].Start, tokens[k+n-1].End
		t.Start = tokens[s.lead(k, last)].Start
		found = append(found, t)
		k += n
		last = k
	}
	return found
}

type timeScanner struct {
	text    string
	tokens  []Token
	words   *calendar
	english bool
	future  bool
}

// norm returns the word at k, "" outside the text.
func (s *timeScanner) norm(k int) string {
	if k < 0 || k >= len(s.tokens) {
		return ""
	}
	return s.tokens[k].Norm
}

// joined reports whether nothing but a space or a hyphen parts k from k-1.
func (s *timeScanner) joined(k int) bool {
	return k > 0 && k < len(s.tokens) && !s.tokens[k].Gap
}

// lead returns the first of the words before token k that belong to a time
// there: prepositions and the likes of "late".
func (s *timeScanner) lead(k, free int) int {
	if !s.english {
		return k
	}
	for k > free && s.joined(k) {
		w := s.norm(k - 1)
		if !s.words.prepositions[w] && !s.words.before[w] && !(w == "the" && k-1 > free) {
			break
		}
		if w == "the" && !s.words.prepositions[s.norm(k-2)] {
			break
		}
		k--
	}
	return k
}

// at recognises a time that begins at token k and returns how many tokens it
// has, 0 for none.
func (s *timeScanner) at(k int) (int, Time) {
	if !s.tokens[k].Number && !s.words.starts[s.norm(k)] {
		return 0, Time{}
	}
	if !s.english {
		if n, t := s.iso(k); n > 0 {
			return n, t
		}
		return s.year(k)
	}
	for _, try := range [...]func(int) (int, Time){s.iso, s.date, s.shifted, s.named, s.ago, s.century, s.clock, s.span, s.year} {
		if n, t := try(k); n > 0 {
			return n, t
		}
	}
	return 0, Time{}
}

// iso recognises "2015-06-24".
func (s *timeScanner) iso(k int) (int, Time) {
	if k+2 >= len(s.tokens) || s.tokens[k+2].End-s.tokens[k].Start != 10 {
		return 0, Time{}
	}
	d, err := time.Parse(time.DateOnly, s.text[s.tokens[k].Start:s.tokens[k+2].End])
	if err != nil {
		return 0, Time{}
	}
	return 3, Time{anchor: anchor{unit: unitDay, year: d.Year(), known: true, month: d.Month(), day: d.Day()}}
}

// side is where a month or weekday lies that nothing more is said of.
func (s *timeScanner) side() side {
	if s.future {
		return upcoming
	}
	return past
}

// month returns the month that token k names. "May" and "March" are words too
// and count only in a date's company or with a preposition before them.
func (s *timeScanner) month(k int, company bool) time.Month {
	m, ok := s.words.months[s.norm(k)]
	if !ok || !s.tokens[k].Upper {
		return 0
	}
	word := s.norm(k) == "may" || s.norm(k) == "march" || s.norm(k) == "august"
	if (word && k == 0 || word && !s.words.prepositions[s.norm(k-1)] && !s.words.before[s.norm(k-1)] || s.words.shortened[s.norm(k)]) && !company {
		return 0
	}
	return time.Month(m + 1)
}

// dayOf returns the day of the month that token k is, 0 for none.
func (s *timeScanner) dayOf(k int) int {
	if k < 0 || k >= len(s.tokens) || !s.tokens[k].Number {
		return 0
	}
	w := strings.TrimRight(s.norm(k), "stndrh")
	if n, err := strconv.Atoi(w); err == nil && n >= 1 && n <= 31 && len(w) <= 2 {
		return n
	}
	return 0
}

// yearOf returns the year of four digits that token k is, 0 for none.
func (s *timeScanner) yearOf(k int) int {
	if k < 0 || k >= len(s.tokens) || s.tokens[k].End-s.tokens[k].Start != 4 {
		return 0
	}
	n, err := strconv.Atoi(s.text[s.tokens[k].Start:s.tokens[k].End])
	if err != nil || n < 1000 || n > 2199 {
		return 0
	}
	return n
}

// date recognises a day or a month with what follows: "6th of April 1996",
// "June 24, 2015", "May 2020", "June".
func (s *timeScanner) date(k int) (int, Time) {
	a := anchor{unit: unitDay, side: s.side()}
	n := 0
	if a.day = s.dayOf(k); a.day > 0 {
		m := k + 1
		if s.norm(m) == "of" {
			m++
		}
		if m >= len(s.tokens) || !s.joined(m) {
			return 0, Time{}
		}
		if a.month = s.month(m, true); a.month == 0 {
			return 0, Time{}
		}
		n = m - k + 1
	} else {
		d, y := s.dayOf(k+1), s.yearOf(k+1)
		close := k+1 < len(s.tokens) && (s.joined(k+1) || s.text[s.tokens[k].End] == '.')
		if a.month = s.month(k, (d > 0 || y > 0) && close); a.month == 0 {
			return 0, Time{}
		}
		n = 1
		if d > 0 && close {
			a.day = d
			n = 2
		} else {
			a.unit = unitMonth
		}
	}
	if y := s.yearOf(k + n); y > 0 && strings.Trim(s.text[s.tokens[k+n-1].End:s.tokens[k+n].Start], " ,") == "" {
		a.year, a.known = y, true
		n++
	}
	return n, Time{Relative: !a.known, anchor: a}
}

// shifted recognises "last December", "this week", "earlier this year".
func (s *timeScanner) shifted(k int) (int, Time) {
	w := s.norm(k)
	var shift int
	var sd side
	switch {
	case s.words.last[w]:
		shift, sd = -1, before
	case s.words.future[w]:
		shift, sd = 1, upcoming
	case s.words.current[w]:
		sd = s.side()
		if s.weekday(k+1) >= 0 {
			sd = upcoming
		}
	default:
		return 0, Time{}
	}
	if !s.joined(k + 1) {
		return 0, Time{}
	}
	t := Time{Relative: true, anchor: anchor{shift: shift, side: sd}}
	next := s.norm(k + 1)
	n := 2
	switch {
	case s.month(k+1, true) > 0:
		t.anchor.unit, t.anchor.month = unitMonth, s.month(k+1, true)
	case s.weekday(k+1) >= 0:
		t.anchor.unit, t.anchor.weekday = unitWeekday, time.Weekday(s.weekday(k+1))
	case s.seasonOf(k+1) > 0:
		t.anchor.unit, t.anchor.month = unitSeason, s.seasonOf(k+1)
	case next == "night" || s.words.parts[next]:
		t.anchor.unit = unitDay
		t.anchor.shift = min(shift, 0)
		if next != "night" && shift < 0 {
			return 0, Time{}
		}
	default:
		u, ok := map[string]unit{"week": unitWeek, "weekend": unitWeek, "month": unitMonth, "year": unitYear, "decade": unitDecade, "century": unitCentury}[next]
		if !ok {
			return 0, Time{}
		}
		t.anchor.unit = u
	}
	switch s.norm(k - 1) {
	case "earlier":
		t.anchor.edge = upTo
	case "later":
		t.anchor.edge = from
	}
	return n, t
}

func (s *timeScanner) weekday(k int) int {
	d, ok := s.words.weekdays[s.norm(k)]
	if !ok || !s.tokens[k].Upper || s.words.shortened[s.norm(k)] && !s.words.prepositions[s.norm(k-1)] && s.dayOf(k+1) == 0 {
		return -1
	}
	return (d + 1) % 7
}

// seasonOf returns the first month of the season that token k names.
func (s *timeScanner) seasonOf(k int) time.Month {
	i, ok := s.words.seasons[s.norm(k)]
	if !ok {
		return 0
	}
	return [...]time.Month{time.December, time.March, time.June, time.September}[i]
}

// named recognises "Tuesday night", "yesterday", "summer 2014", "in spring".
func (s *timeScanner) named(k int) (int, Time) {
	t := Time{Relative: true}
	n := 1
	w := s.norm(k)
	if d := s.weekday(k); d >= 0 {
		t.anchor = anchor{unit: unitWeekday, weekday: time.Weekday(d), side: s.side()}
	} else if shift, ok := s.words.days[w]; ok {
		t.anchor = anchor{unit: unitDay, shift: int(shift)}
	} else if m := s.seasonOf(k); m > 0 {
		y := s.yearOf(k + 1)
		if s.norm(k+1) == "of" {
			y = s.yearOf(k + 2)
			n++
		}
		in := s.words.prepositions[s.norm(k-1)] || s.norm(k-1) == "the" && s.words.prepositions[s.norm(k-2)]
		if y == 0 && (!in || w == "fall" || w == "spring" && s.norm(k-1) != "in" && s.norm(k-1) != "the") {
			return 0, Time{}
		}
		t.anchor = anchor{unit: unitSeason, month: m, side: s.side()}
		if y == 0 {
			return 1, t
		}
		t.anchor.year, t.anchor.known, t.Relative = y, true, false
		return n + 1, t
	} else {
		return 0, Time{}
	}
	if s.joined(k+1) && s.words.parts[s.norm(k+1)] {
		n++
	}
	return n, t
}

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
