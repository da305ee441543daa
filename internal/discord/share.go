package discord

import (
	"time"

	"golang.org/x/time/rate"
)

// bucket is the room for the requests of a member, or of everyone in a place.
//
// In a place nobody may shut the others out: whoever has taken more of the room
// than is left of it waits, though there is some left. So one alone may have half
// of it at once, each of n who ask without end an (n+1)th, and as much stays free
// for whoever comes next; and all that comes back may be used. (Choudhury and
// Hahne, "Dynamic queue length thresholds for shared-memory packet switches",
// IEEE/ACM Transactions on Networking 6(2), 1998, with a factor of one.) What
// comes back is taken off everyone's part in proportion.
//
// The zero value isn't ready; it must not be used by several goroutines at once.
type bucket struct {
	tokens *rate.Limiter
	taken  float64            // of all together, when it was last looked at
	worth  float64            // of one unit of a part
	parts  map[string]float64 // by member, in units of worth; nil when nobody shares it
}

func newBucket(perMinute int, shared bool) *bucket {
	b := &bucket{tokens: rate.NewLimiter(rate.Limit(float64(perMinute*costRequest)/60), perMinute*costRequest), worth: 1}
	if shared {
		b.parts = make(map[string]float64)
	}
	return b
}

// wait is how long a member has no room for a request, and whether that is for
// what they have taken themselves.
func (b *bucket) wait(member string, cost int, now time.Time) (wait time.Duration, own bool) {
	b.drain(now)
	// What was taken, of all and of the member, shrinks to this part of itself
	// until the member has no more of it than is left after the request.
	part := (float64(b.tokens.Burst()) - float64(cost)) / (b.taken + b.parts[member]*b.worth)
	if b.taken <= 0 || part >= 1 {
		return 0, false
	}
	seconds := b.taken * (1 - part) / float64(b.tokens.Limit())
	return time.Duration(seconds * float64(time.Second)), b.parts == nil || b.taken+float64(cost) <= float64(b.tokens.Burst())
}

// take takes the room for a request for which there is some.
func (b *bucket) take(member string, cost int, now time.Time) {
	b.drain(now)
	b.tokens.AllowN(now, cost)
	b.taken += float64(cost)
	if b.parts != nil {
		b.parts[member] += float64(cost) / b.worth
	}
}

// drain takes account of what has come back.
func (b *bucket) drain(now time.Time) {
	left := max(0, float64(b.tokens.Burst())-b.tokens.TokensAt(now))
	if left > 0 && left < b.taken {
		b.worth *= left / b.taken
	}
	b.taken = left
	switch {
	case b.parts == nil:
	case left == 0:
		clear(b.parts)
		b.worth = 1
	case b.worth < 1e-6 || len(b.parts) > 2*b.tokens.Burst():
		// Of parts that are worth a unit there are no more than the bucket has.
		for member, part := range b.parts {
			if b.parts[member] = part * b.worth; part*b.worth < costTyping {
				delete(b.parts, member)
			}
		}
		b.worth = 1
	}
}
