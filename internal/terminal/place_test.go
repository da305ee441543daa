package terminal

import (
	"strings"
	"testing"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/verify"
)

// ferry is an article of three paragraphs.
func ferry() *article.Article {
	const text = "The ferry sails at noon.\n\nIt opened on 4 May. The mayor, Carla Reed, cut the ribbon. Many people came to watch it.\n\nThe bridge stays closed."
	a := &article.Article{ID: "ferry", Title: "The ferry", Text: text}
	for i, p := range []string{"The ferry sails at noon.", "It opened on 4 May. The mayor, Carla Reed, cut the ribbon. Many people came to watch it.", "The bridge stays closed."} {
		start := strings.Index(text, p)
		block := article.Paragraph{Start: start, End: start + len(p), Number: i + 1, Heading: -1, First: len(a.Sentences)}
		for n, s := range strings.SplitAfter(p, ". ") {
			s = strings.TrimSpace(s)
			at := strings.Index(text, s)
			a.Sentences = append(a.Sentences, article.Sentence{Start: at, End: at + len(s), Paragraph: i, Number: n + 1})
			block.Count++
		}
		a.Paragraphs = append(a.Paragraphs, block)
	}
	return a
}

func TestContext(t *testing.T) {
	a := ferry()
	const want = `The ferry, paragraph 2

  … The ferry sails at noon.

  It opened on 4 May.
> The mayor, Carla Reed, cut the ribbon.
  Many people came to watch it.

  The bridge stays closed. …
`
	if got := (Screen{}).Context(article.Passage{Article: a, First: 2, Last: 2}); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := (Screen{}).Context(article.Passage{Article: a}); strings.HasPrefix(got, "…") || !strings.Contains(got, "> The ferry sails at noon.\n\n  It opened on 4 May. …") {
		t.Errorf("the first paragraph:\n%s", got)
	}
}

// talk is a session about the ferry, the clock of which the test sets.
func talk(t *testing.T) (say func(string) string, lib *shelf, now *time.Time) {
	lib = newShelf()
	lib.corpus = article.NewCorpus([]*article.Article{ferry()})
	now = new(time.Time)
	s := NewSession(lib, Screen{}, func() time.Time { return *now })
	return func(l string) string {
		t.Helper()
		r, err := s.Handle(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		return r.Text
	}, lib, now
}

func TestVerify(t *testing.T) {
	say, _, _ := talk(t)
	for _, tt := range []struct{ quote, want string }{
		{"", "Please add the quotation"},
		{"…!", "Please give a few words more"},
		{"The mayor, Carla Reed, cut the ribbon.", "Yes: the article says this, word for word.\n\n> The mayor, Carla Reed, cut the ribbon.\n  The ferry, paragraph 2, sentence 2\n"},
		{"the mayor Carla Reed cut the ribbon", "Yes: the article says this; only capitals"},
		{"The mayor, Carla Reed, burnt the ribbon.", "[-burnt-] {+cut+}"},
		{"Nothing like that was ever said by anybody here.", "No: the article does not say this."},
		{strings.Repeat("x ", verify.MaxQuote), "That is a long quotation: 3999 characters."},
	} {
		if got := say("/verify " + tt.quote); !strings.Contains(got, tt.want) {
			t.Errorf("/verify %.40s\ngot:\n%s\nwant in it:\n%s", tt.quote, got, tt.want)
		}
	}
}

// TestVerifyHeading: a quotation that stands outside all sentences is not said
// to stand nowhere in particular.
func TestVerifyHeading(t *testing.T) {
	a := &article.Article{ID: "ferry", Title: "The ferry", Text: "Fares and times\n\nIt sails at noon.",
		Paragraphs: []article.Paragraph{{End: 15, Kind: article.Heading, Heading: -1}, {Start: 17, End: 34, Number: 1, Count: 1}},
		Sentences:  []article.Sentence{{Start: 17, End: 34, Paragraph: 1, Number: 1}}}
	c := article.NewCorpus([]*article.Article{a})
	checker, err := verify.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	found, err := checker.Check(t.Context(), "Fares and times")
	if err != nil {
		t.Fatal(err)
	}
	got := Screen{}.Verdict(found, c)
	if !strings.Contains(got, "word for word") || !strings.Contains(got, "In a heading, a table, code or a caption of The ferry") {
		t.Errorf("no place in:\n%s", got)
	}
}

// TestVerifyAcrossParagraphs shows all of a quotation that runs over a
// paragraph's end, and says that it does.
func TestVerifyAcrossParagraphs(t *testing.T) {
	a := &article.Article{ID: "ferry", Title: "The ferry", Text: "It sails at noon.\n\nIt rained.",
		Paragraphs: []article.Paragraph{{End: 17, Number: 1, Heading: -1, Count: 1}, {Start: 19, End: 29, Number: 2, Heading: -1, First: 1, Count: 1}},
		Sentences:  []article.Sentence{{End: 17, Number: 1}, {Start: 19, End: 29, Paragraph: 1, Number: 1}}}
	c := article.NewCorpus([]*article.Article{a})
	checker, err := verify.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	found, err := checker.Check(t.Context(), "It sails at noon. It rained.")
	if err != nil {
		t.Fatal(err)
	}
	got := Screen{}.Verdict(found, c)
	for _, want := range []string{"Yes", "It runs over 2 paragraphs.", "> It sails at noon.\n", "> It rained.\n", "paragraph 2, sentence 1"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestContextOfTheLastAnswer(t *testing.T) {
	say, lib, _ := talk(t)
	result := func(i int) answer.Result {
		return answer.Result{Passage: article.Passage{Article: lib.corpus.Articles[0], First: i, Last: i}}
	}
	lib.ask = func(q answer.Question) (answer.Answer, error) {
		if strings.Contains(q.Text, "why") {
			return answer.Answer{Question: q.Text, Nearest: []answer.Result{result(4)}, Revision: lib.corpus.Revision}, nil
		}
		return answer.Answer{Question: q.Text, Asked: q.Text, Answered: true, Passages: []answer.Result{result(0), result(2)}, Revision: lib.corpus.Revision}, nil
	}
	for _, step := range []struct{ line, want string }{
		{"/context", "There is no passage yet"},
		{"who cut the ribbon?", "> The mayor, Carla Reed"},
		{"/context", "> The ferry sails at noon."},
		{"/context 2", "> The mayor, Carla Reed"},
		{"/context 3", "The last answer has 2 passages."},
		{"/context 0", "The last answer has 2 passages."},
		{"/context two", "Please give the number"},
		{"why?", "The article does not say."},
		{"/context", "> The bridge stays closed."},
	} {
		if got := say(step.line); !strings.Contains(got, step.want) {
			t.Errorf("%s\ngot:\n%s\nwant in it:\n%s", step.line, got, step.want)
		}
	}
	lib.corpus = article.NewCorpus([]*article.Article{article.FromSentences("other", "", []string{"Other."})})
	if got := say("/context"); !strings.Contains(got, "have changed since") {
		t.Errorf("the context of a replaced article:\n%s", got)
	}
}

func TestFollowUps(t *testing.T) {
	say, lib, now := talk(t)
	var asked []answer.Question
	lib.ask = func(q answer.Question) (answer.Answer, error) {
		asked = append(asked, q)
		p := []answer.Result{{Passage: article.Passage{Article: lib.corpus.Articles[0]}}}
		if strings.HasPrefix(q.Text, "un") {
			return answer.Answer{Question: q.Text, Nearest: p, Revision: lib.corpus.Revision}, nil
		}
		return answer.Answer{Question: q.Text, Asked: q.Text, Answered: true, Passages: p, Revision: lib.corpus.Revision}, nil
	}
	previous := func(l string) *answer.Turn {
		say(l)
		return asked[len(asked)-1].Previous
	}
	if p := previous("first"); p != nil {
		t.Errorf("the first question follows %+v", p)
	}
	if p := previous("unanswered"); p == nil || p.Question != "first" || len(p.Passages) != 1 {
		t.Errorf("the second question follows %+v", p)
	}
	say("/corpus status")
	if p := previous("third"); p == nil || p.Question != "first" {
		t.Errorf("a question after one that was not answered follows %+v", p)
	}
	*now = now.Add(answer.FollowUpTime)
	third := lib.corpus.Revision
	lib.corpus = article.NewCorpus([]*article.Article{article.FromSentences("other", "", []string{"Other."})})
	if p := previous("fourth"); p == nil || p.Question != "third" || p.Revision != third {
		t.Errorf("after a reload a question follows %+v; want a turn of the revision before, %s", p, third)
	}
	*now = now.Add(answer.FollowUpTime + 1)
	if p := previous("fifth"); p != nil {
		t.Errorf("a question long after follows %+v", p)
	}
}
