package answer_test

import (
	"testing"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// TestWordsAreFoundHoweverTheyAreWritten: markup in and around a word and what
// shows nothing change neither whether it occurs nor what is emphasised.
func TestWordsAreFoundHoweverTheyAreWritten(t *testing.T) {
	for _, word := range []string{"_ferry_", "__ferry__", "f**err**y", "fer\u00adry", "fer\u200bry", "\u2067ferry\u2069", "ｆｅｒｒｙ", "fer-\nry"} {
		a := open(t, article.FromSentences("harbour", "The harbour", []string{
			"The harbour was quiet all morning.",
			"The " + word + " to Dora sank in 2019², the council said.",
			"Nobody knows who built the pier.",
		}), soup)
		got := ask(t, a, answer.Question{Text: "When did the ferry sink?"})
		if !got.Answered || len(got.Missing) > 0 || span(got) != "2019" && span(got) != "in 2019" {
			t.Errorf("%q: answered %v, emphasised %q, missing %q", word, got.Answered, span(got), got.Missing)
		}
	}
	b := open(t, article.FromSentences("harbour", "The harbour", []string{"The harbour was quiet.", "The ferry to Dora sank in 2019."}))
	if got := ask(t, b, answer.Question{Text: "When did the fer\u00adry si\u200bnk?"}); !got.Answered || got.DidYouMean != "" || len(got.Missing) > 0 {
		t.Errorf("answered %v, did you mean %q, missing %q", got.Answered, got.DidYouMean, got.Missing)
	}
	a := open(t, article.FromSentences("quake", "The quake", []string{
		"The quake struck at night.", "The toll was ~~40~~ 23 people.", "The council met in the morning.",
	}), soup)
	if got := ask(t, a, answer.Question{Text: "How many people was the toll?"}); !got.Answered || span(got) != "23 people" && span(got) != "23" {
		t.Errorf("answered %v, emphasised %q", got.Answered, span(got))
	}
	if got := ask(t, a, answer.Question{Text: "Where is 40?"}); len(got.Missing) != 1 {
		t.Errorf("missing %q, want 40, which is struck out", got.Missing)
	}
}

// TestNumberWithItsUnit: a number that is written together with its unit is one.
func TestNumberWithItsUnit(t *testing.T) {
	a := open(t, article.FromSentences("bread", "Bread", []string{
		"Heat the oven to 160C before you begin.", "Let the dough rest.", "Slice the bread when it is cold.",
	}))
	got := ask(t, a, answer.Question{Text: "What temperature should my oven be?"})
	if !got.Answered || first(got) != "Heat the oven to 160C before you begin." {
		t.Errorf("answered %v (%.2f) with %q", got.Answered, got.Confidence, first(got))
	}
}
