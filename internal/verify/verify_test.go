package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"verbatim/internal/article"
)

func corpus() *article.Corpus {
	return article.NewCorpus([]*article.Article{
		article.FromSentences("harbour", "The harbour", []string{
			"The lighthouse of Carrick was built in 1874 by Ada Quinn, an engineer from Cork.",
			"It stands 31.5 metres above the old harbour.",
			"A storm broke its lamp in 1902, and nobody was hurt.",
			"“We saw nothing,” the keeper said, “until morning.”",
			"The U.S. consul paid for a new lamp, which burns oil and can be seen from 20 miles away in clear weather.",
			"Visitors may climb its 112 steps on Sundays.",
		}),
		article.FromSentences("town", "The town", []string{"The town was founded by monks.", "Its market is held on Fridays under the arches of the old mill."}),
	})
}

// prepare is a checker of a corpus that nobody interrupts.
func prepare(t testing.TB, c *article.Corpus) *Checker {
	t.Helper()
	k, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// checked is a check that nobody interrupts.
func checked(t testing.TB, k *Checker, quote string) Result {
	t.Helper()
	res, err := k.Check(t.Context(), quote)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestCheck(t *testing.T) {
	k := prepare(t, corpus())
	for _, test := range []struct {
		name, quote string
		want        Verdict
		places      string // what stands at the places, joined by " / "
		edits       string // "+added", "-missing", of those that differ
	}{
		{"a sentence", "It stands 31.5 metres above the old harbour.", Exact, "It stands 31.5 metres above the old harbour.", ""},
		{"part of one, in quotation marks", `"the old harbour"`, Exact, "the old harbour", ""},
		{"across two", "old harbour. A storm broke", Exact, "old harbour. A storm broke", ""},
		{"one word, exact", "engineer", Exact, "engineer", ""},
		{"part of a word", "enginee", TooShort, "", ""},
		{"case and marks", "it stands 31.5 metres, above the OLD harbour!", Same, "It stands 31.5 metres above the old harbour", ""},
		{"straight quotation marks", `"We saw nothing," the keeper said, "until morning."`, Same, "We saw nothing,” the keeper said, “until morning", ""},
		{"a word changed", "The lighthouse of Carrick was built in 1984 by Ada Quinn", Differs,
			"The lighthouse of Carrick was built in 1874 by Ada Quinn, an engineer from Cork.", "+1984 -1874"},
		{"words left out", "The lighthouse of Carrick was built by Ada Quinn, an engineer from Cork.", Differs,
			"The lighthouse of Carrick was built in 1874 by Ada Quinn, an engineer from Cork.", "-in 1874"},
		{"a word added", "Visitors may climb all its 112 steps on Sundays.", Differs, "Visitors may climb its 112 steps on Sundays.", "+all"},
		{"a negation added", "A storm broke its lamp in 1902, and nobody was not hurt.", Differs, "A storm broke its lamp in 1902, and nobody was hurt.", "+not"},
		{"stitched", "Visitors may climb its 112 steps under the arches of the old mill", Stitched, "Visitors may climb its 112 steps / under the arches of the old mill", ""},
		{"stitched in the wrong order", "Visitors may climb its 112 steps on Sundays. The lighthouse of Carrick was built in 1874.", Stitched,
			"Visitors may climb its 112 steps on Sundays / The lighthouse of Carrick was built in 1874", ""},
		{"shortened openly", "The lighthouse of Carrick was built in 1874 … an engineer from Cork", Stitched, "The lighthouse of Carrick was built in 1874 / an engineer from Cork", ""},
		{"absent", "The king of Denmark visited with his seven daughters", Absent, "", ""},
		{"nothing", "  ", TooShort, "", ""},
		{"a mark", "?!", TooShort, "", ""},
	} {
		got := checked(t, k, test.quote)
		var places, changes []string
		for _, p := range got.Places {
			places = append(places, p.Text())
		}
		for _, e := range got.Edits {
			if e.Kind != Common {
				changes = append(changes, map[EditKind]string{Added: "+", Missing: "-"}[e.Kind]+e.Text)
			}
		}
		if got.Verdict != test.want || strings.Join(places, " / ") != test.places || strings.Join(changes, " ") != test.edits {
			t.Errorf("%s: %q is %q at %q with %q,\nwant %q at %q with %q", test.name, test.quote, got.Verdict, places, changes, test.want, test.places, test.edits)
		}
	}
	if !checked(t, k, "The lighthouse of Carrick was built in 1874 [...] an engineer from Cork").Marked {
		t.Error("an open omission isn't noticed")
	}
}

// TestEveryPartIsExact: whatever is copied from an article is found in it.
func TestEveryPartIsExact(t *testing.T) {
	c := corpus()
	k := prepare(t, c)
	for _, a := range c.Articles {
		for i := range a.Sentences {
			if got := checked(t, k, a.SentenceText(i)); got.Verdict != Exact && got.Verdict != Same {
				t.Errorf("%q is %q", a.SentenceText(i), got.Verdict)
			}
		}
	}
}

func FuzzCheck(f *testing.F) {
	k := prepare(f, corpus())
	for _, q := range []string{"", "“”", "a b c", "the old harbour", "storm … lamp", "\xff\xfe", "1902, and nobody was hurt. Visitors", "'' \"\" «»"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, quote string) {
		got := checked(t, k, quote)
		for _, p := range got.Places {
			if p.Start < 0 || p.End <= p.Start || p.End > len(p.Article.Text) || !utf8.ValidString(p.Text()) {
				t.Errorf("%q: the place %d to %d", quote, p.Start, p.End)
			}
		}
		if got.Verdict == Exact && !strings.Contains(quote, got.Places[0].Text()) {
			t.Errorf("%q is said to be exact at %q", quote, got.Places[0].Text())
		}
		if got.Verdict == Differs && len(got.Edits) == 0 {
			t.Errorf("%q differs in nothing", quote)
		}
	})
}

// TestManyArticles: what a quotation is compared with does not grow with the
// number of articles, and the right one of them is still found.
func TestManyArticles(t *testing.T) {
	var articles []*article.Article
	for i := range 300 {
		articles = append(articles, article.FromSentences(fmt.Sprintf("a%03d", i), "A report", []string{
			fmt.Sprintf("Report %d says that the harbour was closed for the storm.", i),
			"Nobody was hurt in the harbour.",
		}))
	}
	k := prepare(t, article.NewCorpus(articles))
	quote := "Report 217 says that the old harbour was closed for the storm."
	if n := len(k.candidates(split(quote))); n == 0 || n > 2*maxCandidates {
		t.Errorf("%d sentences to compare with, want some and at most %d", n, 2*maxCandidates)
	}
	if got := checked(t, k, quote); got.Verdict != Differs || got.Places[0].Article.ID != "a217" {
		t.Errorf("%+v, want that it differs from a217", got)
	}
}

func TestPlacesAreSaidOnce(t *testing.T) {
	got := checked(t, prepare(t, corpus()), strings.Repeat("It stands 31.5 metres. ", 5))
	for i, p := range got.Places {
		if slices.Contains(got.Places[:i], p) {
			t.Errorf("%q is said to stand at %v twice", p.Text(), p)
		}
	}
	if len(got.Places) == 0 {
		t.Errorf("%+v, want a place", got)
	}
}

// TestCheckEndsWithItsContext: every part of it looks at the context as often as
// it has much to do, and does no more once that has ended. Of what is looked for
// here, everything stands nearly everywhere.
func TestCheckEndsWithItsContext(t *testing.T) {
	k := prepare(t, article.NewCorpus([]*article.Article{article.FromSentences("song", "A song", []string{
		strings.Repeat("la ", 20_000), strings.Repeat("la di da ", 150), "da da di", "di da da", "do di do",
	})}))
	ended := errors.New("ended")
	for name, part := range map[string]func(*search){
		"find":    func(s *search) { s.find(s.texts[0], split("la la end"), 0) },
		"cover":   func(s *search) { s.cover(split(strings.Repeat("la do ", 20))) },
		"nearest": func(s *search) { s.nearest(split("do da di di da do")) },
	} {
		looks := 0
		s := &search{Checker: k, end: func() error { looks++; return nil }}
		part(s)
		if looks < 3 {
			t.Errorf("%s looks at the context %d times", name, looks)
		}
		looks = 0
		s = &search{Checker: k, end: func() error { looks++; return ended }}
		part(s)
		if looks != 1 {
			t.Errorf("%s looks at the context %d times after its end", name, looks)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if res, err := k.Check(ctx, "la la la end"); !errors.Is(err, context.Canceled) || res.Verdict != "" {
		t.Errorf("%+v, %v", res, err)
	}
}

// TestPassage: a place is shown as the whole sentences that it stands in, of both
// paragraphs where it runs over the end of one.
func TestPassage(t *testing.T) {
	a := article.FromSentences("a", "", []string{"One two.", "Three four.", "Five six.", "Seven."})
	a.Text = "Title\n" + a.Text // "Title", which is no sentence
	for i := range a.Sentences {
		a.Sentences[i].Start += 6
		a.Sentences[i].End += 6
		a.Sentences[i].Paragraph = i / 2
	}
	a.Paragraphs = append(a.Paragraphs, a.Paragraphs[0])
	for of, want := range map[string]string{"two": "One two.|two", "two. Three": "One two. Three four.|two. Three", "four. Five six": "Three four. Five six.|four. Five six", "Seven.": "Seven.|Seven.", "Title": ""} {
		at := strings.Index(a.Text, of)
		p, part, ok := Place{a, at, at + len(of)}.Passage()
		got := ""
		if ok {
			got = p.Text() + "|" + a.Text[part.Start:part.End]
		}
		if got != want {
			t.Errorf("%q: %q, want %q", of, got, want)
		}
	}
}
