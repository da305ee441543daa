package discord

import (
	"context"
	"fmt"

	"verbatim/internal/summary"
)

// summaryRequest asks for a summary.
type summaryRequest struct {
	Caller
	Length  summary.Length // "" means medium
	Article string         // ID; "" for all
	Private bool
}

// summarize picks the sentences that stand for the whole.
func (h *handlers) summarize(ctx context.Context, r summaryRequest) (Reply, error) {
	switch r.Length {
	case summary.Short, summary.Medium, summary.Long:
	default:
		r.Length = summary.Medium
	}
	s := h.speaker(r.Caller)
	if r.Article != "" && h.at(r.Server).Corpus().Article(r.Article) == nil {
		return Reply{Text: s.say("ask.noarticle", "Name", s.inline(shorten(r.Article, maxTitle))), Private: true}, nil
	}
	sums, err := h.at(r.Server).Summarize(ctx, summary.Request{Article: r.Article, Length: r.Length})
	if err != nil {
		return Reply{}, fmt.Errorf("summarize: %w", err)
	}
	reply, err := summarised(s, sums, r.Length)
	reply.Private = reply.Private || r.Private
	return reply, err
}
