package discordtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Violation is something that the bot sent and that Discord would have
// refused, or that could have pinged someone.
type Violation struct {
	Route  string // method and pattern of the path, or "gateway"
	Rule   string // what holds at Discord
	Detail string // what was found instead
	Body   string // the request's JSON, shortened
}

func (v Violation) String() string {
	out := v.Route + ": " + v.Rule
	if v.Detail != "" {
		out += " (" + v.Detail + ")"
	}
	if v.Body != "" {
		out += "\n\t" + v.Body
	}
	return out
}

// Violations are the rules that the bot has broken so far.
func (s *Server) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.broken)
}

func (s *Server) record(v Violation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recordLocked(v)
}

func (s *Server) recordLocked(v Violation) {
	s.broken = append(s.broken, v)
	s.touch()
}

// Stats counts what the bot has done. The zero value of each map is usable
// for reading.
type Stats struct {
	Requests    int            // REST requests
	Invalid     int            // requests that broke a rule of Discord's
	Injected    int            // requests answered by a fault of the test's
	Downloads   int            // files fetched from the content network
	Routes      map[string]int // requests by method and pattern
	Status      map[int]int    // answers by status, injected ones included
	Connections int            // WebSocket connections
	Identifies  int
	Resumes     int // tried
	Resumed     int // successful
	Heartbeats  int
	TimedOut    int // connections on which no heartbeat came
	Events      int // dispatched
	Violations  int
}

func newStats() Stats { return Stats{Routes: map[string]int{}, Status: map[int]int{}} }

// Stats is the count so far.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	out.Routes, out.Status = maps.Clone(out.Routes), maps.Clone(out.Status)
	out.Violations = len(s.broken)
	return out
}

// Add adds another count to this one.
func (a *Stats) Add(b Stats) {
	if a.Routes == nil {
		*a = newStats()
	}
	a.Requests += b.Requests
	a.Invalid += b.Invalid
	a.Injected += b.Injected
	a.Downloads += b.Downloads
	a.Connections += b.Connections
	a.Identifies += b.Identifies
	a.Resumes += b.Resumes
	a.Resumed += b.Resumed
	a.Heartbeats += b.Heartbeats
	a.TimedOut += b.TimedOut
	a.Events += b.Events
	a.Violations += b.Violations
	for k, n := range b.Routes {
		a.Routes[k] += n
	}
	for k, n := range b.Status {
		a.Status[k] += n
	}
}

// String is the count in one line.
func (a Stats) String() string {
	var status []string
	for _, code := range slices.Sorted(maps.Keys(a.Status)) {
		status = append(status, fmt.Sprintf("%d×%d", a.Status[code], code))
	}
	return fmt.Sprintf("%d requests (%s), %d invalid, %d injected faults, %d violations; "+
		"%d events, %d connections, %d identifies, %d of %d resumes, %d heartbeats",
		a.Requests, strings.Join(status, " "), a.Invalid, a.Injected, a.Violations,
		a.Events, a.Connections, a.Identifies, a.Resumed, a.Resumes, a.Heartbeats)
}
