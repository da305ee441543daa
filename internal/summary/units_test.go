package summary

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

func of(sentences ...string) *document { return analyse(article.FromSentences("a", "", sentences)) }

func TestUnits(t *testing.T) {
	tests := []struct {
		name      string
		sentences []string
		want      string // by sentence: first-last, or "no"
	}{
		{"plain", []string{"The mill burned on Monday.", "Rain came in May."}, "0-0 1-1"},
		{"pronoun", []string{"Ann Roe opened a mill.", "She sold bread there.", "It closed in May."}, "0-0 0-1 0-2"},
		{"pronoun at the start", []string{"He left town in May.", "Bread got dear."}, "no 1-1"},
		{"chain too long", []string{"Ann Roe came.", "She ate bread.", "She drank milk.", "She left town."}, "0-0 0-1 0-2 no"},
		{"connective", []string{"Rain came in May.", "However, the mill burned.", "Bread got dear."}, "0-0 0-1 2-2"},
		{"quotation over sentences", []string{`Ann Roe said: "Rain is good.`, `We want more."`, "Bread got dear."}, "0-1 0-1 2-2"},
		{"curly quotation", []string{"Ann Roe said: “Rain is good.", "We want more.”", "Bread got dear."}, "0-1 0-1 2-2"},
		{"closing mark without an opening one", []string{"Bread got dear.", `We want more," said Ann Roe.`}, "0-0 no"},
		{"opening mark without a closing one", []string{`"Rain is good, said Ann Roe.`, "Bread got dear."}, "no 1-1"},
		{"balanced marks", []string{`Ann "Nan" Roe said "yes".`, "Bread got dear."}, "0-0 1-1"},
		{"apostrophes", []string{"The farmers' bread didn't rise.", "It's dear in the '90s, Rock 'n' Roll."}, "0-0 0-1"},
		{"what was just introduced", []string{"Ann Roe posted a video.", "The video shows rain.", "The mill burned."}, "0-0 0-1 2-2"},
		{"byline", []string{"By Ann Roe in Paris", "Bread got dear in May."}, "no 1-1"},
		{"caption", []string{"A mill burning on Monday evening .", "Bread got dear in May."}, "no 1-1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, u := range of(tt.sentences...).units {
				if u.ok {
					got = append(got, fmt.Sprintf("%d-%d", u.first, u.last))
				} else {
					got = append(got, "no")
				}
			}
			if g := strings.Join(got, " "); g != tt.want {
				t.Errorf("units of %q = %s, want %s", tt.sentences, g, tt.want)
			}
		})
	}
}

func TestFirstSentenceLeansOnTitle(t *testing.T) {
	sentences := []string{"This soup is good.", "Rain came in May."}
	if u := analyse(article.FromSentences("a", "Lentil soup", sentences)).units[0]; !u.ok {
		t.Error("“This soup” can't be shown below the title “Lentil soup”")
	}
	if u := analyse(article.FromSentences("a", "Dinner", sentences)).units[0]; u.ok {
		t.Error("“This soup” can be shown below the title “Dinner”")
	}
}

// checkSound fails when a summary breaks a promise: indices in order and within
// the budget, passages byte for byte, no leaning opening without the sentence
// before, quotation marks in pairs.
func checkSound(t *testing.T, s Summary, budget int) {
	t.Helper()
	picked := s.Indices()
	if !slices.IsSorted(picked) || len(slices.Compact(slices.Clone(picked))) != len(picked) {
		t.Errorf("sentences %v are out of order", picked)
	}
	if len(picked) > budget {
		t.Errorf("%d sentences, at most %d were asked for", len(picked), budget)
	}
	l := lang.For(s.Article.Lang)
	for k, p := range s.Sentences {
		text := p.Text()
		if text != s.Article.Text[p.Start():p.End()] || text != s.Article.SentenceText(p.First) || p.First != p.Last {
			t.Errorf("passage %q is not the article's sentence %d", text, p.First)
		}
		if l.Opening(l.Tokens(text)) != lang.Alone && (k == 0 || picked[k-1] != p.First-1) {
			t.Errorf("%q is shown without the sentence before it", text)
		}
	}
	var all strings.Builder
	for _, p := range s.Sentences {
		all.WriteString(p.Text() + "\n")
	}
	// An article may close with a straight mark what it opened with a curly one.
	if text := all.String(); strings.Count(strings.NewReplacer("“", `"`, "”", `"`).Replace(text), `"`)%2 != 0 {
		t.Errorf("quotation marks are not in pairs:\n%s", text)
	}
}

func TestSoundOnShipped(t *testing.T) {
	c := shipped(t)
	s := New(c)
	for n := 1; n <= 26; n++ {
		for _, focus := range []string{"", "ISIS", "the visit to Washington", "former commanders"} {
			sums, err := s.Summarize(context.Background(), Request{Sentences: n, Focus: focus})
			if err != nil {
				t.Fatal(err)
			}
			again, err := New(c).Summarize(context.Background(), Request{Sentences: n, Focus: focus})
			if err != nil {
				t.Fatal(err)
			}
			for i := range sums {
				checkSound(t, sums[i], n)
				if !slices.Equal(sums[i].Indices(), again[i].Indices()) {
					t.Errorf("%d sentences about %q: %v, and again %v", n, focus, sums[i].Indices(), again[i].Indices())
				}
			}
		}
	}
}

func FuzzSummarize(f *testing.F) {
	f.Add("Rain came.\nHe \"left.\nThen\" it closed.\n\nBoth “burned”.", "rain", 3)
	f.Add("\xff\n.\n\"\n'\n’\n“", "\"", 2)
	f.Add(strings.Repeat("The mill burned on May 3, 2015.\n", 20), "", 40)
	f.Fuzz(func(t *testing.T, text, focus string, n int) {
		sentences := strings.Split(strings.ToValidUTF8(text, "?"), "\n")
		n = max(1, min(n, 50))
		picked, err := Choose("", sentences, n, focus)
		if err != nil {
			t.Fatal(err)
		}
		if len(picked) > n || !slices.IsSorted(picked) {
			t.Fatalf("chose %v of %d, at most %d", picked, len(sentences), n)
		}
	})
}

func TestChooseErrors(t *testing.T) {
	s := New(article.NewCorpus([]*article.Article{article.FromSentences("a", "", []string{"Rain came in May."})}))
	if _, err := s.Summarize(context.Background(), Request{Article: "b"}); err == nil || !strings.Contains(err.Error(), `no article "b"`) {
		t.Errorf("Summarize of an unknown article: %v", err)
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Summarize(done, Request{}); err == nil {
		t.Error("Summarize with a context that is done gave no error")
	}
}

func TestShortArticle(t *testing.T) {
	sentences := []string{"The mill burned on Monday.", "Rain came in May.", "Ann Roe sold bread."}
	s := New(article.NewCorpus([]*article.Article{article.FromSentences("a", "", sentences)}))
	sums, err := s.Summarize(context.Background(), Request{Length: Short})
	if err != nil {
		t.Fatal(err)
	}
	if got := sums[0]; !got.TooShort || len(got.Sentences) != 3 || got.ReadTime < 1 || got.SaveTime != 0 {
		t.Errorf("summary of three sentences: %+v, want all of it, said to be short", got)
	}
}

func TestSeveralArticlesDoNotRepeat(t *testing.T) {
	common := "The council of Norwich closed the old mill by the river on Monday."
	var articles []*article.Article
	for i, own := range []string{
		"Bakers in Lyon raised prices. Flour is scarce after a wet spring. Ovens stay cold at night. A strike ended in May.",
		"Fishermen landed less cod. Boats need new engines this year. The harbour was dredged. Gulls returned to Hull.",
		"Teachers want smaller classes. Books arrived late in June. Music lessons were dropped. Parents wrote to Oslo.",
	} {
		sentences := append([]string{common}, strings.SplitAfter(own, ". ")...)
		articles = append(articles, article.FromSentences(fmt.Sprint(i), "", sentences))
	}
	sums, err := New(article.NewCorpus(articles)).Summarize(context.Background(), Request{Sentences: 4})
	if err != nil {
		t.Fatal(err)
	}
	if len(sums) != 3 {
		t.Fatalf("%d summaries of 3 articles", len(sums))
	}
	times := 0
	for _, s := range sums {
		if len(s.Sentences) == 0 {
			t.Errorf("nothing about article %s", s.Article.ID)
		}
		for _, p := range s.Sentences {
			if p.Text() == common {
				times++
			}
		}
	}
	if times != 1 {
		t.Errorf("the sentence that all share is told %d times, want once", times)
	}
}
