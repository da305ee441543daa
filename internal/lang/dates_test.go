package lang

import (
	"strings"
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	tests := []struct{ text, want string }{
		{"The US on Tuesday confirmed it.", "on Tuesday > 2025-11-11"},
		{"The video was posted late on Tuesday, as he left.", "late on Tuesday > 2025-11-11"},
		{"It led the 12-day offensive that ousted him last December.", "12-day; last December > 2024-12-01..2025-01-01"},
		{"In June, a new group claimed it.", "In June > 2025-06-01..2025-07-01"},
		{"In December it rains.", "In December > 2024-12-01..2025-01-01"},
		{"The vote will be held in March.", "in March > 2026-03-01..2026-04-01"},
		{"a deal reached earlier this year, he said", "earlier this year > 2025-01-01..2025-11-13"},
		{"The US established the SDF in 2015 and trained it.", "in 2015 > 2015-01-01..2016-01-01"},
		{"On the 6th of April 1996, two teams met; it was March 3, 2001.", "On the 6th of April 1996 > 1996-04-06; March 3, 2001 > 2001-03-03"},
		{"On 2015-06-24 and in May 2020.", "On 2015-06-24 > 2015-06-24; in May 2020 > 2020-05-01..2020-06-01"},
		{"They march and they may win; Mark may not.", ""},
		{"She may leave in May.", "in May > 2025-05-01..2025-06-01"},
		{"Born in the 19th century, it grew in the 1990s.", "in the 19th century > 1800-01-01..1900-01-01; in the 1990s > 1990-01-01..2000-01-01"},
		{"Yesterday morning they sang for two weeks.", "Yesterday morning > 2025-11-11; two weeks"},
		{"It opened three years ago and closed two days later.", "three years ago > 2022-01-01..2023-01-01; two days later"},
		{"The shop opens at 9 a.m. and at 10:45.", "at 9 a.m; at 10:45"},
		{"He paid $2015 for 1,200 plants and 1900 people.", ""},
		{"A 25-year-old man waited twenty-five minutes.", "twenty-five minutes"},
		{"It happened in 44 BC.", "in 44 BC > -0043-01-01..-0042-01-01"},
		{"The council meets next Monday; last Wednesday it did not.", "next Monday > 2025-11-17; last Wednesday > 2025-11-05"},
		{"Rescued in summer 2014 after months at sea.", "in summer 2014 > 2014-06-01..2014-09-01"},
		{"", ""},
	}
	written := time.Date(2025, time.November, 12, 15, 0, 0, 0, time.UTC) // a Wednesday
	en := For("en")
	for _, tt := range tests {
		var got []string
		for _, x := range en.Times(tt.text, en.Tokens(tt.text)) {
			s := tt.text[x.Start:x.End]
			if from, to, ok := x.Resolve(written); ok {
				s += " > " + from.Format(time.DateOnly)
				if to.Sub(from) > 24*time.Hour {
					s += ".." + to.Format(time.DateOnly)
				}
			}
			got = append(got, s)
		}
		if g := strings.Join(got, "; "); g != tt.want {
			t.Errorf("Times(%q)\n got %s\nwant %s", tt.text, g, tt.want)
		}
	}
}

// TestNextAndLast: "next" is one that has not begun and "last" one that is over,
// also when the text was written on such a day, in such a month or season.
func TestNextAndLast(t *testing.T) {
	written := time.Date(2025, time.July, 14, 9, 0, 0, 0, time.UTC) // a Monday
	en := For("en")
	for text, want := range map[string]string{
		"It meets next Monday.":    "2025-07-21",
		"It will meet on Monday.":  "2025-07-14",
		"It meets this Monday.":    "2025-07-14",
		"It met last Monday.":      "2025-07-07",
		"It met on Monday.":        "2025-07-14",
		"It meets next Tuesday.":   "2025-07-15",
		"It opens next July.":      "2026-07-01",
		"It will open in July.":    "2025-07-01",
		"It opens next August.":    "2025-08-01",
		"It opened last July.":     "2024-07-01",
		"It opens next summer.":    "2026-06-01",
		"It opens this summer.":    "2025-06-01",
		"It opened last summer.":   "2024-06-01",
		"It opens next autumn.":    "2025-09-01",
		"It will close in summer.": "2025-06-01",
	} {
		times := en.Times(text, en.Tokens(text))
		if len(times) != 1 {
			t.Errorf("%q has %d times, want 1", text, len(times))
			continue
		}
		if from, _, ok := times[0].Resolve(written); !ok || from.Format(time.DateOnly) != want {
			t.Errorf("%q written on %s begins on %s, want %s", text, written.Format(time.DateOnly), from.Format(time.DateOnly), want)
		}
	}
}

func TestQuantities(t *testing.T) {
	tests := []struct{ text, want string }{
		{"a suicide bombing at a church that killed 23 people", "23|people"},
		{"the 90th member of the Coalition", "90th|member"},
		{"It cost $4.5 million, or 12 per cent more.", "$4.5 million|; 12 per cent|"},
		{"31,683 expectant fans saw six patients receiving care", "31,683|expectant fans; six|patients"},
		{"She ran 42 km in June 2015 for £30.", "42 km|; £30|"},
		{"dozens of houses and one tree", "dozens|of houses"},
		{"about 3.2% of one", "3.2%|"},
		{"Add 200 g flour.", "200 g|"},
		{"They won 2-1 before 10–12 fans.", "2-1|; 10–12|fans"},
	}
	en := For("en")
	for _, tt := range tests {
		tokens := en.Tokens(tt.text)
		var got []string
		for _, q := range en.Quantities(tt.text, tokens, en.Times(tt.text, tokens)) {
			got = append(got, tt.text[q.Start:q.NumberEnd]+"|"+strings.TrimSpace(tt.text[q.NumberEnd:q.End]))
		}
		if g := strings.Join(got, "; "); g != tt.want {
			t.Errorf("Quantities(%q)\n got %s\nwant %s", tt.text, g, tt.want)
		}
	}
}

func FuzzTimes(f *testing.F) {
	for _, s := range []string{"In June 2015, 3:30 pm", "last last Monday May 31 of of", "19th century 90s 44 BC", "$€5 million% of", "two twenty hundred weeks ago", "99999999999999999999 years ago"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, code := range []string{"en", "de"} {
			l := For(code)
			tokens := l.Tokens(s)
			last := 0
			times := l.Times(s, tokens)
			for _, x := range times {
				if x.Start < last || x.Bare < x.Start || x.End <= x.Bare || x.End > len(s) {
					t.Fatalf("time %+v of %q is out of order or bounds", x, s)
				}
				last = x.End
				if from, to, ok := x.Resolve(time.Unix(0, 0)); ok && !from.Before(to) {
					t.Fatalf("%q resolves to nothing: %v to %v", s[x.Start:x.End], from, to)
				}
			}
			last = 0
			for _, q := range l.Quantities(s, tokens, times) {
				if q.Start < last || q.NumberEnd <= q.Start || q.End < q.NumberEnd || q.End > len(s) {
					t.Fatalf("quantity %+v of %q is out of order or bounds", q, s)
				}
				last = q.End
			}
		}
	})
}
