package discord

import (
	"context"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/summary"
)

// Desk is what the bot asks and tells: the library, as seen from here. It must
// be safe for concurrent use.
type Desk interface {
	Ask(ctx context.Context, q answer.Question) (answer.Answer, error)
	Summarize(ctx context.Context, r summary.Request) ([]summary.Summary, error)
	Corpus() *article.Corpus
	Reload(ctx context.Context, by string) (library.Report, error)
	Status() library.Status
}

// handlers turn requests into replies. They know nothing of the network, may
// run at the same time, and leave it to their caller to recover and to bound
// them.
type handlers struct {
	desk  Desk
	words *words
}

// speaker is the voice for a caller.
func (h *handlers) speaker(c Caller) speaker { return h.words.in(c.Locale) }
