package discord

import (
	"fmt"
	"strings"
	"testing"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// TestFlatRepliesCutBetweenPassages: where cards can't be shown, as many of the
// passages follow the text as there is room for, each whole and with its place,
// and what there is no room for is marked, in every language.
func TestFlatRepliesCutBetweenPassages(t *testing.T) {
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	for _, length := range []int{1, 10, 20, 40, 80} {
		text := func(i int) string {
			return fmt.Sprintf("Number %d of %s ends.", i, strings.Repeat("the passages ", length))
		}
		a := newArticle("id", "The lighthouse of Carrick", "https://news.example/"+strings.Repeat("x", 200), []string{text(0)}, []string{text(1)}, []string{text(2)}, []string{text(3)}, []string{text(4)})
		var results []answer.Result
		for i := range a.Sentences {
			results = append(results, answer.Result{Passage: article.Passage{Article: a, First: i, Last: i}})
		}
		for _, s := range w.speakers {
			check := func(what string, r Reply, first int, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				flat := r.flat(s)
				if within(t, what, flat); flat.Card != nil {
					t.Errorf("%s: there is a card", what)
				}
				lines := strings.Split(flat.Text, "\n")
				shown := 0
				for i, line := range lines {
					if !strings.HasPrefix(line, quoteMark) {
						continue
					}
					shown++
					under := i + 1
					if strings.HasPrefix(lines[under], cutMark) {
						under++ // a passage that is longer than is quoted
					}
					if p := results[first+shown-1].Passage; lines[under] != citation(s, p) {
						t.Errorf("%s: under passage %d stands %q", what, shown, lines[under])
					}
				}
				mark := small(s.say("cut.passages"))
				switch all := len(results) - first; {
				case shown < all && lines[len(lines)-1] != mark:
					t.Errorf("%s: %d of %d passages are shown, and nothing says so:\n%s", what, shown, all, flat.Text)
				case shown == all && strings.Contains(flat.Text, mark):
					t.Errorf("%s: all are shown and a mark says not", what)
				case shown < all && units(flat.Text)+units(citation(s, results[first+shown].Passage))+units(text(0)) < maxText-100:
					t.Errorf("%s: there is room for more than %d of %d passages", what, shown, all)
				}
				if head := s.say("answer.more", "Count", 1); shown == 0 && strings.Contains(flat.Text, head) {
					t.Errorf("%s: a head with nothing under it", what)
				}
			}
			name := fmt.Sprintf("%d words in %s", 2*length, s.tag)
			more, err := passages(s, s.say("answer.more", "Count", 5), results)
			check("more, "+name, spread(more), 0, err)
			all, err := answered(s, answer.Answer{Answered: true, Band: answer.High, Passages: results, Revision: "0123456789ab"}, len(results), maxText)
			check("answer, "+name, all, 0, err)
			nearest := answer.Answer{Reason: answer.NotSaid, Nearest: results[2:], Searched: 5, Suggestions: []string{strings.Repeat("why ", 100), strings.Repeat("how ", 100)}, DidYouMean: strings.Repeat("who ", 100)}
			declined, err := declined(s, nearest, 1, maxText)
			check("decline, "+name, declined, 2, err)
		}
	}
}

// TestCardsMarkWhatTheyLeaveOut: a card has a limit too.
func TestCardsMarkWhatTheyLeaveOut(t *testing.T) {
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	s := w.in()
	sentence := "It is " + strings.Repeat("*long* ", 300) + "."
	a := newArticle("id", strings.Repeat("*title* ", 40), "https://news.example/"+strings.Repeat("x", 200), []string{sentence}, []string{sentence}, []string{sentence}, []string{sentence}, []string{sentence})
	var results []answer.Result
	for i := range a.Sentences {
		results = append(results, answer.Result{Passage: article.Passage{Article: a, First: i, Last: i}})
	}
	card, err := passages(s, "Head", results)
	if err != nil {
		t.Fatal(err)
	}
	if n := units(card.Text()); n > maxCard || n < maxCard/2 {
		t.Errorf("the card has %d units", n)
	}
	if n := len(quotations(card.Text())); n >= len(results) || !strings.HasSuffix(card.Text(), small(s.say("cut.passages"))) {
		t.Errorf("%d of %d passages are shown:\n%s", n, len(results), card.Text())
	}
}
