package article

import (
	"errors"
	"fmt"
	"testing"
)

func TestFromSentences(t *testing.T) {
	a := FromSentences("id", "Title", []string{"One. ", "", "Two is é."})
	if len(a.Sentences) != 3 || a.Text != "One.  Two is é." {
		t.Fatalf("%d sentences in %q", len(a.Sentences), a.Text)
	}
	for i, want := range []string{"One.", "", "Two is é."} {
		if got := a.SentenceText(i); got != want {
			t.Errorf("sentence %d is %q, want %q", i, got, want)
		}
	}
	if untitled := FromSentences("id", "", nil); a.Name() != "Title" || untitled.Name() != "id" {
		t.Errorf("they are called %q and %q", a.Name(), untitled.Name())
	}
	p := Passage{Article: a, First: 0, Last: 2}
	if p.Text() != a.Text[p.Start():p.End()] || p.Text() != a.Text {
		t.Errorf("passage %q", p.Text())
	}
	if c := p.Citation(); c != (Citation{Article: "id", Title: "Title", Paragraph: 1, Sentence: 1, Last: 3}) {
		t.Errorf("citation %+v", c)
	}
}

// TestRevision: the order of loading does not matter, anything a reader can see
// does, and how it is cut does.
func TestRevision(t *testing.T) {
	make := func(change func(*Article)) *Article {
		a := FromSentences("b", "T", []string{"One two.", "Three."})
		change(a)
		return a
	}
	other := FromSentences("a", "", []string{"Else."})
	same := func(*Article) {}
	base := NewCorpus([]*Article{make(same), other})
	if again := NewCorpus([]*Article{other, make(same)}); again.Revision != base.Revision || again.Articles[0].ID != "a" {
		t.Errorf("revision %s and order %s, want %s and a first", again.Revision, again.Articles[0].ID, base.Revision)
	}
	if begins := fmt.Sprintf("%x", base.Digest); string(base.Revision) != begins[:12] || base.Sentences() != 3 || base.Paragraphs() != 2 {
		t.Errorf("revision %q of %d sentences in %d paragraphs", base.Revision, base.Sentences(), base.Paragraphs())
	}
	for name, change := range map[string]func(*Article){
		"id": func(a *Article) { a.ID = "c" }, "title": func(a *Article) { a.Title = "U" }, "url": func(a *Article) { a.URL = "https://x.example" },
		"source": func(a *Article) { a.Source = "S" }, "author": func(a *Article) { a.Author = "A" }, "published": func(a *Article) { a.Published = "2020-01-01" },
		"lang": func(a *Article) { a.Lang = "fr" }, "text": func(a *Article) { a.Text += "." }, "cut": func(a *Article) { a.Sentences[0].End-- },
	} {
		if c := NewCorpus([]*Article{make(change), other}); c.Revision == base.Revision {
			t.Errorf("another %s, the same revision", name)
		}
	}
	if base.Article("b") == nil || base.Article("c") != nil {
		t.Error("Article does not find by ID")
	}
}

func TestHeadingText(t *testing.T) {
	a := &Article{Text: "Head\nBody.", Paragraphs: []Paragraph{{End: 4, Kind: Heading, Heading: -1}, {Start: 5, End: 10, Heading: 0}}}
	if a.HeadingText(1) != "Head" || a.HeadingText(0) != "" {
		t.Errorf("headings %q and %q", a.HeadingText(1), a.HeadingText(0))
	}
	if Heading.Quotable() || Table.Quotable() || !Quote.Quotable() || !Prose.Quotable() {
		t.Error("what may be quoted is mixed up")
	}
}

func TestProblems(t *testing.T) {
	err := fmt.Errorf("load: %w", Problems{{"a.md", 3, "no title"}, {"b.md", 0, "not UTF-8"}, {"", 0, "no articles"}})
	var ps Problems
	if !errors.As(err, &ps) || len(ps) != 3 {
		t.Fatalf("%v does not hold the problems", err)
	}
	if want := "load: a.md:3: no title\nb.md: not UTF-8\nno articles"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}
