package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/summary"
	"verbatim/internal/terminal"
)

// bridge is an article of two paragraphs in which characters are not bytes.
func bridge() *article.Article {
	const text = "The “Ashby” bridge opened on 4 May.\n\nIt cost <3 million> & more."
	second := strings.Index(text, "It cost")
	return &article.Article{ID: "news/bridge", Title: "A bridge", URL: "https://example.org/?a=1&b=2", Text: text,
		Paragraphs: []article.Paragraph{
			{Start: 0, End: second - 2, Number: 1, Heading: -1, First: 0, Count: 1},
			{Start: second, End: len(text), Number: 2, Heading: -1, First: 1, Count: 1},
		},
		Sentences: []article.Sentence{
			{Start: 0, End: second - 2, Paragraph: 0, Number: 1},
			{Start: second, End: len(text), Paragraph: 1, Number: 1},
		}}
}

func TestAnswerJSON(t *testing.T) {
	a := bridge()
	at := strings.Index(a.Text, "4 May")
	result := func(i int) answer.Result {
		return answer.Result{Passage: article.Passage{Article: a, First: i, Last: i}, Score: 1.5}
	}
	for _, tt := range []struct {
		name     string
		question string
		a        answer.Answer
		want     string
	}{
		{"answered", "When did it open?", answer.Answer{Answered: true, Confidence: .75, Band: answer.High,
			Passages: []answer.Result{result(0), result(1)}, Span: article.Span{Start: at, End: at + 5},
			Revision: "0123456789ab", Took: 1234567 * time.Nanosecond},
			`{"question":"When did it open?","answered":true,"confidence":0.75,"band":"high","reason":"answered","answer":"4 May","passages":[` +
				`{"text":"The “Ashby” bridge opened on 4 May.","article":"news/bridge","title":"A bridge","paragraph":1,"sentence":1,"start":0,"end":39,"url":"https://example.org/?a=1&b=2","score":1.5},` +
				`{"text":"It cost <3 million> & more.","article":"news/bridge","title":"A bridge","paragraph":2,"sentence":1,"start":41,"end":68,"url":"https://example.org/?a=1&b=2","score":1.5}],` +
				`"nearest":[],"revision":"0123456789ab","took_us":1234}`},
		{"declined", "Why\xff?", answer.Answer{Confidence: .125, Band: answer.None, Reason: answer.NotSaid, Nearest: []answer.Result{result(1)}, Revision: "0123456789ab"},
			`{"question":"Why\ufffd?","answered":false,"confidence":0.125,"band":"none","reason":"not said","answer":"","passages":[],"nearest":[` +
				`{"text":"It cost <3 million> & more.","article":"news/bridge","title":"A bridge","paragraph":2,"sentence":1,"start":41,"end":68,"url":"https://example.org/?a=1&b=2","score":1.5}],` +
				`"revision":"0123456789ab","took_us":0}`},
		{"unsure of the span", "Open?", answer.Answer{Answered: true, Band: answer.Low, Passages: []answer.Result{}},
			`{"question":"Open?","answered":true,"confidence":0,"band":"low","reason":"answered","answer":"","passages":[],"nearest":[],"revision":"","took_us":0}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := writeLine(&out, newAnswerJSON(tt.question, tt.a)); err != nil {
				t.Fatal(err)
			}
			if out.String() != tt.want+"\n" {
				t.Errorf("got  %swant %s", out.String(), tt.want)
			}
		})
	}
}

// TestAskJSONReason: another program can tell what came of each line.
func TestAskJSONReason(t *testing.T) {
	in := strings.Join([]string{killed, "How much do bananas cost in Peru?", "hello there", "", strings.Repeat("why ", 251)}, "\n")
	var got []string
	for l := range strings.Lines(runBot(t, in, "ask", "--json", "-").out) {
		var a answerJSON
		if err := json.Unmarshal([]byte(l), &a); err != nil {
			t.Fatal(err)
		}
		got = append(got, a.Reason)
	}
	if g, want := strings.Join(got, ", "), "answered, absent, not question, refused, refused"; g != want {
		t.Errorf("the reasons are %s, want %s", g, want)
	}
}

func TestSummaryJSON(t *testing.T) {
	a := bridge()
	var out bytes.Buffer
	err := writeLine(&out, newSummaryJSON(summary.Summary{Article: a, Revision: "0123456789ab", ReadTime: 9, SaveTime: 4,
		Sentences: []article.Passage{{Article: a, First: 1, Last: 1}}}))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"article":"news/bridge","revision":"0123456789ab","sentences":[` +
		`{"text":"It cost <3 million> & more.","paragraph":2,"sentence":1,"start":41,"end":68}],` +
		`"title":"A bridge","url":"https://example.org/?a=1&b=2","too_short":false,"unmatched":false,"read_seconds":9,"saved_seconds":4}` + "\n"
	if out.String() != want {
		t.Errorf("got  %swant %s", out.String(), want)
	}
}

// asker answers every question in the same way, and fails at "fail".
type asker struct{}

func (asker) Ask(_ context.Context, q answer.Question) (answer.Answer, error) {
	if q.Text == "fail" {
		return answer.Answer{}, errors.New("index closed")
	}
	return answer.Answer{Question: q.Text, Band: answer.None}, nil
}

func TestAskLinesKeepsStep(t *testing.T) {
	long := strings.Repeat("x", terminal.MaxLine)
	in := "one\n\nfail\r\n \n\xff\n" + long + "\nlast"
	var out bytes.Buffer
	show := func(q string, a answer.Answer) error { return writeLine(&out, newAnswerJSON(q, a)) }
	err := askLines(t.Context(), asker{}, strings.NewReader(in), false, show, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "failed: 1") {
		t.Errorf("error = %v; want one that counts the question that failed", err)
	}
	want := []string{"one", "", "fail", " ", "\ufffd", long, "last"}
	var got []string
	for l := range strings.Lines(out.String()) {
		var a answerJSON
		if err := json.Unmarshal([]byte(l), &a); err != nil {
			t.Fatal(err)
		}
		got = append(got, a.Question)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%d lines out of %d in, or out of order", len(got), len(want))
	}
}

// TestAskLinesAnswersAtOnce: the other side of a pipe may wait for each answer
// before it asks again.
func TestAskLinesAnswersAtOnce(t *testing.T) {
	in, typing := io.Pipe()
	answers, out := io.Pipe()
	done := make(chan error)
	go func() {
		show := func(q string, a answer.Answer) error { return writeLine(out, newAnswerJSON(q, a)) }
		done <- askLines(t.Context(), asker{}, in, false, show, slog.New(slog.DiscardHandler))
	}()
	d := json.NewDecoder(answers)
	for _, q := range []string{"one", "two"} {
		if _, err := io.WriteString(typing, q+"\n"); err != nil {
			t.Fatal(err)
		}
		var a answerJSON
		if err := d.Decode(&a); err != nil || a.Question != q {
			t.Fatalf("answer to %q is %+v, %v", q, a, err)
		}
	}
	typing.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestAskLinesStopsWithItsContext(t *testing.T) {
	in, typing := io.Pipe()
	defer typing.Close()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	err := askLines(ctx, asker{}, in, false, func(string, answer.Answer) error { return nil }, slog.New(slog.DiscardHandler))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want %v", err, context.Canceled)
	}
}
