package discordtest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (c *conn) identify(data json.RawMessage) {
	s := c.s
	if c.session != nil {
		c.close(CloseAlreadyAuthenticated, "Already authenticated.")
		return
	}
	var d struct {
		Token      string          `json:"token"`
		Intents    *Intent         `json:"intents"`
		Shard      *[2]int         `json:"shard"`
		Compress   bool            `json:"compress"`
		Presence   json.RawMessage `json:"presence"`
		Properties map[string]any  `json:"properties"`
	}
	if err := json.Unmarshal(data, &d); err != nil || d.Intents == nil || d.Properties == nil {
		s.recordLocked(Violation{Route: "gateway", Rule: "IDENTIFY has token, intents and properties"})
		c.close(CloseDecodeError, "Error while decoding payload.")
		return
	}
	s.stats.Identifies++
	if s.stats.Identifies > s.opts.IdentifyBudget {
		s.recordLocked(Violation{Route: "gateway", Rule: "an application identifies so often a day and no more",
			Detail: strconv.Itoa(s.stats.Identifies)})
		s.gateway.script.revoked = true
	}
	shard := [2]int{0, 1}
	if d.Shard != nil {
		shard = *d.Shard
	}
	now, key := time.Now(), shard[0]%s.opts.Concurrency
	soon := now.Sub(s.gateway.identified[key]) < s.opts.IdentifyEvery
	s.gateway.identified[key] = now
	switch {
	case strings.TrimPrefix(d.Token, "Bot ") != s.opts.Token || s.gateway.script.revoked:
		code := CloseAuthenticationFailed
		if s.opts.Dialect.OddAuthErrors {
			code = 4000
		}
		c.close(code, "Authentication failed.")
	case shard[1] < 1 || shard[0] < 0 || shard[0] >= shard[1]:
		c.close(CloseInvalidShard, "Invalid shard.")
	case *d.Intents&^knownIntents != 0:
		c.close(CloseInvalidIntents, "Invalid intent(s).")
	case *d.Intents&privilegedIntents&^s.opts.Privileged != 0:
		c.close(CloseDisallowedIntents, "Disallowed intent(s).")
	case soon:
		sendInvalid(c, false)
	case s.gateway.script.first(c):
	default:
		s.retire(shard)
		ses := &session{id: "session-" + s.newID(), intents: *d.Intents, shard: shard, zip: d.Compress}
		s.gateway.sessions[ses.id] = ses
		s.gateway.order = append(s.gateway.order, ses)
		c.session, ses.conn = ses, c
		if len(d.Presence) > 0 {
			c.presence(d.Presence)
		}
		if !s.gateway.script.noReady {
			s.ready(ses)
		}
	}
	s.touch()
}

// retire forgets the sessions of a shard that have no connection, since a bot
// that identifies anew won't resume them.
func (s *Server) retire(shard [2]int) {
	s.gateway.order = slices.DeleteFunc(s.gateway.order, func(old *session) bool {
		gone := old.conn == nil && old.shard == shard
		if gone {
			old.dead = true
			delete(s.gateway.sessions, old.id)
		}
		return gone
	})
}

// ready sends READY and what follows it.
func (s *Server) ready(ses *session) {
	guilds := []object{}
	for _, g := range s.guilds {
		if g.bot != nil && ses.carries(g) {
			guilds = append(guilds, object{"id": g.ID, "unavailable": true})
		}
	}
	user := object{"id": s.bot.ID, "username": s.bot.Name, "discriminator": "0", "global_name": nil,
		"avatar": nil, "bot": true, "verified": true, "mfa_enabled": true, "email": nil, "flags": 0}
	ses.ready = true
	ses.dispatch(s, "READY", object{
		"v": 9, "user": user, "guilds": guilds, "session_id": ses.id,
		"resume_gateway_url": s.gatewayURL(), "shard": ses.shard,
		"application":      object{"id": s.appID, "flags": 0},
		"private_channels": []any{}, "relationships": []any{}, "user_settings": object{},
		"session_type": "normal", "_trace": []string{},
	})
	if s.opts.Dialect.LateEvents > 0 {
		s.holdFor(s.opts.Dialect.LateEvents)
	}
	if ses.intents&intentGuilds != 0 {
		for _, g := range s.guilds {
			if g.bot != nil && ses.carries(g) {
				ses.dispatch(s, "GUILD_CREATE", g.json(true))
			}
		}
	}
}

func (c *conn) resume(data json.RawMessage) {
	s := c.s
	if c.session != nil {
		c.close(CloseAlreadyAuthenticated, "Already authenticated.")
		return
	}
	var d struct {
		Token string `json:"token"`
		ID    string `json:"session_id"`
		Seq   int    `json:"seq"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		s.recordLocked(Violation{Route: "gateway", Rule: "RESUME has token, session_id and seq", Detail: err.Error()})
		c.close(CloseDecodeError, "Error while decoding payload.")
		return
	}
	s.stats.Resumes++
	defer s.touch()
	if strings.TrimPrefix(d.Token, "Bot ") != s.opts.Token || s.gateway.script.revoked {
		c.close(CloseAuthenticationFailed, "Authentication failed.")
		return
	}
	if s.gateway.script.first(c) {
		return
	}
	ses := s.gateway.sessions[d.ID]
	if ses == nil || ses.dead || s.opts.Dialect.NoResume || !ses.reaches(d.Seq) {
		c.send(object{"op": opInvalidSession, "s": nil, "t": nil, "d": false})
		return
	}
	if ses.conn != nil {
		ses.conn.close(4000, "resumed elsewhere")
	}
	c.session, ses.conn = ses, c
	if h := s.gateway.held; h != nil {
		// The replay carries them.
		*h = slices.DeleteFunc(*h, func(h held) bool { return h.session == ses })
	}
	for _, l := range ses.log {
		if l.seq > d.Seq {
			c.sendRaw(l.raw)
		}
	}
	ses.dispatch(s, "RESUMED", object{"_trace": []string{}})
	s.stats.Resumed++
}

// reaches reports whether the log holds everything after the sequence number.
func (ses *session) reaches(seq int) bool {
	if seq > ses.seq {
		return false
	}
	return seq == ses.seq || len(ses.log) > 0 && ses.log[0].seq <= seq+1
}
