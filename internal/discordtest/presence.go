package discordtest

import (
	"encoding/json"
	"slices"
)

// Presence is what the bot shows about itself.
type Presence struct {
	Status     string     `json:"status"`
	AFK        bool       `json:"afk"`
	Activities []Activity `json:"activities"`
}

// Activity is what a presence says that the bot does.
type Activity struct {
	Name  string `json:"name"`
	Type  int    `json:"type"`
	State string `json:"state"`
	URL   string `json:"url"`
}

func (c *conn) presence(data json.RawMessage) {
	var p Presence
	if err := json.Unmarshal(data, &p); err != nil {
		c.s.recordLocked(Violation{Route: "gateway", Rule: "a presence is an object", Detail: err.Error()})
		c.close(CloseDecodeError, "Error while decoding payload.")
		return
	}
	for _, a := range p.Activities {
		if n := len([]rune(a.Name)); n < 1 || n > 128 {
			c.s.recordLocked(Violation{Route: "gateway", Rule: "an activity's name is 1 to 128 characters", Detail: a.Name})
		}
		if len([]rune(a.State)) > 128 {
			c.s.recordLocked(Violation{Route: "gateway", Rule: "an activity's state is at most 128 characters", Detail: a.State})
		}
	}
	list := append(c.s.gateway.presences, p)
	if n := c.s.opts.Retain; n > 0 && len(list) > n {
		list = slices.Clone(list[len(list)-n:])
	}
	c.s.gateway.presences = list
	c.s.touch()
}

// Presence is what the bot shows about itself now.
func (s *Server) Presence() Presence {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.gateway.presences); n > 0 {
		return s.gateway.presences[n-1]
	}
	return Presence{}
}

// Presences are all that the bot has shown, oldest first.
func (s *Server) Presences() []Presence {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.gateway.presences)
}

// WaitPresence waits until the bot shows a presence that the filter accepts;
// it fails the test when it doesn't.
func (s *Server) WaitPresence(filter func(Presence) bool) Presence {
	s.t.Helper()
	var now Presence
	s.await("a presence", func() bool {
		n := len(s.gateway.presences)
		if n == 0 {
			return false
		}
		now = s.gateway.presences[n-1]
		return filter(now)
	})
	return now
}
