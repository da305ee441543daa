package lang

import (
	"fmt"
	"strings"
	"testing"

	"verbatim/internal/article"
)

func namesOf(sentences ...string) (*article.Article, *Names) {
	a := article.FromSentences("a", "", sentences)
	en := For("en")
	tokens := make([][]Token, len(a.Sentences))
	for i := range a.Sentences {
		tokens[i] = en.Tokens(a.SentenceText(i))
	}
	return a, en.Names(a, tokens)
}

// showNames writes a line an entity: its kind, its variants, its mentions.
func showNames(a *article.Article, n *Names) string {
	var lines []string
	for _, e := range n.Entities {
		line := fmt.Sprintf("%s: %s", e.Kind, a.Text[e.Name.Start:e.Name.End])
		for _, v := range e.Variants {
			line += " = " + a.Text[v.Start:v.End]
		}
		lines = append(lines, fmt.Sprintf("%s x%d", line, len(e.Mentions)))
	}
	return strings.Join(lines, "\n")
}

func TestFind(t *testing.T) {
	_, n := namesOf("The Northern Water Council (NWC) fined a mill in Norway.", "Mayor Ingrid al-Halabii spoke to the NWC.")
	question := For("en").Tokens("Did the NWC, ingrid al halabi or the northern water council leave Norway for the NWC?")
	var got []string
	for _, f := range n.Find(question) {
		name := n.Entities[f.Entity].Kind.String() + ":"
		for _, t := range question[f.First : f.Last+1] {
			name += " " + t.Norm
		}
		got = append(got, name)
	}
	want := "organisation: the nwc; person: ingrid al halabi; organisation: northern water council; place: norway; organisation: the nwc"
	if g := strings.Join(got, "; "); g != want {
		t.Errorf("got %s\nwant %s", g, want)
	}
}

func TestNames(t *testing.T) {
	tests := []struct {
		name, text, want string // sentences and entities, a line each
	}{
		{"variants of a person", "The visit of Mayor Ingrid al-Halabii began on Monday.\nMs Al Halabi's talks with Paris went well, Ingrid Al Halabi said.",
			"person: Ingrid al-Halabii = Al Halabi = Ingrid Al Halabi x3\nplace: Paris x1"},
		{"abbreviation introduced", "Northern Water Council (NWC) fined a mill.\nThe NWC acts for Norway's rivers.",
			"organisation: Northern Water Council = NWC x3\nplace: Norway x1"},
		{"abbreviation first", "He left the RBF (Royal Bakers Federation) in June.\nThe RBF is in debt.",
			"organisation: Royal Bakers Federation = RBF x3"},
		{"people and country", "French farmers met in Lyon.\nFrance pays them, as the U.S. does and America did.",
			"place: France = French x2\nplace: Lyon x1\nplace: America = U.S. x2"},
		{"title splits a run", "Italian Health Minister Paolo Brizzi and the President of Malta spoke.",
			"place: Italian x1\nperson: Paolo Brizzi x1\nplace: Malta x1"},
		{"opening words are no names", "However, they left.\nExperts say it rains.\nUnder pressure, Yesterday closed.", "other: Yesterday x1"},
		{"one surname, two people", "Jack Orme met Susan Orme.\nOrme won.", "person: Jack Orme x1\nperson: Susan Orme x1\nother: Orme x1"},
		{"purpose", "The Alliance to Defend Rivers (ADR) sued.", "organisation: Alliance to Defend Rivers = ADR x2"},
		{"places of one text", "The villa lies in the town of Brunnau, in Tirol.\nTirol is high.", "place: Brunnau x1\nplace: Tirol x2"},
		{"months and days", "On Tuesday in May the Harbour Trust closed.\nTheresa May spoke.", "organisation: Harbour Trust x1\nperson: Theresa May x1"},
		{"imperatives", "Skim off the fat.\nDefrost it overnight.\nReheat it gently.\nZitoun left.", "other: Zitoun x1"},
		{"kind of a name before it", "Chef Karim Belkacem of the restaurant Dar Zitoun told me.", "person: Karim Belkacem x1\norganisation: Dar Zitoun x1"},
		{"abbreviation of a sort", "It runs on two AAA batteries.\nThe UNX sent two UNX soldiers.", "other: AAA x1\norganisation: UNX x2"},
		{"headline", "Ten Great Ways To Cook Fresh Peas", ""},
		{"no capitals", "nothing here has a name", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, n := namesOf(strings.Split(tt.text, "\n")...)
			if got := showNames(a, n); got != tt.want {
				t.Errorf("names of %q:\n%s\nwant:\n%s", tt.text, got, tt.want)
			}
		})
	}
}

func TestNamesMatch(t *testing.T) {
	a, n := namesOf("President Ahmad Al Shara met the Syrian Democratic Forces (SDF) in the US.", "He bought a phone of Apple.")
	for question, want := range map[string]string{
		"what does al-sharaa want":       "Ahmad Al Shara",
		"Who leads the sdf?":             "Syrian Democratic Forces",
		"what happened in the US":        "US",
		"tell us more":                   "",
		"which syrian democratic forces": "Syrian Democratic Forces",
		"an apple a day":                 "",
		"what did Apple do":              "Apple",
	} {
		var got []string
		for _, e := range n.Match(For("en").Tokens(question)) {
			s := n.Entities[e].Name
			got = append(got, a.Text[s.Start:s.End])
		}
		if g := strings.Join(got, ", "); g != want {
			t.Errorf("Match(%q) = %q, want %q", question, g, want)
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"Mr. J. O'Neill (JO) of the U.S.", "al-Qaeda's A. B. C. “The End”", "É\xff Al", "Mr", "Al Al (AA) AA", "St. of The"} {
		f.Add(s, "Al Shara "+s)
	}
	f.Fuzz(func(t *testing.T, s, u string) {
		a, n := namesOf(strings.ToValidUTF8(s, "?"), strings.ToValidUTF8(u, "?"))
		total := 0
		for i := range a.Sentences {
			last := a.Sentences[i].Start
			for _, m := range n.In(i) {
				if m.Start < last || m.End <= m.Start || m.End > a.Sentences[i].End || m.Sentence != i {
					t.Fatalf("mention %+v of %q is out of order or bounds", m, a.Text)
				}
				last = m.End
				total++
			}
		}
		for _, e := range n.Entities {
			total -= len(e.Mentions)
			if e.Name.Empty() {
				t.Fatalf("entity without a name in %q", a.Text)
			}
		}
		if total != 0 {
			t.Fatalf("entities hold %d mentions fewer than the sentences", total)
		}
	})
}

func BenchmarkNames(b *testing.B) {
	var sentences []string
	for i := range 1000 {
		sentences = append(sentences, fmt.Sprintf("The Mayor of Town%d, Jane Roe, told the Northern Water Council (NWC) in Norway.", i%50))
	}
	a := article.FromSentences("a", "", sentences)
	en := For("en")
	tokens := make([][]Token, len(sentences))
	for i := range sentences {
		tokens[i] = en.Tokens(a.SentenceText(i))
	}
	b.ReportAllocs()
	for b.Loop() {
		en.Names(a, tokens)
	}
}
