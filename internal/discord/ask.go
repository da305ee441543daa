package discord

import (
	"context"
	"fmt"
	"strings"

	"verbatim/internal/answer"
)

// askRequest is a question, however it came.
type askRequest struct {
	Caller
	Question string
	Private  bool
	Echo     bool // say the question in the reply, for it can't be seen otherwise
}

// ask answers a question from the articles, or says that they don't say.
func (h *handlers) ask(ctx context.Context, r askRequest) (Reply, error) {
	s := h.speaker(r.Caller)
	question := strings.TrimSpace(r.Question)
	if question == "" {
		return h.help(ctx, helpRequest{Caller: r.Caller, Private: r.Private})
	}
	if n := units(question); n > MaxQuestion {
		return Reply{Text: s.say("ask.toolong", "Length", n, "Limit", MaxQuestion), Private: true}, nil
	}
	a, err := h.desk.Ask(ctx, answer.Question{Text: question})
	if err != nil {
		return Reply{}, fmt.Errorf("ask: %w", err)
	}
	reply, err := h.show(s, a)
	if err != nil {
		return Reply{}, fmt.Errorf("show an answer of revision %s: %w", a.Revision, err)
	}
	if r.Echo {
		reply.Text = small(s.say("answer.asked", "Question", inline(shorten(question, maxEcho)))) + "\n" + reply.Text
	}
	reply.Private = r.Private
	return reply, nil
}

// show makes an answer, of whatever outcome, a reply.
func (h *handlers) show(s speaker, a answer.Answer) (Reply, error) {
	switch {
	case a.Answered && len(a.Passages) > 0:
		return answered(s, a)
	case a.Reason == answer.NotQuestion:
		return Reply{Text: s.say("ask.notquestion", "Example", h.example(s))}, nil
	}
	return declined(s, a, len(h.desk.Corpus().Articles))
}

// example is a question to show to someone who asks none.
func (h *handlers) example(s speaker) string {
	return s.say("quoted", "Text", s.say("ask.example"))
}
