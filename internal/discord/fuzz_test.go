package discord

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/preview"
	"verbatim/internal/summary"
	"verbatim/internal/verify"
)

// ours is the formatting that the bot itself uses.
var ours = []preview.NodeKind{preview.Bold, preview.Quote, preview.Subtext, preview.ListItem, preview.Link, preview.Strike}

// checkReply holds a reply to what is promised of every one: it fits, nothing in
// it does anything but what the bot means, its links lead to the article or
// nowhere, and what it quotes is the article's.
func checkReply(t *testing.T, what string, r Reply, err error, a *article.Article, also ...preview.NodeKind) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	within(t, what, r)
	texts := []string{r.Text}
	if r.Card != nil {
		texts = append(texts, r.Card.Text())
	}
	for _, text := range texts {
		if !utf8.ValidString(text) {
			t.Errorf("%s: %q is no text", what, text)
		}
		shown := preview.Parse(text)
		for _, kind := range append(active(shown), active(preview.Parse(preview.Loose(text)))...) {
			if !slices.Contains(ours, kind) && !slices.Contains(also, kind) {
				t.Errorf("%s: %q is formatted: %v", what, text, kind)
			}
		}
		for _, target := range targets(shown) {
			if !strings.HasPrefix(target, a.URL) {
				t.Errorf("%s: %q leads to %s", what, text, target)
			}
		}
		for _, q := range quotations(text) {
			if !strings.Contains(a.Text, q) || q == "" {
				t.Errorf("%s: %q is quoted but isn't the article's", what, q)
			}
		}
	}
}

// targets are where the links of a text lead.
func targets(ns []preview.Node) (out []string) {
	for _, n := range ns {
		if n.Kind == preview.Link {
			out = append(out, n.Target)
		}
		out = append(out, targets(n.Children)...)
	}
	return out
}

// stored is an article of the lines of a text as a corpus would hold it, nil when
// it could hold none.
func stored(title, text string) *article.Article {
	var sentences []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			sentences = append(sentences, line)
		}
	}
	title = strings.TrimSpace(title)
	if !strings.ContainsFunc(title, unicode.IsGraphic) {
		return nil // a corpus finds another
	}
	if len(sentences) == 0 || len(sentences) > 40 || !utf8.ValidString(text) || !utf8.ValidString(title) || strings.Contains(text, "\r") || strings.ContainsFunc(title, unicode.IsControl) || utf8.RuneCountInString(title) > 256 {
		return nil
	}
	return newArticle("id", title, "https://news.example/a", sentences[:(len(sentences)+1)/2], append([]string{"The end."}, sentences[(len(sentences)+1)/2:]...))
}

// FuzzReply: every kind of reply to any question about any article.
func FuzzReply(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text, "The lighthouse\nof Carrick was built in 1874 by Ada Quinn.", text)
		f.Add("When was the lighthouse built?", text, text)
	}
	f.Fuzz(func(t *testing.T, question, text, title string) {
		a := stored(title, text)
		if a == nil || !utf8.ValidString(question) || len(text) > 8<<10 {
			t.Skip()
		}
		desk := newDesk(a)
		corpus := desk.Corpus(t.Context())
		var results []answer.Result
		for i := range a.Sentences {
			results = append(results, answer.Result{Passage: article.Passage{Article: a, First: i, Last: i}})
		}
		results = results[:min(len(results), 5)]
		declines := false
		desk.onAsk = func(context.Context, answer.Question) (answer.Answer, error) {
			out := answer.Answer{Question: question, Revision: corpus.Revision, Searched: len(a.Sentences), About: question, DidYouMean: question, Suggestions: []string{question, text}, Missing: []string{question, title}}
			if declines {
				out.Reason, out.Nearest = answer.NotSaid, results
				return out, nil
			}
			out.Answered, out.Band, out.Passages = true, answer.High, results
			p := results[0].Passage
			out.Span = article.Span{Start: p.Start(), End: p.Start() + len(strings.Fields(p.Text())[0])}
			return out, nil
		}
		h, err := newHandlers(desk, nil, nil, nil, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		c := Caller{ID: "7", Name: question, Server: "1", Member: true, Permissions: permManageServer, Locale: "en-US"}
		ctx := t.Context()
		var helped []preview.NodeKind
		if strings.TrimSpace(question) == "" {
			helped = append(helped, preview.Code) // who asks nothing is shown commands
		}
		for _, declines = range []bool{false, true} {
			asked, err := h.ask(ctx, askRequest{Caller: c, Question: question, Echo: true, Private: true})
			checkReply(t, "answer", asked.Reply, err, a, helped...)
			for _, row := range asked.Buttons {
				for _, b := range row {
					r, err := h.press(ctx, pressRequest{Caller: c, State: b.State, Message: b.State, Text: asked.Text, Card: asked.Card, Hidden: true})
					checkReply(t, b.Label, r, err, a)
				}
			}
		}
		about, err := h.about(ctx, aboutRequest{Caller: c, Message: question})
		checkReply(t, "about", about.Reply, err, a)
		for what, run := range map[string]func() (Reply, error){
			"verify": func() (Reply, error) { return h.check(ctx, checkRequest{Caller: c, Quote: question}) },
			"verify of the text": func() (Reply, error) {
				return h.check(ctx, checkRequest{Caller: c, Quote: shorten(text, verify.MaxQuote)})
			},
			"summary": func() (Reply, error) { return h.summarize(ctx, summaryRequest{Caller: c, Length: summary.Long}) },
			"focus": func() (Reply, error) {
				return h.summarize(ctx, summaryRequest{Caller: c, Length: summary.Long, Focus: question})
			},
			"mentions":   func() (Reply, error) { return h.look(ctx, lookRequest{Caller: c, Kind: viewMentions, Topic: question}) },
			"people":     func() (Reply, error) { return h.look(ctx, lookRequest{Caller: c, Kind: viewPeople}) },
			"timeline":   func() (Reply, error) { return h.look(ctx, lookRequest{Caller: c, Kind: viewTimeline}) },
			"facts":      func() (Reply, error) { return h.look(ctx, lookRequest{Caller: c, Kind: viewFacts}) },
			"what it is": func() (Reply, error) { return h.look(ctx, lookRequest{Caller: c, Kind: viewAbout}) },
			"no article": func() (Reply, error) { return h.look(ctx, lookRequest{Caller: c, Kind: viewAbout, Article: question}) },
		} {
			r, err := run()
			checkReply(t, what, r, err, a)
		}
		help, err := h.help(ctx, helpRequest{Caller: c})
		checkReply(t, "help", help, err, a, preview.Code) // of commands
		suggested, err := h.suggestions(ctx, completeRequest{Caller: c, Option: nameQuestion, Typed: question})
		if err != nil || len(suggested.Choices) > maxChoices {
			t.Errorf("%d suggestions, %v", len(suggested.Choices), err)
		}
		for _, choice := range suggested.Choices {
			if n := units(choice.Label); n > maxChoice || n == 0 || units(choice.Value) > maxChoice || choice.Value == "" {
				t.Errorf("the suggestion %+v", choice)
			}
		}
	})
}

// FuzzPress: any custom_id under any message is answered, with nothing that the
// article doesn't say.
func FuzzPress(f *testing.F) {
	a := lighthouse()
	desk := newDesk(a)
	revision := desk.Corpus(f.Context()).Revision
	old := "> " + a.SentenceText(0) + "\n-# — The lighthouse of Carrick, paragraph 1, sentence 1\n"
	for _, st := range []state{
		{Action: actContext, Revision: revision, Passages: []stretch{{0, 0, 0}}}, {Action: actPage, Revision: revision, Page: 1, Passages: []stretch{{0, 2, 3}}},
		{Action: actShare, Revision: "0123456789ab", Owner: "7", Passages: []stretch{{0, 1, 1}}}, {Action: actMore, Revision: "0123456789ab", Passages: []stretch{{0, 0, 0}, {0, 4, 4}}},
	} {
		id, err := st.encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(id, old)
	}
	for _, v := range []view{
		{Kind: viewMentions, Revision: revision, Owner: "7", Topic: "lamp"}, {Kind: viewSummary, Revision: "0123456789ab", Owner: "8", Length: summary.Long, Page: 2},
	} {
		id, err := v.encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(id, old)
	}
	f.Add("", "")
	f.Add("g1..", "> @everyone\n-# — ")
	h, err := newHandlers(desk, nil, nil, nil, time.Now)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, id, text string) {
		if !utf8.ValidString(text) || units(text) > maxText {
			t.Skip() // no message of the bot's
		}
		if v, err := decodeView(id); err == nil {
			again, err := v.encode()
			if err != nil {
				t.Errorf("%q was read as %+v, which can't be written: %v", id, v, err)
			} else if same, err := decodeView(again); err != nil || same != v {
				t.Errorf("%q was read as %+v, which reads %+v when it is written: %v", id, v, same, err)
			}
		}
		r, err := h.press(t.Context(), pressRequest{Caller: Caller{ID: "7", Locale: "en-US"}, State: id, Message: "1", Text: text, Card: &Card{Blocks: []string{text}}, Hidden: true})
		if err != nil {
			t.Fatalf("%q under %q: %v", id, text, err)
		}
		if r.Update && r.Card != nil && r.Card.Text() == text {
			return // what the bot wrote before is shown again, with a mark
		}
		checkReply(t, id, r, nil, a)
	})
}
