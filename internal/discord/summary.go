package discord

import (
	"context"
	"fmt"

	"verbatim/internal/summary"
)

// summaryRequest asks for a summary.
type summaryRequest struct {
	Caller
	Length summary.Length // "" means medium
}

// summarize picks the sentences that stand for the whole.
func (h *handlers) summarize(ctx context.Context, r summaryRequest) (Reply, error) {
	switch r.Length {
	case summary.Short, summary.Medium, summary.Long:
	default:
		r.Length = summary.Medium
	}
	sums, err := h.desk.Summarize(ctx, summary.Request{Length: r.Length})
	if err != nil {
		return Reply{}, fmt.Errorf("summarize: %w", err)
	}
	return summarised(h.speaker(r.Caller), sums, r.Length)
}
