package eval_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verbatim"
	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/corpus"
	"verbatim/internal/index"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestRelevance holds the answers to questions about the shipped article and
// about articles of other kinds. A line of a .questions file is a question and
// a stretch that its first passage must hold, or "-" where the article does
// not say. The goldens show every answer; a change of one is reviewed like
// code, and the floors keep the whole from slipping.
func TestRelevance(t *testing.T) {
	floors := map[string]struct{ first, declined int }{ // measured, less one
		"syria": {12, 3}, "recipe": {9, 2}, "match": {9, 1}, "release": {7, 2}, "council": {10, 3},
	}
	for name, floor := range floors {
		t.Run(name, func(t *testing.T) {
			a := load(t, name)
			questions, err := os.ReadFile(filepath.Join("testdata", name+".questions"))
			if err != nil {
				t.Fatal(err)
			}
			got, first, declined := ask(t, a, string(questions))
			if first < floor.first || declined < floor.declined {
				t.Errorf("%d right first and %d declined, want at least %d and %d", first, declined, floor.first, floor.declined)
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("answers differ from %s; read the difference, and if it is for the better run with -update:\n%s", golden, got)
			}
		})
	}
}

// load opens an answerer of one article: the shipped one, or one of testdata.
func load(t *testing.T, name string) *answer.Answerer {
	t.Helper()
	var c *article.Corpus
	if name == "syria" {
		articles, err := verbatim.Articles()
		if err != nil {
			t.Fatal(err)
		}
		if c, err = corpus.Load(articles, corpus.DefaultLimits()); err != nil {
			t.Fatal(err)
		}
	} else {
		data, err := fs.ReadFile(os.DirFS("testdata"), name+".md")
		if err != nil {
			t.Fatal(err)
		}
		a, problems := corpus.Parse(name+".md", data)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		c = article.NewCorpus([]*article.Article{a})
	}
	x, err := index.Build(context.Background(), c, index.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	a, err := answer.New(c, x)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// ask asks each question twice, holds what every answer must be, and returns
// the answers as text, how many had the right passage first with or without
// being sure, and how many unanswerable ones were declined.
func ask(t *testing.T, a *answer.Answerer, questions string) (golden string, first, declined int) {
	t.Helper()
	var b strings.Builder
	answerable, right := 0, 0
	for line := range strings.Lines(questions) {
		question, want, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if !ok {
			t.Fatalf("line %q is not a question and what answers it", line)
		}
		got, err := a.Ask(context.Background(), answer.Question{Text: question})
		if err != nil {
			t.Fatal(err)
		}
		again, err := a.Ask(context.Background(), answer.Question{Text: question})
		if err != nil {
			t.Fatal(err)
		}
		if show(got) != show(again) {
			t.Errorf("%q is answered in two ways:\n%s\n%s", question, show(got), show(again))
		}
		passages := got.Passages
		if !got.Answered {
			passages = got.Nearest
		}
		holds := len(passages) > 0 && strings.Contains(passages[0].Passage.Text(), want)
		mark := "WRONG"
		switch {
		case want == "-" && !got.Answered:
			declined++
			mark = "right"
		case want != "-" && holds && got.Answered:
			first++
			right++
			mark = "right"
		case want != "-" && holds:
			first++
			mark = "unsure"
		}
		if want != "-" {
			answerable++
		}
		fmt.Fprintf(&b, "%s: %s\n%s\n", mark, question, show(got))
	}
	return fmt.Sprintf("right first %d of %d, answered right %d, declined %d\n\n%s", first, answerable, right, declined, b.String()), first, declined
}

// show writes an answer as a reviewer wants to read it.
func show(a answer.Answer) string {
	var b strings.Builder
	switch {
	case a.Answered && a.Span.Empty():
		fmt.Fprintf(&b, "  answered, %s\n", a.Band)
	case a.Answered:
		fmt.Fprintf(&b, "  answered, %s: %s\n", a.Band, a.Passages[0].Passage.Article.Text[a.Span.Start:a.Span.End])
	default:
		fmt.Fprintf(&b, "  declined, %s; missing %q\n", a.Reason, a.Missing)
	}
	for _, r := range append(a.Passages, a.Nearest...) {
		c := r.Passage.Citation()
		fmt.Fprintf(&b, "  ¶%d.%d %s\n", c.Paragraph, c.Sentence, strings.ReplaceAll(r.Passage.Text(), "\n", " "))
	}
	return b.String()
}
