package discordtest

import (
	"hash/fnv"
	"math"
	"net/http"
	"strconv"
	"time"
)

// plentiful is the limit that the headers tell of where a test set none.
const plentiful = 1_000_000

// limits are the rate limits in force; the server's lock guards them.
type limits struct {
	byRoute map[string]*limit
	global  *limit
}

type limit struct {
	n     int
	per   time.Duration
	used  int
	reset time.Time
}

// take counts a request and reports whether it is within the limit.
func (l *limit) take(now time.Time) bool {
	if !now.Before(l.reset) {
		l.used, l.reset = 0, now.Add(l.per)
	}
	if l.used >= l.n {
		return false
	}
	l.used++
	return true
}

// Limit allows n requests in each period on a route, which is named as in
// Stats: "POST /channels/{channel}/messages". Without it there is no limit.
func (s *Server) Limit(route string, n int, per time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.byRoute[route] = &limit{n: n, per: per}
}

// LimitAll allows n requests a second over all routes but those of
// interactions, as Discord's global limit of 50 does.
func (s *Server) LimitAll(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.global = &limit{n: n, per: time.Second}
}

// withinLimit sets the headers that tell of the limits, and answers 429 when
// one is exceeded.
func (s *Server) withinLimit(w http.ResponseWriter, rt route) bool {
	// Limits go by the real clock, since clients sleep by it.
	now := time.Now()
	s.mu.Lock()
	var over *limit
	global := false
	if g := s.limits.global; g != nil && !rt.noLimit && !g.take(now) {
		over, global = g, true
	}
	l := s.limits.byRoute[rt.pattern]
	if over == nil && l != nil && !l.take(now) {
		over = l
	}
	n, left, reset := plentiful, plentiful-1, now.Add(time.Second)
	if l != nil {
		n, left, reset = l.n, l.n-l.used, l.reset
	}
	wait := reset.Sub(now)
	if over != nil {
		wait = over.reset.Sub(now)
	}
	s.mu.Unlock()

	h := w.Header()
	h.Set("X-RateLimit-Bucket", bucketOf(rt))
	h.Set("X-RateLimit-Limit", strconv.Itoa(n))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", strconv.FormatFloat(float64(reset.UnixMilli())/1000, 'f', 3, 64))
	h.Set("X-RateLimit-Reset-After", seconds(wait))
	if over == nil {
		return true
	}
	h.Set("X-RateLimit-Scope", "user")
	if global {
		h.Set("X-RateLimit-Scope", "global")
		h.Set("X-RateLimit-Global", "true")
	}
	h.Set("Retry-After", wholeSeconds(wait))
	s.count(rt.pattern, http.StatusTooManyRequests, false, false)
	writeJSON(w, http.StatusTooManyRequests, object{
		"message": "You are being rate limited.", "retry_after": wait.Seconds(), "global": global, "code": 0})
	return false
}

// bucketOf names the bucket of a route with an opaque word, as Discord does.
func bucketOf(rt route) string {
	h := fnv.New64a()
	h.Write([]byte(rt.pattern))
	return strconv.FormatUint(h.Sum64(), 16)
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }

func wholeSeconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }
