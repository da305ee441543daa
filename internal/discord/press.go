package discord

import (
	"context"
	"fmt"
	"strings"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// pressRequest is a button pressed.
type pressRequest struct {
	Caller
	State   string // its custom_id
	Message string // the message that it stands under
	Text    string // what that says, when the bot wrote it
	Card    *Card  // what its card says; nil for none
	Hidden  bool   // that only the caller sees it
}

// press does what a button says. What its custom_id claims is checked, for it
// can be forged; under another revision it is void.
func (h *handlers) press(ctx context.Context, r pressRequest) (Reply, error) {
	s := h.speaker(r.Caller)
	if v, err := decodeView(r.State); err == nil {
		return h.turn(ctx, r, v)
	}
	private := func(key string) (Reply, error) { return Reply{Text: s.say(key), Private: true}, nil }
	st, err := decodeState(r.State)
	if err != nil {
		return private("button.old")
	}
	if st.Owner != "" && st.Owner != r.ID {
		return private("button.owner")
	}
	corpus := h.desk.Corpus(ctx)
	if st.Revision != corpus.Revision {
		renewed, gone, ok := h.renew(ctx, st, r, corpus)
		switch {
		case !ok:
			return private("button.changed")
		case gone != nil:
			return h.outdated(s, r, *gone)
		}
		st = renewed
	}
	var results []answer.Result
	for _, x := range st.Passages {
		p, ok := x.passage(corpus)
		if !ok {
			return private("button.old")
		}
		results = append(results, answer.Result{Passage: p})
	}
	if len(results) == 0 {
		return private("button.old")
	}
	first := results[0].Passage
	switch st.Action {
	case actContext, actPage:
		reply, err := h.context(s, st, first)
		reply.Update = reply.Update && r.Hidden // pages are private: a forged one must not replace what others see
		return reply, err
	case actMore:
		card, err := passages(s, s.say("answer.more", "Count", len(results)), results)
		if err != nil {
			return Reply{}, fmt.Errorf("show more passages: %w", err)
		}
		return spread(card), nil
	case actShare:
		return h.share(ctx, s, st, results, r)
	case actHelpful, actUnhelpful:
		if h.opinion != nil {
			o := Opinion{Helpful: st.Action == actHelpful, Server: r.Server, Member: r.ID, Revision: st.Revision, Passages: []article.Citation{first.Citation()}}
			if err := h.opinion(ctx, o); err != nil {
				return Reply{}, fmt.Errorf("keep an opinion: %w", err)
			}
		}
		if st.Action == actHelpful {
			return private("button.thanks")
		}
		return private("button.sorry")
	}
	return private("button.old")
}

// spread is a private reply of what may be too long for one message's own text,
// and stands on a card then, under its head.
func spread(card Card) Reply {
	if text := card.Text(); units(text) <= maxText {
		return Reply{Text: text, Private: true}
	}
	head := card.Head
	card.Head = ""
	return Reply{Text: head, Card: &card, Private: true}
}

// share makes a private answer public. The question can't be rebuilt from the
// button; it is the small print that the answer begins with.
func (h *handlers) share(ctx context.Context, s speaker, st state, results []answer.Result, r pressRequest) (Reply, error) {
	if st.Owner == "" {
		return Reply{Text: s.say("button.old"), Private: true}, nil
	}
	a := answer.Answer{Answered: true, Band: st.Band, Passages: results, Revision: st.Revision}
	if start := results[0].Passage.Start(); !st.Span.Empty() {
		a.Span = article.Span{Start: start + st.Span.Start, End: start + st.Span.End}
	}
	head := small(s.say("answer.sharedby", "Name", s.inline(shorten(r.Name, maxTitle)))) + "\n"
	if first, _, _ := strings.Cut(r.Text, "\n"); strings.HasPrefix(first, small("")) && units(first) <= 2*maxEcho {
		head += first + "\n"
	}
	reply, err := answered(s, a, len(results), maxText-units(head))
	if err != nil {
		return Reply{}, fmt.Errorf("share an answer: %w", err)
	}
	reply.Text = head + reply.Text
	reply.Buttons = h.buttons(ctx, s, a, len(results), askRequest{Caller: r.Caller})
	if !h.shared.claim(r.Message, true, func(bool) bool { return false }) {
		return Reply{Text: s.say("button.shared"), Private: true}, nil
	}
	return reply, nil
}
