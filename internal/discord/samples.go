package discord

import (
	"context"
	"fmt"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/preview"
	"verbatim/internal/summary"
)

// Samples are replies to what members may do, made by the handlers themselves,
// for a look at how they read. The questions are asked in this order.
func Samples(ctx context.Context, desk Desk, questions []string) ([]preview.Message, error) {
	suggest, _ := desk.(Suggester)
	h, err := newHandlers(desk, suggest, nil, nil, time.Now)
	if err != nil {
		return nil, err
	}
	ada := Caller{ID: "1", Name: "Ada", Server: "1", Channel: "1", Member: true, Permissions: permManageServer}
	var out []preview.Message
	add := func(did string, reply Reply, err error) error {
		if err != nil {
			return fmt.Errorf("sample %q: %w", did, err)
		}
		out = append(out, sample(did, reply))
		return nil
	}
	for _, q := range questions {
		a, err := h.ask(ctx, askRequest{Caller: ada, Question: q, Echo: true, Follows: []string{askerKey(ada)}})
		if err := add("/ask "+q, a.Reply, err); err != nil {
			return nil, err
		}
		if a.turn == nil {
			continue
		}
		h.talks.note(*a.turn, askerKey(ada))
		if len(out) == 1 && len(a.Buttons) > 0 {
			shown, err := h.press(ctx, pressRequest{Caller: ada, State: a.Buttons[0][0].State})
			if err := add("Context", shown, err); err != nil {
				return nil, err
			}
		}
	}
	sum, err := h.summarize(ctx, summaryRequest{Caller: ada, Length: summary.Short})
	if err := add("/summary short", sum, err); err != nil {
		return nil, err
	}
	if quote := firstSentence(desk.Corpus(ctx)); quote != "" {
		checked, err := h.check(ctx, checkRequest{Caller: ada, Quote: quote})
		if err := add("/verify", checked, err); err != nil {
			return nil, err
		}
	}
	arabic := ada
	arabic.Locale = "ar"
	if len(questions) > 0 {
		a, err := h.ask(ctx, askRequest{Caller: arabic, Question: questions[0], Echo: true})
		if err := add("/اسأل "+questions[0], a.Reply, err); err != nil {
			return nil, err
		}
	}
	ada.Locale = "en-US"
	helped, err := h.help(ctx, helpRequest{Caller: ada, Private: true})
	if err := add("/help", helped, err); err != nil {
		return nil, err
	}
	st, err := h.status(ctx, corpusRequest{ada})
	if err := add("/corpus status", st, err); err != nil {
		return nil, err
	}
	return out, nil
}

// firstSentence is a sentence to check.
func firstSentence(c *article.Corpus) string {
	for _, a := range c.Articles {
		if len(a.Sentences) > 0 {
			return a.SentenceText(0)
		}
	}
	return ""
}

// sample is a reply as the preview takes it.
func sample(did string, r Reply) preview.Message {
	m := preview.Message{Did: did, Text: r.Text, Private: r.Private}
	if r.Card != nil {
		m.Card = &preview.Card{Text: r.Card.Text(), Colour: colour(r.Card.Tone)}
	}
	for _, row := range r.Buttons {
		for _, b := range row {
			m.Buttons = append(m.Buttons, preview.Button{Label: b.Label, Strong: b.Strong, Disabled: b.Disabled})
		}
	}
	return m
}
