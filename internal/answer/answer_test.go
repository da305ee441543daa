package answer_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/index"
)

var (
	bridge = article.FromSentences("bridge", "Ashdown Road bridge", []string{
		"The bridge on Ashdown Road will be closed from Monday 3 March until the end of August.",
		"The council decided on this because an inspection had found corrosion in four girders.",
		"The repair will cost £2.3 million and is done by Hallam & Sons Ltd (HSL).",
		"HSL also built the library in 2016.",
		"Councillor Ruth Abara said the work could not wait.",
		"She opened the footbridge in Kingsbridge last week.",
		"Buses end at the Market Square for the time of the works.",
	})
	soup = article.FromSentences("soup", "Lentil soup", []string{
		"Rinse the lentils until the water runs clear.",
		"Simmer the soup for twenty-five minutes.",
		"Half of the guests at Market Square asked for more.",
	})
)

func open(t testing.TB, articles ...*article.Article) *answer.Answerer {
	t.Helper()
	c := article.NewCorpus(articles)
	x, err := index.Build(context.Background(), c, index.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	a, err := answer.New(c, x)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func ask(t testing.TB, a *answer.Answerer, q answer.Question) answer.Answer {
	t.Helper()
	got, err := a.Ask(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// first is the text of the best passage, offered or quoted.
func first(a answer.Answer) string {
	for _, r := range append(a.Passages, a.Nearest...) {
		return r.Passage.Text()
	}
	return ""
}

func span(a answer.Answer) string {
	if a.Span.Empty() {
		return ""
	}
	return a.Passages[0].Passage.Article.Text[a.Span.Start:a.Span.End]
}

func TestAsk(t *testing.T) {
	a := open(t, bridge, soup)
	tests := []struct{ question, holds, span string }{
		{"Who said that the work could not wait?", "Ruth Abara", "Ruth Abara"},
		{"How much will the repair cost?", "£2.3 million", "£2.3 million"},
		{"What does HSL stand for?", "(HSL)", "Hallam & Sons Ltd"},
		{"When did HSL build the library?", "2016", "2016"},
		{"why was the bridge closed", "because an inspection", ""},
		{"Hello! I have a question. How long does the soup simmer?", "twenty-five minutes", "twenty-five minutes"},
		{"I met Mr. Smith. When did HSL, not the U.S. firm of J.K. Hallam, build the library?", "2016", "2016"},
		{"corosion in the girders", "corrosion", ""},
	}
	for _, tt := range tests {
		got := ask(t, a, answer.Question{Text: tt.question})
		if !got.Answered || !strings.Contains(first(got), tt.holds) {
			t.Errorf("%q: answered %v with %q, want a passage with %q", tt.question, got.Answered, first(got), tt.holds)
		}
		if tt.span != "" && span(got) != tt.span {
			t.Errorf("%q: emphasised %q, want %q", tt.question, span(got), tt.span)
		}
	}
}

func TestDecline(t *testing.T) {
	a := open(t, bridge, soup)
	tests := []struct {
		question string
		reason   answer.Reason
		missing  []string
	}{
		{"Which dinosaurs lived in Portugal?", answer.Absent, []string{"dinosaurs", "lived", "Portugal"}},
		{"thanks!", answer.NotQuestion, nil},
		{"", answer.NotQuestion, nil},
		{"🎉 !!! ???", answer.NotQuestion, nil},
		{"who is he?", answer.NotQuestion, nil},
		{"the the the", answer.NotQuestion, nil},
		{"Why?", answer.NotQuestion, nil},
		{"What does GBP stand for?", answer.Absent, []string{"GBP"}},
	}
	for _, tt := range tests {
		got := ask(t, a, answer.Question{Text: tt.question})
		if got.Answered || got.Reason != tt.reason || got.Band != answer.None || len(got.Passages) > 0 || !got.Span.Empty() {
			t.Errorf("%q: %+v, want it declined as %q", tt.question, got, tt.reason)
		}
		if !slices.Equal(got.Missing, tt.missing) {
			t.Errorf("%q: missing %q, want %q", tt.question, got.Missing, tt.missing)
		}
		if tt.reason == answer.Absent && (len(got.Nearest) == 0 || got.Searched != 10) {
			t.Errorf("%q: %d nearest of %d searched, want some of 10", tt.question, len(got.Nearest), got.Searched)
		}
	}
}

// TestWhoWasIt: who did something, or stands beside it, is not whom it was done
// to, and a misspelled name asks for nobody else.
func TestWhoWasIt(t *testing.T) {
	a := open(t, article.FromSentences("raid", "The raid", []string{
		"The Harbour Gang, which has praised Tom Reilly, killed twelve people in the raid on the market.",
		"Inspector Ada Stone arrested Jack Marlow on Friday.",
		"Nadia Kareem was injured by the Harbour Gang.",
		"A France-based firm runs the camp of Eastmoor and trains its guards.",
		"The mayor, Ahmad Darwish, met Paul Weston in the town hall.",
	}))
	for question, want := range map[string]string{
		"Who was killed?":      "",
		"Who was arrested?":    "Jack Marlow",
		"Who was injured?":     "Nadia Kareem",
		"who is ahmed darwish": "",
		"Where is Eastmoor?":   "",
		"Who arrested Marlow?": "Ada Stone",
	} {
		if got := ask(t, a, answer.Question{Text: question}); span(got) != want && !(question == "Who arrested Marlow?" && strings.Contains(span(got), want)) {
			t.Errorf("%q: emphasised %q in %q, want %q", question, span(got), first(got), want)
		}
	}
}

// TestUnexpandedAbbreviation: an abbreviation that the article uses and never
// spells out is not explained by whatever sentence it stands in.
func TestUnexpandedAbbreviation(t *testing.T) {
	a := open(t, article.FromSentences("talks", "Trade talks", []string{
		"The EFTA confirmed on Monday that it had joined the talks.",
		"A spokesman for the World Trade Organization (WTO) welcomed this.",
		"The BBC, short for British Broadcasting Corporation, reported it first.",
	}))
	for question, answered := range map[string]bool{
		"What does EFTA stand for?": false,
		"What does WTO stand for?":  true,
		"What is BBC short for?":    true,
	} {
		if got := ask(t, a, answer.Question{Text: question}); got.Answered != answered {
			t.Errorf("%q: answered %v with %q", question, got.Answered, first(got))
		}
	}
}

// TestLanguagesSideBySide: a question is read in its own language, whichever
// article comes first in the corpus.
func TestLanguagesSideBySide(t *testing.T) {
	arabic := article.FromSentences("a", "الجسر", []string{"افتتح رئيس البلدية الجسر في عام 2021."})
	arabic.Lang = "ar"
	german := article.FromSentences("b", "Die Brücke", []string{"Der Bürgermeister Hans Müller war der erste an der Brücke, die er 2021 eröffnete."})
	german.Lang = "de"
	mixed, alone := open(t, arabic, german, bridge), open(t, bridge)
	for _, question := range []string{"Who said that the work could not wait?", "When did HSL build the library?", "What was the inspection for?", "thanks", "why?"} {
		got, want := ask(t, mixed, answer.Question{Text: question}), ask(t, alone, answer.Question{Text: question})
		if got.Answered != want.Answered || got.Reason != want.Reason || first(got) != first(want) || span(got) != span(want) || !slices.Equal(got.Missing, want.Missing) {
			t.Errorf("%q beside other languages: %v %q %q, missing %q; alone: %v %q %q, missing %q", question,
				got.Answered, first(got), span(got), got.Missing, want.Answered, first(want), span(want), want.Missing)
		}
	}
	for question, want := range map[string]string{"متى افتتح الجسر؟": "a", "Wer eröffnete die Brücke?": "b"} {
		got := ask(t, mixed, answer.Question{Text: question})
		if !got.Answered || got.Passages[0].Passage.Article.ID != want {
			t.Errorf("%q: answered %v with %q, want article %s", question, got.Answered, first(got), want)
		}
	}
}

// TestSuggestionsAreAnswered: what a decline offers must lead somewhere.
func TestSuggestionsAreAnswered(t *testing.T) {
	a := open(t, bridge, soup)
	got := ask(t, a, answer.Question{Text: "Which dinosaurs lived in Portugal?"})
	if len(got.Suggestions) == 0 || len(got.Suggestions) > 2 {
		t.Fatalf("suggestions %q, want one or two", got.Suggestions)
	}
	for _, s := range got.Suggestions {
		if !ask(t, a, answer.Question{Text: s}).Answered {
			t.Errorf("the suggested %q is not answered", s)
		}
	}
}

// TestExplainAddsUp: the parts of a score make the score, and those of the
// confidence its log-odds, whatever is asked.
func TestExplainAddsUp(t *testing.T) {
	a := open(t, bridge, soup)
	sum := func(parts []answer.Part) (s float64) {
		for _, p := range parts {
			s += p.Share
		}
		return s
	}
	for _, question := range []string{
		"What is HSL?", "What does HSL stand for?", "Who said that the work could not wait?", "When did HSL build the library?",
		"How many girders had corrosion?", "Which dinosaurs lived in Portugal?", "Market Square", "How old is Councillor Ruth Abara?",
	} {
		got := ask(t, a, answer.Question{Text: question, Explain: true})
		results := append(got.Passages, got.Nearest...)
		if len(results) == 0 {
			t.Errorf("%q: nothing to explain", question)
		}
		for _, r := range results {
			if s := sum(r.Parts); math.Abs(s-r.Score) > 1e-9*max(1, math.Abs(r.Score)) {
				t.Errorf("%q: the parts of %q make %v, the score is %v", question, r.Passage.Text(), s, r.Score)
			}
		}
		if odds := math.Log(got.Confidence / (1 - got.Confidence)); math.Abs(sum(got.Odds)-odds) > 1e-6 {
			t.Errorf("%q: the parts of the confidence make %v, its log-odds are %v", question, sum(got.Odds), odds)
		}
		if ruled := slices.ContainsFunc(got.Odds, func(p answer.Part) bool { return strings.HasPrefix(p.Name, "rule:") }); ruled != strings.Contains(question, "old") {
			t.Errorf("%q: a rule is a part of the confidence: %v", question, ruled)
		}
	}
	if got := ask(t, a, answer.Question{Text: "What is HSL?"}); len(got.Odds) > 0 || len(got.Passages) > 0 && len(got.Passages[0].Parts) > 0 {
		t.Error("what was not asked to be explained is")
	}
}

func TestDidYouMean(t *testing.T) {
	a := open(t, bridge)
	got := ask(t, a, answer.Question{Text: "How much corosion was in the girders?"})
	if want := "How much corrosion was in the girders?"; got.DidYouMean != want {
		t.Errorf("did you mean %q, want %q", got.DidYouMean, want)
	}
	if got := ask(t, a, answer.Question{Text: "How much corrosion was in the girders?"}); got.DidYouMean != "" {
		t.Errorf("did you mean %q for a question without a mistake", got.DidYouMean)
	}
}

func TestScope(t *testing.T) {
	a := open(t, bridge, soup)
	for id, want := range map[string]string{"bridge": "Buses end", "soup": "Half of the guests"} {
		got := ask(t, a, answer.Question{Text: "Market Square", Articles: []string{id}})
		if !strings.HasPrefix(first(got), want) {
			t.Errorf("in %s: %q, want %q", id, first(got), want)
		}
		for _, r := range append(got.Passages, got.Nearest...) {
			if r.Passage.Article.ID != id {
				t.Errorf("in %s: a passage of %s", id, r.Passage.Article.ID)
			}
		}
	}
	if got := ask(t, a, answer.Question{Text: "Market Square", Articles: []string{"gone"}}); got.Answered || len(got.Nearest) > 0 || got.Searched != 0 {
		t.Errorf("an article that is not there gives %+v", got)
	}
}

func TestFollowUp(t *testing.T) {
	a := open(t, bridge, soup)
	q := answer.Question{Text: "Who is Ruth Abara?"}
	turn := turnOf(ask(t, a, q))
	tests := []struct{ question, holds, about string }{
		{"And what did she open?", "opened the footbridge", "Ruth Abara"},
		{"How much will the repair cost?", "£2.3 million", ""}, // a new topic
		{"And how many girders had corrosion?", "four girders", ""},
	}
	for _, tt := range tests {
		got := ask(t, a, answer.Question{Text: tt.question, Previous: turn})
		if !strings.Contains(first(got), tt.holds) || got.About != tt.about {
			t.Errorf("%q: %q about %q, want %q about %q", tt.question, first(got), got.About, tt.holds, tt.about)
		}
	}
	q = answer.Question{Text: "What did she open?", Previous: turn}
	second := ask(t, a, q)
	turn = turnOf(second)
	if got := ask(t, a, answer.Question{Text: "and when?", Previous: turn}); got.About != "Ruth Abara" {
		t.Errorf("the third turn is about %q, want the subject of the first, %q", got.About, "Ruth Abara")
	}
	q = answer.Question{Text: "When did HSL build the library?"}
	turn = turnOf(ask(t, a, q))
	if got := ask(t, a, answer.Question{Text: "why?", Previous: turn}); got.About == "" || got.Reason == answer.NotQuestion {
		t.Errorf("%q after a turn: about %q, reason %q", "why?", got.About, got.Reason)
	}
	if got := ask(t, a, answer.Question{Text: "thanks!", Previous: turn}); got.Reason != answer.NotQuestion {
		t.Errorf("thanks for an answer: %+v, want it taken for no question", got)
	}
}

// TestVariation: "what about X?" asks the question before of X, and is answered
// as that question is when it is asked in full.
func TestVariation(t *testing.T) {
	a := open(t, article.FromSentences("pier", "The pier at Ashdown", []string{
		"Mayor Ruth Abara said that the pier in Ashdown would open in May.",
		"The Harbour Trust said that it would pay for the repair.",
		"HSL built the library in Ashdown in 2016, and Hallam Sons built the one in Kingsbridge in 1987.",
		"Tom Reilly runs the café on the pier in Ashdown.",
		"Nadia Kareem runs the café on the beach in Kingsbridge.",
		"The café has twelve tables and forty chairs.",
	}), soup)
	for _, tt := range []struct{ before, question, asked string }{
		{"What did Ruth Abara say?", "what about the Harbour Trust?", "What did the Harbour Trust say?"},
		{"What did Mayor Abara say?", "And the Harbour Trust?", "What did the Harbour Trust say?"},
		{"What did the Harbour Trust say?", "how about Mayor Abara", "What did Mayor Abara say?"},
		{"When did HSL build a library?", "what about hallam sons?", "When did hallam sons build a library?"},
		{"Who runs the café in Ashdown?", "And in Kingsbridge?", "Who runs the café in Kingsbridge?"},
		{"Does Tom Reilly run the café in Ashdown?", "what about Nadia Kareem?", "Does Nadia Kareem run the café in Ashdown?"},
		{"What is Tom Reilly's café?", "What about Nadia Kareem?", "What is Nadia Kareem's café?"},
		{"How many tables does the café have?", "what about chairs?", "How many tables does the café have (chairs)?"},
	} {
		q := answer.Question{Text: tt.before}
		got := ask(t, a, answer.Question{Text: tt.question, Previous: turnOf(ask(t, a, q))})
		if got.Asked != tt.asked || got.About != tt.asked {
			t.Errorf("%q after %q is understood as %q about %q, want %q", tt.question, tt.before, got.Asked, got.About, tt.asked)
		}
		want := ask(t, a, answer.Question{Text: tt.asked})
		if !strings.Contains(tt.asked, "(") && (got.Answered != want.Answered || got.Confidence != want.Confidence || first(got) != first(want) || span(got) != span(want)) {
			t.Errorf("%q after %q: %q in %q, confidence %v; asked in full %q in %q, %v", tt.question, tt.before, span(got), first(got), got.Confidence, span(want), first(want), want.Confidence)
		}
	}
	for _, question := range []string{"And who built the library in Kingsbridge?", "And Tom Reilly runs the beach in Kingsbridge", "What about it?", "and why?"} {
		q := answer.Question{Text: "What did Ruth Abara say?"}
		if got := ask(t, a, answer.Question{Text: question, Previous: turnOf(ask(t, a, q))}); strings.HasPrefix(got.Asked, "What did ") {
			t.Errorf("%q is understood as %q", question, got.Asked)
		}
	}
}

// TestFollowUpOfAnotherRevision: a turn may be of articles that a reload has
// changed since, or taken away. What it quoted is passed over then.
func TestFollowUpOfAnotherRevision(t *testing.T) {
	old := open(t, bridge, soup)
	q := answer.Question{Text: "Who opened the footbridge in Kingsbridge?"}
	turn := turnOf(ask(t, old, q))
	changed := *bridge
	changed.Sentences = bridge.Sentences[:2]
	for name, a := range map[string]*answer.Answerer{"shortened": open(t, &changed, soup), "gone": open(t, soup)} {
		got := ask(t, a, answer.Question{Text: "Why did she do it?", Previous: turn})
		if strings.Contains(got.About, "Abara") {
			t.Errorf("%s: about %q, which only the former passages hold", name, got.About)
		}
		check(t, name, got)
	}
}

// turnOf is what a caller remembers of a turn.
func turnOf(a answer.Answer) *answer.Turn {
	return &answer.Turn{Question: a.Asked, Passages: passages(a), Revision: a.Revision}
}

func passages(a answer.Answer) []article.Passage {
	var out []article.Passage
	for _, r := range a.Passages {
		out = append(out, r.Passage)
	}
	return out
}

// failing is a searcher that fails.
type failing struct{}

func (failing) Search(context.Context, article.Query) ([]article.Hit, error) {
	return nil, errors.New("no index")
}

func TestSearchFailure(t *testing.T) {
	a, err := answer.New(article.NewCorpus([]*article.Article{soup}), failing{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Ask(context.Background(), answer.Question{Text: "How long?"}); err == nil {
		t.Error("a failed search gave an answer")
	}
}

func TestConcurrentAsksAgree(t *testing.T) {
	a := open(t, bridge, soup)
	want := fmt.Sprint(passages(ask(t, a, answer.Question{Text: "Who pays for the repair?"})))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				got, err := a.Ask(context.Background(), answer.Question{Text: "Who pays for the repair?"})
				if err != nil || fmt.Sprint(passages(got)) != want {
					t.Errorf("answers differ: %v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

// check holds what is true of every answer.
func check(t *testing.T, question string, a answer.Answer) {
	t.Helper()
	if a.Answered != (len(a.Passages) > 0) || a.Answered && len(a.Nearest) > 0 {
		t.Fatalf("%q: answered %v with %d passages and %d nearest", question, a.Answered, len(a.Passages), len(a.Nearest))
	}
	if a.Confidence < 0 || a.Confidence > 1 {
		t.Fatalf("%q: confidence %v", question, a.Confidence)
	}
	for _, r := range append(a.Passages, a.Nearest...) {
		p := r.Passage
		if p.First > p.Last || p.Last >= len(p.Article.Sentences) || p.Text() != p.Article.Text[p.Start():p.End()] {
			t.Fatalf("%q: passage %+v is not a stretch of its article", question, p)
		}
	}
	if !a.Span.Empty() && (a.Span.Start < a.Passages[0].Passage.Start() || a.Span.End > a.Passages[0].Passage.End()) {
		t.Fatalf("%q: span %v lies outside the passage", question, a.Span)
	}
}

func FuzzAsk(f *testing.F) {
	for _, s := range []string{"who?", "", "what what what", strings.Repeat("why ", 500), strings.Repeat("corrosion", 5000), "\xff\x00é", "the us", "article:1 +a -b", "كم عدد", "2016 2016", "what does HSL stand for. . .?", "what about HSL?", "And the Ruth Abara’s"} {
		f.Add(s, s)
		f.Add("what about "+s, "What did Ruth Abara's HSL say?")
		f.Add("and HSL", s)
	}
	a := open(f, bridge, soup)
	turn := &answer.Turn{Question: "Who is Ruth Abara?", Passages: []article.Passage{{Article: bridge, First: 4, Last: 4}}, Revision: ask(f, a, answer.Question{}).Revision}
	f.Fuzz(func(t *testing.T, question, before string) {
		check(t, question, ask(t, a, answer.Question{Text: question}))
		turn := *turn
		turn.Question = before
		check(t, question, ask(t, a, answer.Question{Text: question, Previous: &turn}))
	})
}

// TestConfidenceAgrees: a decline has less confidence than any answer, also
// where a rule declines a passage that comes near.
func TestConfidenceAgrees(t *testing.T) {
	a := open(t, article.FromSentences("bridge", "Bridge", []string{
		"Ruth Abara, who is an engineer, opened the Kingsbridge footbridge.",
		"The Kingsbridge footbridge was designed by Ruth Abara.",
	}), bridge)
	for question, answered := range map[string]bool{
		"Who designed the Kingsbridge footbridge?":                        true,
		"How old is Ruth Abara, who designed the Kingsbridge footbridge?": false,
		"How many people opened the Kingsbridge footbridge?":              false,
	} {
		got := ask(t, a, answer.Question{Text: question})
		if got.Answered != answered {
			t.Errorf("%q: answered %v", question, got.Answered)
		}
		if enough := got.Confidence >= 0.25; enough != got.Answered {
			t.Errorf("%q: answered %v with confidence %.2f", question, got.Answered, got.Confidence)
		}
	}
}
