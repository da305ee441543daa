package discordtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Fault is a wrong answer of the server's to a REST request. A zero Status
// means 500, but for a fault that is nothing but a Delay: then the request is
// processed late and answered rightly.
type Fault struct {
	Status  int
	Code    int    // Discord's code of the error
	Message string // what stands beside it
	HTML    string // the body, as a proxy in front of Discord would send it
	Body    string // the body as it stands

	RetryAfter time.Duration // of a 429
	Global     bool          // a 429 for everything, not for the route alone

	// Delay is how long the answer takes.
	Delay time.Duration
	// SlowBody sends the head and half of the body, then waits that long.
	SlowBody time.Duration
	// Cut cuts the connection in place of an answer.
	Cut bool
	// Processed processes the request all the same, so that the bot is told
	// of a failure that was none.
	Processed bool
}

func (f *Fault) onlyDelays() bool {
	return f.Delay > 0 && f.Status == 0 && f.HTML == "" && f.Body == "" && f.SlowBody == 0 && !f.Cut
}

type faults struct {
	list   []*planned
	misled bool // the bot was told of failures that were none
}

type planned struct {
	method, pattern string
	left            int
	fault           Fault
}

// Fail answers the next n requests that fit with the fault; n < 0 means all.
// The method may be "*"; the pattern is a path without the version, in which
// a part in braces stands for anything, such as
// "/channels/{channel}/messages", or "*". Files lie at
// "/cdn/attachments/{id}/{name}". Earlier faults go first.
func (s *Server) Fail(method, pattern string, n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.list = append(s.faults.list, &planned{method, pattern, n, f})
}

// Heal takes every planned fault back.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.list = nil
}

// WaitFaults waits until every planned fault has happened, or begun to, as often
// as it was to; it fails the test when one hasn't.
func (s *Server) WaitFaults() {
	s.t.Helper()
	s.await("the planned faults", func() bool {
		for _, p := range s.faults.list {
			if p.left > 0 {
				return false
			}
		}
		return true
	})
}

func (s *Server) nextFault(method, path string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.faults.list {
		if p.left == 0 || p.method != "*" && p.method != method || !fits(p.pattern, path) {
			continue
		}
		if p.left > 0 {
			p.left--
		}
		f := p.fault
		s.faults.misled = s.faults.misled || f.Processed
		s.touch()
		return &f
	}
	return nil
}

func fits(pattern, path string) bool {
	if pattern == "*" {
		return true
	}
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i, w := range want {
		if w != have[i] && !(strings.HasPrefix(w, "{") && strings.HasSuffix(w, "}")) {
			return false
		}
	}
	return true
}

// pause waits, but not beyond the request's or the server's end.
func (s *Server) pause(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	case <-s.done:
	}
}

// inject answers with the fault.
func (s *Server) inject(w http.ResponseWriter, r *http.Request, rt route, f *Fault) {
	status := f.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	s.count(rt.pattern, status, false, true)
	if f.Cut {
		hangUp(w)
		return
	}
	body, kind := f.content(status)
	if f.Global {
		w.Header().Set("X-RateLimit-Global", "true")
		w.Header().Set("X-RateLimit-Scope", "global")
	}
	if status == http.StatusTooManyRequests {
		if !f.Global {
			w.Header().Set("X-RateLimit-Scope", "user")
			w.Header().Set("X-RateLimit-Bucket", bucketOf(rt))
			w.Header().Set("X-RateLimit-Remaining", "0")
		}
		w.Header().Set("X-RateLimit-Reset-After", seconds(f.RetryAfter))
		w.Header().Set("Retry-After", wholeSeconds(f.RetryAfter))
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	if f.SlowBody > 0 {
		half := len(body) / 2
		w.Write(body[:half])
		if fl, ok := w.(http.Flusher); ok {
			fl.Flush()
		}
		s.pause(r, f.SlowBody)
		body = body[half:]
	}
	w.Write(body)
}

func (f *Fault) content(status int) (body []byte, kind string) {
	switch {
	case f.HTML != "":
		return []byte(f.HTML), "text/html; charset=utf-8"
	case f.Body != "":
		return []byte(f.Body), "application/json"
	}
	message := f.Message
	o := object{"code": f.Code}
	if status == http.StatusTooManyRequests {
		o["retry_after"], o["global"] = f.RetryAfter.Seconds(), f.Global
		if message == "" {
			message = "You are being rate limited."
		}
	}
	if message == "" {
		message = http.StatusText(status)
	}
	o["message"] = message
	raw, err := json.Marshal(o)
	if err != nil {
		panic("discordtest: " + err.Error())
	}
	return raw, "application/json"
}

// CloseIdle closes the HTTP connections that bots keep open for later requests.
func (s *Server) CloseIdle() {
	s.http.Config.SetKeepAlivesEnabled(false)
	s.http.Config.SetKeepAlivesEnabled(true)
}
