package summary

import (
	"context"
	"slices"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// Timeline is what an article tells with a time, in the order of the time told;
// an event of which that isn't known stands behind the one told before it.
type Timeline struct {
	Article  *article.Article
	Revision article.Revision
	Dated    bool // the article's own date is known, so that days like "on Monday" are resolved
	Events   []Event
}

// Event is one time told. From and To are the days it covers, To excluded;
// they are zero when the day is not known for certain, as that of "on Monday" in
// an article without a date, or of "the following Monday" after no day.
type Event struct {
	Passage  article.Passage
	When     article.Span // the words of time, in the article's bytes
	From, To time.Time
}

// Resolved reports whether the day of the event is known.
func (e Event) Resolved() bool { return !e.From.IsZero() }

// Timeline returns the timeline of the article with the ID, or of every article
// when it is empty. Errors are those of Summarize.
func (s *Summarizer) Timeline(ctx context.Context, id string) ([]Timeline, error) {
	return each(ctx, s, "timeline", id, func(d *document) Timeline {
		t := d.timeline()
		t.Revision = s.corpus.Revision
		return t
	})
}

// moment is an event before it is put in order.
type moment struct {
	Event
	order, end time.Time // the days by which it is put in order, zero while they aren't known
	relative   bool
}

func (d *document) timeline() Timeline {
	t := Timeline{Article: d.article}
	written, err := time.Parse(time.DateOnly, d.article.Published)
	t.Dated = err == nil
	times := make([][]lang.Time, len(d.sentences))
	for i := range d.sentences {
		if !d.sentences[i].excluded {
			text := d.article.SentenceText(i)
			times[i] = d.lang.Times(text, d.lang.Tokens(text))
		}
	}
	if !t.Dated {
		written = guessDate(times)
	}
	var moments []moment
	for i, found := range times {
		start, first := d.article.Sentences[i].Start, len(moments)
		for _, x := range found {
			if !x.Calendar() {
				continue
			}
			m := moment{relative: x.Relative,
				Event: Event{Passage: d.passage(i), When: article.Span{Start: start + x.Start, End: start + x.End}}}
			from, to, ok := x.Resolve(written)
			if b, is := d.told(moments, first, i); x.Follows && is {
				from, to, ok = x.ResolveFrom(b.order, b.end)
				m.relative = b.relative
			}
			if ok {
				m.order, m.end = from, to
				if t.Dated || !m.relative {
					m.From, m.To = from, to
				}
			}
			if ok && slices.ContainsFunc(moments[first:], func(b moment) bool { return b.order.Equal(from) }) {
				continue
			}
			moments = append(moments, m)
		}
	}
	inherit(moments)
	slices.SortStableFunc(moments, func(a, b moment) int { return a.order.Compare(b.order) })
	for _, m := range moments {
		t.Events = append(t.Events, m.Event)
	}
	return t
}

// told returns the moment that a time of sentence i which follows another is
// counted from: the one told last in its sentence, or else the only one of the
// sentence before it in the paragraph. moments[first:] are those of its own
// sentence. It is false where there is none, or its days aren't known.
func (d *document) told(moments []moment, first, i int) (moment, bool) {
	if len(moments) == 0 {
		return moment{}, false
	}
	n := len(moments) - 1
	last := moments[n]
	if n < first {
		before := last.Passage.First
		if before != i-1 || d.article.Sentences[before].Paragraph != d.article.Sentences[i].Paragraph ||
			n > 0 && moments[n-1].Passage.First == before {
			return moment{}, false
		}
	}
	return last, !last.order.IsZero()
}

// inherit gives the moments whose time isn't known the order of the one told
// before them, and those before any the order of the first.
func inherit(moments []moment) {
	k := slices.IndexFunc(moments, func(m moment) bool { return !m.order.IsZero() })
	if k < 0 {
		return
	}
	order := moments[k].order
	for i := range moments {
		if moments[i].order.IsZero() {
			moments[i].order = order
		}
		order = moments[i].order
	}
}

// guessDate returns a day on which an article without a date may stand for the
// sake of order: after every year that it tells, at a year's end, on the
// weekday that it speaks of most. Nothing is ever shown by it.
func guessDate(times [][]lang.Time) time.Time {
	latest := 2000
	var weekdays [7]int
	for _, found := range times {
		for _, x := range found {
			if from, _, ok := x.Resolve(time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC)); ok && !x.Relative {
				latest = max(latest, from.Year())
			}
			if day, ok := x.Weekday(); ok {
				weekdays[day]++
			}
		}
	}
	guess := time.Date(latest+2, time.December, 31, 0, 0, 0, 0, time.UTC)
	most := 0
	for day, n := range weekdays {
		if n >= weekdays[most] {
			most = day
		}
	}
	if weekdays[most] > 0 {
		guess = guess.AddDate(0, 0, -(int(guess.Weekday())-most+7)%7)
	}
	return guess
}
