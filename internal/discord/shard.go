package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Shards say which of the servers a process serves. Discord gives the events of
// a server to the shard (ID >> 22) % Count, and direct messages to shard 0. The
// zero value is one shard, which has them all.
type Shards struct {
	Count       int   // of all processes together; 0 means 1
	Recommended bool  // as many as Discord recommends at the start, in place of Count
	IDs         []int // those of this process, each below Count; none means all
}

// list are the numbers of this process's shards.
func (s Shards) list(count int) []int {
	if len(s.IDs) > 0 {
		return s.IDs
	}
	all := make([]int, count)
	for i := range all {
		all[i] = i
	}
	return all
}

// Part are the shards of this process where other processes have some too, none
// where it has all.
func (s Shards) Part() []int {
	if s.Recommended || len(s.IDs) == max(1, s.Count) {
		return nil
	}
	return s.IDs
}

// Serves reports whether a server's events come to this process.
func (s Shards) Serves(server string) bool {
	id, err := strconv.ParseUint(server, 10, 64)
	return err == nil && (s.Part() == nil || slices.Contains(s.IDs, int((id>>22)%uint64(s.Count))))
}

// Check reports what is wrong with the shards.
func (s Shards) Check() error {
	if s.Count < 0 {
		return fmt.Errorf("the number of shards can't be negative: %d", s.Count)
	}
	for i, id := range s.IDs {
		switch {
		case s.Recommended:
			return errors.New("which shards there are is not known before Discord recommends a number")
		case id < 0 || id >= max(1, s.Count):
			return fmt.Errorf("there is no shard %d of %d: they are counted from 0", id, max(1, s.Count))
		case slices.Contains(s.IDs[:i], id):
			return fmt.Errorf("shard %d is named twice", id)
		}
	}
	return nil
}

// allowance is what Discord says of a bot's sessions.
type allowance struct {
	Shards int `json:"shards"` // recommended
	Starts struct {
		Total       int   `json:"total"` // a day; 0 when it isn't told
		Remaining   int   `json:"remaining"`
		ResetAfter  int64 `json:"reset_after"` // milliseconds
		Concurrency int   `json:"max_concurrency"`
	} `json:"session_start_limit"`
}

// allowance asks once: who asks knows what to do without an answer.
func (c *client) allowance(ctx context.Context) (allowance, error) {
	raw, err := c.limited(ctx, http.MethodGet, "gateway/bot", nil, false)
	if err != nil {
		return allowance{}, fmt.Errorf("ask what the gateway allows: %w", err)
	}
	var a allowance
	if err := json.Unmarshal(raw, &a); err != nil {
		return allowance{}, fmt.Errorf("read what the gateway allows: %w", err)
	}
	return a, nil
}

// starts paces the IDENTIFYs of all shards of the process. Discord counts them:
// so many a day, beyond which it resets the token, and in five seconds one of
// the shards whose numbers leave the same remainder by max_concurrency.
type starts struct {
	ask     func(context.Context) (allowance, error)
	apart   time.Duration // between two with the same remainder
	patient time.Duration // for the asking
	budget  *rate.Limiter // where Discord doesn't tell, and against ourselves
	logger  *slog.Logger

	asking chan struct{} // holds one while Discord is asked; of whoever does:
	told   time.Time     // when it was
	left   int           // sessions of those that were allowed then

	mu          sync.Mutex
	concurrency int // as last told
	turns       map[int]*turnstile
}

// turnstile lets one shard identify at a time.
type turnstile struct {
	inside chan struct{} // holds one while a shard identifies
	last   time.Time     // when the last one had; of whoever is inside
}

// IDENTIFY is allowed a thousand times a day, and more to bots of many shards.
// The budget leaves a fifth of that to the operator's other starts.
const (
	identifyPerDay = 800
	identifyBurst  = 100
	identifyApart  = 5 * time.Second
)

func newStarts(c *client, p pace, logger *slog.Logger, shards int) *starts {
	perDay, burst := max(identifyPerDay, 4*shards), max(identifyBurst, 2*shards)
	return &starts{ask: c.allowance, apart: p.apart, patient: p.guard.hello, budget: rate.NewLimiter(rate.Every(24*time.Hour/time.Duration(perDay)), burst),
		logger: logger, asking: make(chan struct{}, 1), concurrency: 1, turns: map[int]*turnstile{}}
}

// wait waits until a shard may identify. The next one with the same remainder
// may so some time after done was called. The error is that of ctx.
func (s *starts) wait(ctx context.Context, shard int) (done func(), err error) {
	if err := s.permit(ctx); err != nil {
		return nil, err
	}
	if err := s.budget.Wait(ctx); err != nil {
		return nil, fmt.Errorf("wait for the budget of sessions: %w", err)
	}
	s.mu.Lock()
	key := shard % s.concurrency
	t := s.turns[key]
	if t == nil {
		t = &turnstile{inside: make(chan struct{}, 1)}
		s.turns[key] = t
	}
	s.mu.Unlock()
	select {
	case t.inside <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if pause := time.Until(t.last.Add(s.apart)); pause > 0 {
		if err := sleep(ctx, pause); err != nil {
			<-t.inside
			return nil, err
		}
	}
	return func() {
		t.last = time.Now()
		<-t.inside
	}, nil
}

// toldTime is for how long what Discord told is taken to be so, but for our own
// sessions since: all shards of a start ask once.
const toldTime = 30 * time.Second

// permit asks Discord and waits while it allows no session. Where it doesn't
// answer, the gateway's own answer will tell.
func (s *starts) permit(ctx context.Context) error {
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for s.left == 0 || time.Since(s.told) > toldTime {
		asking, cancel := context.WithTimeout(ctx, s.patient)
		a, err := s.ask(asking)
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.told, s.left = time.Now(), a.Starts.Remaining
		if err != nil || a.Starts.Total <= 0 {
			s.logger.LogAttrs(ctx, slog.LevelDebug, "how many sessions are allowed is not told", slog.Any("error", err))
			s.left = identifyPerDay
			break
		}
		s.mu.Lock()
		s.concurrency = max(1, a.Starts.Concurrency)
		s.mu.Unlock()
		if s.left > 0 {
			break
		}
		pause := max(s.apart, time.Duration(a.Starts.ResetAfter)*time.Millisecond)
		s.logger.LogAttrs(ctx, slog.LevelError, "Discord allows no more sessions today; waiting, for it would reset the token", slog.Int("allowed", a.Starts.Total), slog.Duration("wait", pause))
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
	s.left--
	return nil
}

// shard makes the gateways of this process's shards, whose events are worked on in
// the context work. It waits until Discord has said how many it recommends, if that
// is wanted; the error is that of ctx.
func (b *Bot) shard(ctx, work context.Context) error {
	s := b.config.Shards
	count := max(1, s.Count)
	for wait := b.pace.firstWait; s.Recommended; wait = min(2*wait, b.pace.longestWait) {
		a, err := b.client.allowance(ctx)
		if err == nil || httpStatus(err) == http.StatusNotFound { // another server that knows no shards
			count = max(1, a.Shards)
			break
		}
		pause := wait + jitter(wait)
		b.logger.LogAttrs(ctx, slog.LevelWarn, "how many shards Discord recommends is not known yet", slog.Any("error", err), slog.Duration("wait", pause))
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
	ids := s.list(count)
	b.tellUnconnected(ids)
	if count > 1 {
		b.logger.LogAttrs(ctx, slog.LevelInfo, "serving shards", slog.Any("shards", ids), slog.Int("of", count))
	}
	event := func(kind string, data json.RawMessage) { b.event(work, kind, data) }
	starts := newStarts(b.client, b.pace, b.logger, len(ids))
	for _, id := range ids {
		logger := b.logger
		if count > 1 {
			logger = logger.With(slog.Int("shard", id))
		}
		b.gateways = append(b.gateways, &gateway{token: b.config.Token, target: b.target, intents: b.intents(), shard: id, shards: count, logger: logger, pace: b.pace, clock: b.config.Clock,
			presence: b.presence, event: event, connection: b.config.Observer.Connected, starts: starts, dial: (&net.Dialer{Timeout: b.pace.guard.hello}).DialContext})
	}
	return nil
}

// tellUnconnected tells of shards before they connect.
func (b *Bot) tellUnconnected(ids []int) {
	for _, id := range ids {
		b.config.Observer.Connected(id, false)
	}
}

// first reports whether the process has shard 0, which does what is to be done
// once.
func (b *Bot) first() bool {
	return slices.ContainsFunc(b.gateways, func(g *gateway) bool { return g.shard == 0 })
}
