package answer_test

import (
	"context"
	"strings"
	"testing"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// club has names that make questions which its sentences don't answer.
var club = article.FromSentences("club", "The rowing club", []string{
	"A former treasurer who stole from a rowing club in Ashby has been jailed, the court said.",
	"Martin Roe, a boat builder, had admitted fraud at an earlier hearing.",
	"The chairwoman, Lucy Farrant, went through the statements at her kitchen table.",
	"Ms Farrant drove to Ashby and called the police.",
	"Prosecutor Daniel Oyelaran said the fraud came to light when a cheque bounced.",
	"The new boat was paid for by the Schmidt Ocean Institute and cost $2.3 million.",
	"Its lamp runs on two AAA batteries, which last about two years.",
})

func TestVouch(t *testing.T) {
	a := open(t, club, soup)
	for _, tt := range []struct {
		question, article string
		want              bool
	}{
		{"Who is Martin Roe?", "club", true},
		{"Who is Lucy Farrant?", "club", true},
		{"What did Daniel Oyelaran say?", "club", true},
		{"What did Lucy Farrant say?", "club", false}, // no sentence has her saying anything
		{"What is the Schmidt Ocean Institute?", "club", false},
		{"What is AAA?", "club", false},
		{"What happened in Norwich?", "club", false},
		{"Who is Martin Roe?", "soup", false}, // another article answers
		{"Who is Martin Roe?", "nothing", false},
	} {
		got, err := a.Vouch(context.Background(), tt.question, tt.article)
		if err != nil || got != tt.want {
			t.Errorf("Vouch(%q, %q) = %v, %v; want %v", tt.question, tt.article, got, err, tt.want)
		}
	}
}

// TestSuggestionsTell: what a decline offers is answered, with medium
// confidence or more, by a sentence that has the name in the question.
func TestSuggestionsTell(t *testing.T) {
	a := open(t, club, bridge, soup)
	all := a.Suggestions(context.Background(), 10)
	if len(all) == 0 {
		t.Fatal("there are none")
	}
	for _, q := range all {
		got := ask(t, a, answer.Question{Text: q})
		name := strings.Fields(strings.TrimRight(q, "?"))
		word := name[len(name)-1]
		if word == "say" {
			word = name[len(name)-2]
		}
		if !got.Answered || got.Band == answer.Low || !strings.Contains(first(got), word) {
			t.Errorf("%q: answered %v, confidence %s, with %q", q, got.Answered, got.Band, first(got))
		}
		if strings.Contains(q, "AAA") || strings.Contains(q, "Institute") || strings.HasSuffix(q, "Farrant say?") {
			t.Errorf("%q is offered", q)
		}
	}
}
