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
		{"In December it rains.", "In December"},
		{"In December it rained.", "In December > 2024-12-01..2025-01-01"},
		{"The vote will be held in March.", "in March > 2026-03-01..2026-04-01"},
		{"a deal reached earlier this year, he said", "earlier this year > 2025-01-01..2025-11-13"},
		{"The US established the SDF in 2015 and trained it.", "in 2015 > 2015-01-01..2016-01-01"},
		{"On the 6th of April 1996, two teams met; it was March 3, 2001.", "On the 6th of April 1996 > 1996-04-06; March 3, 2001 > 2001-03-03"},
		{"On 2015-06-24 and in May 2020.", "On 2015-06-24 > 2015-06-24; in May 2020 > 2020-05-01..2020-06-01"},
		{"They march and they may win; Mark may not.", ""},
		{"She may leave in May.", "in May"},
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
		// Only what is certain is resolved.
		{"On 31 April it opened; 29 February 2025 was no day.", "On 31 April; 29 February 2025"},
		{"In 2023 the fund was set up in October.", "In 2023 > 2023-01-01..2024-01-01; in October > 2023-10-01..2023-11-01"},
		{"It was founded in 1891, and in October it closed.", "in 1891 > 1891-01-01..1892-01-01; in October > 2025-10-01..2025-11-01"},
		{"It ran from March to May 2023.", "from March > 2023-03-01..2023-04-01; May 2023 > 2023-05-01..2023-06-01"},
		{"\"On 3 March we open,\" he said.", "On 3 March"},
		{"The shop opens on Monday.", "on Monday"},
		{"It hopes to restart in September.", "in September"},
		{"The club, which was founded by Roe, hopes to restart in March.", "in March"},
		{"In September the club, founded by Roe, restarts.", "In September"},
		{"He was born in May.", "in May"},
		{"He had begun it in May.", "in May"},
		{"A decision is expected by March.", "by March"},
		{"The case was adjourned until March.", "until March"},
		{"The festival is held every June.", "June"},
		{"It will be held on 6 June.", "on 6 June > 2026-06-06"},
		{"He was cleared in October last year.", "in October last year > 2024-10-01..2024-11-01"},
		{"She called the following Monday and the next day.", "following Monday; next day"},
		{"Over the past year it grew.", "past year"},
		{"More than three years ago it shut; two centuries ago it was built.", "three years ago; two centuries ago > 1800-01-01..1900-01-01"},
		// A bare figure is a year only where a year stands.
		{"Flight 1999 landed with 2019 members in Room 2001.", ""},
		{"The play \"1984\" opens; the club has 2000 fans.", ""},
		{"The 2019 election, the 2016 riots and a 2014 study.", "2019 > 2019-01-01..2020-01-01; 2016 > 2016-01-01..2017-01-01; 2014 > 2014-01-01..2015-01-01"},
		{"Her novel (1984) was 2019's best, after 2012 and 2015.", "1984 > 1984-01-01..1985-01-01; 2019 > 2019-01-01..2020-01-01; after 2012 > 2012-01-01..2013-01-01; 2015 > 2015-01-01..2016-01-01"},
		{"The bill was 1850 crowns; between 1843 and 1850 it rose.", "1843 > 1843-01-01..1844-01-01; 1850 > 1850-01-01..1851-01-01"},
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

// TestNextWeekday holds a day of the week with "next" to the week after when it
// is that very day.
func TestNextWeekday(t *testing.T) {
	text := "It opens next Monday; last Monday it did not."
	en := For("en")
	written := time.Date(2025, time.November, 10, 0, 0, 0, 0, time.UTC) // a Monday
	for i, want := range []string{"2025-11-17", "2025-11-03"} {
		from, _, ok := en.Times(text, en.Tokens(text))[i].Resolve(written)
		if got := from.Format(time.DateOnly); !ok || got != want {
			t.Errorf("time %d of %q is %s, want %s", i, text, got, want)
		}
	}
}

func TestResolveFrom(t *testing.T) {
	tests := []struct{ told, from, to, want string }{
		{"the following Monday", "2023-09-12", "2023-09-13", "2023-09-18"},
		{"the previous Monday", "2023-09-11", "2023-09-12", "2023-09-04"},
		{"the following Monday", "2023-09-01", "2023-10-01", ""}, // which is not told finely enough
		{"the next day", "2023-12-31", "2024-01-01", "2024-01-01"},
		{"the following morning", "2023-12-31", "2024-01-01", "2024-01-01"},
		{"three days earlier", "2023-01-02", "2023-01-03", "2022-12-30"},
		{"the following March", "2023-09-12", "2023-09-13", "2024-03-01"},
		{"the following month", "2023-12-01", "2024-01-01", "2024-01-01"},
		{"the following year", "1945-01-01", "1946-01-01", "1946-01-01"},
		{"ten years later", "1850-01-01", "1851-01-01", "1860-01-01"},
		{"nearly ten years later", "1850-01-01", "1851-01-01", ""},
		{"ten years later", "1850-01-01", "1860-01-01", ""},
	}
	en := For("en")
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range tests {
		text := "It closed " + tt.told + "."
		x := en.Times(text, en.Tokens(text))[0]
		if _, _, ok := x.Resolve(day("2025-02-14")); ok {
			t.Errorf("%q is told from the day of writing", tt.told)
		}
		got := ""
		if from, to, ok := x.ResolveFrom(day(tt.from), day(tt.to)); ok {
			got = from.Format(time.DateOnly)
			if !from.Before(to) {
				t.Errorf("%q resolves to nothing", tt.told)
			}
		}
		if got != tt.want {
			t.Errorf("%q from %s is %q, want %q", tt.told, tt.from, got, tt.want)
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
		{"The AquaLite 300 is a filter; see page 12.", ""},
		{"In Leeds 300 people came, in Hull 40%, and AquaLite 20 kg.", "300|people; 40%|; 20 kg|"},
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
