package discord

import (
	"context"
	"log/slog"
	"time"

	"verbatim/internal/answer"
)

// Observer is told what the bot does, by whoever counts it. It must be safe for
// concurrent use and return at once.
type Observer interface {
	// Request tells what came of a member's request: its kind, such as "/ask" or
	// "button", of which there are few; the outcome in a word; and how long it
	// took until there was a reply to send.
	Request(kind, outcome string, took time.Duration)
	// Question tells what came of a question, besides Request.
	Question(outcome string, took time.Duration)
	// Answered tells the status of an answer of Discord's API, 0 when none came.
	Answered(status int)
	// Held tells that a request to Discord's API waits for a rate limit.
	Held(wait time.Duration)
	// Connected tells that the connection of one of the process's shards to the
	// gateway is ready, or is not. All shards are told of before one connects.
	Connected(shard int, ready bool)
}

// unobserved is the Observer when there is none.
type unobserved struct{}

func (unobserved) Request(string, string, time.Duration) {}
func (unobserved) Question(string, time.Duration)        {}
func (unobserved) Answered(int)                          {}
func (unobserved) Held(time.Duration)                    {}
func (unobserved) Connected(int, bool)                   {}

// nameAutocomplete is the kind of request that suggestions while typing are.
const nameAutocomplete = "autocomplete"

// The outcomes of requests besides the reasons of package answer. What a handler
// says nothing about is done.
const (
	outcomeDone     = "done"
	outcomeAnswered = "answered"
	outcomeRefused  = "refused" // too long, of no article
	outcomeLimited  = "limited"
	outcomeBusy     = "busy" // there was no room for it
	outcomeFailed   = "failed"
)

// outcomeOf is what came of a question.
func outcomeOf(a answer.Answer) string {
	if a.Answered && len(a.Passages) > 0 {
		return outcomeAnswered
	}
	return string(a.Reason)
}

// finished logs and counts a request that has its reply: one line each, with
// nothing in it that a member wrote unless that is asked for. Suggestions while
// someone types are too many to tell each.
func (b *Bot) finished(ctx context.Context, j job, outcome string, took time.Duration, err error) {
	if outcome == "" {
		outcome = outcomeDone
	}
	level := slog.LevelInfo
	switch {
	case err != nil:
		level, outcome = slog.LevelError, outcomeFailed
	case j.name == nameAutocomplete:
		level = slog.LevelDebug
	}
	attrs := []slog.Attr{slog.String("request", j.name), slog.String("reference", j.reference), slog.String("outcome", outcome), slog.Duration("took", took)}
	if b.config.LogQuestions && j.question != "" {
		attrs = append(attrs, slog.String("question", j.question))
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	b.logger.LogAttrs(ctx, level, "request", attrs...)
	b.count(j, outcome, took)
}

// count tells the observer of a request.
func (b *Bot) count(j job, outcome string, took time.Duration) {
	b.config.Observer.Request(j.name, outcome, took)
	if j.asks {
		b.config.Observer.Question(outcome, took)
	}
}
