package discord

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"sync"
	"time"
)

// Limits are how many requests are answered a minute: of a member, in a channel,
// in a server. That many may come at once, of one member in a place half as many,
// and the room for them comes back evenly over the minute. 0 is no limit.
type Limits struct {
	Member, Channel, Server int
}

// DefaultLimits are above what people do and below what is felt. Nobody reads two
// answers a second for a minute. Discord takes about one message a second into a
// channel, and private answers go on beside those. A server at its limit costs a
// tenth of one processor, at 2 ms an answer.
func DefaultLimits() Limits { return Limits{Member: 120, Channel: 600, Server: 3000} }

// Suggestions while someone types cost a tenth of an answer, and clients ask for
// them at every key. Buckets hold tenths, therefore.
const (
	costRequest = 10
	costTyping  = 1
)

// maxBuckets is how many members, channels and servers each are remembered. A
// bucket that wasn't touched for a minute is full and may be forgotten; beyond
// the number, those go first that were touched longest ago.
const maxBuckets = 16384

// buckets limit requests. They are safe for concurrent use.
type buckets struct {
	clock func() time.Time

	mu    sync.Mutex
	kinds [3]bucketKind // member, channel, server
}

type bucketKind struct {
	perMinute int // 0 for no limit
	byID      *recent[string, *bucket]
}

func newBuckets(l Limits, clock func() time.Time) *buckets {
	b := &buckets{clock: clock}
	for i, n := range []int{l.Member, l.Channel, l.Server} {
		b.kinds[i] = bucketKind{perMinute: n, byID: newRecent[string, *bucket](clock, time.Minute, maxBuckets)}
	}
	return b
}

// take makes room for a request of the caller, or says how long there is none,
// and whether that is for the caller's own requests. What has no room takes
// nothing from any bucket, so that asking again and again only waits.
func (b *buckets) take(c Caller, cost int) (wait time.Duration, own bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock()
	ids := [...]string{c.ID, c.Channel, c.Server}
	var held [len(ids)]*bucket
	for i, id := range ids {
		k := b.kinds[i]
		if k.perMinute <= 0 || id == "" {
			continue
		}
		x, ok := k.byID.get(id)
		if !ok {
			x = newBucket(k.perMinute, i > 0 && c.Server != "")
		}
		k.byID.put(id, x)
		if w, mine := x.wait(c.ID, cost, now); w > wait {
			wait, own = w, mine
		}
		held[i] = x
	}
	if wait > 0 {
		return wait, own
	}
	for _, x := range held {
		if x != nil {
			x.take(c.ID, cost, now)
		}
	}
	return 0, false
}

// slowed is what a member is told who has to wait.
func (h *handlers) slowed(c Caller, wait time.Duration, own bool) Reply {
	key := "limit.place"
	if own {
		key = "limit.member"
	}
	return Reply{Text: h.speaker(c).say(key, "Seconds", int(math.Ceil(wait.Seconds()))), Private: true, Outcome: outcomeLimited}
}

// limited puts a line in the place of an interaction's reply when there have been
// too many requests.
func (b *Bot) limited(j *job) {
	cost := costRequest
	if j.name == nameAutocomplete {
		cost = costTyping
	}
	wait, own := b.buckets.take(j.caller, cost)
	if wait <= 0 {
		return
	}
	j.private, j.update, j.upkeep, j.opens, j.progress = true, false, false, false, nil
	j.run = func(context.Context) (Reply, error) { return b.handlers.slowed(j.caller, wait, own), nil }
}

// tooMany reports whether a message comes after too many others to be answered.
// Who wrote it is told once a minute, in private, for an answer to each would be
// what the limit is there to prevent.
func (b *Bot) tooMany(work context.Context, h hearing) bool {
	wait, own := b.buckets.take(h.caller, costRequest)
	if wait <= 0 {
		return false
	}
	h.job = h.asked()
	b.turnAway(work, h.job, outcomeLimited)
	if h.listening {
		return true // nobody spoke to the bot
	}
	now := b.config.Clock()
	if !b.warned.claim(h.caller.ID, now, func(last time.Time) bool { return now.Sub(last) >= time.Minute }) {
		return true
	}
	b.flight.do(func() {
		ctx, cancel := context.WithTimeout(work, b.pace.answer)
		defer cancel()
		b.direct(ctx, h.job, b.handlers.slowed(h.caller, wait, own))
	}, func() {})
	return true
}

// direct sends a direct message. Members who take none aren't told.
func (b *Bot) direct(ctx context.Context, j job, reply Reply) {
	channel := j.caller.Channel
	if j.caller.Server != "" {
		var dm struct {
			ID string `json:"id"`
		}
		err := b.client.do(ctx, http.MethodPost, "users/@me/channels", map[string]string{"recipient_id": j.caller.ID}, &dm)
		if err != nil {
			b.sent(ctx, j, err)
			return
		}
		channel = dm.ID
	}
	reply.Private = false // a direct message is
	message := reply.message(false)
	message.Nonce = j.reference
	err := b.client.do(ctx, http.MethodPost, "channels/"+channel+"/messages", *message, nil)
	if apiCode(err) == codeCannotDM {
		b.logger.LogAttrs(ctx, slog.LevelDebug, "a member takes no direct messages", slog.String("reference", j.reference))
		return
	}
	b.sent(ctx, j, err)
}
