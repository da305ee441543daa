package answer

import (
	"testing"

	"verbatim/internal/article"
)

// TestPoint: of a message the question is read, whole.
func TestPoint(t *testing.T) {
	german := article.FromSentences("b", "Die Brücke", []string{"Der Bürgermeister eröffnete die Brücke am Markt."})
	german.Lang = "de"
	english := article.FromSentences("a", "The bridge", []string{"The mayor opened the bridge at the market."})
	a := &Answerer{analysis: analyse(article.NewCorpus([]*article.Article{english, german}), nil, nil)}
	for text, want := range map[string]string{
		"How many U.S. troops remain deployed in Syria?":                        "",
		"how many u.s. troops remain deployed in syria?":                        "",
		"Who is Dr. Smith from New York?":                                       "",
		"What did Mr. Al Shara say about St. Mary's church?":                    "",
		"Did J.K. Rowling, George W. Bush or J. P. Morgan open the bridge?":     "",
		"What happened to Yahoo! shares in May?":                                "",
		"Who said: joining it will protect all Syrians?":                        "",
		"Is version 2.5 of node.js out?":                                        "",
		"Hello! I have a question. How long does the soup simmer?":              "How long does the soup simmer?",
		"hello. who built the bridge for dr. smith? i need it for the U.S. fax": "who built the bridge for dr. smith?",
		"I met Dr. Smith. How many U.S. troops remain?":                         "How many U.S. troops remain?",
		"One thing: how long does the soup simmer?":                             "how long does the soup simmer?",
		"hi there; how long does the soup simmer?":                              "how long does the soup simmer?",
		"Line of Mr. Smith\nWhere does Mr. Smith live now?\n":                   "Where does Mr. Smith live now?",
		"Who built it? And when?":                                               "", // too little to stand alone
		"The bridge is closed. Buses run elsewhere.":                            "",
		"Hallo. Was sagte Dr. Meier am 3. Oktober auf der Brücke am Markt?":     "Was sagte Dr. Meier am 3. Oktober auf der Brücke am Markt?",
		"": "",
	} {
		if want == "" {
			want = text
		}
		if got := a.point(text); got != want {
			t.Errorf("the point of %q is %q, want %q", text, got, want)
		}
	}
}
