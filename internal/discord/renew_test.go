package discord

import (
	"fmt"
	"strings"
	"testing"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// TestRepliesTellWhatTheyQuote: from what any reply shows, whole or cut, in any
// language, the passage is found again in the article, and not in one where a
// letter of it differs.
func TestRepliesTellWhatTheyQuote(t *testing.T) {
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	odd := newArticle("odd", "The *odd* [one]", "https://news.example/a_b?c=(d)",
		[]string{"> It **begins** with a mark.", "# It has\nlines, - and lists:\n1. one.", "@everyone, <@123456789012345678> and https://x.example.", strings.Repeat("It is long, and ", 120) + "ends."},
		[]string{"> It **begins** with a mark.", "مرحبا بالعالم.", `Back\slashes \* too.`})
	now := article.NewCorpus([]*article.Article{newArticle("a", "First", "", []string{"Another."}), odd})
	other := newArticle("odd", odd.Title, odd.URL, []string{strings.NewReplacer("i", "y", "m", "n", "a", "o", "ب", "ت").Replace(odd.Text)})
	changed := article.NewCorpus([]*article.Article{other})
	for _, s := range w.speakers {
		for first := range odd.Sentences {
			for last := first; last < len(odd.Sentences) && odd.Sentences[last].Paragraph == odd.Sentences[first].Paragraph; last++ {
				p := article.Passage{Article: odd, First: first, Last: last}
				a := answer.Answer{Answered: true, Band: answer.High, Revision: now.Revision, Passages: []answer.Result{{Passage: p}, {Passage: article.Passage{Article: odd, First: 4, Last: 4}}}}
				a.Span = article.Span{Start: p.End() - 4, End: p.End()} // so that a long passage is cut before it
				reply, err := answered(s, a, 2, maxText)
				if err != nil {
					t.Fatal(err)
				}
				name := fmt.Sprintf("%s, sentences %d to %d", s.tag, first, last)
				quotes := pressRequest{Text: reply.Text, Card: reply.Card}.quotations()
				if len(quotes) != 2 {
					t.Fatalf("%s: %d quotations in\n%s", name, len(quotes), reply.Text)
				}
				got, ok := quotes[0].stands(now)
				switch {
				case !ok || got.Article != odd:
					t.Errorf("%s: not found again\n%s", name, reply.Text)
				case !quotes[0].cutBefore && !quotes[0].cutAfter && got.Text() != p.Text():
					t.Errorf("%s: found %q", name, got.Text())
				case !strings.Contains(got.Text(), quotes[0].text):
					t.Errorf("%s: found %q for %q", name, got.Text(), quotes[0].text)
				}
				if p, ok := quotes[0].stands(changed); ok {
					t.Errorf("%s: found in another text: %q", name, p.Text())
				}
			}
		}
		for _, key := range []string{"cut.before", "cut.after"} {
			if line := small(s.say(key)); !strings.HasPrefix(line, cutMark) {
				t.Errorf("%s of %s is not known as a mark: %s", key, s.tag, line)
			}
		}
	}
}

// TestPartOfASentenceIsNotTheSentence: what was quoted as a sentence doesn't
// stand where it is only a part of one now.
func TestPartOfASentenceIsNotTheSentence(t *testing.T) {
	a := newArticle("a", "A", "", []string{"It was not true that the ferry sails.", "The ferry sails.", "Then the ferry sails. Or so."})
	for text, want := range map[string]int{"The ferry sails.": 1, "the ferry sails.": -1, "It was not true": -1, "": -1} {
		got := -1
		if p, ok := locate(shownQuote{text: text}, a); ok {
			got = p.First
		}
		if got != want {
			t.Errorf("%q is found in sentence %d, want %d", text, got, want)
		}
	}
	if p, ok := locate(shownQuote{text: "It was not true", cutAfter: true}, a); !ok || p.First != 0 {
		t.Error("what was cut isn't found in its sentence")
	}
}
