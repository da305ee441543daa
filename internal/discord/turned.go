package discord

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// turnedAway are the requests that get no answer, by outcome: in a flood a line of
// the log for each would be as much work as answering. It is safe for concurrent
// use.
type turnedAway struct {
	mu    sync.Mutex
	lines map[string]time.Time // when the last line was written
	more  map[string]int       // without a line so far
}

// eachLine is how often a request that is turned away has a line to itself.
const eachLine = time.Second

func newTurnedAway() *turnedAway {
	return &turnedAway{lines: map[string]time.Time{}, more: map[string]int{}}
}

// line reports whether a request has a line to itself now; else it is counted.
func (t *turnedAway) line(outcome string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, ok := t.lines[outcome]; ok && now.Sub(last) < eachLine {
		t.more[outcome]++
		return false
	}
	t.lines[outcome] = now
	return true
}

// rest takes the counts of what has had no line.
func (t *turnedAway) rest() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	rest := t.more
	t.more = map[string]int{}
	return rest
}

// turnAway counts a request that gets no answer.
func (b *Bot) turnAway(ctx context.Context, j job, outcome string) {
	if b.turned.line(outcome, b.config.Clock()) {
		b.finished(ctx, j, outcome, 0, nil)
		return
	}
	b.count(j, outcome, 0)
}

// tellTurnedAway logs how many requests had no line to themselves.
func (b *Bot) tellTurnedAway(ctx context.Context) {
	for outcome, n := range b.turned.rest() {
		b.logger.LogAttrs(ctx, slog.LevelInfo, "requests turned away", slog.String("outcome", outcome), slog.Int("requests", n))
	}
}
