package summary

import (
	"context"
	"slices"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// Timeline is what an article tells with a time, in the order of the time told.
type Timeline struct {
	Article  *article.Article
	Revision article.Revision
	Dated    bool // the article's own date is known, so that days like "on Monday" are resolved
	Events   []Event
}

// Event is one time told. From and To are the days it covers, To excluded;
// they are zero when the day is not known, as that of "on Monday" in an
// article without a date: such an event stands where its words put it.
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
	order    time.Time
	relative bool
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
		start := d.article.Sentences[i].Start
		for k, x := range found {
			from, to, ok := x.Resolve(written)
			if !ok || k > 0 && slices.ContainsFunc(moments, func(m moment) bool { return m.Passage.First == i && m.order.Equal(from) }) {
				continue
			}
			m := moment{order: from, relative: x.Relative,
				Event: Event{Passage: d.passage(i), When: article.Span{Start: start + x.Start, End: start + x.End}}}
			if t.Dated || !x.Relative {
				m.From, m.To = from, to
			}
			moments = append(moments, m)
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int { return a.order.Compare(b.order) })
	for _, m := range moments {
		t.Events = append(t.Events, m.Event)
	}
	return t
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
