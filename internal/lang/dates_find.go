package lang

import (
	"strconv"
	"strings"
	"time"
)

// Times finds the expressions of time in a sentence, in order and not
// overlapping. tokens are the sentence's. Only English is known; other languages
// give the years that stand in the text.
func (l *Language) Times(text string, tokens []Token) []Time {
	s := timeScanner{text: text, tokens: tokens, words: dateWords(), tenses: tenseWords(), english: l.Code == "en"}
	var found []Time
	last := 0 // the first token that is free
	for k := 0; k < len(tokens); {
		n, t := s.at(k)
		if n == 0 {
			k++
			continue
		}
		lead := s.lead(k, last)
		t.Bare, t.End, t.Start = tokens[k].Start, tokens[k+n-1].End, tokens[lead].Start
		s.settle(&t, lead, k, k+n)
		if len(found) > 0 {
			s.share(&found[len(found)-1], &t, found, last, k)
		}
		found = append(found, t)
		k += n
		last = k
	}
	return found
}

// share gives a month or a day the year that the sentence tells beside it:
// before it in the same clause ("In 2023 the fund was set up in October"), or
// at the end of a range ("from March to May 2023"). tokens[from:to] stand
// between the two.
func (s *timeScanner) share(before, t *Time, found []Time, from, to int) {
	a, b := &before.anchor, &t.anchor
	switch {
	case b.month > 0 && t.Relative && !t.Follows && !b.year0 && a.known && a.unit != unitDecade && a.unit != unitCentury && !s.quoted(t.Bare):
		for _, x := range found {
			if x.anchor.known && x.anchor.year != a.year {
				return
			}
		}
		for k := from; k < to; k++ {
			if s.words.clauses[s.norm(k)] || s.tokens[k].Gap && (k > from || s.text[s.tokens[k-1].End] != ',') {
				return
			}
		}
		b.year, b.known, t.Relative = a.year, true, false
	case a.month > 0 && before.Relative && !before.Follows && !a.year0 && b.month >= a.month && b.known && b.unit == a.unit && to-from <= 1:
		between := s.text[before.End:s.tokens[to].Start]
		if to > from && !s.words.ranging[s.norm(from)] || to == from && strings.Trim(between, " -–") != "" {
			return
		}
		a.year, a.known, before.Relative = b.year, true, false
	}
}

type timeScanner struct {
	text    string
	tokens  []Token
	words   *calendar
	tenses  *verbs
	english bool
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
	a := anchor{unit: unitDay, side: open}
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
	if m := s.yearTold(k + n); !a.known && m > 0 {
		a.year0, a.shift, a.side = true, s.shiftOf(s.norm(k+n)), present
		return n + m, Time{Relative: true, anchor: a}
	}
	if s.words.every[s.norm(k-1)] {
		a = anchor{}
	}
	return n, Time{Relative: !a.known, anchor: a}
}

// yearTold returns how many tokens at k tell the year of the month or day
// before it by that of writing, as in "May last year", 0 for none.
func (s *timeScanner) yearTold(k int) int {
	w := s.norm(k)
	if s.joined(k) && s.norm(k+1) == "year" && s.joined(k+1) && (w == "last" || w == "next" || w == "this") {
		return 2
	}
	return 0
}

// shiftOf is how many units "last", "this" and "next" are away from now.
func (s *timeScanner) shiftOf(w string) int {
	switch {
	case s.words.last[w]:
		return -1
	case s.words.future[w]:
		return 1
	}
	return 0
}

// shifted recognises "last December", "this week", "earlier this year", and
// what is told from another time: "the following Monday", "the next day".
func (s *timeScanner) shifted(k int) (int, Time) {
	w := s.norm(k)
	var sd side
	switch {
	case s.words.last[w]:
		sd = before
	case s.words.future[w]:
		sd = upcoming
	case s.words.current[w]:
		sd = present
	default:
		return 0, Time{}
	}
	if !s.joined(k + 1) {
		return 0, Time{}
	}
	shift := s.shiftOf(w)
	next := s.norm(k + 1)
	follows := w == "following" || w == "previous" || w == "next" && (s.norm(k-1) == "the" || s.words.parts[next])
	t := Time{Relative: true, Follows: follows, anchor: anchor{shift: shift, side: sd}}
	n := 2
	switch {
	case s.month(k+1, true) > 0:
		t.anchor.unit, t.anchor.month, t.anchor.year0 = unitMonth, s.month(k+1, true), sd == present
	case s.weekday(k+1) >= 0:
		t.anchor.unit, t.anchor.weekday = unitWeekday, time.Weekday(s.weekday(k+1))
		if sd == present {
			t.anchor.side = open
		}
	case s.seasonOf(k+1) > 0:
		t.anchor.unit, t.anchor.month, t.anchor.year0 = unitSeason, s.seasonOf(k+1), sd == present
	case next == "night" || s.words.parts[next] || next == "day" && follows:
		t.anchor.unit = unitDay
		if !follows && next != "night" && shift < 0 {
			return 0, Time{}
		}
	default:
		u, ok := map[string]unit{"week": unitWeek, "weekend": unitWeek, "month": unitMonth, "year": unitYear, "decade": unitDecade, "century": unitCentury}[next]
		if !ok {
			return 0, Time{}
		}
		t.anchor.unit = u
		if !follows && (w == "past" || s.norm(k-1) == "the") {
			t.anchor.side = open // "over the past year": up to now
		}
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
		t.anchor = anchor{unit: unitWeekday, weekday: time.Weekday(d), side: open}
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
		t.anchor = anchor{unit: unitSeason, month: m, side: open}
		if y == 0 {
			if n := s.yearTold(k + 1); n > 0 {
				t.anchor.year0, t.anchor.shift, t.anchor.side = true, s.shiftOf(s.norm(k+1)), present
				return 1 + n, t
			}
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
	if s.words.every[s.norm(k-1)] {
		t.anchor = anchor{}
	}
	return n, t
}
