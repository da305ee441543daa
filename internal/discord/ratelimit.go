package discord

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
)

// maxRoutes is how many routes' limits are remembered before those are forgotten
// that say nothing. A route is a kind of request in one channel, so that a bot
// comes by new ones as long as it runs.
const maxRoutes = 1024

// routeLimits are Discord's rate limits, one a route, as far as its answers tell
// of them. discordgo reads those; its own collection, which forgets none, isn't
// used. They are safe for concurrent use.
type routeLimits struct {
	global *atomic.Int64 // until when nothing may be sent, in nanoseconds of Unix time

	mu      sync.Mutex
	byRoute map[string]*routeLimit
	sweepAt int // so many are looked through for some to forget
}

// routeLimit is the limit of a route.
type routeLimit struct {
	limiter *discordgo.RateLimiter // of the bucket alone
	bucket  *discordgo.Bucket
	global  *atomic.Int64 // that of everything; nil where it doesn't count
	users   int           // requests that are sent or wait; of whoever has the lock of all
}

func newRouteLimits() *routeLimits {
	return &routeLimits{global: new(atomic.Int64), byRoute: make(map[string]*routeLimit), sweepAt: maxRoutes}
}

func newRouteLimit(route string, global *atomic.Int64) *routeLimit {
	limiter := discordgo.NewRatelimiter()
	return &routeLimit{limiter: limiter, bucket: limiter.GetBucket(route), global: global}
}

// use is the limit of a route for one request, to be left after.
func (r *routeLimits) use(route string) (l *routeLimit, leave func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l = r.byRoute[route]
	if l == nil {
		if len(r.byRoute) >= r.sweepAt {
			r.sweep()
		}
		l = newRouteLimit(route, r.global)
		r.byRoute[route] = l
	}
	l.users++
	return l, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		l.users--
	}
}

// sweep forgets the limits that nobody uses or has to wait for. Where most are
// waited for, they are next looked through when there are twice as many, so that
// looking costs little a request. It needs the lock.
func (r *routeLimits) sweep() {
	for route, l := range r.byRoute {
		if l.users == 0 && l.limiter.GetWaitTime(l.bucket, 1) <= 0 {
			delete(r.byRoute, route)
		}
	}
	r.sweepAt = max(maxRoutes, 2*len(r.byRoute))
}

// wait is how long nothing may be sent on the route. It needs the bucket's lock.
func (l *routeLimit) wait() time.Duration {
	wait := l.limiter.GetWaitTime(l.bucket, 1)
	if l.global != nil {
		wait = max(wait, time.Until(time.Unix(0, l.global.Load())))
	}
	return wait
}

// told takes note of a limit of everything that the last answer told of.
func (l *routeLimit) told() {
	if l.global == nil {
		return
	}
	wait := l.limiter.GetWaitTime(&discordgo.Bucket{}, 0) // a bucket that has no limit of its own
	until := time.Now().Add(wait).UnixNano()
	for known := l.global.Load(); wait > 0 && until > known; known = l.global.Load() {
		if l.global.CompareAndSwap(known, until) {
			return
		}
	}
}

// lock takes the bucket when it is free and something may be sent. discordgo
// itself would wait for both without regard to ctx. It tells held of each wait
// for a limit that takes place.
func (l *routeLimit) lock(ctx context.Context, held func(time.Duration)) error {
	for {
		pause, limited := 5*time.Millisecond, false
		if l.bucket.TryLock() {
			wait := l.wait()
			if wait <= 0 {
				l.bucket.Remaining--
				return nil
			}
			l.bucket.Unlock()
			pause, limited = wait, true
		}
		begin := time.Now()
		err := sleep(ctx, pause)
		if limited && !errors.Is(err, errNoTime) {
			held(time.Since(begin))
		}
		if err != nil {
			return err
		}
	}
}
