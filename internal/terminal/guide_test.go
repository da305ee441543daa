package terminal

import (
	"strings"
	"testing"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/summary"
)

// TestGuide lays out every look at an article that has something odd in it.
func TestGuide(t *testing.T) {
	a := article.FromSentences("a", "Mill\x1b[2J news", []string{
		"Mayor Ann Roe closed the mill in May 2015 with 23 people inside.",
		"The Northern Bread Council (NBC) met in Norway on Monday.",
		"The NBC sold bread.",
	})
	s := summary.New(article.NewCorpus([]*article.Article{a}))
	ctx := t.Context()
	about, err := s.About(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	facts, err := s.Facts(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := s.Timeline(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	people, err := s.People(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	mentions, err := s.Mentions(ctx, "", "nbc")
	if err != nil {
		t.Fatal(err)
	}
	none, err := s.Mentions(ctx, "", "cake\x07")
	if err != nil {
		t.Fatal(err)
	}
	var screen Screen
	for _, tt := range []struct{ name, got, want string }{
		{"about", screen.About(about), "Who is Ann Roe?"},
		{"facts", screen.Facts(facts), "How many:\n> 23 people\n"},
		{"timeline", screen.Timeline(lines), "in May 2015: May 2015\n> Mayor Ann Roe"},
		{"timeline without a date", screen.Timeline(lines), "on Monday\n>"},
		{"people", screen.People(people), "Organisations:\n  Northern Bread Council (NBC)\n    3 mentions"},
		{"mentions", screen.Mentions(mentions, "nbc"), "3 mentions of “nbc” in 2 sentences."},
		{"no mention", screen.Mentions(none, "cake\x07"), "It does not mention “cake<U+0007>”."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(tt.got, tt.want) {
				t.Errorf("%q is not in\n%s", tt.want, tt.got)
			}
			if strings.Contains(tt.got, "\x1b") {
				t.Errorf("a control character reached the screen: %q", tt.got)
			}
		})
	}
}

func TestDays(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct{ from, to, want string }{
		{"2025-11-12", "2025-11-13", "12 November 2025"},
		{"2025-06-01", "2025-07-01", "June 2025"},
		{"2015-01-01", "2016-01-01", "2015"},
		{"2025-01-01", "2025-11-13", "1 January 2025 to 12 November 2025"},
	} {
		if got := days(day(tt.from), day(tt.to)); got != tt.want {
			t.Errorf("days from %s to %s = %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
}
