package summary

import (
	"testing"

	"verbatim/internal/article"
)

// TestMentionsHoweverTheyAreWritten counts a word with markup, a break or what
// shows nothing in it, and gives its place in the stored bytes.
func TestMentionsHoweverTheyAreWritten(t *testing.T) {
	c := article.NewCorpus([]*article.Article{article.FromSentences("a", "Dora", []string{
		"The _ferry_ sank.", "A f**err**y and a fer\u00adry came.", "See #ferry_dora or the fer-\nry.", "Nobody came.",
	})})
	got, err := New(c).Mentions(t.Context(), "a", "ferry")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ferry", "f**err**y", "fer\u00adry", "ferry", "fer-\nry"}
	var spans []string
	for _, s := range got[0].Sentences {
		for _, x := range s.Spans {
			spans = append(spans, c.Articles[0].Text[x.Start:x.End])
		}
	}
	if got[0].Count != len(want) || len(spans) != len(want) {
		t.Fatalf("%q, want %q", spans, want)
	}
	for i := range want {
		if spans[i] != want[i] {
			t.Errorf("%q, want %q", spans, want)
		}
	}
}
