package lang

import (
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"
)

// TimeKind says what an expression of time tells.
type TimeKind uint8

// The kinds of time.
const (
	Moment   TimeKind = iota // a stretch of the calendar: "in June", "2015", "on Monday"
	Duration                 // how long: "12-day", "two weeks"
	Clock                    // a time of day: "3.30 pm", "noon"
)

// Time is an expression of time in a text: text[Start:End], in bytes.
type Time struct {
	Start, End int // with the words that belong to it: "late on Tuesday"
	Bare       int // where it starts without them: "Tuesday"
	Kind       TimeKind
	Relative   bool // where it lies depends on the day of writing

	anchor anchor
}

// anchor is what a Moment says of its place in the calendar.
type anchor struct {
	unit    unit
	year    int // with known set
	known   bool
	month   time.Month // 0 for none
	day     int        // of the month, 0 for none
	weekday time.Weekday
	shift   int  // in units, from the one of writing
	side    side // of the day of writing that it lies on
	edge    edge
}

type unit uint8

const (
	unitNone unit = iota
	unitDay
	unitWeekday
	unitWeek
	unitMonth
	unitSeason
	unitYear
	unitDecade
	unitCentury
)

type side int8

const (
	past     side = iota // the latest such day, the day of writing included
	before               // "last": one that is over
	upcoming             // in a sentence about the future: the next such day, the day of writing included
	after                // "next": one that has not begun
)

type edge uint8

const (
	whole edge = iota
	upTo       // "earlier this year"
	from       // "later this year"
)

// calendar is what is known of the words of time.
type calendar struct {
	months, weekdays, seasons           map[string]int
	days, units                         map[string]float64
	numbers, ordinals, scales           map[string]float64
	parts, before, prepositions         map[string]bool
	last, current, future               map[string]bool
	money, measures, percent, shortened map[string]bool
	starts                              map[string]bool // what a time can begin with, figures aside
}

var dateWords = sync.OnceValue(func() *calendar {
	lists := Groups("dates_en.txt")
	c := &calendar{shortened: map[string]bool{}}
	index := func(key string) map[string]int {
		m := map[string]int{}
		for i, w := range lists[key] {
			for j, form := range strings.Split(w, "/") {
				m[form] = i
				if j > 0 && form != "autumn" && form != "fall" {
					c.shortened[form] = true
				}
			}
		}
		return m
	}
	values := func(key string) map[string]float64 {
		m := map[string]float64{}
		for _, w := range lists[key] {
			forms, value, _ := strings.Cut(w, "=")
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				panic("lang: dates_en.txt: " + key + ": " + err.Error())
			}
			for form := range strings.SplitSeq(forms, "/") {
				m[form] = n
			}
		}
		return m
	}
	set := func(key string) map[string]bool {
		m := map[string]bool{}
		for _, w := range lists[key] {
			for form := range strings.SplitSeq(w, "/") {
				m[form] = true
			}
		}
		return m
	}
	c.months, c.weekdays, c.seasons = index("months"), index("weekdays"), index("seasons")
	c.days, c.units = values("days"), values("units")
	c.numbers, c.ordinals, c.scales = values("numbers"), values("ordinals"), values("scales")
	c.parts, c.before, c.prepositions = set("parts"), set("before"), set("prepositions")
	c.last, c.current, c.future = set("past"), set("present"), set("future")
	c.money, c.measures, c.percent = set("money"), set("measures"), set("percent")
	c.starts = map[string]bool{"noon": true, "midnight": true, "midday": true}
	for _, words := range []map[string]int{c.months, c.weekdays, c.seasons} {
		maps.Copy(c.starts, known(words))
	}
	for _, words := range []map[string]float64{c.days, c.units, c.numbers, c.ordinals, c.scales} {
		maps.Copy(c.starts, known(words))
	}
	for _, words := range []map[string]bool{c.last, c.current, c.future} {
		maps.Copy(c.starts, words)
	}
	return c
})

// known returns the keys of a map as a set.
func known[V any](m map[string]V) map[string]bool {
	set := make(map[string]bool, len(m))
	for k := range m {
		set[k] = true
	}
	return set
}

// Resolve returns the days that the expression covers, from the first up to
// but not including the last, for a text written on the given day. It is false
// for what lies in no calendar: a duration, a time of day, "two days later".
// When the expression is Relative, so is the result to the day of writing.
func (t Time) Resolve(written time.Time) (start, end time.Time, ok bool) {
	a := t.anchor
	day := time.Date(written.Year(), written.Month(), written.Day(), 0, 0, 0, 0, time.UTC)
	date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	switch a.unit {
	case unitDay:
		if a.month == 0 {
			start = day.AddDate(0, 0, a.shift)
		} else {
			start = date(a.yearFor(day), a.month, a.day)
		}
		end = start.AddDate(0, 0, 1)
	case unitWeekday:
		back := (int(day.Weekday()) - int(a.weekday) + 7) % 7
		switch {
		case a.side == upcoming && back > 0, a.side == after:
			back -= 7
		case a.side == before && back == 0:
			back = 7
		}
		start = day.AddDate(0, 0, -back)
		end = start.AddDate(0, 0, 1)
	case unitWeek:
		monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
		start = monday.AddDate(0, 0, 7*a.shift)
		end = start.AddDate(0, 0, 7)
	case unitMonth:
		if a.month == 0 {
			start = date(day.Year(), day.Month()+time.Month(a.shift), 1)
		} else {
			start = date(a.yearFor(day), a.month, 1)
		}
		end = start.AddDate(0, 1, 0)
	case unitSeason:
		start = date(a.yearFor(day), a.month, 1)
		end = start.AddDate(0, 3, 0)
	case unitYear, unitDecade, unitCentury:
		length := map[unit]int{unitYear: 1, unitDecade: 10, unitCentury: 100}[a.unit]
		y := a.year
		if !a.known {
			y = (day.Year()/length + a.shift) * length
		}
		start = date(y, time.January, 1)
		end = date(y+length, time.January, 1)
	default:
		return time.Time{}, time.Time{}, false
	}
	switch {
	case a.edge == upTo && day.After(start) && day.Before(end):
		end = day.AddDate(0, 0, 1)
	case a.edge == from && day.After(start) && day.Before(end):
		start = day
	}
	return start, end, true
}

// Weekday returns the day of the week that the expression names, false when it
// names none.
func (t Time) Weekday() (time.Weekday, bool) { return t.anchor.weekday, t.anchor.unit == unitWeekday }

// yearFor is the year of a month or a day that was told without one.
func (a anchor) yearFor(day time.Time) int {
	if a.known {
		return a.year
	}
	d := max(a.day, 1)
	first := time.Date(day.Year(), a.month, d, 0, 0, 0, 0, time.UTC)
	var end time.Time // the day after its last in the year of writing
	switch {
	case a.day > 0:
		end = first.AddDate(0, 0, 1)
	case a.unit == unitSeason:
		end = first.AddDate(0, 3, 0)
	default:
		end = first.AddDate(0, 1, 0)
	}
	switch {
	case a.side == upcoming && !end.After(day), a.side == after && !first.After(day):
		return day.Year() + 1
	case a.side == before && end.After(day):
		return day.Year() - 1
	case a.side == past && first.After(day):
		return day.Year() - 1
	}
	return day.Year()
}
