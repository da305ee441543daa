package discord

import (
	"context"
	"log/slog"
	"time"
)

// latePace is how patient the bot is with a reply that was announced and that
// Discord doesn't take. Until it does, a member sees the bot thinking.
type latePace struct {
	token time.Duration // from an interaction until it is given up: its token lives for a quarter of an hour
	first time.Duration // between two tries; doubled up to
	limit time.Duration
	most  int // replies that wait at the same time
}

func defaultLatePace() latePace {
	return latePace{token: 14 * time.Minute, first: 2 * time.Second, limit: time.Minute, most: 256}
}

// lateEdit is a reply to an interaction that was announced and is not yet there.
type lateEdit struct {
	in    interaction
	job   job
	reply Reply
	until time.Time // given up then
}

// linger goes on with a reply after err, in a goroutine of its own, beside what is
// answered meanwhile. When the bot stops it is tried a last time. It reports false
// when there is no room for it.
func (b *Bot) linger(work context.Context, e lateEdit, err error) bool {
	return b.flight.linger(b.pace.late.most, func(stopping <-chan struct{}) {
		ctx, cancel := context.WithDeadline(work, e.until)
		defer cancel()
		b.logger.LogAttrs(ctx, slog.LevelInfo, "a reply is late", slog.String("request", e.job.name), slog.String("reference", e.job.reference), slog.Any("error", err))
		wait := b.pace.late.first
		for again, last := true, false; again && !last; {
			pause, _ := retryAfter(ctx, err, wait)
			wait = min(2*wait, b.pace.late.limit)
			if time.Now().Add(pause).After(e.until) {
				break
			}
			last = lull(pause, stopping)
			try, done := context.WithTimeout(ctx, b.pace.drain)
			again, err = b.fill(try, e.in, e.job, e.reply, 0)
			done()
		}
		b.sent(ctx, e.job, err)
	})
}

// lull waits, and reports whether the bot stopped meanwhile.
func lull(d time.Duration, stopping <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return false
	case <-stopping:
		return true
	}
}
