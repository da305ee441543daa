package discord

import (
	"strings"
	"testing"

	"verbatim/internal/article"
)

// TestSummaryOfSeveralCitesEachSentence holds that among several articles, too,
// every quoted sentence has its own place right below it.
func TestSummaryOfSeveralCitesEachSentence(t *testing.T) {
	a := harbour()
	var sentences []article.Passage
	for _, i := range []int{0, 3, 5} {
		sentences = append(sentences, article.Passage{Article: a, First: i, Last: i})
	}
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	s := w.in("en-GB")
	chunks, err := inParagraph(s, sentences)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range chunks {
		lines = append(lines, strings.Split(c.Text, "\n")...)
	}
	for i, p := range sentences {
		if want := small(place(s, p.Citation())); len(lines) != 2*len(sentences) || !strings.HasPrefix(lines[2*i], "> ") || lines[2*i+1] != want {
			t.Fatalf("sentence %d isn't followed by its place %q:\n%s", i, want, strings.Join(lines, "\n"))
		}
	}
}
