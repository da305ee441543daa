package answer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"verbatim/internal/answer"
)

// told is everything that an answer says, the time that it took aside.
func told(a answer.Answer) string {
	a.Took = 0
	return fmt.Sprintf("%+v", a)
}

// TestAnswersLeaveNothingBehind: an answer is the same whatever was asked
// before it, though answers share their room.
func TestAnswersLeaveNothingBehind(t *testing.T) {
	asked := questions(append(shipped(t), bridge, soup), 60)
	asked = append(asked, "who is he?", "thanks", "Who is Ruth Abara?", "What does HSL stand for?", "How much corosion was in the girders?",
		strings.Join(asked, ", "))
	a := open(t, bridge, soup)
	want := map[string]string{}
	for _, q := range asked {
		want[q] = told(ask(t, open(t, bridge, soup), answer.Question{Text: q, Explain: true}))
	}
	for range 2 {
		for _, q := range asked {
			if got := told(ask(t, a, answer.Question{Text: q, Explain: true})); got != want[q] {
				t.Fatalf("%q: after other questions\n%s\nas the first\n%s", q, got, want[q])
			}
		}
		slices.Reverse(asked)
	}
}
