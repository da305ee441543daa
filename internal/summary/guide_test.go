package summary

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"verbatim/internal/article"
)

// TestGuideGoldens holds what the shipped article is said to be about, its
// facts, its timeline and its names, to be read by a person's eye when they
// change.
func TestGuideGoldens(t *testing.T) {
	c := shipped(t)
	s := New(c)
	ctx := context.Background()
	id := c.Articles[0].ID
	a := c.Articles[0]
	text := func(x article.Span) string { return a.Text[x.Start:x.End] }
	cite := func(p article.Passage) string {
		x := p.Citation()
		return fmt.Sprintf("¶%d.%d", x.Paragraph, x.Sentence)
	}
	var b strings.Builder

	abouts, err := s.About(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	x := abouts[0]
	fmt.Fprintf(&b, "%d paragraphs, %d sentences, %d words, %d s\n%s %s\n", x.Paragraphs, x.Sentences, x.Words, x.ReadTime, cite(x.Lead), x.Lead.Text())
	for _, q := range x.Questions {
		fmt.Fprintln(&b, q)
	}
	golden(t, "about.txt", b.String())
	b.Reset()

	facts, err := s.Facts(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts[0].Facts {
		if f.Phrase.Start < f.Passage.Start() || f.Phrase.End > f.Passage.End() || f.Phrase.Empty() {
			t.Errorf("fact %q lies outside its sentence", text(f.Phrase))
		}
		fmt.Fprintf(&b, "%s: %s %s\n", f.Kind, text(f.Phrase), cite(f.Passage))
	}
	golden(t, "facts.txt", b.String())
	b.Reset()

	lines, err := s.Timeline(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "dated %v\n", lines[0].Dated)
	for _, e := range lines[0].Events {
		day := "day not known"
		if e.Resolved() {
			day = e.From.Format(time.DateOnly) + " to " + e.To.Format(time.DateOnly)
		}
		fmt.Fprintf(&b, "%s (%s) %s %s\n", text(e.When), day, cite(e.Passage), e.Passage.Text())
	}
	golden(t, "timeline.txt", b.String())
	b.Reset()

	people, err := s.People(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range people[0].Names {
		fmt.Fprintf(&b, "%s: %s", n.Kind, text(n.Name))
		for _, v := range n.Variants {
			fmt.Fprintf(&b, " = %s", text(v))
		}
		fmt.Fprintf(&b, " x%d %s\n", n.Count, cite(n.First))
	}
	golden(t, "people.txt", b.String())
}

func TestMentions(t *testing.T) {
	a := article.FromSentences("a", "", []string{
		"President Ada Al Shara met the Northern Bread Council (NBC) on Monday.",
		"The NBC sold bread to America.",
		"Ms Al Shara bakes; bakers baked.",
		"US bread is dear.",
	})
	s := New(article.NewCorpus([]*article.Article{a}))
	tests := []struct{ term, want string }{
		{"NBC", "0:Northern Bread Council 0:NBC 1:NBC"},
		{"northern bread council", "0:Northern Bread Council 0:NBC 1:NBC"},
		{"al-sharaa", "0:Ada Al Shara 2:Al Shara"},
		{"baking", "2:bakes 2:baked"},
		{"the bread", "0:Bread 1:bread 3:bread"},
		{"American", "1:America 3:US"},
		{"cheese", ""},
		{"", ""},
		{"?!", ""},
	}
	for _, tt := range tests {
		m, err := s.Mentions(context.Background(), "", tt.term)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		n := 0
		for _, in := range m[0].Sentences {
			for _, x := range in.Spans {
				got = append(got, fmt.Sprintf("%d:%s", in.Passage.First, a.Text[x.Start:x.End]))
				n++
			}
		}
		if g := strings.Join(got, " "); g != tt.want || n != m[0].Count {
			t.Errorf("Mentions(%q) = %s (count %d), want %s", tt.term, g, m[0].Count, tt.want)
		}
	}
}

func TestTimeline(t *testing.T) {
	mill := []string{
		"The mill closed on Tuesday.",
		"It had opened in 1990, the council said on Monday.",
		"Rain is expected next Friday.",
		"In June, prices rose.",
		"Nothing else happened.",
	}
	trial := []string{
		"The chairwoman went through the statements over a weekend.",
		"She called the police the following Monday.",
		"He was arrested on 12 September 2023.",
		"The club hopes to restart in September.",
		"The war ended in 1945, and she left the following year.",
		"They married two years later.",
		"He met her in 1958.",
		"They married two years later.",
		"Flight 1999 carried 2019 members on 31 April.",
	}
	tests := []struct {
		published string
		sentences []string
		want      string
	}{
		{"2025-11-12", mill, "in 1990=1990-01-01; In June=2025-06-01; on Monday=2025-11-10; on Tuesday=2025-11-11; next Friday=2025-11-14"},
		{"", mill, "in 1990=1990-01-01; In June=?; on Monday=?; on Tuesday=?; next Friday=?"},
		{"2025-02-14", trial, "in 1945=1945-01-01; following year=1946-01-01; two years later=?; in 1958=1958-01-01; two years later=1960-01-01; on 31 April=?; following Monday=?; on 12 September 2023=2023-09-12; in September=?"},
	}
	for _, tt := range tests {
		a := article.FromSentences("a", "", tt.sentences)
		a.Published = tt.published
		lines, err := New(article.NewCorpus([]*article.Article{a})).Timeline(context.Background(), "a")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range lines[0].Events {
			day := "?"
			if e.Resolved() {
				day = e.From.Format(time.DateOnly)
			}
			got = append(got, a.Text[e.When.Start:e.When.End]+"="+day)
		}
		if g := strings.Join(got, "; "); g != tt.want || lines[0].Dated != (tt.published != "") {
			t.Errorf("timeline of an article of %q:\n got %s\nwant %s", tt.published, g, tt.want)
		}
	}
}

func TestGuideUnknownArticle(t *testing.T) {
	s := New(shipped(t))
	ctx := context.Background()
	_, about := s.About(ctx, "nothing")
	_, facts := s.Facts(ctx, "nothing")
	_, line := s.Timeline(ctx, "nothing")
	_, people := s.People(ctx, "nothing")
	_, mentions := s.Mentions(ctx, "nothing", "x")
	for _, err := range []error{about, facts, line, people, mentions} {
		if err == nil || !strings.Contains(err.Error(), `no article "nothing"`) {
			t.Errorf("error for an unknown article: %v", err)
		}
	}
}
