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
	Relative   bool // where it lies depends on the day of writing, or with Follows on a time told before
	Follows    bool // it is counted from a time told before it: "the following Monday", "two years later"

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
	shift   int  // in units, from the one of writing or of the time it follows
	year0   bool // shift tells the year of the month or day: "in May last year"
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
	upcoming             // "next", or in a sentence about the future
	present              // "this": the one of writing
	open                 // nothing tells which
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
	every, rough, numbered, dating      map[string]bool
	clauses, ranging                    map[string]bool
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
	c.every, c.rough, c.numbered, c.dating = set("every"), set("rough"), set("numbered"), set("dating")
	c.clauses, c.ranging = set("clauses"), set("ranging")
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

// Calendar reports whether the expression names a stretch of the calendar, be
// it known which or not; "six minutes later" and "every August" don't.
func (t Time) Calendar() bool { return t.anchor.unit != unitNone }

// Resolve returns the days that the expression covers, from the first up to
// but not including the last, for a text written on the given day. It is false
// where that isn't certain: for what lies in no calendar (a duration, a time of
// day, "every May"), for a month, a day or a day of the week of which neither
// words nor the tense tell which is meant, for what is told from another time
// (see ResolveFrom) or in a quotation, and for a day that doesn't exist. When
// the expression is Relative, so is the result to the day of writing.
func (t Time) Resolve(written time.Time) (start, end time.Time, ok bool) {
	a := t.anchor
	if t.Follows || t.Relative && a.side == open {
		return time.Time{}, time.Time{}, false
	}
	day := date(written.Year(), written.Month(), written.Day())
	switch a.unit {
	case unitDay:
		if a.month == 0 {
			start = day.AddDate(0, 0, a.shift)
		} else {
			start = date(a.yearFor(day), a.month, a.day)
			if start.Day() != a.day {
				return time.Time{}, time.Time{}, false
			}
		}
		end = start.AddDate(0, 0, 1)
	case unitWeekday:
		start = day.AddDate(0, 0, a.side.days(day.Weekday(), a.weekday))
		end = start.AddDate(0, 0, 1)
	case unitWeek:
		start = monday(day).AddDate(0, 0, 7*a.shift)
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

// ResolveFrom is Resolve for an expression that Follows another, which covers
// the days from first up to but not including last. It is false where that
// isn't told finely enough: "the following Monday" needs a day, "ten years
// later" a year.
func (t Time) ResolveFrom(first, last time.Time) (start, end time.Time, ok bool) {
	a := t.anchor
	days := int(last.Sub(first).Hours() / 24)
	if !t.Follows || days < 1 {
		return time.Time{}, time.Time{}, false
	}
	inMonth := days <= 31 && first.Month() == last.AddDate(0, 0, -1).Month()
	switch a.unit {
	case unitDay:
		start, ok = first.AddDate(0, 0, a.shift), days == 1
		end = start.AddDate(0, 0, 1)
	case unitWeekday:
		start, ok = first.AddDate(0, 0, a.side.days(first.Weekday(), a.weekday)), days == 1
		end = start.AddDate(0, 0, 1)
	case unitWeek:
		start, ok = monday(first).AddDate(0, 0, 7*a.shift), days <= 7
		end = start.AddDate(0, 0, 7)
	case unitMonth:
		if a.month == 0 {
			start, ok = date(first.Year(), first.Month()+time.Month(a.shift), 1), inMonth
		} else {
			y := first.Year()
			if a.shift < 0 && a.month >= first.Month() || a.shift > 0 && a.month <= first.Month() {
				y += a.shift
			}
			start, ok = date(y, a.month, 1), inMonth
		}
		end = start.AddDate(0, 1, 0)
	case unitYear:
		start, ok = date(first.Year()+a.shift, time.January, 1), days <= 366 && first.Year() == last.AddDate(0, 0, -1).Year()
		end = start.AddDate(1, 0, 0)
	}
	return start, end, ok
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// monday is the first day of a day's week.
func monday(day time.Time) time.Time { return day.AddDate(0, 0, -(int(day.Weekday())+6)%7) }

// days is how many days a day of the week is away from another, on that side.
func (s side) days(of, to time.Weekday) int {
	back := (int(of) - int(to) + 7) % 7
	switch {
	case s == upcoming:
		return 7 - back
	case s == before && back == 0:
		return -7
	}
	return -back
}

// Weekday returns the day of the week that the expression names, false when it
// names none.
func (t Time) Weekday() (time.Weekday, bool) { return t.anchor.weekday, t.anchor.unit == unitWeekday }

// yearFor is the year of a month or a day that was told without one.
func (a anchor) yearFor(day time.Time) int {
	switch {
	case a.known:
		return a.year
	case a.year0:
		return day.Year() + a.shift
	}
	d := max(a.day, 1)
	first := date(day.Year(), a.month, d)
	var after time.Time // the day after its end in the year of writing
	switch {
	case a.day > 0:
		after = first.AddDate(0, 0, 1)
	case a.unit == unitSeason:
		after = first.AddDate(0, 3, 0)
	default:
		after = first.AddDate(0, 1, 0)
	}
	switch {
	case a.side == upcoming && !after.After(day):
		return day.Year() + 1
	case a.side == before && after.After(day):
		return day.Year() - 1
	case a.side == past && first.After(day):
		return day.Year() - 1
	}
	return day.Year()
}
