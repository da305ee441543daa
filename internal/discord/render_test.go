package discord

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/preview"
	"verbatim/internal/summary"
)

// within holds a reply to Discord's limits.
func within(t *testing.T, what string, r Reply) {
	t.Helper()
	if n := units(r.Text); n > maxText || n == 0 {
		t.Errorf("%s: the text has %d units", what, n)
	}
	if r.Card != nil {
		if n := units(r.Card.Text()); n > maxCard || n == 0 {
			t.Errorf("%s: the card has %d units", what, n)
		}
	}
	ids := make(map[string]bool)
	for _, row := range r.Buttons {
		if len(row) > 5 || len(row) == 0 {
			t.Errorf("%s: %d buttons in a row", what, len(row))
		}
		for _, b := range row {
			if units(b.Label) > maxLabel || b.Label == "" || len(b.State) > maxState || ids[b.State] {
				t.Errorf("%s: the button %+v", what, b)
			}
			ids[b.State] = true
		}
	}
}

// quotations are the block quotes of a text, as they are seen.
func quotations(text string) []string {
	var out []string
	for _, n := range preview.Parse(text) {
		if n.Kind == preview.Quote {
			out = append(out, strings.TrimSuffix(preview.Visible(n.Children), "\n"))
		}
	}
	return out
}

// TestNothingIsTooLong: the worst that an article, a member and a language can
// do together stays within Discord's limits, and what is quoted is the article's.
func TestNothingIsTooLong(t *testing.T) {
	texts := map[string]string{
		"stars":   strings.Repeat("*", 3000),
		"words":   strings.Repeat("lighthouse and harbour, ", 400),
		"wide":    strings.Repeat("𝒜𝒷 ", 1500),
		"no gaps": strings.Repeat("ش", 5000),
		"lines":   strings.Repeat("a line\n", 800),
		"address": strings.Repeat("https://evil.example/@everyone ", 200),
	}
	for name, text := range texts {
		a := newArticle("id", text, "https://news.example/"+strings.Repeat("x", 300),
			[]string{text, "Short one.", text}, []string{"Another.", text, text, "The end."})
		desk := newDesk(a)
		corpus := desk.Corpus(t.Context())
		desk.onAsk = func(_ context.Context, q answer.Question) (answer.Answer, error) {
			out := answer.Answer{Question: q.Text, Revision: corpus.Revision, Searched: 7, About: text, DidYouMean: text, Suggestions: []string{text, text}, Missing: []string{text, text, text, text, text, text, text}}
			results := []answer.Result{}
			for i := range a.Sentences {
				results = append(results, answer.Result{Passage: article.Passage{Article: a, First: i, Last: i}})
			}
			results[0].Passage.Last = 2
			if out.Answered = q.Text != "decline"; out.Answered {
				out.Band, out.Passages = answer.Medium, results[:5]
				last := a.Sentences[2].End
				out.Span = article.Span{Start: a.Sentences[2].Start, End: last}
			} else {
				out.Reason, out.Nearest = answer.NotSaid, results[1:]
			}
			return out, nil
		}
		h, err := newHandlers(desk, nil, nil, nil, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		for _, locale := range []string{"en-US", "de", "ar"} {
			c := Caller{ID: "18446744073709551615", Name: text, Server: "1", Member: true, Permissions: permManageServer, Locale: locale}
			check := func(what string, r Reply, err error) {
				t.Helper()
				what = fmt.Sprintf("%s of %s in %s", what, name, locale)
				if err != nil {
					t.Errorf("%s: %v", what, err)
					return
				}
				within(t, what, r)
				within(t, what+", without a card", r.flat(h.words.in(locale)))
				all := r.Text
				if r.Card != nil {
					all += "\n" + r.Card.Text()
				}
				for _, q := range quotations(all) {
					if !strings.Contains(a.Text, q) || q == "" {
						t.Errorf("%s: %.80q is quoted but isn't the article's", what, q)
					}
				}
			}
			var asked asked
			for _, passages := range []int{0, 1, 5} {
				asked, err = h.ask(context.Background(), askRequest{Caller: c, Question: strings.Repeat("_q_", 300), Echo: true, Private: true, Passages: passages})
				check("answer", asked.Reply, err)
				for _, b := range asked.Buttons[0] {
					r, err := h.press(context.Background(), pressRequest{Caller: c, State: b.State, Message: b.State, Text: asked.Text})
					check(b.Label, r, err)
					if bare := r.flat(h.words.in(locale)).Text; b.Label == h.words.in(locale).say("button.more") && len(quotations(bare)) == 0 {
						t.Errorf("%s of %s in %s shows none where there are no cards:\n%s", b.Label, name, locale, bare)
					}
				}
			}
			declined, err := h.ask(context.Background(), askRequest{Caller: c, Question: "decline", Echo: true})
			check("decline", declined.Reply, err)
			for page := range len(pagesOf(a)) {
				id, err := state{Action: actPage, Revision: corpus.Revision, Page: page, Passages: []stretch{{0, 0, 0}}}.encode()
				if err != nil {
					t.Fatal(err)
				}
				r, err := h.press(context.Background(), pressRequest{Caller: c, State: id})
				check("page", r, err)
			}
			sum, err := h.summarize(context.Background(), summaryRequest{Caller: c, Length: summary.Long})
			check("summary", sum, err)
			help, err := h.help(context.Background(), helpRequest{Caller: c})
			check("help", help, err)
			status, err := h.status(context.Background(), corpusRequest{c})
			check("status", status, err)
			verified, err := h.check(context.Background(), checkRequest{Caller: c, Quote: "Short one. The end."})
			check("verify", verified, err)
		}
	}
}

func TestQuoteCutsAtSentences(t *testing.T) {
	sentences := []string{"The first sentence is here.", "The second holds the answer, it does.", "The third follows on."}
	a := newArticle("a", "A", "", sentences)
	whole := article.Passage{Article: a, First: 0, Last: 2}
	k := strings.Index(a.Text, "answer")
	span := article.Span{Start: k, End: k + len("answer")}
	for _, test := range []struct {
		limit         int
		want          string
		before, after bool
	}{
		{500, "> The first sentence is here. The second holds the **answer**, it does. The third follows on.", false, false},
		{75, "> The first sentence is here. The second holds the **answer**, it does.", false, true},
		{50, "> The second holds the **answer**, it does.", true, true},
		{35, "> The second holds the **answer**,", true, true},
	} {
		q, err := quote(whole, span, test.limit)
		if err != nil || q.Markdown != test.want || q.CutBefore != test.before || q.CutAfter != test.after {
			t.Errorf("in %d: %+v, %v; want %q", test.limit, q, err, test.want)
		}
	}
}

func TestQuoteRefusesWhatIsNoPassage(t *testing.T) {
	a := lighthouse()
	for _, p := range []article.Passage{{}, {Article: a, First: -1}, {Article: a, First: 3, Last: 2}, {Article: a, First: 0, Last: 70}} {
		if _, err := quote(p, article.Span{}, 100); err == nil {
			t.Errorf("%d to %d is quoted", p.First, p.Last)
		}
	}
	// A span outside the passage, or inside a letter, is no emphasis but no fault.
	p := article.Passage{Article: a, First: 3, Last: 3}
	for _, span := range []article.Span{{Start: 0, End: 5}, {Start: p.Start() + 1, End: p.End()}} {
		if q, err := quote(p, span, 500); err != nil || strings.Contains(q.Markdown, bold) {
			t.Errorf("%v: %+v, %v", span, q, err)
		}
	}
}

func TestSentenceLink(t *testing.T) {
	for _, test := range []struct{ address, want string }{
		{"", ""}, {"javascript:alert(1)", ""}, {"ftp://a.example", ""}, {"news.example/x", ""}, {"https://" + strings.Repeat("x", 500) + ".example", ""},
		{"https://a.example/b(c)?d=<e>#f", "https://a.example/b%28c%29?d=%3Ce%3E#f:~:text=One%2C%20two%2Dthree."},
		{"http://a.example", "http://a.example#:~:text=One%2C%20two%2Dthree."},
	} {
		a := newArticle("a", "A", test.address, []string{"One, two-three."})
		if got := sentenceLink(article.Passage{Article: a}); got != test.want {
			t.Errorf("%q: %q, want %q", test.address, got, test.want)
		}
	}
}

// TestVerifyHeading: a quotation that stands outside all sentences is not said
// to stand nowhere in particular.
func TestVerifyHeading(t *testing.T) {
	a := &article.Article{ID: "ferry", Title: "The *ferry*", Text: "Fares and times\n\nIt sails at noon.",
		Paragraphs: []article.Paragraph{{End: 15, Kind: article.Heading, Heading: -1}, {Start: 17, End: 34, Number: 1, Count: 1}},
		Sentences:  []article.Sentence{{Start: 17, End: 34, Paragraph: 1, Number: 1}}}
	h, err := newHandlers(newDesk(a), nil, nil, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.check(t.Context(), checkRequest{Quote: "Fares and times"})
	if err != nil || !strings.Contains(got.Text, "word for word") || !strings.Contains(got.Text, `In a heading, a table, code or a caption of The \*ferry\*`) {
		t.Errorf("no place in, %v:\n%s", err, got.Text)
	}
}

// TestLengthIsCountedInCharacters: an emoji is one of them to who types it.
func TestLengthIsCountedInCharacters(t *testing.T) {
	h, err := newHandlers(newDesk(), nil, nil, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]bool{answer.MaxQuestion: false, answer.MaxQuestion + 1: true} {
		got, err := h.ask(t.Context(), askRequest{Question: strings.Repeat("😀", n)})
		if refused := strings.Contains(got.Text, fmt.Sprintf("%d characters", n)); err != nil || refused != want {
			t.Errorf("%d emoji: %v, refused %v, want %v:\n%s", n, err, refused, want, got.Text)
		}
	}
}
