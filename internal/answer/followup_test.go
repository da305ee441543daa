package answer_test

import (
	"strings"
	"testing"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// TestFollowUpIsAboutWhomItAsks: what a pronoun stands for is what answered the
// question before, and what the article says of somebody else, or of the same one
// but something else, is no answer.
func TestFollowUpIsAboutWhomItAsks(t *testing.T) {
	a := open(t, article.FromSentences("keeper", "The last keeper of Skerry Light", []string{
		"Agnes Moir was born in Wick on 4 June 1902.",
		"She kept the lighthouse on Skerry for thirty years.",
		"The Northern Board gave her a medal in 1951.",
		"Her brother, Donald Moir, carried the oil up the stairs.",
		"The lamp was lit for the first time by the engineer Peter Lund.",
		"Inspector Helen Gray of the Northern Board wrote the report on the storm.",
		"Gray praised how dry the stairs were.",
		"Moir died in Wick on 9 March 1988.",
		"There is a plaque about the storm in the harbour.",
	}))
	for _, tt := range []struct{ before, question, about, want string }{
		{"Who wrote the report on the storm?", "What did she praise?", "Helen Gray", "Gray praised"},
		{"Who was Agnes Moir?", "When did she die?", "Agnes Moir", "9 March 1988"},
		{"Who was Peter Lund?", "When did he die?", "Peter Lund", ""},
		{"Who was Peter Lund?", "When was he born?", "Peter Lund", ""},
		{"Who wrote the report on the storm?", "Was she married?", "Helen Gray", ""},
		{"Who was Peter Lund?", "Is there a plaque in the harbour?", "", "There is a plaque"},
	} {
		turn := turnOf(ask(t, a, answer.Question{Text: tt.before}))
		got := ask(t, a, answer.Question{Text: tt.question, Previous: turn})
		if got.About != tt.about || got.Answered != (tt.want != "") || !strings.Contains(first(got), tt.want) {
			t.Errorf("%q after %q: about %q, answered %v with %q; want about %q, %q", tt.question, tt.before, got.About, got.Answered, first(got), tt.about, tt.want)
		}
	}
}
