package terminal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/summary"
)

// shelf is a library of one short article whose answers are set by hand.
type shelf struct {
	*summary.Summarizer
	corpus   *article.Corpus
	ask      func(answer.Question) (answer.Answer, error)
	reload   error
	requests []summary.Request
}

func newShelf() *shelf {
	a := article.FromSentences("bridge", "The bridge \x1b[31mof\x1b[0m Ashby", []string{
		"The bridge opened on 4 May.", "It cost 3 million.", "Some said it was\ntoo much.",
	})
	c := article.NewCorpus([]*article.Article{a})
	s := &shelf{Summarizer: summary.New(c), corpus: c}
	s.ask = func(q answer.Question) (answer.Answer, error) {
		p := func(i int) answer.Result {
			return answer.Result{Passage: article.Passage{Article: a, First: i, Last: i}, Score: 1 / float64(i+1)}
		}
		if !strings.Contains(q.Text, "open") {
			return answer.Answer{Question: q.Text, Reason: answer.Absent, Searched: 3, Missing: []string{"tariff\x1b[2J"},
				Band: answer.None, Nearest: []answer.Result{p(2)}, Suggestions: []string{"What did it cost?"}, Revision: s.corpus.Revision}, nil
		}
		return answer.Answer{Question: q.Text, Answered: true, Confidence: .9, Band: answer.High,
			Passages: []answer.Result{p(0), p(1)}, Span: article.Span{Start: 21, End: 26}, Revision: s.corpus.Revision}, nil
	}
	return s
}

func (s *shelf) Ask(_ context.Context, q answer.Question) (answer.Answer, error) { return s.ask(q) }

func (s *shelf) Summarize(_ context.Context, r summary.Request) ([]summary.Summary, error) {
	s.requests = append(s.requests, r)
	a := s.corpus.Articles[0]
	return []summary.Summary{{Article: a, Revision: s.corpus.Revision, TooShort: true, ReadTime: 5,
		Unmatched: r.Focus == "tariffs", Sentences: []article.Passage{{Article: a}}}}, nil
}

func (s *shelf) Corpus(context.Context) *article.Corpus { return s.corpus }

func (s *shelf) Status(context.Context) library.Status {
	return library.Status{Revision: s.corpus.Revision, Articles: 1, Paragraphs: 1, Sentences: 3,
		LoadedAt: time.Date(2025, 11, 12, 9, 30, 0, 0, time.UTC), LoadedBy: "start"}
}

func (s *shelf) History(ctx context.Context) []library.Status {
	before := s.Status(ctx)
	before.Revision, before.LoadedBy = "0123456789ab", "ann\x1b[2J"
	return []library.Status{s.Status(ctx), before}
}

func (s *shelf) Rollback(ctx context.Context, r article.Revision, by string) (library.Report, error) {
	if r != "0123456789ab" {
		return library.Report{}, library.ErrRevision
	}
	after := s.History(ctx)[1]
	after.LoadedBy, after.RolledBack = by, true
	return library.Report{Before: s.Status(ctx), After: after, Changed: []string{"a"}}, nil
}

func (s *shelf) Reload(ctx context.Context, _ string) (library.Report, error) {
	if s.reload != nil {
		return library.Report{}, s.reload
	}
	return library.Report{Before: s.Status(ctx), After: s.Status(ctx), Took: 12345 * time.Microsecond}, nil
}

const transcript = `ask> When did it open?
Answer: 4 May

> The bridge opened on 4 May.
  The bridge <U+001B>[31mof<U+001B>[0m Ashby, paragraph 1, sentence 1

Also:
> It cost 3 million.
  The bridge <U+001B>[31mof<U+001B>[0m Ashby, paragraph 1, sentence 2

Confidence high, revision REV.

ask> What is the tariff?
The article does not say. 3 sentences were searched; “tariff<U+001B>[2J” does not occur.

Nearest passages:
> Some said it was
> too much.
  The bridge <U+001B>[31mof<U+001B>[0m Ashby, paragraph 1, sentence 3

You could ask:
- What did it cost?

Revision REV.

ask> /summary short
The bridge <U+001B>[31mof<U+001B>[0m Ashby
Short enough to read whole, in 5 s.

> The bridge opened on 4 May.
  paragraph 1, sentence 1

Revision REV.

ask> /corpus status
1 article, 1 paragraph, 3 sentences in revision REV.
Loaded 2025-11-12 09:30:00 UTC by start.

ask> /corpus reload
Nothing changed: 1 article, 1 paragraph, 3 sentences in revision REV, read again in 12ms.

ask> /nonsense <U+001B>[2J
There is no command /nonsense; /help lists them.

ask> /quit

`

func TestTranscript(t *testing.T) {
	lib := newShelf()
	in := "When did it open?\n\n   \nWhat is the tariff?\n/summary short\n/corpus status\n/CORPUS Reload\r\n/nonsense \x1b[2J\n/quit\nnever read\n"
	var out bytes.Buffer
	err := Run(t.Context(), lib, Options{In: strings.NewReader(in), Out: &out, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(transcript, "REV", string(lib.corpus.Revision))
	want = strings.ReplaceAll(want, "ask> /corpus reload", "ask> /CORPUS Reload")
	if out.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", out.String(), want)
	}
}

func TestPromptOnlyForAPerson(t *testing.T) {
	var out bytes.Buffer
	o := Options{In: strings.NewReader("When did it open?\n"), Out: &out, Prompt: true, Screen: Screen{Width: 80, Style: true}, Log: slog.New(slog.DiscardHandler)}
	if err := Run(t.Context(), newShelf(), o); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if !strings.HasPrefix(got, "Ask about “The bridge <U+001B>[31mof") || strings.Count(got, prompt) != 2 {
		t.Errorf("no welcome or not a prompt a line:\n%s", got)
	}
	if strings.Contains(got, prompt+"When") {
		t.Errorf("the question was echoed to the person who typed it:\n%s", got)
	}
	if !strings.Contains(got, "> The bridge opened on "+bold+"4 May"+reset+".") {
		t.Errorf("the answer is not emphasised in its sentence:\n%s", got)
	}
}

func TestSummaryWithoutTheTopicSaysSo(t *testing.T) {
	r, err := NewSession(newShelf(), Screen{}, time.Now).Handle(t.Context(), "/summary tariffs")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.Text, "Nothing in it is about “tariffs”") {
		t.Errorf("got:\n%s", r.Text)
	}
}

func TestBrokenReloadNamesTheLine(t *testing.T) {
	lib := newShelf()
	lib.reload = fmt.Errorf("load corpus: %w", article.Problems{{File: "a.md", Line: 3, Reason: "title is empty"}, {File: "b.md", Reason: "is not UTF-8"}})
	r, err := NewSession(lib, Screen{}, time.Now).Handle(t.Context(), "/corpus reload")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("The reload failed; revision %s goes on answering.\n  a.md:3: title is empty\n  b.md: is not UTF-8\n", lib.corpus.Revision)
	if r.Text != want {
		t.Errorf("got %q, want %q", r.Text, want)
	}
}

func TestALongQuestionIsDeclinedUnread(t *testing.T) {
	lib := newShelf()
	lib.ask = func(answer.Question) (answer.Answer, error) { panic("asked") }
	long := strings.Repeat("é", answer.MaxQuestion+1)
	r, err := NewSession(lib, Screen{}, time.Now).Handle(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(r.Text, "That is a long question: 1001 characters.") {
		t.Errorf("got %q", r.Text)
	}
	a, err := Bounded{newShelf()}.Ask(t.Context(), answer.Question{Text: "open" + long[:2*answer.MaxQuestion-8]})
	if err != nil || !a.Answered {
		t.Errorf("a question of %d characters: %+v, %v", answer.MaxQuestion, a, err)
	}
}

func TestAFaultCostsOneReply(t *testing.T) {
	lib := newShelf()
	asked := 0
	good := lib.ask
	lib.ask = func(q answer.Question) (answer.Answer, error) {
		switch asked++; asked {
		case 1:
			panic("index torn")
		case 2:
			return answer.Answer{}, errors.New("index closed")
		}
		return good(q)
	}
	var out, log bytes.Buffer
	o := Options{In: strings.NewReader("open?\nopen?\nopen?\n"), Out: &out, Log: slog.New(slog.NewTextHandler(&log, nil))}
	if err := Run(t.Context(), lib, o); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "Sorry"); got != 2 || !strings.Contains(out.String(), "Answer: 4 May") {
		t.Errorf("%d apologies, want 2, and then an answer:\n%s", got, out.String())
	}
	if strings.Contains(out.String(), "torn") || !strings.Contains(log.String(), "index torn") || !strings.Contains(log.String(), "index closed") {
		t.Errorf("faults belong in the log and not in the reply:\n%s\n%s", out.String(), log.String())
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent()) // the engine has workers of its own
	in, typing := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- Run(ctx, newShelf(), Options{In: in, Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	}()
	if _, err := io.WriteString(typing, "When did it open?\n"); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	typing.Close()
}

func TestExplainLinesPartsUp(t *testing.T) {
	a := article.FromSentences("a", "A", []string{"One.", "Two."})
	part := func(name string, share float64) answer.Part {
		return answer.Part{Name: name, Value: 2, Share: share}
	}
	got := Screen{}.Explain(answer.Answer{Answered: true, Confidence: .5, Band: answer.Medium, Passages: []answer.Result{
		{Passage: article.Passage{Article: a}, Score: 3, Parts: []answer.Part{part("cover", 2), part("near", 1)}},
		{Passage: article.Passage{Article: a, First: 1, Last: 1}, Score: -1, Parts: []answer.Part{part("near", -.5), part("cover", .25), part("type", -.75)}},
	}, Odds: []answer.Part{part("lead", .75), part("share", -.5)}})
	want := `Confidence 0.500 (medium)
                    ¶1.1           ¶1.2
  feature  value   share  value   share
    cover  2.000  +2.000  2.000  +0.250
     near  2.000  +1.000  2.000  -0.500
     type                 2.000  -0.750
    score          3.000         -1.000

Confidence, in log-odds
   feature  value   share
      lead  2.000  +0.750
     share  2.000  -0.500
  log-odds          0.250
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := (Screen{}).Explain(answer.Answer{Nearest: []answer.Result{{}}}); got != "" {
		t.Errorf("an answer without parts is explained:\n%s", got)
	}
}

func TestHistoryAndRollback(t *testing.T) {
	s := NewSession(newShelf(), Screen{}, time.Now)
	say := func(line string) string {
		t.Helper()
		r, err := s.Handle(t.Context(), line)
		if err != nil {
			t.Fatal(err)
		}
		return r.Text
	}
	if got := say("/corpus history"); !strings.Contains(got, "0123456789ab") || !strings.Contains(got, "* ") || strings.Contains(got, "\x1b") {
		t.Errorf("history:\n%s", got)
	}
	if got := say("/corpus rollback 0123456789ab"); !strings.Contains(got, "in revision 0123456789ab (before: ") || !strings.Contains(got, "changed: a") {
		t.Errorf("rollback:\n%s", got)
	}
	for _, line := range []string{"/corpus rollback", "/corpus rollback nonsense"} {
		if got := say(line); !strings.Contains(got, "/corpus history") {
			t.Errorf("%s:\n%s", line, got)
		}
	}
}
