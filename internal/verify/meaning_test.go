package verify

import (
	"strings"
	"testing"

	"verbatim/internal/article"
)

// said is an article of paragraphs, parted by blank lines.
func said(id string, paragraphs ...string) *article.Article {
	a := &article.Article{ID: id, Path: id, Title: id, Text: strings.Join(paragraphs, "\n\n")}
	at := 0
	for i, p := range paragraphs {
		a.Paragraphs = append(a.Paragraphs, article.Paragraph{Start: at, End: at + len(p), Number: i + 1, Heading: -1, First: i, Count: 1})
		a.Sentences = append(a.Sentences, article.Sentence{Start: at, End: at + len(p), Paragraph: i, Number: 1})
		at += len(p) + 2
	}
	return a
}

// TestSymbolsAreSaid: what changes the meaning is no matter of punctuation, and
// a part of a number isn't what the article says.
func TestSymbolsAreSaid(t *testing.T) {
	for _, c := range []struct {
		stored, quote string
		want          Verdict
	}{
		{"They stole €24 from the till.", "They stole $24 from the till", Differs},
		{"They stole €24 from the till.", "They stole €24 from the till!", Same},
		{"They stole €24 from the till.", "24 from the till", Differs},
		{"The club lost £1.5 million in a year.", "The club lost $1.5 million", Differs},
		{"It was -5 degrees at dawn.", "it was 5 degrees at dawn", Differs},
		{"It was -5 degrees at dawn.", "it was +5 degrees at dawn", Differs},
		{"It was -5 degrees at dawn.", "it was −5 degrees, at dawn", Same},
		{"It was -5 degrees at dawn.", "5 degrees at dawn", Differs},
		{"It was .5 degrees at dawn.", "it was 5 degrees at dawn", Differs},
		{"He found that 3 < 5 holds.", "He found that 3 > 5 holds", Differs},
		{"He wrote 2 + 2 on the wall.", "He wrote 2 - 2 on the wall", Differs},
		{"He wrote 2 × 2 on the wall.", "He wrote 2 + 2 on the wall", Differs},
		{"Turnout was 97% in the town.", "turnout was 97‰ in the town", Differs},
		{"Turnout was 97% in the town.", "turnout was 97 in the town", Differs},
		{"Turnout was 97% in the town.", "turnout was 97", Differs},
		{"Turnout was 97% in the town.", "Turnout was 97 % in the town", Same},
		{"She prefers C# to C++ at work.", "She prefers C++ to C# at work", Differs},
		{"They stole £184,000 from a rowing club.", "stole £184", Differs},
		{"They stole £184,000 from a rowing club.", "000 from a rowing club", Differs},
		{"They stole £184,000 from a rowing club.", "stole £184,000", Exact},
		{"He paid $1.5 million for the boat.", "He paid $1", Differs},
		{"He paid $1.5 million for the boat.", "5 million for the boat", Differs},
		{"It weighs 10² kilograms in all.", "It weighs 102 kilograms in all", Differs},
		{"The road - as it was - is gone.", "The road as it was is gone", Same},
		{"> # The **f**erry f**err**y\u00ad\n- sailed ﬁrst", "the ferry ferry sailed first", Same},
		{"It sank.¹ Nobody knows.", "It sank. Nobody knows", Same},
		{"The [ferry](https://example.com/a_(b)) blew its horn.", "The ferry blew its horn.", Same},
		{"The toll was ~~40~~ 23 people.", "The toll was 23 people", Same},
		{"The toll was ~~40~~ 23 people.", "The toll was 40", Differs},
		{"The ferry <!-- never --> sailed at noon.", "The ferry sailed at noon", Same},
		{"The ferry <!-- we were paid to say so --> sailed at noon.", "we were paid to say so", Absent},
	} {
		got := checked(t, prepare(t, article.NewCorpus([]*article.Article{said("a", c.stored)})), c.quote)
		if got.Verdict != c.want {
			t.Errorf("%q of %q is %q, want %q: %+v", c.quote, c.stored, got.Verdict, c.want, got.Edits)
		}
		changed := 0
		for _, e := range got.Edits {
			if e.Kind != Common {
				changed++
			}
		}
		if got.Verdict == Differs && changed == 0 {
			t.Errorf("%q of %q differs and no difference is shown: %+v", c.quote, c.stored, got.Edits)
		}
	}
}

// TestAcrossParagraphs: all of where it stands is told, a place a paragraph, and
// nobody is made to say what another said.
func TestAcrossParagraphs(t *testing.T) {
	k := prepare(t, article.NewCorpus([]*article.Article{said("a",
		`The mayor said: "I will resign."`, `"I will not," her deputy said.`, "Nobody else spoke.", "It rained all day.",
		`"We won." "We lost," they said.`, `He called it a "great success" again.`)}))
	for _, c := range []struct {
		quote  string
		want   Verdict
		places string
	}{
		{`The mayor said: "I will resign. I will not."`, Differs, `The mayor said: "I will resign / I will not`},
		{`The mayor said: I will resign. I will not.`, Differs, `The mayor said: "I will resign / I will not`},
		{`The mayor said: “I will resign.” “I will not,” her deputy said`, Same, `The mayor said: "I will resign / I will not," her deputy said`},
		{"Nobody else spoke.\n\nIt rained all day.", Exact, "Nobody else spoke / It rained all day."},
		{". \n\nIt rained all day", Same, "It rained all day"},
		{".\n\nIt rained all day", Exact, "It rained all day"},
		{"Nobody else spoke. It rained", Same, "Nobody else spoke / It rained"},
		{"We won. We lost, they said", Differs, `We won." "We lost," they said`},
		{"He called it a great success again", Same, `He called it a "great success" again`},
		{`He called it a great "success again"`, Differs, `He called it a "great success" again`},
	} {
		got := checked(t, k, c.quote)
		var places []string
		for _, p := range got.Places {
			places = append(places, p.Text())
		}
		if got.Verdict != c.want || strings.Join(places, " / ") != c.places {
			t.Errorf("%q is %q at %q, want %q at %q", c.quote, got.Verdict, places, c.want, c.places)
		}
		if shown := len(got.Edits) > 1; shown != (c.want == Differs) {
			t.Errorf("%q: the differences %+v", c.quote, got.Edits)
		}
	}
}

// TestOmissions: parts that are marked as such are the article's in its order,
// and long enough to be told from others.
func TestOmissions(t *testing.T) {
	k := prepare(t, article.NewCorpus([]*article.Article{
		said("a", "The council closed the old bridge in May.", "The mayor opened a new school in June."),
		said("b", "The ferry to Dora sank in the night, and the captain of it fled."),
	}))
	for _, c := range []struct {
		quote  string
		want   Verdict
		marked bool
	}{
		{"closed the old bridge … opened a new school", Stitched, true},
		{"The council closed … bridge in May", Stitched, true},
		{"The council closed [...] the mayor opened", Stitched, true},
		{"opened a new school … closed the old bridge", Stitched, false},
		{"closed the old bridge … the ferry to Dora", Stitched, false},
		{"the … the … the", TooShort, false},
		{"ferry … fled", TooShort, false},
	} {
		got := checked(t, k, c.quote)
		if got.Verdict != c.want || got.Marked != c.marked {
			t.Errorf("%q is %q, marked %v, at %v; want %q, marked %v", c.quote, got.Verdict, got.Marked, got.Places, c.want, c.marked)
		}
	}
}

// TestHostileTextTakesNoLonger: marks that are never closed cost no more than
// other text; if each were looked for to the end, this would take hours.
func TestHostileTextTakesNoLonger(t *testing.T) {
	for _, mark := range []string{"<!--", "~~", "](", "](a", `](a "`, "#", "> ", "-", "*", "~~ a", "<!-- -->"} {
		text := strings.Repeat(mark, 1<<20/len(mark))
		if got := blanked(text); len(got) != len(text) {
			t.Errorf("%q: %d bytes became %d", mark, len(text), len(got))
		}
		split(text)
	}
}
